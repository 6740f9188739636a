"""Tests of a day's energy in a real recorder's statistics.

Beside it the same day as a sensor without a guard has it, so that it shows that
the scenarios would do harm. The gateway is asked each minute while it matters,
and once an hour before and after.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle, pairwise, product

from homeassistant.util import dt as dt_util
import pytest

from custom_components.tesla_gateway_meters.issues import reset_placeholders

from ..long import short_if
from .conftest import TABLE
from .home import BEGIN, OURS, PLAIN, Home
from .scenarios import SCENARIOS, Plain, Restart, Scenario

RECORDER = "homeassistant.components.sensor.recorder"


def falls(sums: list[float]) -> bool:
    """Return whether the statistic ever falls."""
    return any(later < earlier - 0.001 for earlier, later in pairwise(sums))


async def run_scenario(home: Home, scenario: Scenario, restart: Restart) -> None:
    """Let the days of a scenario pass; a restart takes until the next poll."""
    home.set_counters(scenario.reported(0))
    await home.start()
    home.check_what_was_read()
    disturbed = int(scenario.reported(0) != scenario.true(0))
    is_due = restart is not Restart.NONE
    for at in scenario.polls():
        is_restart = is_due and at > scenario.begins + scenario.restart_after
        if is_restart:
            await home.shut_down(restart)
        home.go_to(at)
        home.set_counters(scenario.reported(at))
        if is_restart:
            await home.start_up(restart)
            is_due = False
        else:
            await home.poll()
        home.check_what_was_read()
        disturbed += scenario.reported(at) != scenario.true(at)
    assert bool(disturbed) is scenario.is_disturbed
    assert not is_due


def repairs(scenario: Scenario) -> list[tuple[str, bool, dict[str, str]]]:
    """Return the expected repair issues."""
    if scenario.reset is None:
        return []
    old, new = scenario.reset
    since = dt_util.as_local(BEGIN + timedelta(seconds=scenario.begins))
    texts = {
        "name": "Tesla Energy Gateway",
        "counter": "Grid Energy imported",
        "old": f"{old / 1000:.3f}",
        "new": f"{new / 1000:.3f}",
        "since": f"{since:%Y-%m-%d %H:%M}",
    }
    return [("counter_reset", True, texts)]


# Each scenario and each restart at least once.
_SHORT = set(zip(SCENARIOS, cycle(Restart), strict=False))


@pytest.mark.parametrize(
    ("scenario", "restart"),
    short_if(
        product(SCENARIOS, Restart),
        lambda pair: pair in _SHORT,
        lambda pair: f"{pair[0].name}-{pair[1].name.lower()}",
    ),
)
async def test_energy_of_the_day(
    home: Home,
    scenario: Scenario,
    restart: Restart,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    """Our statistic is exact within a poll and never falls; the plain one is as bad as expected."""
    await run_scenario(home, scenario, restart)

    if scenario.days == 1:
        polls = 1 + sum(1 for _ in scenario.polls())
        assert home.gateway.count("meters/aggregates") == polls

    hourly = await home.statistics("hour", scenario.days)
    short = await home.statistics("5minute", scenario.days)
    ours, plain = hourly[OURS][-1], hourly[PLAIN][-1]
    energies = [f"{each / 1000:.3f}" for each in (scenario.truth, ours, plain)]
    record_property(TABLE, (scenario.name, restart.name.lower(), *energies))

    assert ours == pytest.approx(scenario.truth, abs=scenario.tolerance)
    # After a crash nobody knows what was shown since the last write: a computed
    # counter that stands back at that moment is shown so.
    is_known = restart is not Restart.CRASH or scenario.plain is not Plain.FALLS
    assert falls(short[OURS]) is not is_known
    complaints = [
        record.getMessage() for record in caplog.records if record.name == RECORDER
    ]
    assert not [each for each in complaints if OURS in each]

    is_right = plain == pytest.approx(scenario.truth, abs=scenario.tolerance)
    assert is_right == (scenario.plain is not Plain.WRONG)
    assert falls(short[PLAIN]) == (scenario.plain is Plain.FALLS)

    issues = [
        (
            issue.translation_key,
            issue.is_persistent,
            reset_placeholders(home.hass, issue.data or {}),
        )
        for issue in home.resets()
    ]
    assert issues == repairs(scenario)

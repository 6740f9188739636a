"""The evidence of one check at a time: a silent CT, a negative load, and voltages."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from custom_components.tesla_gateway_meters.checks.negative_load import NegativeLoad
from custom_components.tesla_gateway_meters.checks.samples import Sample
from custom_components.tesla_gateway_meters.checks.silent_ct import SilentCT, is_silent
from custom_components.tesla_gateway_meters.checks.thresholds import USED_TIME
from custom_components.tesla_gateway_meters.checks.voltages import Voltages
from custom_components.tesla_gateway_meters.gateway import Phase, PhaseReading

from .polls import L1, L2, L3

HOUR = 3600


def reading(
    power: float | None, vars_: float | None = 0, volts: float | None = 230
) -> PhaseReading:
    """Return what a CT shows."""
    return PhaseReading(voltage=volts, current=None, power=power, reactive_power=vars_)


EMPTY = Sample(
    at=0,
    elapsed=10,
    site={},
    solar_phases={},
    grid=None,
    solar=None,
    battery=None,
    load=None,
    other=0,
    is_island=False,
)


@pytest.mark.parametrize(
    ("power", "vars_", "expected"),
    [
        (0, 0, True),
        (20, -20, True),
        (-20, 20, True),
        (21, 0, False),
        (-21, 0, False),
        (0, 21, False),
        (0, -21, False),
        (0, None, True),
        (None, 0, False),
    ],
)
def test_silent_is_up_to_20_w_and_20_var(
    power: float | None, vars_: float | None, expected: bool
) -> None:
    """Neither way more than that, of what is known."""
    assert is_silent(reading(power, vars_)) is expected


class Silent:
    """The evidence on a phase that is observed every ten minutes."""

    def __init__(self) -> None:
        """Begin with a load."""
        self.ct, self.at = SilentCT(), 0.0
        self.changes: list[bool] = []
        self.pass_time(1, 300)

    def pass_time(
        self,
        hours: float,
        power: float | None = 0,
        solar: Callable[[int], float] | None = None,
        *,
        volts: float = 230,
        **sample: Any,
    ) -> None:
        """Show these powers for some hours; `solar` returns the phase's at each poll."""
        for poll in range(round(hours * 6)):
            self.at += 600
            at = replace(EMPTY, at=self.at, elapsed=600.0, **sample)
            made = None if solar is None else solar(poll)
            self.changes.append(self.ct.update(reading(power, volts=volts), made, at))

    def restart(self) -> None:
        """Restore the stored evidence."""
        stored, self.ct = self.ct.as_dict(self.at), SilentCT()
        self.ct.restore(stored, self.at)

    def shares(self, *missing: bool) -> None:
        """Add changes of a source."""
        for each in missing:
            self.ct.add_share(is_missing=each)

    @property
    def problem(self) -> bool | None:
        """Whether it is a problem; every problem raises an issue."""
        found = self.ct.observation()
        assert found.raises_issue is (found.problem is True)
        return found.problem


def sun(poll: int) -> float:
    """Return one of two levels of solar power (W), 300 W apart."""
    return 150 + 300 * (poll % 2)


def test_silent_ct_is_found_after_20_hours_with_solar() -> None:
    """It is no fault as soon as it shows something again; in between it is not known."""
    silent = Silent()
    assert silent.problem is False
    silent.pass_time(0.5, 0, sun)
    silent.pass_time(19.3)
    assert silent.problem is None
    assert not any(silent.changes[6:])
    silent.pass_time(0.2)
    assert silent.problem is True
    assert silent.changes[-1] is True
    found = silent.ct.observation()
    assert found.variant is None
    assert found.evidence == {
        "hours": 20,
        "minutes_unseen": 30,
        "power_unseen": 450,
        "steps_missing": 0,
        "hours_used_before": 1,
    }
    silent.restart()
    assert silent.problem is True
    assert silent.ct.observation() == found
    silent.pass_time(0.2, 300)
    assert silent.problem is False
    assert silent.changes[-1] is True
    silent.pass_time(30)
    assert silent.problem is None


@pytest.mark.parametrize(
    ("solar", "battery"),
    [
        (lambda poll: 149 + 300 * (poll % 2), None),
        (lambda poll: 150 + 299 * (poll % 2), None),
        (lambda poll: sun(poll) - 1000, None),
        (sun, -301),
        (None, None),
    ],
    ids=["little", "one level", "negative", "battery charges", "no meter"],
)
def test_silent_ct_without_solar_at_two_levels_is_not_known(
    solar: Callable[[int], float] | None, battery: float | None
) -> None:
    """Half an hour of 150 W and more, at levels that differ by 300 W, are asked for."""
    silent = Silent()
    silent.pass_time(0.5, 0, solar, battery=battery)
    silent.pass_time(30)
    assert silent.problem is None


def test_battery_that_discharges_takes_no_solar() -> None:
    """Only a charge does."""
    silent = Silent()
    silent.pass_time(0.5, 0, sun, battery=5000.0)
    silent.pass_time(20)
    assert silent.problem is True


@pytest.mark.parametrize(
    "sample",
    [{"is_island": True}, {"volts": 49.0}, {"power": None}],
    ids=["island", "no voltage", "not read"],
)
def test_hours_that_say_nothing_do_not_count(sample: dict[str, Any]) -> None:
    """In an outage, without voltage, or where it is not read."""
    silent = Silent()
    silent.pass_time(1, 0, sun)
    silent.pass_time(40, **sample)
    assert silent.problem is None
    assert silent.ct.observation().evidence["hours"] == 1
    silent.pass_time(19)
    assert silent.problem is True


def test_six_shares_that_are_missing_are_enough() -> None:
    """Of a silent phase; one that is not missing takes one of them back."""
    silent = Silent()
    silent.shares(*[True] * 6)
    silent.pass_time(20)
    assert silent.problem is None
    silent.shares(*[True] * 5)
    assert silent.problem is None
    silent.shares(True)
    assert silent.problem is True
    assert silent.ct.observation().variant == "measures_nothing_else"
    silent.shares(False)
    assert silent.problem is None
    silent.shares(*[True] * 20, False)
    assert silent.problem is None
    assert silent.ct.observation().evidence["steps_missing"] == 5
    silent.restart()
    silent.shares(True)
    assert silent.problem is True
    silent.shares(*[False] * 30, *[True] * 11)
    assert silent.problem is None
    assert silent.ct.observation().evidence["steps_missing"] == 5
    silent.shares(True)
    assert silent.problem is True
    silent.pass_time(0.2, 300)
    silent.pass_time(20)
    assert silent.problem is None


@pytest.mark.parametrize("missing", [0, 2])
@pytest.mark.parametrize("size_count", [3, 2])
@pytest.mark.parametrize("rest", [0, 5.8, 6])
def test_phase_that_was_in_use_is_found_when_silent_for_a_day(
    missing: float, size_count: int, rest: float
) -> None:
    """For long enough, with loads of three sizes, and never off for six hours before."""
    silent = Silent()
    silent.pass_time(rest)
    silent.pass_time(0.2, 300)
    silent.restart()
    silent.pass_time(USED_TIME / HOUR - missing, 300)
    silent.ct.size_count = size_count
    silent.restart()
    silent.pass_time(23.8)
    assert silent.problem is None
    silent.restart()
    silent.pass_time(0.2)
    assert silent.problem is (
        True if not missing and size_count == 3 and rest < 6 else None
    )


def load_of(
    load: NegativeLoad, at: float, power: float | None, minutes: float, **sample: Any
) -> float:
    """Add polls of this load, one a minute; return the time after them."""
    for _ in range(round(minutes)):
        at += 60
        load.update(replace(EMPTY, at=at, elapsed=60.0, load=power, **sample))
    return at


@pytest.mark.parametrize(
    ("power", "sample"), [(-100, {}), (None, {}), (-5000, {"other": 26.0})]
)
def test_load_is_not_negative_then(power: float | None, sample: dict[str, Any]) -> None:
    """Down to -100 W, unknown, or with a generator."""
    load = NegativeLoad()
    load_of(load, 0, power, 60, **sample)
    assert not load.is_lasting
    assert load.observation(is_own=True).problem is not True


def test_load_is_negative_after_a_minute_and_lasting_after_ten() -> None:
    """Without a break; it is said by itself where nothing may explain it."""
    load = NegativeLoad()
    at = load_of(load, 0, -101, 9)
    assert load.observation(is_own=True).problem is True
    assert not load.is_lasting
    at = load_of(load, at, 101, 1)
    assert load.observation(is_own=True).problem is False
    at = load_of(load, at, -900, 9)
    assert not load.is_lasting
    at = load_of(load, at, -1200, 1)
    assert load.is_lasting
    found = load.observation(is_own=True)
    assert found.raises_issue
    assert found.evidence == {"power": -1200, "minutes": 10}
    assert not load.observation(is_own=False).raises_issue
    assert load.observation(is_own=False).problem is True
    at = load_of(load, at, 300, 59)
    assert load.is_lasting
    load_of(load, at, 300, 1)
    assert load.observation(is_own=True).problem is False


def test_load_that_a_ct_explained_goes_with_it() -> None:
    """No hour is waited then."""
    load = NegativeLoad()
    at = load_of(load, 0, -500, 10)
    load.is_explained = True
    load_of(load, at, 300, 1)
    assert not load.is_lasting


def test_load_waits_seven_days_for_the_checks_of_cts() -> None:
    """From when it was negative first; after seven days without, anew."""
    load, week = NegativeLoad(), 7 * 24 * HOUR
    assert not load.has_waited(week)
    since = load_of(load, 0, -500, 1)
    assert not load.has_waited(since + week - 1)
    assert load.has_waited(since + week)
    again = load_of(load, since + week - 120, -500, 1)
    assert load.has_waited(since + week)
    anew = load_of(load, again + week, -500, 1)
    assert not load.has_waited(anew)
    assert load.has_waited(anew + week)


def test_load_is_new_for_two_days_after_a_day_without() -> None:
    """One that was negative from the beginning is not."""
    day = 24 * HOUR
    first = NegativeLoad()
    assert not first.is_new(0)
    at = load_of(first, day - 120, -500, 1)
    assert not first.is_new(at)
    later = NegativeLoad()
    at = load_of(later, day - 60, -500, 1)
    assert later.is_new(at)
    assert later.is_new(at + 2 * day - 1)
    assert not later.is_new(at + 2 * day)


def test_evidence_of_the_load_is_restored() -> None:
    """That it waits, lasts and comes back too, and none of it where it was not stored."""
    load = NegativeLoad()
    at = load_of(load, 0, -500, 10)
    at = load_of(load, at, 300, 60)
    at = load_of(load, at, -700, 10)
    at = load_of(load, at, 300, 90)
    assert load.is_lasting
    stored = load.as_dict(at)
    restored = NegativeLoad()
    restored.restore(stored, 1000)
    assert restored.as_dict(1000) == stored
    assert restored.observation(is_own=True) == replace(
        load.observation(is_own=True), problem=True
    )
    load_of(restored, 1000, 300, 36 * 60 - 91)
    assert restored.is_lasting
    load_of(restored, 1000, 300, 1)
    assert not restored.is_lasting
    old = NegativeLoad()
    old.restore({"waited": 500}, 1000)
    assert not old.is_lasting
    assert old.has_waited(500 + 7 * 24 * HOUR)


def volts_of(**volts: float | None) -> Sample:
    """Return a poll of the voltages, ten seconds after the one before."""
    site = {Phase(at): reading(300, volts=each) for at, each in volts.items()}
    return replace(EMPTY, site=site)


@pytest.mark.parametrize(
    ("volts", "problem"),
    [
        ({"l1": 230, "l2": 49, "l3": 230}, True),
        ({"l1": 230, "l2": 50, "l3": 230}, False),
        ({"l1": 230, "l2": None, "l3": 230}, False),
        ({"l1": 120, "l2": 0}, True),
        ({"l1": 149, "l2": 0}, True),
        ({"l1": 150, "l2": 0}, None),
        ({"l1": 230, "l2": 0}, None),
        ({"l1": 0, "l2": 0, "l3": 0}, False),
    ],
)
def test_phase_is_dead_where_others_have_voltage(
    volts: dict[str, float | None], problem: bool | None
) -> None:
    """From the first poll on, but for the second input of 230 V on one phase."""
    voltages = Voltages()
    sample = volts_of(**volts)
    for _ in range(6):
        voltages.update(sample)
    found = voltages.observation(sample)
    assert found.problem is problem
    assert found.raises_issue is (problem is True)
    assert found.variant == ("dead_phase" if problem else None)
    known = {at: each for at, each in volts.items() if each is not None}
    assert known.items() <= found.evidence.items()


def test_phase_that_had_voltage_is_dead_without() -> None:
    """Even the second of two at 230 V, and after a restart; for a minute at least."""
    before = Voltages()
    before.update(volts_of(l1=230, l2=230))
    voltages = Voltages()
    voltages.restore(before.as_dict())
    sample = volts_of(l1=230, l2=0)
    assert [voltages.update(sample) for _ in range(7)] == [*[False] * 5, True, False]
    assert voltages.observation(sample).problem is True
    sample = volts_of(l1=230, l2=230)
    assert voltages.update(sample)
    assert voltages.observation(sample).problem is None
    assert voltages.observation(sample).variant is None


def test_poll_counts_20_seconds_of_a_dead_phase_at_most() -> None:
    """However far polls are apart, it takes three."""
    voltages = Voltages()
    sample = replace(volts_of(l1=230, l2=0, l3=230), elapsed=300.0)
    assert [voltages.update(sample) for _ in range(3)] == [False, False, True]


def test_voltages_are_not_known_while_a_dead_phase_is_new() -> None:
    """Neither sound nor a fault."""
    voltages = Voltages()
    sample = volts_of(l1=230, l2=0, l3=230)
    voltages.update(sample)
    assert voltages.observation(sample).problem is None


def neutral(
    voltages: Voltages,
    changes: int,
    ohms: float,
    line: float = 0.05,
    amperes: float = 10,
) -> bool | None:
    """Switch loads on one leg of 120 V, then on both; return the outcome."""
    for change in range(2 * changes):
        load = amperes * ((change + 1) % 2)
        for first, other in ((load, 0.0), (load, load)):
            shift = (first - other) * ohms / 2
            low = (first + other) * line / 2
            site = {
                L1: reading(100 + 120 * first, volts=120 - low - shift),
                L2: reading(100 + 120 * other, volts=120 - low + shift),
            }
            sample = replace(EMPTY, site=site)
            voltages.update(sample)
    return voltages.observation(sample).problem


def test_neutral_is_loose_from_0_9_ohm_on() -> None:
    """10 V at 11 A; less is not, and a few changes are not enough."""
    assert neutral(Voltages(), 4, 0.95) is True
    assert neutral(Voltages(), 4, 0.85) is False
    assert neutral(Voltages(), 1, 0.95) is None
    assert neutral(Voltages(), 4, 0.0) is False


def test_neutral_is_not_loose_where_the_line_explains_it() -> None:
    """What is left for it has to be 2.5 times what the line has."""
    assert neutral(Voltages(), 6, 1.2, line=0.19) is True
    assert neutral(Voltages(), 6, 1.2, line=0.22) is False


def test_small_changes_say_nothing_of_the_neutral() -> None:
    """Below 2 A between the legs."""
    assert neutral(Voltages(), 60, 1.5, amperes=1.9) is None
    assert neutral(Voltages(), 60, 1.5, amperes=2.1) is True


def test_voltages_of_three_phases_are_no_legs() -> None:
    """A loose neutral is not looked for there: they are sound."""
    voltages = Voltages()
    for volts in (230, 200) * 20:
        site = {
            at: reading(3000 if volts == 200 else 0, volts=volts) for at in (L1, L2, L3)
        }
        sample = replace(EMPTY, site=site)
        assert not voltages.update(sample)
    assert voltages.observation(sample).problem is False

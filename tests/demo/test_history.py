"""The demo's past, as Home Assistant's own statistics have it, and how it goes on."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.history import get_significant_states
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant, State
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_recorder_block_till_done,
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from demo import history
from demo.components import demo_past
from demo.home_assistant import Socket
from demo.registry import Registry
from demo.simulated_past import Past, simulate

from ..conftest import AddGateway, StartGateway

PROFILE = "split-phase"
SINCE = datetime(2026, 6, 1, tzinfo=UTC)
# In the middle of an hour and of a slot, with the sun up.
SET_UP = SINCE + timedelta(days=2, hours=14, minutes=22, seconds=20)
END = SET_UP.replace(hour=16, minute=5, second=12)
# Back to a moment when nothing has changed for hours.
NIGHT = timedelta(hours=12)
COUNTERS = (
    "site_energy_imported",
    "site_energy_exported",
    "solar_energy_exported",
    "battery_energy_imported",
    "battery_energy_exported",
    "load_energy_imported",
)
# A poll, and the battery's counters are in tens of Wh.
TOLERANCE = 0.03  # kWh


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenHistory:
    """A Home Assistant to which a home's past was written, two hours later."""

    hass: HomeAssistant
    registry: Registry

    def entity(self, key: str) -> str:
        """Return the entity of this key."""
        found = self.registry.find(key)
        assert found, key
        return found


@pytest.fixture
def enable_statistics() -> bool:
    """Let the recorder compile statistics by itself."""
    return True


@pytest.fixture
def clock(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock before anything is made that is good for a time, such as a token."""
    freezer.move_to(SET_UP)
    return freezer


@pytest.fixture
async def written(
    quiet_log: None,
    clock: FrozenDateTimeFactory,
    recorder_mock: Recorder,
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
) -> WrittenHistory:
    """Set up a home in the middle of its third day, tell of its past, let it live on."""
    hass.loop.set_debug(False)
    gateway = await start_gateway(PROFILE, start=SINCE, frozen=True)
    gateway.advance((SET_UP - SINCE).total_seconds())
    for component in ("config", "history"):
        assert await async_setup_component(hass, component, {})
    await demo_past.async_setup(hass, {})
    entry = await add_gateway(gateway)
    client = await hass_ws_client()
    socket = Socket(client)
    reader = asyncio.create_task(socket.read())
    registry = await Registry.read(socket, entry.entry_id)
    past = history.simulate(PROFILE, SINCE)
    await history.write(socket, registry, past)
    await client.close()
    await reader
    await async_wait_recording_done(hass)
    # The last poll of each slot, and the moment when it is summed up.
    moment = SET_UP.replace(minute=24, second=58)
    while moment <= END:
        # What waits to be written is written before the poll: two states with one time
        # have no order in the database.
        for due in (moment - timedelta(seconds=11), moment):
            clock.move_to(due)
            async_fire_time_changed(hass)
            await hass.async_block_till_done(wait_background_tasks=True)
            await async_recorder_block_till_done(hass)
            gateway.advance((moment - gateway.clock.now()).total_seconds())
        moment += timedelta(seconds=14 if moment.second == 58 else 286)
    return WrittenHistory(hass=hass, registry=registry)


async def _statistics(
    written: WrittenHistory,
    key: str,
    period: Literal["hour", "5minute"],
    start: datetime,
) -> list[dict[str, Any]]:
    hass, entity = written.hass, written.entity(key)
    rows = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        start,
        None,
        {entity},
        period,
        None,
        {"change", "mean", "state"},
    )
    return [dict(row) for row in rows[entity]]


def _moved(truth: Past, key: str, row: dict[str, Any]) -> float:
    """Return what a counter really counted within the time of a row of statistics."""
    start, end = (truth.at(key, row[edge]) for edge in ("start", "end"))
    assert start is not None
    assert end is not None
    return end - start


async def test_the_past_goes_on_without_a_jump(
    written: WrittenHistory, caplog: pytest.LogCaptureFixture
) -> None:
    """All is as if Home Assistant had been there from the beginning."""
    complaints = caplog.get_records("setup")
    assert not [each.getMessage() for each in complaints if "recorder" in each.name]
    truth = simulate(PROFILE, SINCE, END)
    await _check_counters(written, truth)
    await _check_powers(written, truth)
    await _check_sustained_export(written)


async def _check_counters(written: WrittenHistory, truth: Past) -> None:
    """Expect in each hour what flowed in it, also in that of the seam."""
    for key in COUNTERS:
        hours = await _statistics(written, key, "hour", SINCE)
        assert [row["start"] for row in hours] == [
            SINCE.timestamp() + 3600 * hour for hour in range(len(hours))
        ]
        assert hours[-1]["end"] == END.replace(minute=0, second=0).timestamp()
        wrong = {
            row["start"]: (row["change"], _moved(truth, key, row))
            for row in hours
            if abs(row["change"] - _moved(truth, key, row)) > TOLERANCE
        }
        assert not wrong, key
        # What it moves in a day is far above what is let pass.
        assert sum(row["change"] for row in hours) > 10 * TOLERANCE, key


async def _check_powers(written: WrittenHistory, truth: Past) -> None:
    """Expect 5-minute statistics of a day without a hole, on into the present."""
    start = END.replace(second=0, minute=15) - timedelta(days=1)
    for key in ("site_power", "site_power_l2", "site_solar_surplus", "battery_charge"):
        slots = await _statistics(written, key, "5minute", start)
        assert [row["start"] for row in slots] == [
            start.timestamp() + 300 * slot for slot in range(len(slots))
        ], key
        assert slots[-1]["end"] == END.replace(second=0).timestamp()
        for row in slots:
            # A poll in five minutes holds until the next.
            true = truth.between(key, row["start"] - 300, row["end"])
            assert min(true) - 1 <= row["mean"] <= max(true) + 1, key


async def _check_sustained_export(written: WrittenHistory) -> None:
    """Expect a band from its very left on, with changes, each of them once."""
    hass, entity = written.hass, written.entity(history.SUSTAINED)
    states = await get_instance(hass).async_add_executor_job(
        get_significant_states, hass, SET_UP - NIGHT, SET_UP, [entity]
    )
    shown = [state.state for state in states[entity] if isinstance(state, State)]
    assert shown[:2] == ["off", "on"]
    assert all(one != next_ for one, next_ in pairwise(shown))


def test_days_are_plausible() -> None:
    """The sun makes power by day, and the battery gives in the evening."""
    past = simulate(PROFILE, SINCE, SINCE + timedelta(days=2))
    begin = SINCE.timestamp()

    def mean(key: str, start: int, end: int) -> float:
        values = past.between(key, begin + start * 3600, begin + end * 3600)
        return sum(values) / len(values)

    assert mean("solar_power", 11, 14) > 2000
    assert mean("solar_power", 22, 24) < 1
    # Positive while the battery discharges.
    assert mean("battery_power", 9, 12) < -500
    assert mean("battery_power", 19, 23) > 300
    assert mean("battery_charge", 17, 18) > mean("battery_charge", 29, 30)


def _counter(*values: float) -> Past:
    """Return a past of a counter, with a sample each hour."""
    return Past(
        times=[float(3600 * hour) for hour in range(len(values))],
        samples=[{"counter": value} for value in values],
        sustained=[None] * len(values),
    )


def test_counters_never_step_back() -> None:
    """Nor do they say more than the entity that shows the present."""
    past = _counter(10, 12, 11, 15)
    rows = history.counted(past, "counter", 3600, 0, 10800, present=14)
    assert [(row["state"], row["sum"]) for row in rows] == [(12, 2), (12, 2), (14, 4)]


@pytest.mark.parametrize(
    ("passed", "seconds"), [(0, 0), (5, 0), (6, 6), (10, 2), (12, 0), (299, 0)]
)
def test_nothing_is_written_while_home_assistant_sums_up(
    passed: float, seconds: float
) -> None:
    """Home Assistant compiles statistics ten seconds after each five minutes."""
    assert history.pause(SINCE.timestamp() + 600 + passed) == seconds


def test_only_complete_periods_are_written() -> None:
    """The hour that is not yet over is Home Assistant's own to sum up."""
    past = _counter(10, 12, 14, 16)
    rows = history.measured(past, "counter", 3600, 1, 10799)
    assert [(row["start"][11:16], row["mean"]) for row in rows] == [("01:00", 12)]

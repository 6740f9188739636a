"""Tests that nothing waits longer when Home Assistant's clock is set."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.tesla_gateway_meters.const import (
    CONF_LIVE_INTERVAL,
    CONF_ON_ABOVE,
    DOMAIN,
)
from simulator import Fault, SimulatedGateway

from .conftest import AddGateway, StartGateway, payload_of, serve_instead

POLL = 30  # s
MINUTE = 60 // POLL
DAY = 24 * 3600
NOON = datetime(2026, 6, 21, 18, tzinfo=UTC)
# When the clock is set, in polls: in the middle of all that is waited for.
JUMP_AT = 8 * MINUTE
POLLS = 75 * MINUTE


class WallClock:
    """The system clock: ahead of monotonic time by `offset` (s)."""

    def __init__(self) -> None:
        """Start in step."""
        self.offset = 0.0
        self._real: Callable[[], float] = time.time

    def time(self) -> float:
        """Return what `time.time` does."""
        return self._real() + self.offset

    def now(self) -> datetime:
        """Return it as Home Assistant's timers take it in tests."""
        return datetime.now(UTC) + timedelta(seconds=self.offset)


@pytest.fixture
def wall_clock(
    freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> WallClock:
    """Set the wall clock without the monotonic one; freezegun knows them as one."""
    clock = WallClock()
    monkeypatch.setattr(time, "time", clock.time)
    return clock


def _happen(gateway: SimulatedGateway, poll: int) -> None:
    """Let go wrong what makes us wait, before the clock is set, and be well again."""
    aggregates = payload_of(gateway, "meters/aggregates")
    aggregates["site"]["instant_power"] = -3000
    match poll:
        case 1:
            serve_instead(gateway, "meters/aggregates", aggregates)
        case 10:
            gateway.set_fault("meters/site", Fault("status", 404, times=1))
            gateway.set_fault("system_status/soe", Fault("body", '{"percentage": 0}'))
        case 11:
            gateway.expire_tokens()
        case 12:
            gateway.set_fault("system_status/grid_status", Fault("status", 429, 1))
            gateway.clear_faults("meters/aggregates")
        case 30:
            # A poll that brings nothing, in which means have to live on.
            gateway.set_fault("meters/aggregates", Fault("status", 500, times=1))
            gateway.set_fault("meters/site", Fault("status", 500, times=1))
        case 100:
            # Refused as a token is that has expired, long after the last login.
            gateway.expire_tokens()
        case 101:
            gateway.set_fault("meters/solar", Fault("status", 404, times=1))


@pytest.mark.parametrize(
    "jump",
    [
        # 1970 before the network time, and a year forth and back or back and forth.
        pytest.param((-NOON.timestamp() + 60, 0), id="to-1970"),
        pytest.param((365 * DAY, -365 * DAY), id="year-ahead-and-back"),
        pytest.param((-365 * DAY, 365 * DAY), id="year-back-and-ahead"),
        pytest.param((-10 * 3600, 0), id="10-h-back"),
        pytest.param((3600, -3600), id="summer-time"),
    ],
)
async def test_same_states_whatever_the_clock_is_set_to(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    wall_clock: WallClock,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    all_entities_enabled: None,
    jump: tuple[float, float],
) -> None:
    """All states at all polls are those of a day on which the clock was not set.

    In the cool-down, with an absent endpoint, a renewed token, a charge of 0, export
    that is to last, and means.
    """
    hass.loop.set_debug(False)

    async def run(jump: tuple[float, float]) -> list[dict[str, Any]]:
        freezer.move_to(NOON)
        wall_clock.offset = 0
        gateway = await start_gateway("document", frozen=True, start=NOON)
        entry = await add_gateway(
            gateway, **{CONF_LIVE_INTERVAL: POLL, CONF_ON_ABOVE: 500}
        )
        states = []
        for poll in range(POLLS):
            _happen(gateway, poll)
            if poll == JUMP_AT:
                wall_clock.offset += jump[0]
            if poll == JUMP_AT + 10 * MINUTE:
                wall_clock.offset += jump[1]
            freezer.tick(POLL)
            gateway.advance(POLL)
            async_fire_time_changed(hass, wall_clock.now())
            await hass.async_block_till_done(wait_background_tasks=True)
            states.append(
                {each.entity_id: each.state for each in hass.states.async_all()}
            )
        logins = gateway.logins
        assert not [each for each in ir.async_get(hass).issues if each[0] == DOMAIN]
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
        return [*states, {"logins": logins}]

    usual = await run((0, 0))
    found = await run(jump)
    for poll, (one, other) in enumerate(zip(usual, found, strict=True)):
        differences = {
            key: (one.get(key), other.get(key))
            for key in one.keys() | other.keys()
            if one.get(key) != other.get(key)
        }
        assert not differences, poll
    power = "sensor.tesla_energy_gateway_grid_power"
    shown = [each.get(power) for each in usual]
    # It was there, was taken away, and came back.
    assert "unavailable" in shown
    assert shown[-2] != "unavailable"
    charge = [
        each.get("sensor.tesla_energy_gateway_battery_state_of_charge")
        for each in usual
    ]
    assert float(charge[-2] or 1) == 0
    sustained = [
        each.get("binary_sensor.tesla_energy_gateway_grid_sustained_export")
        for each in usual
    ]
    assert "on" in sustained

"""A car that follows what is left over: when it starts, changes and stops, and what goes wrong."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, State
import pytest
from pytest_homeassistant_custom_component.common import mock_restore_cache

from simulator.physics.charger import Charger

from .car_house import (
    CAR_POWER,
    DISCHARGE,
    EXPORT,
    IMPORT,
    STATE_OF_CHARGE,
    SURPLUS,
    WATTS,
    CarHouse,
)

VOLTS = 230

type Begin = Callable[..., Awaitable[CarHouse]]


@pytest.fixture
async def begin(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> AsyncGenerator[Begin]:
    """Start the automation without enough surplus, after its minimum pause."""
    houses: list[CarHouse] = []
    hass.loop.set_debug(False)
    freezer.move_to("2026-06-10 14:00:03+00:00")

    async def make(charger: Charger | None = None, **inputs: Any) -> CarHouse:
        house = CarHouse(
            hass=hass, freezer=freezer, charger=charger or Charger(maximum=32, delay=5)
        )
        houses.append(house)
        house.show_site(500)
        defaults = {
            "missing": [IMPORT, DISCHARGE],
            "car_power": CAR_POWER,
            "maximum": 32,
        }
        await house.start(**defaults | inputs)
        await pass_seconds(house, 900, spare=0)
        assert not house.charger.on
        return house

    yield make
    for house in houses:
        await house.end()


async def pass_seconds(
    house: CarHouse, seconds: int, *, spare: float | None, charge: float | None = None
) -> None:
    """Let time pass with so much (W) for the car, or with a gateway that says nothing."""
    for number in range(seconds // 10):
        await house.tick(10)
        house.show_charger()
        if spare is not None:
            # Meters waver.
            house.show_site(
                house.charger.power(house.time) - spare - number % 3, charge=charge
            )
        await house.hass.async_block_till_done()


async def begin_charging(begin: Begin, **inputs: Any) -> CarHouse:
    """Start charging with 10 A, and wait until the minimum run is over."""
    house = await begin(**inputs)
    await pass_seconds(house, 600, spare=10.5 * VOLTS, charge=61)
    assert house.charger.on
    assert house.charger.current == 10
    house.calls.clear()
    return house


async def test_starts_after_its_time(begin: Begin) -> None:
    """The minimum has to be available for as long as asked for, without a break."""
    house = await begin(start_after=3)
    await pass_seconds(house, 150, spare=2000)
    assert not house.calls
    await pass_seconds(house, 30, spare=500)
    await pass_seconds(house, 150, spare=2000)
    assert not house.calls
    await pass_seconds(house, 60, spare=2000)
    assert [what for _, what, _ in house.calls] == ["current", "turn_on"]
    assert house.charger.current == 8


async def test_goes_down_at_once_and_up_after_its_time(begin: Begin) -> None:
    """Less is followed with the next reading, more after a while."""
    house = await begin_charging(begin, up_after=120)
    await pass_seconds(house, 20, spare=7.5 * VOLTS)
    assert house.charger.current == 7
    await pass_seconds(house, 60, spare=7.5 * VOLTS)
    await pass_seconds(house, 110, spare=14.5 * VOLTS)
    assert house.charger.current == 7
    await pass_seconds(house, 40, spare=14.5 * VOLTS)
    assert house.charger.current == 14


async def test_stops_after_its_time(begin: Begin) -> None:
    """The car gets the minimum until then; a cloud that leaves half of it may last longer."""
    house = await begin_charging(begin, stop_after=2)
    await pass_seconds(house, 110, spare=10)
    assert house.charger.on
    assert house.charger.current == 6
    await pass_seconds(house, 40, spare=10)
    assert not house.charger.on

    await pass_seconds(house, 1200, spare=10.5 * VOLTS)
    await pass_seconds(house, 230, spare=690)
    assert house.charger.on
    await pass_seconds(house, 70, spare=690)
    assert not house.charger.on


async def test_minimum_run_and_pause(begin: Begin) -> None:
    """Neither ends early, however little or much there is."""
    house = await begin(minimum_run=10, minimum_pause=10)
    await pass_seconds(house, 120, spare=3000)
    assert house.charger.on
    await pass_seconds(house, 480, spare=0)
    assert house.charger.on
    await pass_seconds(house, 120, spare=0)
    assert not house.charger.on
    await pass_seconds(house, 480, spare=3000)
    assert not house.charger.on
    await pass_seconds(house, 180, spare=3000)
    assert house.charger.on


@pytest.mark.parametrize(
    ("phases", "volts", "needed"),
    [("1", 230, 1380), ("3", 690, 4140), ("split", 240, 1440)],
)
async def test_phases(begin: Begin, phases: str, volts: int, needed: int) -> None:
    """The minimum power goes by the phases."""
    charger = Charger(phases=1, volts=volts, maximum=32, delay=5)
    house = await begin(charger, phases=phases)
    await pass_seconds(house, 300, spare=needed - 30)
    assert not house.charger.on
    await pass_seconds(house, 180, spare=needed + 30)
    assert house.charger.on
    assert house.charger.current == 6


@pytest.mark.parametrize(("reserve", "current"), [(0, 10), (460, 8), (-460, 12)])
async def test_reserve(begin: Begin, reserve: int, current: int) -> None:
    """A positive reserve flows to the grid, a negative one is taken from it."""
    house = await begin(reserve=reserve)
    await pass_seconds(house, 900, spare=10.5 * VOLTS)
    assert house.charger.current == current


async def test_silence_holds(begin: Begin) -> None:
    """An outage changes nothing, and what was before it does not count after it."""
    house = await begin_charging(begin)
    for state in ("unavailable", "unknown"):
        house.fall_silent(state)
        await pass_seconds(house, 1800, spare=None)
    assert not house.calls
    await pass_seconds(house, 20, spare=7.5 * VOLTS)
    assert house.charger.current == 7


async def test_silence_starts_nothing(begin: Begin) -> None:
    """Evidence before an outage is none after it."""
    house = await begin(start_after=3)
    await pass_seconds(house, 120, spare=3000)
    house.fall_silent()
    await pass_seconds(house, 1800, spare=None)
    assert not house.calls
    await pass_seconds(house, 120, spare=3000)
    assert not house.calls
    await pass_seconds(house, 90, spare=3000)
    assert house.charger.on


@pytest.mark.parametrize(("silence", "on"), [("minimum", True), ("stop", False)])
async def test_long_silence(begin: Begin, silence: str, on: bool) -> None:
    """After the set time, the current is the minimum, or charging stops."""
    house = await begin_charging(begin, silence=silence, silence_after=10)
    house.fall_silent()
    await pass_seconds(house, 580, spare=None)
    assert not house.calls
    await pass_seconds(house, 60, spare=None)
    assert house.charger.on is on
    if on:
        assert house.charger.current == 6


async def test_charger_unavailable(begin: Begin) -> None:
    """The automation does nothing until it is available again."""
    house = await begin_charging(begin)
    house.away = True
    await pass_seconds(house, 600, spare=0)
    assert not house.calls
    house.away = False
    await pass_seconds(house, 60, spare=7.5 * VOLTS)
    assert house.charger.current == 7


async def test_car_unplugged(begin: Begin) -> None:
    """A car that takes nothing gets the minimum, and what there is once it is back."""
    house = await begin_charging(begin)
    house.charger.plug(house.time, connected=False)
    await pass_seconds(house, 900, spare=10.5 * VOLTS)
    assert house.charger.current == 6
    assert len(house.calls) == 1
    house.charger.plug(house.time, connected=True)
    await pass_seconds(house, 180, spare=10.5 * VOLTS)
    assert house.charger.current == 10


async def test_current_changed_by_hand(begin: Begin) -> None:
    """The automation continues from the new current: down at once, up after its time."""
    house = await begin_charging(begin)
    house.charger.set_current(house.time, 20)
    await pass_seconds(house, 90, spare=10.5 * VOLTS)
    assert house.charger.current == 10
    house.charger.set_current(house.time, 7)
    await pass_seconds(house, 30, spare=10.5 * VOLTS)
    assert house.charger.current == 7
    await pass_seconds(house, 120, spare=10.5 * VOLTS)
    assert house.charger.current == 10


async def test_battery_comes_first(begin: Begin) -> None:
    """The car waits for it, and stops at once when the battery would have to give."""
    house = await begin(battery=STATE_OF_CHARGE, battery_minimum=60, minimum_run=20)
    await pass_seconds(house, 900, spare=3000, charge=59)
    assert not house.calls
    await pass_seconds(house, 180, spare=3000, charge=61)
    assert house.charger.on
    await pass_seconds(house, 90, spare=300, charge=61)
    assert not house.charger.on


async def test_battery_gives_nothing_before_the_next_change(begin: Begin) -> None:
    """Less again right after a change: charging stops, as the current may not change yet."""
    house = await begin_charging(
        begin, battery=STATE_OF_CHARGE, battery_minimum=60, interval=120, minimum_run=60
    )
    await pass_seconds(house, 20, spare=8.5 * VOLTS, charge=61)
    assert house.charger.current == 8
    await pass_seconds(house, 40, spare=7.5 * VOLTS, charge=61)
    assert not house.charger.on
    assert [what for _, what, _ in house.calls] == ["current", "turn_off"]


async def test_charger_that_follows_late_is_waited_for(begin: Begin) -> None:
    """Power at the earlier current does not stop charging."""
    charger = Charger(maximum=32, delay=30)
    house = await begin_charging(
        begin,
        charger=charger,
        battery=STATE_OF_CHARGE,
        battery_minimum=60,
        minimum_run=60,
    )
    await pass_seconds(house, 120, spare=8.5 * VOLTS, charge=61)
    assert house.charger.current == 8
    assert [what for _, what, _ in house.calls] == ["current"]


async def test_goes_down_at_once_beside_a_power_that_stays_zero(begin: Begin) -> None:
    """A power that is missing and stays 0 is not reported before the other: it is not waited for."""
    house = await begin_charging(begin)
    await house.tick(5)
    house.charger.power(house.time)
    for entity, watts in ((SURPLUS, 0), (IMPORT, 700)):
        house.hass.states.async_set(entity, f"{watts}", WATTS)
    await house.hass.async_block_till_done()
    assert house.charger.current == 6


async def test_battery_that_hides_what_is_missing(begin: Begin) -> None:
    """Without the missing power, nothing left over brings the current down and the charge to an end."""
    house = await begin_charging(begin, missing=[])
    for number in range(60):
        await house.tick(10)
        house.show_charger()
        house.hass.states.async_set(SURPLUS, "0", WATTS)
        if number == 20:
            assert house.charger.current == 6
    assert not house.charger.on


async def test_without_switch(begin: Begin) -> None:
    """A current of 0 A stops if the charger accepts it."""
    charger = Charger(minimum=0, maximum=32, delay=5, current=0)
    house = await begin(charger, switch=None)
    charger.on = True
    await pass_seconds(house, 900, spare=10.5 * VOLTS)
    assert house.charger.current == 10
    await pass_seconds(house, 600, spare=0)
    assert house.charger.current == 0


async def test_kilowatts_without_measured_power(begin: Begin) -> None:
    """Powers in kW are read as such, and what the car takes is computed."""
    house = await begin(left_over="sensor.surplus", car_power="", missing=[])
    kilowatts = {"device_class": "power", "unit_of_measurement": "kW"}
    for number in range(60):
        await house.tick(10)
        house.show_charger()
        left = 3 - house.charger.power(house.time) / 1000 - number % 3 / 1000
        house.hass.states.async_set("sensor.surplus", f"{left:.3f}", kilowatts)
    assert house.charger.on
    assert house.charger.current == 13


async def test_export_behind_a_battery(begin: Begin) -> None:
    """Export is the power that the battery does not take."""
    house = await begin(left_over=EXPORT)
    await pass_seconds(house, 600, spare=10.5 * VOLTS)
    assert house.charger.current == 10


async def begin_after_restart(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, charger: Charger, ago: int
) -> CarHouse:
    """Start Home Assistant, whose automation last did something so many seconds ago."""
    hass.loop.set_debug(False)
    freezer.move_to("2026-06-10 14:00:03+00:00")
    house = CarHouse(hass=hass, freezer=freezer, charger=charger)
    last = (freezer() - timedelta(seconds=ago)).replace(tzinfo=UTC).isoformat()
    mock_restore_cache(hass, [State("automation.car", "on", {"last_triggered": last})])
    house.fall_silent()
    await house.start(missing=[IMPORT, DISCHARGE], car_power=CAR_POWER, maximum=32)
    return house


async def test_restart_of_a_charge(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A charge goes on as it was, and its run does not begin anew."""
    charger = Charger(maximum=32, delay=0)
    charger.set_current(0, 10)
    charger.switch(0, on=True)
    house = await begin_after_restart(hass, freezer, charger, ago=240)
    await pass_seconds(house, 60, spare=None)
    await pass_seconds(house, 60, spare=10.5 * VOLTS)
    assert not house.calls
    await pass_seconds(house, 180, spare=0)
    assert not charger.on
    await house.end()


@pytest.mark.parametrize(("ago", "on"), [(30, False), (400, True)])
async def test_restart_in_a_pause(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    ago: int,
    on: bool,
) -> None:
    """The pause goes on from before, and the evidence for a start is new."""
    house = await begin_after_restart(hass, freezer, Charger(delay=5), ago=ago)
    await pass_seconds(house, 20, spare=3000)
    assert not house.charger.on
    await pass_seconds(house, 70, spare=3000)
    assert house.charger.on is on
    await house.end()

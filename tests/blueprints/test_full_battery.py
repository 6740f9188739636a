"""A battery that fills up in the middle of the day, beside a load that takes what it is switched to.

Sun, house, battery and grid are the simulator's physics, and what the load takes is missing there.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import pytest

from custom_components.tesla_gateway_meters.const import CONF_WATCHED
from tests.conftest import payload_of

from .conftest import (
    BATTERY,
    EXPORT,
    LOAD,
    STATE_OF_CHARGE,
    SURPLUS,
    SUSTAINED,
    BuildHouse,
    House,
)

# The battery is half full then, and the sun is enough for the load at all times of the day.
MORNING = datetime.fromisoformat("2026-06-21T10:00:00-06:00")
SUNNY = 5

TAKES = 2000
MINIMUM = 80
INPUTS = {
    "load": LOAD,
    "on_above": TAKES + 300,
    "on_for": 5,
    "off_below": 300,
    "off_for": 5,
    "minimum_run": 10,
    "minimum_rest": 10,
    "battery": STATE_OF_CHARGE,
    "battery_minimum": MINIMUM,
}
# The state of charge is asked for with each third poll, and looked at a minute later.
LATE = 4
# What a battery leaves to the grid, as it works in steps.
REST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """The values at the end of a minute (% and W), of the gateway and in Home Assistant."""

    charge: float
    export: float
    charging: float
    surplus: float
    sustained: str
    on: bool


async def live(house: House, minutes: int) -> list[Minute]:
    """Let minutes pass in which the load takes its power while it is on."""
    lived = []
    for _ in range(minutes):
        house.gateway.plug_in(TAKES if house.is_on else 0)
        await house.pass_minutes(1)
        lived.append(
            Minute(
                charge=payload_of(house.gateway, "system_status/soe")["percentage"],
                export=float(house.state(EXPORT)),
                charging=-float(house.state(BATTERY)),
                surplus=float(house.state(SURPLUS)),
                sustained=house.state(SUSTAINED),
                on=house.is_on,
            )
        )
    return lived


@pytest.fixture
async def sunny(build_house: BuildHouse) -> House:
    """Build a house with a battery, in the morning of a day with enough sun."""
    options = {CONF_WATCHED: "surplus"}
    return await build_house("split-phase", options=options, start=MORNING, seed=SUNNY)


def first(found: list[bool]) -> int:
    """Return the minute in which something was first so."""
    return found.index(True)


async def test_the_load_before_the_battery_is_full(sunny: House) -> None:
    """By surplus: on when the battery has its minimum, and on while it becomes full."""
    sunny.automate("switch_load", surplus=SURPLUS, **INPUTS)
    await sunny.start()
    day = await live(sunny, 4 * 60)
    reached = first([minute.charge >= MINIMUM for minute in day])
    full = first([minute.charging == 0 for minute in day])
    assert 60 < reached < full - 60
    assert full < len(day) - 60
    assert day[full].charge > 99.8

    # First the battery gets what is left over, then the grid.
    assert all(minute.export <= REST for minute in day[:full])
    assert all(minute.charging == 0 for minute in day[full:])
    assert all(minute.surplus == minute.export for minute in day[full:])

    # There was enough before, for long; after it, as much as the load leaves.
    assert all(
        minute.surplus > INPUTS["on_above"] for minute in day[reached - 30 : reached]
    )
    assert all(minute.surplus > INPUTS["off_below"] for minute in day[reached:])

    on = first([minute.on for minute in day])
    assert reached <= on <= reached + LATE
    assert sunny.switched == {LOAD: [on + 1]}
    assert day[-1].on

    evidence = first([minute.sustained == "on" for minute in day])
    assert evidence < reached
    assert all(minute.sustained == "on" for minute in day[evidence:])


async def test_the_battery_before_the_load(sunny: House) -> None:
    """By export: what the battery takes is not there, so the load waits until it is full."""
    sunny.automate("switch_load", surplus=EXPORT, **INPUTS)
    await sunny.start()
    day = await live(sunny, 4 * 60)
    full = first([minute.charging == 0 for minute in day])
    assert day[full].charge > 99.8
    on = first([minute.on for minute in day])
    assert full + INPUTS["on_for"] <= on <= full + INPUTS["on_for"] + LATE
    assert sunny.switched == {LOAD: [on + 1]}


async def test_the_evening_after(sunny: House) -> None:
    """When the sun goes, the battery carries the load for no longer than what switches it off."""
    sunny.automate("switch_load", surplus=SURPLUS, **INPUTS)
    await sunny.start()
    day = await live(sunny, 10 * 60)
    assert len(sunny.switched[LOAD]) == 2
    assert not day[-1].on
    assert all(minute.charge > MINIMUM for minute in day[-60:])
    carried = [minute.on and minute.surplus <= REST for minute in day]
    longest = max(len(list(spell)) for yes, spell in groupby(carried) if yes)
    assert longest <= INPUTS["off_for"] + 1

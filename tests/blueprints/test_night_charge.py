"""Loads switched by surplus, at night and in hours without surplus."""

import pytest

from custom_components.tesla_gateway_meters.const import CONF_WATCHED
from tests.conftest import payload_of, serve_instead

from .conftest import LOAD, NAIVE, NOTICE, SURPLUS, SUSTAINED, BuildHouse, House

INPUTS = {
    "load": LOAD,
    "surplus": SURPLUS,
    "on_above": 1000,
    "on_for": 5,
    "off_below": 200,
    "off_for": 5,
    "minimum_run": 0,
    "minimum_rest": 0,
}
MINUTES = 12


async def live(house: House, **powers: float) -> None:
    """Let these powers flow for some minutes."""
    house.gateway.clear_faults()
    totals = payload_of(house.gateway, "meters/aggregates")
    for location, power in powers.items():
        each = totals.setdefault(location, dict(totals["load"]))
        each["instant_power"] = power
    serve_instead(house.gateway, "meters/aggregates", totals)
    await house.pass_minutes(MINUTES)


@pytest.fixture
async def watchful(build_house: BuildHouse) -> House:
    """Build a house that switches by surplus and by sustained export, and tells of that."""
    house = await build_house("document", options={CONF_WATCHED: "surplus"})
    house.automate("switch_load", **INPUTS)
    house.automate(
        "notify_sustained_export",
        sustained=SUSTAINED,
        power=SURPLUS,
        rest=0,
        notify=NOTICE,
    )
    house.automate_by_hand(
        {
            "alias": "by sustained export",
            "triggers": {
                "trigger": "state",
                "entity_id": SUSTAINED,
                "to": ["on", "off"],
            },
            "actions": {
                "action": "input_boolean.turn_{{ trigger.to_state.state }}",
                "target": {"entity_id": NAIVE},
            },
        }
    )
    await house.start()
    return house


@pytest.mark.parametrize(
    "powers",
    [
        # The case of the night: the grid fills the battery.
        {"site": 5400, "battery": -5000, "solar": 0, "load": 400},
        # A virtual power plant empties it into the grid.
        {"site": -4050, "battery": 5000, "solar": 50, "load": 1000},
        # A generator carries home and battery.
        {"site": 0, "battery": -2000, "solar": 0, "load": 1500, "generator": 3500},
    ],
)
async def test_nothing_is_switched_on_without_sun(
    watchful: House, powers: dict[str, float]
) -> None:
    """Neither blueprint, nor sustained export, takes what is bought for surplus."""
    await live(watchful, **powers)
    assert watchful.state(SURPLUS) == "0"
    assert watchful.state(SUSTAINED) == "off"
    assert watchful.switched == {}
    assert watchful.notices == []
    # And the same home by day.
    await live(watchful, site=0, battery=-2500, solar=3500, load=1000, generator=0)
    assert watchful.state(SURPLUS) == "2500"
    assert watchful.state(SUSTAINED) == "on"
    assert set(watchful.switched) == {LOAD, NAIVE}
    assert len(watchful.notices) == 1

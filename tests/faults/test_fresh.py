"""Tests that values after an outage are new."""

import pytest

from . import actions
from .world import World


@pytest.mark.parametrize("polls_before", range(3))
async def test_nothing_old_is_shown(world: World, polls_before: int) -> None:
    """After an outage at any poll, all values are new."""
    assert world.states()["battery_charge"] != "24"
    for _ in range(polls_before):
        await world.poll()
    await actions.switch_off(world)
    await world.poll()
    await actions.switch_on(world)
    await actions.fault("system_status/soe", "body", '{"percentage": 24}')(world)
    shown = []
    for _ in range(3):
        await world.poll()
        shown.append(world.states()["battery_charge"])
    assert shown == ["24"] * 3

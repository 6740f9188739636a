"""Tests that each entity of each simulated gateway has a row, and each row entities."""

import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from simulator import PROFILES

from ..conftest import AddGateway, StartGateway
from ..test_profiles import NOON, entities
from .rows import ROWS
from .texts import name


@pytest.mark.parametrize("profile", PROFILES)
async def test_each_entity_has_its_row(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    all_entities_enabled: None,
    profile: str,
) -> None:
    """Each entity has exactly one row, which has its name."""
    gateway = await start_gateway(profile, start=NOON, frozen=True, seed=1)
    identity = (await add_gateway(gateway)).runtime_data.identity
    registry = er.async_get(hass)
    for entity in entities(hass):
        found = [row for row in ROWS if row.is_about(entity, identity)]
        assert len(found) == 1, entity.entity_id
        called = registry.async_get(entity.entity_id).original_name
        assert re.fullmatch(re.sub(r"\{\w+\}", r"\\w+", name(found[0])), called)
        assert entity.platform.domain == found[0].platform


async def test_each_row_has_entities(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    all_entities_enabled: None,
) -> None:
    """Some simulated gateway brings them, unless the row says that none does."""
    seen = set()
    for profile in PROFILES:
        gateway = await start_gateway(profile, start=NOON, frozen=True, seed=1)
        entry = await add_gateway(gateway)
        identity = entry.runtime_data.identity
        seen |= {
            position
            for position, row in enumerate(ROWS)
            for entity in entities(hass)
            if row.is_about(entity, identity)
        }
        assert await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    assert [name(row) for position, row in enumerate(ROWS) if position in seen] == [
        name(row) for row in ROWS if row.fact.simulated
    ]

"""Tests of each profile in Home Assistant: all entities, and no log messages."""

from datetime import datetime
import json
import logging
from pathlib import Path
from typing import Any

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import async_get_platforms
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import PROFILES

from .conftest import (
    AddGateway,
    PassTime,
    StartGateway,
    payload_of,
    serve_instead,
)

NOON = datetime.fromisoformat("2026-06-21T13:00:00-06:00")
INTEGRATION = Path(__file__).parent.parent / "custom_components" / DOMAIN


def entities(hass: HomeAssistant) -> list[Entity]:
    """Return our entities that are enabled, by entity id."""
    found = [
        entity
        for platform in async_get_platforms(hass, DOMAIN)
        for entity in platform.entities.values()
    ]
    return sorted(found, key=lambda entity: entity.entity_id)


def described(hass: HomeAssistant, entity: Entity) -> str:
    """Return a line that describes an entity."""
    state = hass.states.get(entity.entity_id)
    registered = er.async_get(hass).async_get(entity.entity_id)
    assert state is not None
    assert registered is not None
    parts: list[Any] = [
        entity.entity_id,
        state.state,
        state.attributes.get(ATTR_UNIT_OF_MEASUREMENT),
        registered.original_device_class,
        state.attributes.get("state_class"),
        registered.entity_category,
        None if entity.entity_description.entity_registry_enabled_default else "off",
        registered.original_name,
    ]
    return " | ".join("" if part is None else str(part) for part in parts)


@pytest.mark.parametrize("profile", PROFILES)
async def test_entities(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    all_entities_enabled: None,
    snapshot: SnapshotAssertion,
    profile: str,
) -> None:
    """Entities, states, units and what is off by default are as recorded."""
    gateway = await start_gateway(profile, start=NOON, frozen=True, seed=1)
    await add_gateway(gateway)
    assert [described(hass, entity) for entity in entities(hass)] == snapshot


@pytest.mark.parametrize("step", [1, -1])
async def test_meters_in_any_order(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    all_entities_enabled: None,
    step: int,
) -> None:
    """Two meters of one name get the same entity ids however the gateway lists them."""
    gateway = await start_gateway("neurio", start=NOON, frozen=True, seed=1)
    for endpoint in ("meters", "meters/site", "meters/solar"):
        serve_instead(gateway, endpoint, payload_of(gateway, endpoint)[::step])
    await add_gateway(gateway)
    unique_ids = {
        each.entity_id: each.unique_id
        for each in er.async_get(hass).entities.values()
        if each.platform == DOMAIN
    }
    second = [each for each in unique_ids if each.endswith("_2")]
    assert second
    for entity_id in second:
        first = unique_ids[entity_id.removesuffix("_2")]
        assert first < unique_ids[entity_id]


@pytest.mark.parametrize("profile", PROFILES)
async def test_quiet_log(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
    profile: str,
) -> None:
    """A gateway without a fault causes no warning, whatever it lacks."""
    gateway = await start_gateway(profile, start=NOON, seed=1)
    await add_gateway(gateway)
    for _ in range(31):
        gateway.advance(10)
        await pass_time(10)
    loud = [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING
        and not record.getMessage().startswith("We found a custom integration")
        # The test's own jumps of the clock look like slow tasks.
        and record.name != "asyncio"
    ]
    assert loud == []
    assert gateway.logins == 1


@pytest.mark.parametrize("profile", sorted({*PROFILES} - {"document"}))
async def test_states_change(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    profile: str,
) -> None:
    """States follow the simulated powers."""
    gateway = await start_gateway(profile, start=NOON, seed=1)
    await add_gateway(gateway)
    before = hass.states.get("sensor.tesla_energy_gateway_grid_power")
    gateway.advance(600)
    await pass_time(10)
    after = hass.states.get("sensor.tesla_energy_gateway_grid_power")
    assert before is not None
    assert after is not None
    assert float(after.state) != float(before.state)
    assert float(after.state) == pytest.approx(gateway.truth("site").power, abs=1)


@pytest.mark.parametrize("profile", PROFILES)
async def test_everything_is_translated(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    all_entities_enabled: None,
    profile: str,
) -> None:
    """Each entity has a name, each of its states too; none is called by its key."""
    texts = json.loads((INTEGRATION / "translations" / "en.json").read_text("utf-8"))
    await add_gateway(await start_gateway(profile, start=NOON, seed=1))
    for entity in entities(hass):
        assert entity.entity_description is not None
        key = entity.translation_key
        if key is None:
            assert entity.device_class is not None, entity.entity_id
            continue
        domain = entity.entity_id.partition(".")[0]
        text = texts["entity"][domain][key]
        for option in getattr(entity, "options", None) or ():
            assert option in text["state"], (key, option)
        registered = er.async_get(hass).async_get(entity.entity_id)
        assert registered is not None
        assert "{" not in (registered.original_name or "{")

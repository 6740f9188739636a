"""Tests of the entities while each value is missing at its source."""

from collections.abc import Iterable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
import pytest

from custom_components.tesla_gateway_meters.const import CONF_LIVE_INTERVAL
from simulator import SimulatedGateway

from ..conftest import (
    AddGateway,
    PassTime,
    StartGateway,
    payload_of,
    serve_instead,
)
from ..test_profiles import NOON, entities
from .row import Row
from .rows import ROWS
from .texts import name

# s: slow polls are that far apart, so live ones at this interval ask for everything.
POLL = 300


def without(payload: Any, keys: frozenset[str]) -> Any:
    """Return a payload with these keys nowhere in it."""
    if isinstance(payload, dict):
        return {
            key: without(value, keys)
            for key, value in payload.items()
            if key not in keys
        }
    if isinstance(payload, list):
        return [without(item, keys) for item in payload]
    return payload


def keys_of(row: Row) -> frozenset[str]:
    """Return the keys that hold the values of a row."""
    return frozenset(field.rpartition(".")[2] for field in row.fact.fields)


def shares_source(row: Row, other: Row) -> bool:
    """Return whether two rows have a source key in common."""
    return bool(keys_of(row) & keys_of(other)) and bool(
        {*row.endpoints} & {*other.endpoints}
    )


def states(hass: HomeAssistant, found: Iterable[Entity]) -> dict[str, str]:
    """Return the state of each of these entities."""
    return {
        entity.entity_id: hass.states.get(entity.entity_id).state for entity in found
    }


def take_away(gateway: SimulatedGateway, row: Row) -> None:
    """Remove the values of a row from the gateway's answers."""
    for endpoint in row.endpoints:
        payload = payload_of(gateway, endpoint.removeprefix("/api/"))
        serve_instead(
            gateway, endpoint.removeprefix("/api/"), without(payload, keys_of(row))
        )


# Between them, every source that is simulated; and no power of a phase that is 0.
@pytest.mark.parametrize("profile", ["three-phase", "neurio", "restricted"])
async def test_entity_shows_missing_state_without_its_source(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    all_entities_enabled: None,
    profile: str,
) -> None:
    """Without its source an entity shows what its row says, and no other changes."""
    gateway = await start_gateway(profile, start=NOON, frozen=True, seed=1)
    entry = await add_gateway(gateway, **{CONF_LIVE_INTERVAL: POLL})
    identity = entry.runtime_data.identity
    found = entities(hass)
    # A mean needs its minute, and what is sustained its time.
    await pass_time(POLL)
    before = states(hass, found)
    wrong = []
    for row in ROWS:
        own = [entity for entity in found if row.is_about(entity, identity)]
        if not own:
            continue
        take_away(gateway, row)
        await pass_time(POLL)
        after = states(hass, found)
        kin = [other for other in ROWS if shares_source(other, row)]
        wrong += [
            (name(row), entity.entity_id, after[entity.entity_id])
            for entity in own
            if after[entity.entity_id]
            != (row.fact.missing.state or before[entity.entity_id])
        ]
        wrong += [
            (name(row), entity.entity_id, after[entity.entity_id])
            for entity in found
            if after[entity.entity_id] != before[entity.entity_id]
            and not any(each.is_about(entity, identity) for each in kin)
        ]
        gateway.clear_faults()
        await pass_time(POLL)
        # A mean needs its minute.
        await pass_time(60)
        assert states(hass, found) == before
    assert wrong == []

"""Tests that a replayed diagnostics download gives the gateway's entities."""

from datetime import datetime
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from simulator import PROFILES, SimulatedGateway, serve

from .conftest import AddGateway, PassTime, StartGateway, payload_of, serve_instead

NOON = datetime.fromisoformat("2026-06-21T13:00:00-06:00")
UNREACHABLE = (
    "Get https://PWRview-12345:443/latest: dial tcp: lookup PWRview-12345 on"
    " 10.42.1.1:53: no such host"
)


def shown(hass: HomeAssistant, entry_id: str) -> list[tuple[str, Any, str | None]]:
    """Return entity id, state and unit of each entity, without the value of times.

    Which of two meters with one name comes second depends on their ids, which a download
    replaces: the number is left out.
    """
    found = []
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry_id):
        state = hass.states.get(entity.entity_id)
        assert state is not None
        unit = state.attributes.get("unit_of_measurement")
        if state.attributes.get("device_class") == "timestamp":
            value: Any = state.state in ("unknown", "unavailable")
        else:
            value = state.state
        found.append((entity.entity_id.removesuffix("_2"), value, unit))
    return sorted(found, key=str)


@pytest.mark.parametrize("profile", PROFILES)
async def test_replayed_download_gives_same_states(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    all_entities_enabled: None,
    tmp_path: Path,
    profile: str,
) -> None:
    """Every entity of a gateway exists with its value when its download is replayed."""
    assert await async_setup_component(hass, "diagnostics", {})
    gateway = await start_gateway(profile, start=NOON, frozen=True)
    if profile == "neurio":
        readings = payload_of(gateway, "meters/readings")
        readings["OBB0000000001"]["error"] = UNREACHABLE
        serve_instead(gateway, "meters/readings", readings)
    entry = await add_gateway(gateway)
    before = shown(hass, entry.entry_id)
    client = await hass_client()
    answer = await client.get(f"/api/diagnostics/config_entry/{entry.entry_id}")
    file = tmp_path / "download.json"
    file.write_text(await answer.text(), "utf-8")
    assert await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    async with serve(replay=file) as replay:
        assert replay.din != gateway.din
        entry = await add_gateway(replay)
        after = shown(hass, entry.entry_id)
        assert len(after) > (20 if profile == "restricted" else 50)
        assert after == before
        # The replay continues: nothing becomes stale, and no value changes.
        for _ in range(6):
            replay.advance(60)
            await pass_time(60)
        assert shown(hass, entry.entry_id) == before
        assert_same_numbers(replay, gateway)
    await hass.config_entries.async_remove(entry.entry_id)


def assert_same_numbers(replay: SimulatedGateway, gateway: SimulatedGateway) -> None:
    """Assert that all numbers of all payloads are the same."""
    for endpoint in replay._service.profile.endpoints:
        if endpoint == "meters/readings" and endpoint in gateway.faults.listed():
            continue
        assert numbers(replay.payload(endpoint)) == numbers(gateway.payload(endpoint))


def numbers(value: Any) -> list[Any]:
    """Return all numbers of a payload, in order."""
    match value:
        case dict():
            return [one for item in value.values() for one in numbers(item)]
        case list():
            return [one for item in value for one in numbers(item)]
    return [] if isinstance(value, str) else [value]

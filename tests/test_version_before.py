"""An entry that was set up by an earlier version, with its files, is loaded by this one.

`version_before` has what that version stored after half an hour with a simulated
gateway: its config entry, its own files, and Home Assistant's device and entity
registries, of which each row has only the values that differ from the common ones.
"""

from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    issue_registry as ir,
    label_registry as lr,
    restore_state as rs,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import SimulatedGateway

from .conftest import LivePolls, StartGateway, address_of, payload_of, serve_instead

STORED = Path(__file__).parent / "version_before"
START = datetime(2026, 6, 21, 18, tzinfo=UTC)
STORED_AT = START + timedelta(seconds=2000)
RESTART = 60  # s
# The state of a counter that was reset before: it shows that the file is what is read.
OFFSET = 5000  # Wh

pytestmark = [
    pytest.mark.parametrize("load_registries", [False]),
    pytest.mark.usefixtures("enable_custom_integrations"),
]


def _rows(table: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a registry as its file has them."""
    return [table["common"] | row for row in table["rows"]]


async def _load_registries(hass: HomeAssistant) -> None:
    """Load what Home Assistant loads before any entry, from the stored files."""
    dr.async_setup(hass)
    for registry in (ar, cr, dr, er, fr, ir, lr, rs):
        await registry.async_load(hass)


async def _restore(
    hass: HomeAssistant,
    storage: dict[str, Any],
    profile: str,
    gateway: SimulatedGateway,
) -> tuple[MockConfigEntry, dict[str, Any]]:
    """Return the entry and its files, as Home Assistant finds them after an update."""
    text = (STORED / f"{profile}.json").read_text(encoding="utf-8")
    text = text.replace("HOST", address_of(gateway))
    text = text.replace("FINGERPRINT", gateway.fingerprint)
    found = json.loads(text)
    for name in ("core.device_registry", "core.entity_registry"):
        tables = found["storage"][name]["data"]
        for key, table in tables.items():
            if key != "settings":
                tables[key] = _rows(table)
    stored = found["entry"]
    for counter in found["storage"][f"{DOMAIN}.{stored['entry_id']}"]["data"].values():
        counter["offset"] += OFFSET
    storage.update(found["storage"])
    await _load_registries(hass)
    entry = MockConfigEntry(domain=DOMAIN, **stored)
    entry.add_to_hass(hass)
    return entry, found["storage"]


@pytest.fixture(params=["neurio", "document"])
def profile(request: pytest.FixtureRequest) -> str:
    """Return each profile with stored files."""
    return str(request.param)


@pytest.fixture
async def gateway(
    profile: str, start_gateway: StartGateway, freezer: FrozenDateTimeFactory
) -> SimulatedGateway:
    """Serve the gateway of before, as it is after the update."""
    freezer.move_to(STORED_AT + timedelta(seconds=RESTART))
    gateway = await start_gateway(profile, frozen=True, start=START)
    gateway.advance((STORED_AT - START).total_seconds() + RESTART)
    return gateway


def _identities(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    """Return what users rely on of entities and devices, by their own ids."""
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    registry = dr.async_get(hass)
    devices = [
        *dr.async_entries_for_config_entry(registry, entry.entry_id),
        *dr.async_child_entries_for_config_entry(registry, entry.entry_id),
    ]
    return {
        each.id: (each.entity_id, each.unique_id, each.device_id, each.disabled_by)
        for each in entities
    } | {each.id: each.identifiers for each in devices}


def _issues(hass: HomeAssistant) -> list[str | None]:
    return [
        issue.translation_key
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    ]


async def test_entities_counters_and_repairs_unchanged_after_update(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    profile: str,
    gateway: SimulatedGateway,
    live_polls: LivePolls,
) -> None:
    """The same entities and devices; counters and evidence go on; nothing to repair."""
    entry, stored = await _restore(hass, hass_storage, profile, gateway)
    before = _identities(hass, entry)
    assert len(before) > 100
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED

    counters = {
        key: counter.published
        for key, counter in entry.runtime_data.counters.known.items()
    }
    of_before = stored[f"{DOMAIN}.{entry.entry_id}"]["data"]
    assert counters.keys() == of_before.keys()
    for key, known in of_before.items():
        published = known["good"]["value"] + known["offset"]
        assert published <= counters[key] < published + 1000, key
    evidence = stored[f"{DOMAIN}.{entry.entry_id}.wiring"]["data"]
    restored = entry.runtime_data.live.wiring.as_dict()
    assert restored["observed"] >= evidence["observed"]

    # The configuration is compared once two polls of the meters agree.
    await live_polls(100, gateway)
    after = _identities(hass, entry)
    assert {each: after[each] for each in before} == before
    added = [after[each][0] for each in after.keys() - before.keys()]
    assert added == ["sensor.tesla_energy_gateway_connection"]
    assert not _issues(hass)


async def test_ct_that_was_moved_during_update_is_reported(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    profile: str,
    gateway: SimulatedGateway,
    live_polls: LivePolls,
) -> None:
    """The stored configuration is what the present one is compared with."""
    entry, _ = await _restore(hass, hass_storage, profile, gateway)
    meters = payload_of(gateway, "meters")
    meters[0]["cts"][0]["valid"][3] = True
    serve_instead(gateway, "meters", meters)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await live_polls(100, gateway)
    assert "ct_changed" in _issues(hass)

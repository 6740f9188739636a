"""The stored evidence of the wiring checks."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_gateway_meters.const import DOMAIN
from tests.conftest import NewEntry, StartGateway


@pytest.mark.parametrize(
    "stored",
    [
        {"version": 1, "data": {"version": 1, "observed": "long"}},
        {"version": 1, "data": ["what"]},
        {"version": 99, "data": {}},
    ],
    ids=["broken", "no object", "of a newer version"],
)
async def test_invalid_evidence_is_ignored(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start_gateway: StartGateway,
    new_entry: NewEntry,
    caplog: pytest.LogCaptureFixture,
    stored: dict[str, Any],
) -> None:
    """The entry is set up; `tests/test_stored.py` sees the file set aside."""
    entry = new_entry(await start_gateway("split-phase"))
    key = f"{DOMAIN}.{entry.entry_id}.wiring"
    hass_storage[key] = {"minor_version": 1, "key": key, **stored}
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert caplog.text.count("Ignoring invalid stored data") == 1


async def test_evidence_is_saved_and_restored(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start_gateway: StartGateway,
    new_entry: NewEntry,
) -> None:
    """As the entry is unloaded, and set up again; removed, it is gone."""
    entry = new_entry(await start_gateway("split-phase"))
    key = f"{DOMAIN}.{entry.entry_id}.wiring"
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await entry.runtime_data.live.async_refresh()
    assert await hass.config_entries.async_unload(entry.entry_id)
    saved = hass_storage[key]["data"]
    assert saved["version"] == 2
    saved["directions"]["l1"]["idle"] = 5400
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    restored = entry.runtime_data.live.wiring.as_dict()
    assert restored["directions"]["l1"]["idle"] == 5400  # type: ignore[index]
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert key not in hass_storage

"""The stores in Home Assistant: what they log, restore and leave out."""

import logging
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant, State
import pytest
from pytest_homeassistant_custom_component.common import (
    mock_restore_cache_with_extra_data,
)

from custom_components.tesla_gateway_meters.storage.checked_store import CheckedStore
from custom_components.tesla_gateway_meters.storage.ct_texts_v1 import keys_by_name
from simulator import SimulatedGateway
from tests.conftest import AddGateway, PassTime, payload_of, serve_instead

COUNTER = "sensor.tesla_energy_gateway_grid_energy_imported"


async def test_reason_is_logged_once_when_a_file_stays(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """There is no file on this disk that could be set aside."""
    hass_storage["key"] = {"version": 1, "minor_version": 1, "data": {"a": 1}}
    store = CheckedStore[dict[str, Any]](hass, 1, "key", is_valid=lambda _: False)
    assert await store.async_load() is None
    text = "Ignoring invalid stored data: unexpected data"
    assert caplog.messages.count(text) == 1
    assert await store.async_load() is None
    other = CheckedStore[dict[str, Any]](hass, 0, "key")
    assert await other.async_load() is None
    assert caplog.text.count("Ignoring invalid") == 1


async def test_invalid_file_is_said_to_be_kept(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With its name, for whoever wants to mend it; removed, both are gone."""
    hass.config.config_dir = str(tmp_path)
    file = tmp_path / ".storage" / "key"
    file.parent.mkdir()
    file.write_text("content")
    hass_storage["key"] = {"version": 1, "minor_version": 1, "data": {"a": 1}}
    store = CheckedStore[dict[str, Any]](hass, 1, "key", is_valid=lambda _: False)
    assert await store.async_load() is None
    kept = file.with_name("key.invalid")
    assert kept.read_text() == "content"
    assert not file.exists()
    text = f"Ignoring invalid stored data: unexpected data. It is kept as {kept}"
    assert caplog.messages.count(text) == 1
    await store.async_remove()
    assert not kept.exists()


async def test_held_counter_is_logged_once_in_an_hour(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However often it alternates between 0 and its reading."""
    caplog.set_level(logging.INFO, "custom_components.tesla_gateway_meters")
    await add_gateway(gateway)
    true = payload_of(gateway, "meters/aggregates")
    zero = true | {"site": true["site"] | {"energy_imported": 0}}
    for answer in (zero, true) * 3:
        serve_instead(gateway, "meters/aggregates", answer)
        await pass_time(10)
    lines = [each for each in caplog.messages if "went from" in each]
    assert len(lines) == 1
    assert f"{COUNTER} went from 12345" in lines[0]


@pytest.mark.parametrize(
    ("native", "energy"), [(20_500, 20_500), (20_500.5, 20_500.5), ("20500", None)]
)
async def test_counter_continues_from_the_native_value_of_an_outage(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    native: object,
    energy: float | None,
) -> None:
    """An unavailable state has no value; a native value that is no number is ignored."""
    entry = await add_gateway(gateway)
    await hass.config_entries.async_remove(entry.entry_id)
    state = State(COUNTER, "unavailable", {"unit_of_measurement": "kWh"})
    kept = {"native_value": native, "native_unit_of_measurement": "Wh"}
    mock_restore_cache_with_extra_data(hass, [(state, kept)])
    entry = await add_gateway(gateway)
    counter = entry.runtime_data.counters.known["site_energy_imported"]
    assert counter.published == (energy or pytest.approx(12_345.03, abs=0.01))


def test_names_of_unknown_meters_get_different_keys() -> None:
    """The settings of two meters are not merged."""
    texts = {"odd: site CT1": "assigned", "strange: site CT1": "assigned"}
    keys = keys_by_name(texts, {}, {})
    assert keys == {"odd": "odd#1", "strange": "strange#1"}

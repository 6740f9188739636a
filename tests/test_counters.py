"""Counters are saved and restored, and a reset raises a repair issue."""

import logging
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, State
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import mock_restore_cache

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import Fault, SimulatedGateway

from .conftest import (
    AddGateway,
    NewEntry,
    PassTime,
    StartGateway,
    payload_of,
    serve_instead,
)


async def test_counters_are_saved_while_polls_go_on(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    hass_storage: dict[str, Any],
) -> None:
    """A loss of power leaves no time to save."""
    entry = await add_gateway(gateway)
    store = f"{DOMAIN}.{entry.entry_id}"
    await pass_time(60, times=20)
    first = hass_storage[store]["data"]["site_energy_imported"]["good"]
    assert first["value"] > 0
    await pass_time(60, times=20)
    assert hass_storage[store]["data"]["site_energy_imported"]["good"] != first


async def test_held_readings_are_saved_at_once(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    hass_storage: dict[str, Any],
) -> None:
    """After a restart the run goes on from there."""
    entry = await add_gateway(gateway)
    totals = payload_of(gateway, "meters/aggregates")
    totals["site"] |= {"energy_imported": 0, "energy_exported": 0}
    serve_instead(gateway, "meters/aggregates", totals)
    await pass_time(10)
    await pass_time(10)
    known = hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"]["site_energy_imported"]
    assert known["good"]["value"] > 0
    assert known["first"]["value"] == 0


async def test_repair_issue_of_a_reset_stays_until_confirmed(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """There is one issue, of the counter that was reset."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await add_gateway(gateway)
    totals = payload_of(gateway, "meters/aggregates")
    for poll in range(40):
        totals["site"] |= {"energy_imported": 20 * poll, "energy_exported": 0}
        serve_instead(gateway, "meters/aggregates", totals)
        await pass_time(60)
    issues = ir.async_get(hass).issues
    ((_, issue_id),) = [each for each in issues if each[0] == DOMAIN]
    issue = issues[DOMAIN, issue_id]
    assert issue.translation_key == "counter_reset"
    assert issue.is_persistent
    # A diagnostics download has all that a persistent one keeps.
    kept = str(issue.to_json())
    assert entry.title not in kept
    assert "sensor." not in kept

    flows = hass.data["repairs"]["flow_manager"]
    form = await flows.async_init(DOMAIN, data={"issue_id": issue_id})
    assert form["type"] is FlowResultType.FORM
    texts = form["description_placeholders"]
    assert texts["name"] == entry.title
    assert texts["counter"] == "Grid Energy imported"
    assert texts["old"] == "12.345"
    assert texts["new"] == "0.000"
    result = await flows.async_configure(form["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await pass_time(60)
    assert not [each for each in issues if each[0] == DOMAIN]


async def test_alternating_readings_are_saved_rarely_and_logged_once(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An hour of 0 and true readings costs a write in ten minutes, and one line."""
    caplog.set_level(logging.INFO, "custom_components.tesla_gateway_meters")
    entry = await add_gateway(gateway)
    store = f"{DOMAIN}.{entry.entry_id}"
    true = payload_of(gateway, "meters/aggregates")
    zero = {
        location: totals | {"energy_imported": 0, "energy_exported": 0}
        for location, totals in true.items()
    }
    written: list[Any] = []
    held = 0
    for poll in range(120):
        serve_instead(gateway, "meters/aggregates", true if poll % 2 else zero)
        await pass_time(29)
        held += entry.runtime_data.counters.known["site_energy_imported"].is_held
        now = hass_storage.get(store)
        if now is not None and not any(now is each for each in written):
            written.append(now)
    assert held == 60
    assert 1 <= len(written) <= 7
    lines = [each for each in caplog.messages if "went from" in each]
    assert len(lines) == 1


@pytest.mark.parametrize("is_removed", [True, False])
async def test_counter_continues_from_its_state_when_the_file_is_lost(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    hass_storage: dict[str, Any],
    is_removed: bool,
) -> None:
    """12.345 kWh, and what the new counter counts."""
    entry = await add_gateway(gateway)
    totals = payload_of(gateway, "meters/aggregates")

    async def count(polls: int, start: int) -> None:
        for poll in range(polls):
            energy = start + 12 * poll
            totals["site"] |= {"energy_imported": energy, "instant_power": 720}
            serve_instead(gateway, "meters/aggregates", totals)
            await pass_time(59)

    def shown() -> float:
        state = hass.states.get("sensor.tesla_energy_gateway_grid_energy_imported")
        assert state is not None
        return float(state.state)

    await count(40, 0)
    before = shown()
    assert before == pytest.approx(12.345 + 0.012 * 40, abs=0.015)
    if is_removed:
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
        entry = await add_gateway(gateway)
    else:
        await hass.config_entries.async_unload(entry.entry_id)
        del hass_storage[f"{DOMAIN}.{entry.entry_id}"]
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    assert shown() == before
    await count(40, 480)
    assert shown() == pytest.approx(before + 0.012 * 40, abs=0.02)


@pytest.mark.parametrize(
    ("state", "unit", "energy"),
    [
        ("20.5", "kWh", 20_500),
        ("20.5", None, 20_500),
        ("21000", "Wh", 21_000),
        ("unavailable", "kWh", None),
        ("1", "km", None),
    ],
)
async def test_counter_continues_from_the_state_in_the_users_unit(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    state: str,
    unit: str | None,
    energy: float | None,
) -> None:
    """The state counts in the selected unit if there is nothing else."""
    entity_id = "sensor.tesla_energy_gateway_grid_energy_imported"
    entry = await add_gateway(gateway)
    await hass.config_entries.async_remove(entry.entry_id)
    attributes = {} if unit is None else {"unit_of_measurement": unit}
    mock_restore_cache(hass, [State(entity_id, state, attributes)])
    entry = await add_gateway(gateway)
    counter = entry.runtime_data.counters.known["site_energy_imported"]
    assert counter.published == (energy or pytest.approx(12_345.03, abs=0.01))


async def test_log_names_the_entity_and_not_the_key(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A remote meter's key contains its id."""
    caplog.set_level(logging.DEBUG, "custom_components.tesla_gateway_meters")
    gateway = await start_gateway("neurio")
    await add_gateway(gateway)
    meters = payload_of(gateway, "meters/site")
    for meter in meters:
        meter["Cached_readings"]["energy_imported"] = 0
    serve_instead(gateway, "meters/site", meters)
    await pass_time(10)
    assert "_energy_imported went from" in caplog.text
    for meter in meters:
        assert meter["connection"]["short_id"] not in caplog.text


async def test_nothing_saved_while_the_setup_fails(
    hass: HomeAssistant,
    new_entry: NewEntry,
    gateway: SimulatedGateway,
    hass_storage: dict[str, Any],
) -> None:
    """A gateway that is down for days is tried again and again."""
    entry = new_entry(gateway)
    gateway.set_fault("*", Fault("status", 500))
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert f"{DOMAIN}.{entry.entry_id}" not in hass_storage

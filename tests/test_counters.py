"""What is known of the counters reaches the disk, and a person is told of a reset."""

import logging
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

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


async def test_kept_while_polls_go_on(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    hass_storage: dict[str, Any],
) -> None:
    """It is written now and then: a loss of power leaves no time to do so."""
    entry = await add_gateway(document)
    store = f"{DOMAIN}.{entry.entry_id}"
    await pass_time(60, times=20)
    first = hass_storage[store]["data"]["site_energy_imported"]["good"]
    assert first["value"] > 0
    await pass_time(60, times=20)
    assert hass_storage[store]["data"]["site_energy_imported"]["good"] != first


async def test_held_readings_are_kept_at_once(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    hass_storage: dict[str, Any],
) -> None:
    """When a counter fell has to be known after a restart, to follow it from there."""
    entry = await add_gateway(document)
    totals = payload_of(document, "meters/aggregates")
    totals["site"] |= {"energy_imported": 0, "energy_exported": 0}
    serve_instead(document, "meters/aggregates", totals)
    await pass_time(10)
    await pass_time(10)
    known = hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"]["site_energy_imported"]
    assert known["good"]["value"] > 0
    assert known["first"]["value"] == 0


async def test_a_reset_is_told_until_it_is_read(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """There is one repair, for the counter that goes on elsewhere; it can be confirmed."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await add_gateway(document)
    totals = payload_of(document, "meters/aggregates")
    for poll in range(40):
        totals["site"] |= {"energy_imported": 20 * poll, "energy_exported": 0}
        serve_instead(document, "meters/aggregates", totals)
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
    assert texts["counter"] == "sensor.tesla_energy_gateway_site_energy_imported"
    assert texts["old"] == "12.345"
    assert texts["new"] == "0.000"
    result = await flows.async_configure(form["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await pass_time(60)
    assert not [each for each in issues if each[0] == DOMAIN]


async def test_a_log_names_the_entity(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A remote meter's counter goes by its entity: its key has the meter's id in it."""
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


async def test_nothing_new_is_not_written(
    hass: HomeAssistant,
    new_entry: NewEntry,
    document: SimulatedGateway,
    hass_storage: dict[str, Any],
) -> None:
    """A gateway that is away for days is tried again and again."""
    entry = new_entry(document)
    document.set_fault("*", Fault("status", 500))
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert f"{DOMAIN}.{entry.entry_id}" not in hass_storage

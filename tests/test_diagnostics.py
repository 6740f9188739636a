"""What the diagnostics download says, and what it keeps to itself."""

from collections.abc import Callable
import json

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.tesla_gateway_meters.gateway import readable
from simulator import Fault, SimulatedGateway

from .conftest import AddGateway, PassTime


@pytest.fixture(autouse=True)
async def with_diagnostics(hass: HomeAssistant) -> None:
    """Serve diagnostics."""
    assert await async_setup_component(hass, "diagnostics", {})


async def test_running(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Certificate, firmware and what fails are told; who it is, is not."""
    entry = await add_gateway(document)
    document.set_fault("meters/site", Fault("status", 502))
    await pass_time(10)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["certificate"] == readable(document.fingerprint)
    assert found["gateway"]["part_number"] == "1234567-00-E"
    assert found["gateway"]["measured_power_w"]["solar"] == pytest.approx(-4, abs=0.5)
    assert found["gateway"]["silent"] == []
    assert found["polls"]["live"] == {
        "interval_s": 10.0,
        "last_succeeded": True,
        "failed": {"/api/meters/site": "HTTP status 502"},
    }
    text = json.dumps(found)
    for secret in (document.din, document.din.rpartition("-")[2], document.password):
        assert secret not in text


async def test_never_set_up(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    document: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """An entry whose gateway does not answer has little to tell, and tells it."""
    document.set_fault("*", Fault("status", 502))
    entry = new_entry(document)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["certificate"] == readable(document.fingerprint)
    assert found["gateway"] is None

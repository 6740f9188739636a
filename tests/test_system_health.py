"""System health of the gateways."""

from datetime import UTC, datetime

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import Fault, SimulatedGateway

from .conftest import AddGateway, NewEntry, PassTime, StartGateway


@pytest.fixture(autouse=True)
async def with_system_health(hass: HomeAssistant) -> None:
    """Set up system health."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()


async def test_plain_values_for_one_gateway(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    freezer: FrozenDateTimeFactory,
) -> None:
    """One gateway gives plain values."""
    await add_gateway(gateway)
    before = datetime.now(UTC)
    requests = gateway.record.total
    await pass_time(9, times=30)
    info = await get_system_health_info(hass, DOMAIN)
    assert info["reachable"] == "ok"
    assert info["last_success"] > before
    assert info["endpoints_absent"] == "none"
    # The window covers the last five minutes only.
    assert gateway.record.total - requests > 80
    assert info["requests_per_minute"] == pytest.approx(
        gateway.record.total / 5, abs=0.1
    )


async def test_panel_has_all_texts_and_sends_no_request(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Each key has a text, and the gateway gets no request for it."""
    gateway = await start_gateway("restricted")
    await add_gateway(gateway)
    gateway.set_fault("*", Fault("status", 502))
    await pass_time(10)
    asked = gateway.record.total
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "system_health/info"})
    assert (await client.receive_json())["success"]
    info = (await client.receive_json())["event"]["data"][DOMAIN]["info"]
    assert info["reachable"] == {
        "type": "failed",
        "error": "The gateway gives no usable answer. See the log for details",
    }
    assert info["last_success"]["type"] == "date"
    assert info["endpoints_absent"] == (
        "/api/meters, /api/meters/readings, /api/meters/site, /api/meters/solar, "
        "/api/status"
    )
    assert gateway.record.total == asked
    texts = await async_get_translations(hass, "en", "system_health", {DOMAIN})
    assert set(texts) == {
        f"component.{DOMAIN}.system_health.info.{key}" for key in info
    }


async def test_values_named_by_gateway_if_there_are_two(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
) -> None:
    """Each value names its gateway."""
    first = await add_gateway(gateway)
    second = await add_gateway(await start_gateway("restricted"))
    hass.config_entries.async_update_entry(second, title="Barn")
    info = await get_system_health_info(hass, DOMAIN)
    assert info["reachable"] == f"{first.title}: ok; Barn: ok"
    assert info["endpoints_absent"].startswith(f"{first.title}: none; Barn: /api/")
    for value in info.values():
        assert isinstance(value, str)


async def test_reason_shown_if_setup_failed(
    hass: HomeAssistant, gateway: SimulatedGateway, new_entry: NewEntry
) -> None:
    """A gateway that could not be set up is not reachable, with the reason."""
    assert await async_setup_component(hass, DOMAIN, {})
    assert await get_system_health_info(hass, DOMAIN) == {}
    gateway.set_fault("*", Fault("status", 502))
    assert not await hass.config_entries.async_setup(new_entry(gateway).entry_id)
    info = await get_system_health_info(hass, DOMAIN)
    assert info == {
        "reachable": {
            "type": "failed",
            "error": "The gateway does not answer the login correctly",
        },
        "last_success": "unknown",
        "requests_per_minute": "unknown",
        "endpoints_absent": "unknown",
    }

"""What is known of the counters reaches the disk while all goes on."""

from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import SimulatedGateway

from .conftest import AddGateway, PassTime, payload_of, serve_instead


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
    for _ in range(20):
        await pass_time(60)
    first = hass_storage[store]["data"]["site_energy_imported"]["good"]
    assert first["value"] > 0
    for _ in range(20):
        await pass_time(60)
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

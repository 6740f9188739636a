"""The automations of the pages work, and the entities that they name exist."""

from pathlib import Path
import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    async_mock_service,
)

from custom_components.tesla_gateway_meters.const import DOMAIN
from custom_components.tesla_gateway_meters.energy_plan import Reason
from custom_components.tesla_gateway_meters.services import (
    ADD_TO_ENERGY_DASHBOARD,
    GET_DASHBOARD,
)
from simulator import SimulatedGateway

from .conftest import AddGateway, PassTime, payload_of, serve_instead

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
ENERGY = (ROOT / "docs" / "energy-dashboard.md").read_text("utf-8")
BLOCKS = re.findall(
    r"```yaml\n(.*?)```",
    (ROOT / "docs" / "automations.md").read_text("utf-8"),
    re.DOTALL,
)


async def test_automation_fires_after_five_minutes(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """The automation on export fires after its five minutes, and not before."""
    await add_gateway(gateway)
    crossing, _ = BLOCKS
    automation = parse_yaml(crossing) | {"actions": [{"event": "exporting"}]}
    fired = async_capture_events(hass, "exporting")
    assert await async_setup_component(hass, "power", {})
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done()

    totals = payload_of(gateway, "meters/aggregates")
    totals["site"]["instant_power"] = -2500
    serve_instead(gateway, "meters/aggregates", totals)
    await pass_time(10)
    await pass_time(10, times=25)
    assert fired == []
    await pass_time(10, times=5)
    assert len(fired) == 1


async def test_load_follows_sustained_export(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """The automation turns the load on and off, and does nothing otherwise."""
    await add_gateway(gateway)
    _, lasting = BLOCKS
    for service in ("turn_on", "turn_off"):
        async_mock_service(hass, "switch", service)
    calls = async_capture_events(hass, "call_service")
    triggered = async_capture_events(hass, "automation_triggered")
    automation = parse_yaml(lasting)
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done()

    for export, services in (
        (2500, ["turn_on"]),
        (500, ["turn_on"]),
        (None, ["turn_on"]),
        (0, ["turn_on", "turn_off"]),
    ):
        totals = payload_of(gateway, "meters/aggregates")
        totals["site"]["instant_power"] = None if export is None else -export
        serve_instead(gateway, "meters/aggregates", totals)
        await pass_time(10, times=35)
        gateway.clear_faults()
        assert [call.data["service"] for call in calls] == services
        assert len(triggered) == len(services)
    switch = automation["actions"][0]["target"]["entity_id"]
    assert {call.data["service_data"]["entity_id"][0] for call in calls} == {switch}


async def test_energy_dashboard_entities_are_enabled(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """Each entity of the table exists and is enabled by default."""
    await add_gateway(gateway)
    table = ENERGY.partition("| field of the energy dashboard")[2].partition("\n\n")[0]
    named = re.findall(r"\| (\w+) \*([^*]+)\*", table)
    assert len(named) == 11
    devices = dr.async_get(hass)
    there = {
        (devices.async_get(entity.device_id).name, entity.original_name)
        for entity in er.async_get(hass).entities.values()
        if entity.disabled_by is None
    }
    assert set(named) <= there


def test_action_of_the_dashboard_is_named() -> None:
    """The README has its name, and a link that opens it."""
    assert f"`{DOMAIN}.{GET_DASHBOARD}`" in README
    assert f"developer_call_service/?service={DOMAIN}.{GET_DASHBOARD}" in README


def test_energy_dashboard_reasons_are_explained() -> None:
    """The page has the action's name and each reason of its response."""
    assert f"`{DOMAIN}.{ADD_TO_ENERGY_DASHBOARD}`" in ENERGY
    assert [reason for reason in Reason if f"`{reason}`" not in ENERGY] == []


def test_readme_is_short() -> None:
    """The README is short."""
    assert len(README.splitlines()) < 200


def test_charge_of_the_app_is_computed_as_described(hass: HomeAssistant) -> None:
    """The template gives what Tesla's app shows: 20 % for 24 %, and never less than 0."""
    page = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    (template,) = re.findall(r"```jinja\n(.*?)```", page, re.DOTALL)
    (entity_id,) = re.findall(r"states\('([\w.]+)'\)", template)
    for gateway, app in ((24, 20), (100, 100), (5, 0), (0, 0)):
        hass.states.async_set(entity_id, str(gateway))
        assert Template(template, hass).async_render() == app

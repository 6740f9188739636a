"""Tests of the action's dashboard for each kind of home, with any names."""

import json
import re
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import yaml

from custom_components.tesla_gateway_meters.const import DOMAIN
from demo.checks import entities_in
from simulator import SimulatedGateway

from ..conftest import AddGateway, StartGateway
from .conftest import GetDashboard, cards

ALL_PAGES = ["power", "surplus", "phases", "energy", "wiring"]
# The pages of each kind of home.
PAGES = {
    "split-phase": ALL_PAGES,
    "three-phase": ALL_PAGES,
    "neurio": ALL_PAGES,
    "powerwall-plus": ALL_PAGES,
    "restricted": [each for each in ALL_PAGES if each != "phases"],
    "solar-only": ALL_PAGES,
}
# Words of entity ids, as Home Assistant makes them in German.
GERMAN = {
    "site": "netz",
    "grid": "netz",
    "load": "haus",
    "home": "haus",
    "battery": "batterie",
    "meter": "zahler",
    "power": "leistung",
    "voltage": "spannung",
    "current": "stromstarke",
    "energy": "energie",
}


def entity_id(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> str:
    """Return the id of an entity of a gateway, whatever its name."""
    (found,) = (
        each.entity_id
        for each in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if each.unique_id == f"{entry.runtime_data.identity}_{key}"
    )
    return found


def disable(hass: HomeAssistant, entity: str) -> None:
    """Disable an entity that is enabled by default."""
    er.async_get(hass).async_update_entity(
        entity, disabled_by=er.RegistryEntryDisabler.USER
    )


def paths(config: dict[str, Any]) -> list[str]:
    """Return the paths of the pages."""
    return [view["path"] for view in config["views"]]


def texts(config: dict[str, Any], page: str) -> str:
    """Return what the texts of a page say, templates as such."""
    return "\n".join(
        card["content"] for card in cards(config, page) if card["type"] == "markdown"
    )


def all_ids(config: dict[str, Any]) -> set[str]:
    """Return the entity ids that cards and templates name."""
    return set(re.findall(r"\b(?:binary_)?sensor\.\w+", json.dumps(config)))


async def rename_as_german(hass: HomeAssistant) -> dict[str, str]:
    """Give all entities German ids; return the new ids by the old."""
    renamed = {}
    registry = er.async_get(hass)
    for entity in list(registry.entities.values()):
        domain, _, words = entity.entity_id.partition(".")
        german = "_".join(GERMAN.get(word, word) for word in words.split("_"))
        renamed[entity.entity_id] = f"{domain}.{german}"
        registry.async_update_entity(
            entity.entity_id, new_entity_id=renamed[entity.entity_id]
        )
    await hass.async_block_till_done()
    return renamed


@pytest.mark.parametrize("profile", PAGES)
async def test_entities_exist_in_english_and_german(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
    profile: str,
) -> None:
    """Each home gets its pages; other names lead to the same dashboard of other ids."""
    await add_gateway(await start_gateway(profile))
    english = await get_dashboard()
    assert paths(english) == PAGES[profile]
    assert english["title"] == "Tesla Energy Gateway"
    named = all_ids(english)
    assert named == set(entities_in(english))
    assert len(named) > 10
    assert not [each for each in named if hass.states.get(each) is None]

    renamed = await rename_as_german(hass)
    german = await get_dashboard()
    assert paths(german) == PAGES[profile]
    assert all_ids(german) == {renamed[each] for each in named}
    assert not [each for each in all_ids(german) if hass.states.get(each) is None]
    assert not named & all_ids(german)
    assert yaml.safe_load(yaml.safe_dump(german)) == german


async def test_names_are_those_of_devices_and_entities(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
) -> None:
    """A device or entity that the user has named has that name on its tiles."""
    entry = await add_gateway(gateway)
    registry, devices = er.async_get(hass), dr.async_get(hass)
    site = registry.async_get(entity_id(hass, entry, "site_power"))
    assert site is not None
    assert site.device_id is not None
    devices.async_update_child_device(site.device_id, name_by_user="Netz")
    voltage = entity_id(hass, entry, "site_voltage_l1")
    registry.async_update_entity(voltage, name="Spannung L1")
    config = await get_dashboard()
    tiles = {
        card["entity"]: card["name"]
        for page in ("power", "phases")
        for card in cards(config, page)
        if card["type"] == "tile"
    }
    assert tiles[site.entity_id] == "Netz"
    assert tiles[voltage] == "Spannung L1"
    headings = {card.get("heading") for card in cards(config, "phases")}
    assert "Netz" in headings


async def test_disabled_hidden_and_stale_entities_left_out(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
) -> None:
    """The dashboard names only what is there, and what the user wants to see."""
    entry = await add_gateway(gateway)
    registry = er.async_get(hass)
    disabled, hidden, shown = (
        entity_id(hass, entry, f"site_{each}")
        for each in ("power_l1", "voltage_l1", "power_l2")
    )
    disable(hass, disabled)
    registry.async_update_entity(hidden, hidden_by=er.RegistryEntryHider.USER)
    stale = registry.async_get_or_create(
        "sensor",
        DOMAIN,
        f"{entry.runtime_data.identity}_site_power_l3",
        config_entry=entry,
        device_id=entry.runtime_data.device_id,
    )
    await hass.async_block_till_done()
    named = set(entities_in(await get_dashboard()))
    assert not named & {disabled, hidden, stale.entity_id}
    assert shown in named


async def test_gateway_must_be_selected_if_there_are_two(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
) -> None:
    """Each dashboard has the entities of its own gateway alone."""
    first = await add_gateway(gateway)
    second = await add_gateway(await start_gateway("solar-only"))
    with pytest.raises(ServiceValidationError):
        await get_dashboard()
    registry = er.async_get(hass)
    for entry in (first, second):
        config = await get_dashboard(config_entry_id=entry.entry_id)
        entities = [registry.async_get(each) for each in entities_in(config)]
        assert {each.config_entry_id for each in entities if each} == {entry.entry_id}


async def test_refused_for_users_without_admin_rights(
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    hass_read_only_user: MockUser,
    get_dashboard: GetDashboard,
) -> None:
    """Only administrators can create a dashboard."""
    await add_gateway(gateway)
    with pytest.raises(Unauthorized):
        await get_dashboard(context=Context(user_id=hass_read_only_user.id))


async def test_cards_of_the_energy_dashboard_need_it(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
) -> None:
    """A Home Assistant without the energy dashboard gets no card that would be an error."""

    def of_energy(config: dict[str, Any]) -> list[str]:
        kinds = ("energy-", "power-")
        return [
            card["type"] for card in cards(config) if card["type"].startswith(kinds)
        ]

    await add_gateway(gateway)
    assert of_energy(await get_dashboard()) == []
    hass.config.components.add("energy")
    assert "energy-distribution" in of_energy(await get_dashboard())


async def test_rule_has_the_present_options(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
) -> None:
    """The page says when sustained export turns on and off, and why it is unknown."""
    entry = await add_gateway(
        gateway, sustained_on_above=2345, sustained_watched="surplus"
    )
    rule = texts(await get_dashboard(), "surplus")
    assert "above 2345 W for 300 s" in rule
    assert "at or below 200 W for 120 s" in rule
    assert "solar power that your home does not use" in rule
    sustained = entity_id(hass, entry, "site_sustained_export")
    assert f'is_state("{sustained}", "unknown")' in rule


async def test_without_a_battery_the_surplus_page_shows_export(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
) -> None:
    """Surplus is the same there, and may be disabled."""
    entry = await add_gateway(await start_gateway("solar-only"))
    disable(hass, entity_id(hass, entry, "site_solar_surplus"))
    await hass.async_block_till_done()
    first = next(
        card
        for card in cards(await get_dashboard(), "surplus")
        if card["type"] == "tile"
    )
    assert first["entity"] == entity_id(hass, entry, "site_export_power")


@pytest.mark.usefixtures("all_entities_enabled")
async def test_an_only_phase_shows_the_power_of_its_location(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
) -> None:
    """The power of the phase is the same, and may be disabled."""
    entry = await add_gateway(await start_gateway("split-phase"))
    disable(hass, entity_id(hass, entry, "solar_power_l2"))
    await hass.async_block_till_done()
    shown = {card.get("entity") for card in cards(await get_dashboard(), "phases")}
    assert entity_id(hass, entry, "solar_power") in shown
    assert entity_id(hass, entry, "site_power") not in shown


async def test_signs_explained_where_power_is_shown(
    start_gateway: StartGateway, add_gateway: AddGateway, get_dashboard: GetDashboard
) -> None:
    """The dashboard of a home without a battery does not mention one."""
    entry = await add_gateway(await start_gateway("split-phase"))
    other = await add_gateway(await start_gateway("solar-only"))
    with_battery = texts(await get_dashboard(config_entry_id=entry.entry_id), "power")
    without = texts(await get_dashboard(config_entry_id=other.entry_id), "power")
    assert "negative while you export" in with_battery
    assert "negative while it charges" in with_battery
    assert "negative while you export" in without
    assert "negative while it charges" not in without


async def test_connection_shown_while_there_are_no_values(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
) -> None:
    """The first page tells why it has no values, and until when, only as long as that is so."""
    entry = await add_gateway(await start_gateway("split-phase"))
    connection = entity_id(hass, entry, "connection")
    (card,) = (
        each
        for each in cards(await get_dashboard(), "power")
        if each.get("entity") == connection
    )
    assert card["state_content"] == ["state", "until"]
    (condition,) = card["visibility"]
    assert condition["entity"] == connection
    state = hass.states.get(connection)
    assert state
    assert condition["state_not"] == state.state == "connected"


async def test_tiles_of_a_phase_fill_a_row(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
) -> None:
    """Solar has no voltages by default: its rows have two tiles, those of the grid three."""
    entry = await add_gateway(await start_gateway("three-phase"))
    columns = {
        card["entity"]: card["grid_options"]["columns"]
        for card in cards(await get_dashboard(), "phases")
        if card["type"] == "tile"
    }
    assert columns[entity_id(hass, entry, "site_power_l1")] == 4
    for quantity in ("power", "current"):
        assert columns[entity_id(hass, entry, f"solar_{quantity}_l3")] == 6
    assert entity_id(hass, entry, "solar_voltage_l1") not in columns

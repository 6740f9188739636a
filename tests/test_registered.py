"""Disabled entities are added at a start only if that changes what is registered."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.tesla_gateway_meters import registered
from simulator import SimulatedGateway

from .conftest import AddGateway

DISABLED, ENABLED = "battery_frequency", "site_power"


def registered_as(
    hass: HomeAssistant, entry: MockConfigEntry, key: str
) -> er.RegistryEntry:
    """Return what Home Assistant has registered of a sensor."""
    (found,) = (
        each
        for each in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if each.unique_id == f"{entry.unique_id}_{key}"
    )
    return found


async def names_after_restart(
    hass: HomeAssistant, entry: MockConfigEntry
) -> dict[str, str | None]:
    """Return the names that are registered after a start that finds outdated ones."""
    registry = er.async_get(hass)
    for key in (DISABLED, ENABLED):
        registry.async_update_entity(
            registered_as(hass, entry, key).entity_id, original_name="Outdated"
        )
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    return {
        key: registered_as(hass, entry, key).original_name
        for key in (DISABLED, ENABLED)
    }


async def test_only_enabled_entities_are_added_again(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """Home Assistant refreshes the name of what is added."""
    entry = await add_gateway(gateway)
    assert registered_as(hass, entry, DISABLED).disabled
    states = {state.entity_id for state in hass.states.async_all()}
    assert await names_after_restart(hass, entry) == {
        DISABLED: "Outdated",
        ENABLED: "Power",
    }
    assert {state.entity_id for state in hass.states.async_all()} == states


def change_language(hass: HomeAssistant, _: pytest.MonkeyPatch) -> None:
    """Choose another language."""
    hass.config.language = "de"


def update_home_assistant(_: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install another version of Home Assistant."""
    monkeypatch.setattr(registered, "__version__", "2099.1.0")


def update_integration(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install another version of the integration."""
    integration = registered.async_get_loaded_integration(hass, registered.DOMAIN)
    monkeypatch.setitem(integration.manifest, "version", "99.0.0")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (change_language, "Frequenz"),
        (update_home_assistant, "Frequency"),
        (update_integration, "Frequency"),
    ],
)
async def test_all_entities_are_added_once_after_a_change(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[HomeAssistant, pytest.MonkeyPatch], None],
    name: str,
) -> None:
    """Names, units and what else is registered are those of the new version or language."""
    entry = await add_gateway(gateway)
    change(hass, monkeypatch)
    assert (await names_after_restart(hass, entry))[DISABLED] == name
    assert (await names_after_restart(hass, entry))[DISABLED] == "Outdated"


async def test_enabled_entity_is_added_at_next_start(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """Home Assistant reloads the entry of an entity that is enabled."""
    entry = await add_gateway(gateway)
    assert await hass.config_entries.async_reload(entry.entry_id)
    entity_id = registered_as(hass, entry, DISABLED).entity_id
    er.async_get(hass).async_update_entity(entity_id, disabled_by=None)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert float(hass.states.get(entity_id).state) > 0


async def test_entity_that_is_not_registered_is_added(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """Also one that is disabled by default."""
    entry = await add_gateway(gateway)
    er.async_get(hass).async_remove(registered_as(hass, entry, DISABLED).entity_id)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert registered_as(hass, entry, DISABLED).disabled

"""The disabled entities that a start need not add again.

As Home Assistant adds an entity, it refreshes the registered names and units. Where
these are up to date, adding a disabled one changes nothing. Most entities are
disabled. When one is enabled, Home Assistant reloads the config entry.
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import async_get_loaded_integration

from .const import CONF_REGISTERED_BY, DOMAIN


@callback
def find_registered_disabled(
    hass: HomeAssistant, entry: ConfigEntry
) -> set[str | None]:
    """Return the unique ids of disabled entities whose registration is up to date."""
    if entry.data.get(CONF_REGISTERED_BY) != _registered_by(hass):
        return set()
    known = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {each.unique_id for each in known if each.disabled}


@callback
def note_registered(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Store the versions and the language with which all entities were added."""
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_REGISTERED_BY: _registered_by(hass)}
    )


def _registered_by(hass: HomeAssistant) -> str:
    version = async_get_loaded_integration(hass, DOMAIN).version
    return f"{version}, Home Assistant {__version__}, {hass.config.language}"

"""Repair issue for core's Powerwall integration polling the same gateway.

Both work side by side, but the gateway serves one request at a time.
"""

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    SOURCE_IGNORE,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.const import CONF_HOST, CONF_IP_ADDRESS
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .gateway import Address, GatewayError
from .issues import CORE_POWERWALL, create_issue, delete_issue
from .runtime_data import GatewayConfigEntry

_CORE = "powerwall"


@callback
def watch_core_powerwall(hass: HomeAssistant, entry: GatewayConfigEntry) -> None:
    """Update the issue when core's config entries change, until the entry unloads."""

    @callback
    def update() -> None:
        if any(
            _is_same_gateway(entry, core)
            for core in hass.config_entries.async_entries(_CORE)
            if core.disabled_by is None and core.source != SOURCE_IGNORE
        ):
            create_issue(hass, entry, CORE_POWERWALL)
        else:
            delete_issue(hass, entry, CORE_POWERWALL)

    @callback
    def on_entry_changed(_: ConfigEntryChange, changed: ConfigEntry) -> None:
        if changed.domain == _CORE:
            update()

    update()
    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, on_entry_changed)
    )


def _is_same_gateway(entry: GatewayConfigEntry, core: ConfigEntry) -> bool:
    if core.unique_id and core.unique_id.upper() == str(entry.unique_id).upper():
        return True
    try:
        host = Address.parse(str(core.data.get(CONF_IP_ADDRESS))).host
    except GatewayError:
        return False
    return host == Address.parse(entry.data[CONF_HOST]).host

"""Commands for events that otherwise take a network, another gateway or half an hour.

For the demo alone: a DHCP lease, another certificate, other CTs, and a counter that was reset.
"""

from collections.abc import Callable
import time
from typing import Any

from homeassistant.components import websocket_api
from homeassistant.config_entries import SOURCE_DHCP, ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from custom_components.tesla_gateway_meters.const import CONF_FINGERPRINT
from custom_components.tesla_gateway_meters.issues import (
    CT_CHANGED,
    create_issue,
    create_reset_issue,
)
from custom_components.tesla_gateway_meters.processing.counter_guard import Reset

DOMAIN = "demo_events"
GATEWAY = "tesla_gateway_meters"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)
# Of no gateway that answers: it is offered by the name in its lease.
LEASE = DhcpServiceInfo(
    ip="127.0.0.1", hostname="1232100-00-e--tgsimulated099", macaddress="001122aabbcc"
)


def _lease(hass: HomeAssistant, _: ConfigEntry) -> None:
    hass.async_create_task(
        hass.config_entries.flow.async_init(
            GATEWAY, context={"source": SOURCE_DHCP}, data=LEASE
        )
    )


def _certificate(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Trust another certificate, so that the gateway's own is a new one."""
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_FINGERPRINT: "0a" * 32}
    )
    hass.config_entries.async_schedule_reload(entry.entry_id)


def _reset(hass: HomeAssistant, entry: ConfigEntry) -> None:
    reset = Reset(old=7_654_321, new=12, at=time.time())
    create_reset_issue(hass, entry, "site_energy_imported", reset)


def _cts(hass: HomeAssistant, entry: ConfigEntry) -> None:
    create_issue(
        hass,
        entry,
        CT_CHANGED,
        fixable=True,
        placeholders={
            "changes": "- Meter Y: Solar CT2: In use \N{RIGHTWARDS ARROW} Not in use"
        },
    )


EVENTS: dict[str, Callable[[HomeAssistant, ConfigEntry], None]] = {
    "lease": _lease,
    "certificate": _certificate,
    "cts": _cts,
    "reset": _reset,
}


async def async_setup(hass: HomeAssistant, _: ConfigType) -> bool:
    """Register the command."""
    websocket_api.async_register_command(hass, happen)
    return True


@websocket_api.require_admin
@websocket_api.websocket_command(
    {vol.Required("type"): "demo_events/happen", vol.Required("event"): vol.In(EVENTS)}
)
@callback
def happen(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    message: dict[str, Any],
) -> None:
    """Let an event happen to the gateway that is set up."""
    (entry,) = hass.config_entries.async_entries(GATEWAY, include_ignore=False)
    EVENTS[message["event"]](hass, entry)
    connection.send_result(message["id"])

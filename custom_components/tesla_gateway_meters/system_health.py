"""System health of the gateways, from the last polls, without a request."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .gateway import AbsentError
from .runtime_data import GatewayConfigEntry, GatewayData

type Value = str | float | datetime | dict[str, str]


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the callback of the system health panel."""
    register.async_register_info(system_health_info)


async def system_health_info(hass: HomeAssistant) -> dict[str, Value]:
    """Return a value per key for all enabled entries."""
    entries: list[GatewayConfigEntry] = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    return {key: _joined(entries, key) for key in _VALUES if entries}


def _joined(entries: list[GatewayConfigEntry], key: str) -> Value:
    if len(entries) == 1:
        return _value(entries[0], key)
    return "; ".join(f"{entry.title}: {_text(_value(entry, key))}" for entry in entries)


def _value(entry: GatewayConfigEntry, key: str) -> Value:
    if entry.state is ConfigEntryState.LOADED:
        return _VALUES[key](entry.runtime_data)
    # The reason why an entry is not loaded is what the panel is opened for.
    if key == "reachable":
        return {"type": "failed", "error": entry.reason or str(entry.state)}
    return "unknown"


def _text(value: Value) -> str:
    match value:
        case dict():
            return value["error"]
        case datetime():
            return value.isoformat(timespec="seconds")
    return str(value)


def _reachable(data: GatewayData) -> Value:
    if data.live.last_update_success:
        return "ok"
    # The panel renders this mapping as an error.
    return {"type": "failed", "error": str(data.live.last_exception)}


def _last_success(data: GatewayData) -> Value:
    time = data.client.statistics.last_success
    return "never" if time is None else dt_util.utc_from_timestamp(time)


def _requests_per_minute(data: GatewayData) -> Value:
    now = dt_util.utcnow().timestamp()
    return round(data.client.statistics.per_minute(now), 1)


def _endpoints_absent(data: GatewayData) -> Value:
    failed = {**data.live.failed, **data.slow.failed}
    absent = (each for each, err in failed.items() if isinstance(err, AbsentError))
    return ", ".join(sorted(absent)) or "none"


_VALUES: Final[dict[str, Callable[[GatewayData], Value]]] = {
    "reachable": _reachable,
    "last_success": _last_success,
    "requests_per_minute": _requests_per_minute,
    "endpoints_absent": _endpoints_absent,
}

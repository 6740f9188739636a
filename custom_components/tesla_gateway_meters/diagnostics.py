"""What a person sends along with a question, without what is nobody's business."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant

from .const import CONF_FINGERPRINT
from .coordinator import GatewayConfigEntry, GatewayCoordinator, GatewayData
from .gateway import readable
from .snapshot import Snapshot


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: GatewayConfigEntry
) -> dict[str, Any]:
    """Describe an entry: no password, token, address, DIN or serial is in it."""
    fingerprint = entry.data.get(CONF_FINGERPRINT)
    data: GatewayData | None = getattr(entry, "runtime_data", None)
    return {
        "options": dict(entry.options),
        "certificate": None if fingerprint is None else readable(fingerprint),
        "gateway": None if data is None else _gateway(data),
        "polls": {}
        if data is None
        else {"live": _poll(data.live), "slow": _poll(data.slow)},
    }


def _gateway(data: GatewayData) -> dict[str, Any]:
    status = data.slow.data.status
    return {
        "part_number": None if status is None else status.part_number,
        "device_type": None if status is None else status.device_type,
        "firmware": None if status is None else status.version,
        "measured_power_w": dict(data.live.data.measured_power),
        "silent": sorted(data.live.data.stale),
        "cool_down_s": data.client.memory.cool_down.length,
    }


def _poll[SnapshotT: Snapshot](
    coordinator: GatewayCoordinator[SnapshotT],
) -> dict[str, Any]:
    interval = coordinator.update_interval or timedelta()
    return {
        "interval_s": interval.total_seconds(),
        "last_succeeded": coordinator.last_update_success,
        "failed": {
            str(endpoint): str(err) for endpoint, err in coordinator.failed.items()
        },
    }

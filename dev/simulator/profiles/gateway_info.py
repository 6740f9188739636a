"""Endpoints about the gateway itself, apart from its meters.

Their keys and forms are those of public captures (firmware 21.44 to 23.28); core's `powerwall`
integration and other clients read them to set up.
"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from simulator.clock import Clock
from simulator.go_format import SECOND, Json, duration

from .base import Endpoints
from .spec import Identity

_START_ZONE = timezone(timedelta(hours=8))  # start_time is always in this zone
_UPTIME = 37 * 24 * 3600 * SECOND + 5 * 3600 * SECOND + 990_000_000


class GatewayInfo:
    """Endpoints about the gateway itself."""

    def __init__(self, identity: Identity, clock: Clock) -> None:
        """Describe a gateway that had been up for 37 days when the simulation started."""
        self._identity = identity
        self._clock = clock
        self._started = clock.started - _UPTIME
        self.endpoints: Endpoints = {
            "status": self._status,
            "customer/registration": _constant(
                {
                    "privacy_notice": True,
                    "limited_warranty": True,
                    "grid_services": None,
                    "marketing": None,
                    "registered": True,
                    "timed_out_registration": False,
                }
            ),
            "config": _constant({"vin": identity.din}),
            "site_info/site_name": _constant(
                {"site_name": identity.site_name, "timezone": "America/Denver"}
            ),
            "sitemaster": _constant(
                {
                    "status": "StatusUp",
                    "running": True,
                    "connected_to_tesla": True,
                    "power_supply_mode": False,
                    "can_reboot": "Yes",
                }
            ),
            "solars": _constant(
                [{"brand": "Simulated", "model": "Sun 1", "power_rating_watts": 7600}]
            ),
            "networks": _constant([]),
        }

    def reboot(self) -> None:
        """Let the uptime begin at the clock's present time."""
        self._started = self._clock.nanoseconds()

    def _status(self) -> Json:
        started = datetime.fromtimestamp(self._started // SECOND, _START_ZONE)
        return {
            "din": self._identity.din,
            "start_time": f"{started:%Y-%m-%d %H:%M:%S %z}",
            "up_time_seconds": duration(self._clock.nanoseconds() - self._started),
            "is_new": False,
            "version": self._identity.version,
            "git_hash": self._identity.git_hash,
            "commission_count": 0,
            "device_type": self._identity.device_type,
            "teg_type": self._identity.teg_type,
            "sync_type": "v2.1",
            "leader": "",
            "followers": None,
            "cellular_disabled": False,
        }


def _constant(payload: Json) -> Callable[[], Json]:
    return lambda: payload

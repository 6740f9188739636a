"""Read a gateway with pypowerwall in local mode and print what it understood, as JSON.

Arguments: host:port, password, how to authenticate (cookie or token) and a cache file.
"""

import json
import sys
from typing import Any

import pypowerwall

POLLED = (
    "meters",
    "meters/aggregates",
    "meters/readings",
    "meters/site",
    "meters/solar",
    "system_status/soe",
    "system_status/grid_status",
    "status",
)


def read(host: str, password: str, authmode: str, cachefile: str) -> dict[str, Any]:
    """Log in and make its own calls, and poll what has none."""
    powerwall = pypowerwall.Powerwall(
        host,
        password,
        email="nobody@example.com",
        timezone="America/Denver",
        authmode=authmode,
        cachefile=cachefile,
        failover=False,
    )
    return {
        "connected": powerwall.is_connected(),
        "mode": powerwall.mode,
        "din": powerwall.din(),
        "version": powerwall.version(),
        "version_number": powerwall.version(int_value=True),
        "uptime": powerwall.uptime(),
        "charge": powerwall.level(),
        "power": powerwall.power(),
        "grid": powerwall.grid_status(),
        "site_name": powerwall.site_name(),
        "reserve": powerwall.get_reserve(scale=False),
        "operation": powerwall.get_mode(),
        "site": powerwall.site(verbose=True),
        "vitals": powerwall.vitals(),
        "raw": {name: powerwall.poll(f"/api/{name}") for name in POLLED},
    }


if __name__ == "__main__":
    json.dump(read(*sys.argv[1:]), sys.stdout)

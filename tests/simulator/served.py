"""All payloads of a simulated gateway."""

from typing import Any

from simulator import SimulatedGateway

NEED_SITEMANAGER = (
    "meters/aggregates",
    "meters/site",
    "meters/solar",
    "system_status/soe",
    "system_status/grid_status",
)
RAW = ("meters", "meters/readings")
EVERYTHING = (
    *NEED_SITEMANAGER,
    *RAW,
    "status",
    "system_status",
    "powerwalls",
    "config",
)


def served(gateway: SimulatedGateway) -> dict[str, Any]:
    """Return what the endpoints serve now that serve anything."""
    found = {}
    for endpoint in EVERYTHING:
        try:
            found[endpoint] = gateway.payload(endpoint)
        except LookupError:
            continue
    return found

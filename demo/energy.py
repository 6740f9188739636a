"""The energy dashboard, wired to the gateway's meters."""

from typing import Any

from .home_assistant import ApiError, Socket
from .registry import Registry


def sources(registry: Registry) -> list[dict[str, Any]]:
    """Return the energy sources that the gateway's meters can feed.

    The signs of the power sensors are Home Assistant's own: nothing to invert.
    """
    find = registry.find
    wanted: list[dict[str, Any]] = [
        {
            "type": "grid",
            "name": "Grid",
            "stat_energy_from": find("site_energy_imported"),
            "stat_energy_to": find("site_energy_exported"),
            "stat_rate": find("site_power"),
            "cost_adjustment_day": 0,
        },
        {
            "type": "solar",
            "name": "Solar",
            "stat_energy_from": find("solar_energy_exported"),
            "stat_rate": find("solar_power"),
        },
        {
            "type": "battery",
            "name": "Battery",
            "stat_energy_from": find("battery_energy_exported"),
            "stat_energy_to": find("battery_energy_imported"),
            "stat_rate": find("battery_power"),
            "stat_soc": find("battery_charge"),
        },
        {
            "type": "home",
            "name": "Home",
            "stat_energy_to": find("load_energy_imported"),
            "stat_rate": find("load_power"),
        },
    ]
    return [source for source in map(_known, wanted) if _has_meters(source)]


def _known(source: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in source.items() if value is not None}


def _has_meters(source: dict[str, Any]) -> bool:
    needed = {"battery": 2}.get(source["type"], 1)
    return sum(key.startswith("stat_energy") for key in source) >= needed


async def wire(socket: Socket, registry: Registry) -> None:
    """Write the energy preferences, unless a person or an earlier start did."""
    try:
        preferences = await socket.command("energy/get_prefs")
    except ApiError:
        preferences = {"energy_sources": []}
    if not preferences["energy_sources"]:
        await socket.command("energy/save_prefs", energy_sources=sources(registry))

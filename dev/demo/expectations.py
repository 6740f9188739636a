"""The expected entities of each simulated gateway, by the end of their unique ids."""

from collections.abc import Mapping

_EVERYWHERE = (
    "site_power",
    "site_import_power",
    "site_export_power",
    "site_energy_imported",
    "site_energy_exported",
    "solar_power",
    "solar_energy_exported",
    "load_power",
    "load_energy_imported",
)
_BATTERY = (
    "battery_power",
    "battery_energy_imported",
    "battery_energy_exported",
    "battery_charge",
)
_PHASES = {
    "document": ("site_l1", "site_l2", "solar_l2"),
    "split-phase": ("site_l1", "site_l2", "solar_l2"),
    "three-phase": (
        "site_l1",
        "site_l2",
        "site_l3",
        "solar_l1",
        "solar_l2",
        "solar_l3",
    ),
    "neurio": ("site_l1", "solar_l1"),
    "powerwall-plus": ("site_l1", "site_l2"),
    "restricted": (),
    "solar-only": ("site_l1", "site_l2"),
}

# Profiles whose values stand still.
CONSTANT = frozenset({"document"})

# What a demo that has just come up need not know: this takes minutes of evidence.
UNKNOWN_AT_FIRST = ("site_sustained_export",)

# The values that the API document shows.
VALUES: Mapping[str, Mapping[str, float | str]] = {
    "document": {
        "site_power": 701,
        "site_power_l1": 267,
        "site_current_l1": 3.73,
        "site_voltage_l1": 121.4,
        "site_power_l2": 468,
        "site_current_l2": 5.21,
        "solar_power": -4,
        "battery_energy_exported": 10196.16,
        "synchrometerX_reading_status": "blocked_while_running",
        "synchrometerY_reading_status": "blocked_while_running",
        "synchrometerX_reading_problem": "off",
        "synchrometerY_reading_problem": "off",
        "synchrometerY_site_ct1_valid": "on",
        "synchrometerY_solar_ct2_valid": "on",
        "synchrometerX_site_ct1_valid": "on",
        "synchrometerX_site_ct2_valid": "on",
    }
}


def expected_keys(profile: str) -> list[str]:
    """Return what a gateway of this kind cannot do without."""
    keys = [*_EVERYWHERE, *(() if profile == "solar-only" else _BATTERY)]
    places = [place.split("_") for place in _PHASES[profile]]
    locations = [location for location, _ in places]
    for location, phase in places:
        # What equals another value is disabled by default.
        if location == "site":
            keys.append(f"site_voltage_{phase}")
        if locations.count(location) > 1:
            keys.append(f"{location}_power_{phase}")
    return keys


def expected_sources(profile: str) -> list[str]:
    """Return what the energy dashboard is to have of a gateway of this kind."""
    battery = [] if profile == "solar-only" else ["battery"]
    return ["grid", "solar", *battery, "home"]

"""Colours and icons of the locations, and their powers, for all pages."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from .cards import Line
from .home import Home

# By location, its colour and icon.
LOCATIONS: Final = {
    "site": ("blue", "mdi:transmission-tower"),
    "solar": ("orange", "mdi:solar-power-variant"),
    "battery": ("teal", "mdi:home-battery"),
    "generator": ("brown", "mdi:engine"),
    "load": ("pink", "mdi:home-lightning-bolt"),
}
METER_ICON: Final = "mdi:meter-electric"


def power(home: Home, location: str) -> Iterator[Line]:
    """Yield the power of a location under the location's name, if it has one."""
    key = f"{location}_power"
    color, icon = LOCATIONS[location]
    for line in home.line(key, color, icon):
        yield replace(line, name=home.device_name(home.entities[key]))


def powers(home: Home) -> list[Line]:
    """Return the power of each location."""
    return [line for location in LOCATIONS for line in power(home, location)]


def state_of_charge(home: Home) -> list[Line]:
    """Return the battery's state of charge, if there is a battery."""
    return home.lines({"battery_charge": "green"})

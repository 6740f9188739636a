"""How each location looks on all pages."""

from demo.cards import Line
from demo.registry import Registry

LOCATIONS = {
    "site": ("Grid", "blue", "mdi:transmission-tower"),
    "solar": ("Solar", "orange", "mdi:solar-power-variant"),
    "battery": ("Battery", "teal", "mdi:home-battery"),
    "load": ("Home", "pink", "mdi:home-lightning-bolt"),
}
METER_ICON = "mdi:meter-electric"


def lines(registry: Registry, table: dict[str, tuple[str, str]]) -> list[Line]:
    """Return those of a table's entities that exist, with their names and colours."""
    return [
        Line(entity=entity, name=name, color=color)
        for key, (name, color) in table.items()
        if (entity := registry.find(key))
    ]


def charge(registry: Registry) -> list[Line]:
    """Return the battery's state of charge, where there is a battery."""
    return lines(registry, {"battery_charge": ("State of charge", "green")})

"""The demo's page on the car: what the sun makes, what the car takes of it, and the grid."""

from custom_components.tesla_gateway_meters.dashboard.cards import (
    Card,
    Line,
    heading,
    history,
    section,
    text,
    tile,
    view,
)
from custom_components.tesla_gateway_meters.dashboard.locations import LOCATIONS

from .car import AUTOMATION, CURRENT, POWER, SWITCH
from .registry import Registry

NAMES = {
    "site": "Grid",
    "solar": "Solar",
    "battery": "Battery",
    "generator": "Generator",
    "load": "Home",
}
TREND: Card = {"type": "trend-graph", "hours_to_show": 1}
RULE = """\
The blueprint *Charge a car with what is left over* sets the current of the charger. It goes down \
as soon as too little is left over, and up after a while. Here it waits for less time than by \
default, so that there is something to see.
"""


def car_view(registry: Registry) -> Card:
    """Return the page."""
    car = Line(entity=POWER, name="Car", color="purple", icon="mdi:car-electric")
    powers = [
        Line(entity=entity, name=NAMES[key], color=color, icon=icon)
        for key, (color, icon) in LOCATIONS.items()
        if (entity := registry.find(f"{key}_power"))
    ]
    charger = [
        Line(entity=CURRENT, name="Current", color="purple", icon="mdi:current-ac"),
        Line(entity=SWITCH, name="Charging", color="purple", icon="mdi:ev-station"),
        Line(entity=AUTOMATION, name="Automation", color="amber"),
    ]
    return view(
        "Car",
        "car",
        "mdi:car-electric",
        [
            section(
                heading("Now", "mdi:car-electric"),
                tile(car, "full", feature=TREND),
                *(tile(line) for line in powers),
                *(tile(line) for line in charger),
            ),
            section(
                heading("The last hour", "mdi:chart-line"),
                history([*powers[:2], car], 1, 6),
                history(charger[:2], 1),
                span=2,
            ),
            section(heading("The rule", "mdi:car-cog"), text(RULE), span=3),
        ],
    )

"""What flows now, and what has flowed today."""

from demo.cards import Card, Line, heading, history, of_energy, section, tile
from demo.registry import Registry

from .locations import LOCATIONS, charge, lines

GAUGE = {"type": "bar-gauge"}


def sections(registry: Registry) -> list[Card]:
    """Return the page's sections."""
    powers = [
        Line(entity=entity, name=name, color=color, icon=icon)
        for key, (name, color, icon) in LOCATIONS.items()
        if (entity := registry.find(f"{key}_power"))
    ]
    now = [tile(line) for line in powers]
    now += [tile(line, "full", feature=GAUGE) for line in charge(registry)]
    status = lines(registry, {"grid_status": ("Grid status", "blue")})
    now += [tile(line, "full") for line in status]
    return [
        section(heading("Now", "mdi:flash"), *now),
        section(
            heading("Flow", "mdi:transit-connection-variant"),
            of_energy("power-sankey", rows=6, layout="horizontal"),
            span=2,
        ),
        section(
            heading("Today", "mdi:calendar-today"),
            of_energy("power-sources-graph"),
            span=3,
        ),
        section(
            heading("The last six hours", "mdi:chart-line"),
            history(powers, 6, 6),
            span=3,
        ),
    ]

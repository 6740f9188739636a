"""Voltage, current and power of each phase."""

from demo.cards import Card, Line, heading, history, section, tile
from demo.registry import Registry

from .locations import LOCATIONS

PHASES = {"l1": "brown", "l2": "blue-grey", "l3": "cyan"}
QUANTITIES = {"power": "Power", "voltage": "Voltage", "current": "Current"}


def sections(registry: Registry) -> list[Card]:
    """Return a section for each location that has phases."""
    return [
        section(heading(name, icon), *cards)
        for location, (name, _, icon) in LOCATIONS.items()
        if (cards := _location(registry, location))
    ]


def _location(registry: Registry, location: str) -> list[Card]:
    """Return a row of tiles for each phase, and a graph for each quantity."""
    tiles: list[Card] = []
    graphs: dict[str, list[Line]] = {title: [] for title in QUANTITIES.values()}
    for phase, color in PHASES.items():
        for key, title in QUANTITIES.items():
            if entity := _find(registry, location, key, phase):
                label = phase.upper()
                line = Line(entity=entity, name=f"{title} {label}", color=color)
                tiles.append(tile(line, 4, vertical=True))
                graphs[title].append(Line(entity=entity, name=label, color=color))
    cards = tiles
    for title, drawn in graphs.items():
        if drawn:
            cards += [
                heading(title, "mdi:chart-line", "subtitle"),
                history(drawn, 6, 4),
            ]
    return cards


def _find(registry: Registry, location: str, key: str, phase: str) -> str | None:
    """Return the entity of a phase; the power of an only one is its location's."""
    known = [
        each
        for each in PHASES
        if registry.find_all(f"{location}_current_{each}", f"{location}_voltage_{each}")
    ]
    if key == "power" and known == [phase]:
        return registry.find(f"{location}_power")
    return registry.find(f"{location}_{key}_{phase}")

"""The page of voltage, current and power of each phase."""

from typing import Final

from .cards import Card, Line, heading, history, section, tile
from .home import Entity, Home
from .locations import LOCATIONS

_PHASES: Final = {"l1": "brown", "l2": "blue-grey", "l3": "cyan"}
_QUANTITIES: Final = ("power", "voltage", "current")


def sections(home: Home) -> list[Card]:
    """Return a section for each location that has phases."""
    return [
        section(*cards)
        for location, (_, icon) in LOCATIONS.items()
        if (cards := _location(home, location, icon))
    ]


def _location(home: Home, location: str, icon: str) -> list[Card]:
    """Return a row of tiles for each phase, and a graph for each quantity."""
    tiles: list[Card] = []
    graphs: dict[str, list[Line]] = {quantity: [] for quantity in _QUANTITIES}
    name = None
    for phase, color in _PHASES.items():
        for quantity in _QUANTITIES:
            if entity := _find(home, location, quantity, phase):
                name = home.device_name(entity)
                line = Line(entity=entity.entity_id, name=entity.name, color=color)
                tiles.append(tile(line, 4, vertical=True))
                graphs[quantity].append(
                    Line(entity=entity.entity_id, name=phase.upper(), color=color)
                )
    if name is None:
        return []
    cards = [heading(name, icon), *tiles]
    for quantity, lines in graphs.items():
        if lines:
            cards += [
                heading(home.text(quantity), "mdi:chart-line", "subtitle"),
                history(lines, 6, 4),
            ]
    return cards


def _find(home: Home, location: str, quantity: str, phase: str) -> Entity | None:
    """Return the entity of a phase; the power of an only one is its location's."""
    known = [
        each
        for each in _PHASES
        if home.entities.keys()
        & {f"{location}_current_{each}", f"{location}_voltage_{each}"}
    ]
    own = home.entities.get(f"{location}_{quantity}_{phase}")
    if own is None and quantity == "power" and known == [phase]:
        return home.entities.get(f"{location}_power")
    return own

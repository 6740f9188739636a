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
    found = [
        (entity, quantity, phase)
        for phase in _PHASES
        for quantity in _QUANTITIES
        if (entity := _find(home, location, quantity, phase))
    ]
    if not found:
        return []
    quantities = [
        quantity
        for quantity in _QUANTITIES
        if any(quantity == each for _, each, _ in found)
    ]
    cards = [heading(home.device_name(found[0][0]), icon)]
    for entity, _, phase in found:
        line = Line(entity=entity.entity_id, name=entity.name, color=_PHASES[phase])
        cards.append(tile(line, 12 // len(quantities), vertical=True))
    for quantity in quantities:
        lines = [
            Line(entity=entity.entity_id, name=phase.upper(), color=_PHASES[phase])
            for entity, each, phase in found
            if each == quantity
        ]
        cards += [
            heading(home.text(quantity), "mdi:chart-line", "subtitle"),
            history(lines, 6, 4),
        ]
    return cards


def _find(home: Home, location: str, quantity: str, phase: str) -> Entity | None:
    """Return the entity of a phase; the power of a single phase is its location's."""
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

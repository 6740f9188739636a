"""Cards, sections and pages, as Home Assistant stores those of a dashboard."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeassistant.util.json import JsonObjectType, JsonValueType

type Card = JsonObjectType


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entity in a graph or a tile."""

    entity: str
    name: str
    color: str
    icon: str | None = None


def heading(text: str, icon: str, style: str = "title") -> Card:
    """Return the title of a section, or with the style `subtitle` one within it."""
    return {"type": "heading", "heading": text, "icon": icon, "heading_style": style}


def tile(
    line: Line,
    columns: int | str = 6,
    *,
    vertical: bool = False,
    feature: Card | None = None,
) -> Card:
    """Return a card of one state; with less than 6 of 12 columns it should be vertical."""
    card: Card = {
        "type": "tile",
        "entity": line.entity,
        "name": line.name,
        "color": line.color,
        "vertical": vertical,
        "grid_options": {"columns": columns},
    }
    if line.icon:
        card["icon"] = line.icon
    if feature:
        card["features"] = [feature]
    return card


def hidden_in(state: str, card: Card) -> Card:
    """Return the card of an entity, hidden while the entity has this state."""
    condition: Card = {
        "condition": "state",
        "entity": card["entity"],
        "state_not": state,
    }
    return {**card, "visibility": [condition]}


def history(lines: Iterable[Line], hours: float, rows: int | None = None) -> Card:
    """Return a graph of the last hours: lines, or bands for states that are no numbers."""
    return {
        "type": "history-graph",
        "hours_to_show": hours,
        "entities": _drawn(lines),
        "grid_options": _size("full", rows),
    }


def bars(lines: Iterable[Line], *, period: str, days: int, rows: int) -> Card:
    """Return a bar graph of the energy in each hour or day."""
    return {
        "type": "statistics-graph",
        "chart_type": "bar",
        "stat_types": ["change"],
        "period": period,
        "days_to_show": days,
        "entities": _drawn(lines),
        "grid_options": _size("full", rows),
    }


def of_energy(
    kind: str,
    *,
    columns: int | str = "full",
    rows: int | None = None,
    layout: str | None = None,
) -> Card:
    """Return a card of the energy dashboard; it shows the sources of that dashboard."""
    options: Card = {} if layout is None else {"layout": layout}
    return {"type": kind, **options, "grid_options": _size(columns, rows)}


def states(names: Mapping[str, str]) -> Card:
    """Return a list of states; `names` is by entity."""
    return {"type": "entities", "entities": _named(names), **_full_width()}


def changes(entities: Iterable[str]) -> Card:
    """Return a list of the last day's changes of these states."""
    return {
        "type": "logbook",
        "target": {"entity_id": [*entities]},
        "hours_to_show": 24,
        "grid_options": _size("full", 3),
    }


def active_sensors(names: Mapping[str, str]) -> Card:
    """Return a list of the binary sensors that are on, hidden if none is."""
    return {
        "type": "entity-filter",
        "entities": _named(names),
        "conditions": [{"condition": "state", "state": "on"}],
        "show_empty": False,
        "card": {"type": "entities"},
        **_full_width(),
    }


def text(content: str) -> Card:
    """Return a text without a frame, hidden if its template yields nothing."""
    return {
        "type": "markdown",
        "content": content,
        "text_only": True,
        "show_empty": False,
        **_full_width(),
    }


def section(*cards: Card, span: int = 1) -> Card:
    """Return a column of a page, or with a span one as wide as several."""
    return {"type": "grid", "cards": [*cards], "column_span": span}


def view(
    title: str, path: str, icon: str, sections: Iterable[Card], columns: int = 3
) -> Card:
    """Return a page of the dashboard."""
    return {
        "type": "sections",
        "title": title,
        "path": path,
        "icon": icon,
        "max_columns": columns,
        "sections": [*sections],
    }


def _full_width() -> Card:
    return {"grid_options": _size("full", None)}


def _size(columns: int | str, rows: int | None) -> Card:
    """Return the size of a card; without rows, its height follows its content."""
    return {"columns": columns} if rows is None else {"columns": columns, "rows": rows}


def _drawn(lines: Iterable[Line]) -> list[JsonValueType]:
    return [
        {"entity": line.entity, "name": line.name, "color": line.color}
        for line in lines
    ]


def _named(names: Mapping[str, str]) -> list[JsonValueType]:
    return [{"entity": entity, "name": name} for entity, name in names.items()]

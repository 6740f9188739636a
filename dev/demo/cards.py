"""The cards of the demo's dashboard, as Home Assistant's dashboards store them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

type Card = dict[str, Any]

FULL_WIDTH = {"grid_options": {"columns": "full"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entity in a graph or a tile."""

    entity: str
    name: str
    color: str
    icon: str | None = None


def heading(text: str, icon: str, style: str = "title") -> Card:
    """Make a section's title, or with the style `subtitle` one within it."""
    return {"type": "heading", "heading": text, "icon": icon, "heading_style": style}


def tile(
    line: Line,
    columns: int | str = 6,
    *,
    vertical: bool = False,
    feature: Card | None = None,
) -> Card:
    """Show one state; a section is 12 columns wide, less than 6 want `vertical`."""
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


def history(lines: Iterable[Line], hours: float, rows: int | None = None) -> Card:
    """Show the last hours of some states as lines, or as bands those that are no numbers."""
    return {
        "type": "history-graph",
        "hours_to_show": hours,
        "entities": _drawn(lines),
        "grid_options": _size("full", rows),
    }


def bars(lines: Iterable[Line], *, period: str, days: int, rows: int) -> Card:
    """Show what counters moved in each hour or day."""
    return {
        "type": "statistics-graph",
        "chart_type": "bar",
        "stat_types": ["change"],
        "period": period,
        "days_to_show": days,
        "entities": _drawn(lines),
        "grid_options": {"columns": "full", "rows": rows},
    }


def _size(columns: int | str, rows: int | None) -> Card:
    """Return how large a card is; without rows it is as high as what it shows."""
    return {"columns": columns} if rows is None else {"columns": columns, "rows": rows}


def _drawn(lines: Iterable[Line]) -> list[Card]:
    return [
        {"entity": line.entity, "name": line.name, "color": line.color}
        for line in lines
    ]


def of_energy(
    kind: str, *, columns: int | str = "full", rows: int | None = None, **options: Any
) -> Card:
    """Show a card of the energy dashboard; it goes by that dashboard's sources."""
    return {"type": kind, **options, "grid_options": _size(columns, rows)}


def states(names: dict[str, str]) -> Card:
    """List states; `names` is by entity."""
    rows = [{"entity": entity, "name": name} for entity, name in names.items()]
    return {"type": "entities", "entities": rows, **FULL_WIDTH}


def changes(entities: list[str]) -> Card:
    """List when these states changed."""
    return {
        "type": "logbook",
        "target": {"entity_id": entities},
        "hours_to_show": 24,
        "grid_options": {"columns": "full", "rows": 3},
    }


def those_on(names: dict[str, str]) -> Card:
    """List those binary sensors that are on, and nothing where none is."""
    rows = [{"entity": entity, "name": name} for entity, name in names.items()]
    return {
        "type": "entity-filter",
        "entities": rows,
        "conditions": [{"condition": "state", "state": "on"}],
        "show_empty": False,
        "card": {"type": "entities"},
        **FULL_WIDTH,
    }


def text(content: str) -> Card:
    """Show a text without a frame."""
    return {"type": "markdown", "content": content, "text_only": True, **FULL_WIDTH}


def section(*cards: Card, span: int = 1) -> Card:
    """Make a column of a view, or with a span one as wide as several."""
    return {"type": "grid", "cards": list(cards), "column_span": span}


def view(title: str, icon: str, sections: list[Card], columns: int = 3) -> Card:
    """Make a page of the dashboard."""
    return {
        "type": "sections",
        "title": title,
        "path": title.lower(),
        "icon": icon,
        "max_columns": columns,
        "sections": sections,
    }

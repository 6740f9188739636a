"""The cards of the demo's dashboard, as Home Assistant's dashboards store them."""

from typing import Any

type Card = dict[str, Any]

# A section is twelve columns wide.
THIRD, HALF, FULL = 4, 6, "full"


def heading(text: str, icon: str) -> Card:
    """Make a section's title."""
    return {"type": "heading", "heading": text, "icon": icon, "heading_style": "title"}


def subtitle(text: str) -> Card:
    """Make a title within a section."""
    return {"type": "heading", "heading": text, "heading_style": "subtitle"}


def tile(
    entity: str, name: str, color: str, *, trend: bool = False, columns: Any = HALF
) -> Card:
    """Show one state; with `trend` also its last hours as a line."""
    card: Card = {
        "type": "tile",
        "entity": entity,
        "name": name,
        "color": color,
        "vertical": False,
        "grid_options": {"columns": columns},
    }
    if trend:
        card["features"] = [{"type": "trend-graph", "hours_to_show": 3}]
    return card


def gauge(
    entity: str, name: str, low: float, high: float, severity: dict[str, float]
) -> Card:
    """Show one state as a needle between two ends."""
    return {
        "type": "gauge",
        "entity": entity,
        "name": name,
        "min": low,
        "max": high,
        "needle": True,
        "severity": severity,
        "grid_options": {"columns": THIRD},
    }


def history(title: str, names: dict[str, str], hours: float = 6) -> Card:
    """Show the last hours of some states as lines; `names` is by entity."""
    return {
        "type": "history-graph",
        "title": title,
        "hours_to_show": hours,
        "entities": [
            {"entity": entity, "name": name} for entity, name in names.items()
        ],
        "grid_options": {"columns": FULL},
    }


def bars(title: str, names: dict[str, str]) -> Card:
    """Show what counters moved in each of the last hours."""
    return {
        "type": "statistics-graph",
        "title": title,
        "chart_type": "bar",
        "stat_types": ["change"],
        "period": "hour",
        "days_to_show": 1,
        "entities": [
            {"entity": entity, "name": name} for entity, name in names.items()
        ],
        "grid_options": {"columns": FULL},
    }


def rows(title: str | None, entities: list[str]) -> Card:
    """Make a list of states."""
    card: Card = {
        "type": "entities",
        "entities": entities,
        "show_header_toggle": False,
        "grid_options": {"columns": FULL},
    }
    return card | ({"title": title} if title else {})


def section(*cards: Card, span: int = 1) -> Card:
    """Make a column of a view."""
    return {"type": "grid", "cards": list(cards), "column_span": span}


def view(title: str, path: str, icon: str, sections: list[Card]) -> Card:
    """Make a page of the dashboard."""
    return {
        "type": "sections",
        "title": title,
        "path": path,
        "icon": icon,
        "max_columns": 3,
        "sections": sections,
    }

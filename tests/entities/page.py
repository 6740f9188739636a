"""The rows as tables between markers of `docs/entities.md`."""

from pathlib import Path

from homeassistant.components.sensor import SensorDeviceClass

from .row import Row
from .rows import TABLES
from .texts import name, states

PAGE = Path(__file__).parents[2] / "docs" / "entities.md"

_HEAD = ("Entity", "Source", "Sign", "Unit", "Default", "Value missing")
_PLACES = {"{phase}": "*L1*", "{ct}": "*1*", "{role}": "*Role*"}


def render(table: str) -> str:
    """Return a table of the page."""
    lines = (_HEAD, ("---",) * len(_HEAD), *map(_cells, TABLES[table]))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def written(page: str) -> str:
    """Return the page with all tables in their places."""
    for table in TABLES:
        begin = f"<!-- {table}: written by python -m tests.entities -->\n"
        end = f"<!-- /{table} -->\n"
        head, found, rest = page.partition(begin)
        _, ended, tail = rest.partition(end)
        if not (found and ended):
            raise ValueError(f"the page has no place for the table {table!r}")
        page = f"{head}{begin}\n{render(table)}\n{end}{tail}"
    return page


def _cells(row: Row) -> tuple[str, ...]:
    return (
        _name(row),
        _source(row),
        row.fact.sign,
        _unit(row),
        _default(row),
        _missing(row),
    )


def _name(row: Row) -> str:
    text = f"{row.at}: {name(row)}" if row.at else name(row)
    for place, shown in _PLACES.items():
        text = text.replace(place, shown)
    return text


def _source(row: Row) -> str:
    if not row.endpoints:
        return "all polls of live values"
    endpoints = " and ".join(f"`{endpoint}`" for endpoint in row.endpoints)
    fields: list[str] = []
    before = ""
    for field in row.fact.fields:
        # A path is written out where it begins to hold.
        path, _, leaf = field.rpartition(".")
        fields.append(leaf if path == before else field)
        before = path
    return f"{endpoints}: {', '.join(f'`{field}`' for field in fields)}"


def _unit(row: Row) -> str:
    description = row.description
    if row.platform == "binary_sensor":
        return "on, off"
    if description.device_class is SensorDeviceClass.ENUM:
        return ", ".join(f"*{state}*" for state in states(row))
    if description.device_class is SensorDeviceClass.TIMESTAMP:
        return "time"
    unit = (
        description.suggested_unit_of_measurement
        or description.native_unit_of_measurement
    )
    return str(unit or "-")


def _default(row: Row) -> str:
    enabled = {each.entity_registry_enabled_default for each in row.descriptions}
    if len(enabled) > 1:
        return row.default
    return "on" if enabled.pop() else "off"


def _missing(row: Row) -> str:
    if getattr(row.description, "only_if_given", False):
        return f"no entity before the first; then {row.fact.missing.text}"
    return row.fact.missing.text

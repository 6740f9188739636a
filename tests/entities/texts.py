"""Names of entities and their states in Home Assistant."""

from functools import cache
import json
from pathlib import Path
from typing import Any

from homeassistant.components import sensor

from custom_components import tesla_gateway_meters

from .row import Row


@cache
def _texts(module: Any) -> Any:
    file = Path(module.__file__).parent / "translations" / "en.json"
    return json.loads(file.read_text("utf-8"))


def name(row: Row) -> str:
    """Return the name of a row's entities, with `{phase}`, `{ct}` and `{role}` in it."""
    key = row.description.translation_key
    if key is None:
        # It goes by its device class.
        key = row.description.device_class
        return str(_texts(sensor)["entity_component"][key]["name"])
    return str(_texts(tesla_gateway_meters)["entity"][row.platform][key]["name"])


def states(row: Row) -> tuple[str, ...]:
    """Return the names of an enum's states."""
    key = row.description.translation_key
    text = _texts(tesla_gateway_meters)["entity"][row.platform][key]
    return tuple(text["state"][option] for option in row.description.options)

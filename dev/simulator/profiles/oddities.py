"""Harmless variations of real gateways between two answers."""

from typing import Any, Final

from simulator.go_format import Json

_LISTS: Final = ("meters", "meters/site", "meters/solar")


def reordered(endpoint: str, value: Json) -> Json:
    """Reverse the lists of meters, their roles and raw readings; ids count within a list."""
    changed: Any = value
    if endpoint == "meters/readings":
        return dict(reversed(changed.items()))
    if endpoint not in _LISTS or value is None:
        return value
    entries: list[dict[str, Any]] = [dict(entry) for entry in reversed(changed)]
    for number, entry in enumerate(entries):
        if "id" in entry:
            entry["id"] = number
        elif "cts" in entry:
            entry["cts"] = entry["cts"][::-1]
    turned: list[Json] = [*entries]
    return turned


def unprefixed(endpoint: str, value: Json) -> Json:
    """Reduce a serial with an appended type to the type: `synchrometerX`.

    As captured of `/api/meters` and its readings on a gateway whose site manager had stopped.
    """
    changed: Any = value
    if endpoint == "meters":
        return [entry | {"serial": _short(entry["serial"])} for entry in changed]
    if endpoint == "meters/readings":
        return {_short(serial): reading for serial, reading in changed.items()}
    return value


def _short(serial: str) -> str:
    _, found, letter = serial.partition("synchrometer")
    return found + letter if found else serial

"""Payloads of a gateway while its site manager is stopped.

Firmware 21.39.1 was captured so, before and after. A stopped site manager takes its aggregates
along, and lets go of the synchrometers: they can be read raw, and lose their board's serial.
"""

from typing import Any, Final

from simulator.go_format import Json

from .base import Endpoints
from .readings import NO_READING

# Captured for the aggregates, and reported for the charge and the grid. Nothing is known of the
# last two: their readings come from the site manager as well.
NEED_SITEMANAGER: Final = frozenset(
    {
        "meters/aggregates",
        "system_status/soe",
        "system_status/grid_status",
        "meters/site",
        "meters/solar",
    }
)
_SYNCHROMETER: Final = "synchrometer"
_VERSION_DIGITS: Final = 14  # of the git hash, as a synchrometer's firmware version
_CTS: Final = 3  # that a synchrometer has; the fourth slot of its reading is empty


def stopped(endpoints: Endpoints) -> Endpoints:
    """Return the endpoints whose payloads differ, of those that the gateway has."""
    changed: Endpoints = {
        "meters": lambda: _listed(endpoints),
        "meters/readings": lambda: _readings(endpoints),
        "sitemaster": lambda: _sitemaster(endpoints),
    }
    return {name: make for name, make in changed.items() if name in endpoints}


def _listed(endpoints: Endpoints) -> Json:
    listed: Any = endpoints["meters"]()
    return [meter | {"serial": _serial(meter)} for meter in listed]


def _serial(meter: dict[str, Any]) -> str:
    serial: str = meter["serial"]
    return str(meter["type"]) if _is_synchrometer(meter) else serial


def _is_synchrometer(meter: dict[str, Any]) -> bool:
    return str(meter["type"]).startswith(_SYNCHROMETER)


def _sitemaster(endpoints: Endpoints) -> Json:
    """Return the status of a stopped site manager. Its wording is a guess."""
    running: Any = endpoints["sitemaster"]()
    changed: dict[str, Json] = running | {"status": "StatusDown", "running": False}
    return changed


def _readings(endpoints: Endpoints) -> Json:
    """Build `/api/meters/readings`: Neurio meters as ever, synchrometers with live values."""
    listed: Any = endpoints["meters"]()
    running: Any = endpoints["meters/readings"]()
    status: Any = endpoints["status"]()
    entries: list[dict[str, Any]] = []
    for location in ("site", "solar"):
        located: Any = endpoints[f"meters/{location}"]()
        entries += located or []
    return {
        _serial(meter): {
            "error": "",
            "data": {
                "firmwareVersion": status["git_hash"][:_VERSION_DIGITS],
                "cts": _cts(meter["type"], entries),
            },
        }
        if _is_synchrometer(meter)
        else running[meter["serial"]]
        for meter in listed
    }


def _cts(kind: str, entries: list[dict[str, Any]]) -> list[Json]:
    """Return a synchrometer's four slots, from what the locations say of it while it runs."""
    own = [entry for entry in entries if entry["type"] == kind]
    volts = _volts(entries) | _volts(own)
    cts: list[Json] = [_ct(slot, own, volts) for slot in range(_CTS)]
    return [*cts, NO_READING]


def _volts(entries: list[dict[str, Any]]) -> dict[int, float]:
    """Return the V to neutral of each phase (1 to 3) that these entries measure."""
    return {
        phase: entry["Cached_readings"][key]
        for entry in entries
        for phase in (1, 2, 3)
        if (key := f"v_l{phase}n") in entry["Cached_readings"]
    }


def _ct(slot: int, own: list[dict[str, Any]], volts: dict[int, float]) -> Json:
    """Return one CT's V, W and var, the powers before the scale factor."""
    references = next((entry.get("ct_voltage_references") for entry in own), None)
    name = f"ct{slot + 1}"
    phase = int(references[name].removeprefix("Phase")) if references else slot + 1
    if phase not in volts:
        phase = 1  # as synchrometers have it for a third CT with two phases
    reading: dict[str, Json] = NO_READING | {
        "ct": slot + 1,
        "v_V": volts.get(phase, 0),
    }
    for entry in own:
        if entry["cts"][slot]:
            scale = entry.get("real_power_scale_factor", 1)
            letter = "abc"[phase - 1]
            cached = entry["Cached_readings"]
            reading["p_W"] = cached.get(f"real_power_{letter}", 0) / scale
            reading["q_VAR"] = cached.get(f"reactive_power_{letter}", 0) / scale
    return reading

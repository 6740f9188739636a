"""The answer of `/api/meters/readings` of a live profile: raw readings of the meters."""

from typing import Final

from simulator.go_format import Json

from .site_state import DEAD_LEG, PhaseReading, SiteState
from .spec import NEURIO, Meter

# The words of the text that a running system puts in the way of readings, in either order.
_BLOCKED: Final = ("run sitemanager flag enabled", "sitemanager process is running")
NO_READING: Final[dict[str, Json]] = {
    "ct": 0,
    "v_V": 0,
    "p_W": 0,
    "q_VAR": 0,
    "eExp_Ws": 0,
    "eImp_Ws": 0,
    "i_A": 0,
}


def build(state: SiteState) -> Json:
    """Build the payload: Neurio meters answer while the system runs, synchrometers do not."""
    return {
        meter.serial: _reading(state, meter, number)
        for number, meter in enumerate(state.wiring.meters)
    }


def _reading(state: SiteState, meter: Meter, number: int) -> Json:
    if meter.type != NEURIO:
        return _blocked(state, number)
    unplugged = meter.serial in state.wiring.unplugged
    return _unread(meter) if unplugged else _neurio(state, meter)


def _blocked(state: SiteState, number: int) -> Json:
    words = _BLOCKED[::-1] if state.coin(10 + number) else _BLOCKED
    return {
        "error": ", ".join(words),
        "data": {"firmwareVersion": "", "cts": [NO_READING] * 4},
    }


def _neurio(state: SiteState, meter: Meter) -> Json:
    cts: list[Json] = [_ct(state, meter, number) for number in range(4)]
    return {
        "error": "",
        "data": {
            "firmwareVersion": meter.version or "",
            "IP": "192.0.2.7",
            "sensorId": f"0x{meter.board}",
            "f_Hz": state.snapshot.hertz,
            "cts": cts,
        },
    }


def _unread(meter: Meter) -> Json:
    """Return the gateway's error for a meter whose name cannot be resolved."""
    lookup = f"lookup {meter.host} on 127.0.0.1:53: no such host"
    return {
        "error": f"Get https://{meter.host}:443/latest: dial tcp: {lookup}",
        "data": {"firmwareVersion": "", "cts": [NO_READING] * 4},
    }


def _ct(state: SiteState, meter: Meter, slot: int) -> Json:
    """Return a CT's raw reading: W and var before the scale factor, energies in Ws, never A.

    The energies are those of the role, scale factor and all: undone, they would jump whenever
    the factor changes.
    """
    reading: dict[str, Json] = NO_READING | {"ct": slot + 1, "v_V": DEAD_LEG}
    clamp = state.wiring.clamps.get((meter.serial, slot))
    if clamp is not None:
        # It reads what it holds, with or without a role.
        reading |= _power(state.ct(meter, slot, clamp.phase))
    for role in meter.roles:
        phase = role.phases[slot]
        if phase is None:
            continue
        first = slot == role.assigned.index(True)
        exported, imported = state.role_energy(meter, role) if first else (0, 0)
        reading |= _power(state.ct(meter, slot, phase)) | {
            "eExp_Ws": int(exported * 3600),
            "eImp_Ws": int(imported * 3600),
        }
    return reading


def _power(one: PhaseReading) -> dict[str, Json]:
    return {"v_V": one.volts, "p_W": one.flow.p, "q_VAR": one.flow.q}

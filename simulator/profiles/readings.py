"""`/api/meters/readings` of a live profile: raw readings of each meter, where it gives any."""

from typing import Final

from simulator.go import Json

from .moment import DEAD_LEG, Moment
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


def build(moment: Moment) -> Json:
    """Build the payload: Neurio meters answer while the system runs, synchrometers do not."""
    return {
        meter.serial: _neurio(moment, meter)
        if meter.type == NEURIO
        else _blocked(moment, number)
        for number, meter in enumerate(moment.equipment.meters)
    }


def _blocked(moment: Moment, number: int) -> Json:
    words = _BLOCKED[::-1] if moment.coin(10 + number) else _BLOCKED
    return {
        "error": ", ".join(words),
        "data": {"firmwareVersion": "", "cts": [NO_READING] * 4},
    }


def _neurio(moment: Moment, meter: Meter) -> Json:
    cts: list[Json] = [_ct(moment, meter, number) for number in range(4)]
    return {
        "error": "",
        "data": {
            "firmwareVersion": meter.version or "",
            "IP": "192.0.2.7",
            "sensorId": f"0x{meter.board}",
            "f_Hz": moment.snapshot.hertz,
            "cts": cts,
        },
    }


def _ct(moment: Moment, meter: Meter, number: int) -> Json:
    """Return a CT's raw reading: W and var before the scale factor, energies in Ws, never A."""
    reading: dict[str, Json] = NO_READING | {"ct": number + 1, "v_V": DEAD_LEG}
    for role in meter.roles:
        phase = role.phases[number]
        if phase is None:
            continue
        measured = moment.phases(meter, role)[phase]
        scale = role.scale or 1
        exported, imported = moment.role_energy(role) if number == 0 else (0, 0)
        reading |= {
            "v_V": measured.volts,
            "p_W": measured.flow.p // scale,
            "q_VAR": measured.flow.q // scale,
            "eExp_Ws": int(exported * 3600) // scale,
            "eImp_Ws": int(imported * 3600) // scale,
        }
    return reading

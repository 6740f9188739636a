"""The answers of `/api/meters/site`, `/api/meters/solar` and `/api/meters` of a live profile."""

from typing import Final

from simulator.go_format import SECOND, Json
from simulator.physics.installation import total

from .site_state import PhaseReading, SiteState, average_volts, common
from .spec import NEURIO, Meter, Role

_TIMEOUT: Final = 1_500_000_000  # nanoseconds
_STALE: Final = 5 * 3600 * SECOND  # how old a Neurio's energies per phase are
_NOT_INVERTED: Final[list[Json]] = [False] * 4
_LETTERS: Final = "abc"


def located(state: SiteState, location: str) -> Json:
    """Build `/api/meters/site` or `/api/meters/solar`: null if no meter measures it."""
    roles = state.roles(location)
    if not roles:
        return None
    return [_entry(state, number, *pair) for number, pair in enumerate(roles)]


def listed(state: SiteState) -> Json:
    """Build `/api/meters`; the order of meters and of their roles changes from call to call."""
    entries: list[Json] = [_meter(state, meter) for meter in state.wiring.meters]
    return entries[::-1] if state.coin(0) else entries


def _meter(state: SiteState, meter: Meter) -> dict[str, Json]:
    entry: dict[str, Json] = {
        "serial": meter.serial,
        "short_id": meter.short_id(state.equipment.identity.din),
        "type": meter.type,
    }
    if meter.type == NEURIO:
        entry |= {
            "connected": meter.serial not in state.wiring.unplugged,
            "ip_address": meter.host,
            "mac": meter.mac,
        }
    roles: list[Json] = []
    for role in meter.roles:
        ct: dict[str, Json] = {
            "type": role.location,
            "valid": list(role.assigned),
            "inverted": _NOT_INVERTED,
        }
        if role.scale is not None:
            ct["real_power_scale_factor"] = role.scale
        roles.append(ct)
    if roles:  # an unused meter has no such key
        entry["cts"] = roles[::-1] if state.coin(1) else roles
    return entry


def _entry(state: SiteState, number: int, meter: Meter, role: Role) -> dict[str, Json]:
    entry: dict[str, Json] = {
        "id": number,
        "location": role.location,
        "type": meter.type,
        "cts": list(role.assigned),
        "inverted": _NOT_INVERTED,
        "connection": _connection(state, meter),
    }
    if role.scale is not None:
        entry["real_power_scale_factor"] = role.scale
    if meter.voltage_references:
        entry["ct_voltage_references"] = {
            f"ct{n}": name for n, name in enumerate(meter.voltage_references, 1)
        }
    entry["Cached_readings"] = _cached(state, meter, role)
    return entry


def _connection(state: SiteState, meter: Meter) -> dict[str, Json]:
    short_id = meter.short_id(state.equipment.identity.din)
    if meter.type == NEURIO:
        return {
            "ip_address": meter.host,
            "port": 443,
            "short_id": short_id,
            "device_serial": meter.serial,
            "neurio_connected": meter.serial not in state.wiring.unplugged,
            "https_conf": {},
        }
    # Real gateways name the same synchrometer in all entries, whichever it is.
    first = next(one for one in state.wiring.meters if one.type != NEURIO)
    return {"short_id": short_id, "device_serial": first.serial, "https_conf": {}}


def _cached(state: SiteState, meter: Meter, role: Role) -> dict[str, Json]:
    phases = state.phases(meter, role)
    seen = state.of(meter)
    stamp = seen.stamp(f"{meter.type} {role.location} power")
    energy = state.role_energy(meter, role)
    by_phase = [phases[n].amperes if n in phases else 0 for n in range(3)]
    amperes = sum(by_phase)
    neurio = meter.type == NEURIO
    head = common(
        stamp,
        total(tuple(reading.flow for reading in phases.values())),
        energy=energy,
        hertz=seen.snapshot.hertz if neurio else 0,
        volts=average_volts(meter, phases),
        amperes=amperes,
        phase_amperes=(by_phase[0], by_phase[1], by_phase[2]),
    )
    energy_stamp = head.pop("last_phase_energy_communication_time")
    head.pop("last_phase_power_communication_time")
    head["last_phase_voltage_communication_time"] = seen.stamp(
        f"{meter.type} {role.location} volts"
    )
    head |= {f"v_l{n + 1}n": phases[n].volts for n in sorted(phases)}
    head["last_phase_power_communication_time"] = stamp
    head |= _powers(phases)
    head["last_phase_energy_communication_time"] = energy_stamp
    if neurio:
        stale = state.clock.started - _STALE
        head["last_phase_energy_communication_time"] = state.clock.stamp(stale)
        head |= _stale_energies(state, role)
    head["serial_number"] = meter.board
    if meter.version is not None:
        head["version"] = meter.version
    head |= {"timeout": _TIMEOUT, "instant_total_current": amperes}
    return head


def _powers(phases: dict[int, PhaseReading]) -> dict[str, Json]:
    """Return the power keys per phase. The gateway leaves out those that are 0."""
    real = {f"real_power_{_LETTERS[n]}": phases[n].flow.p for n in sorted(phases)}
    reactive = {
        f"reactive_power_{_LETTERS[n]}": phases[n].flow.q for n in sorted(phases)
    }
    return {key: value for key, value in (real | reactive).items() if value}


def _stale_energies(state: SiteState, role: Role) -> dict[str, Json]:
    """Return a Neurio's energies per phase in Wh, which stopped hours ago."""
    exported, imported = state.equipment.counters.get(role.location, (0, 0))
    if role.location == "solar":
        exported, imported = imported, exported
    return {
        "energy_exported_a": exported - 310.5,
        "energy_imported_a": imported - 1250.25,
    }

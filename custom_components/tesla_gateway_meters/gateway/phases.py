"""Measurements of each phase, of one meter and of all meters of a location."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from .fields import JsonObject, number, text
from .models import LocationMeter, Phase, PhaseReading, Totals

# One gateway clock gives both stamps of a reading, within milliseconds. A
# power stamp that lags behind by more belongs to an older measurement.
_FRESH = timedelta(seconds=30)

# A Neurio on a single-phase service reports its unused leg with some 0.2 V.
_DEAD_LEG_VOLTS = 50

# A leg of a split-phase service has 120 V; one with more and without a third phase
# is a single-phase service.
_SPLIT_PHASE_VOLTS = 160

_KEYS = {
    Phase.L1: ("v_l1n", "i_a_current", "real_power_a", "reactive_power_a"),
    Phase.L2: ("v_l2n", "i_b_current", "real_power_b", "reactive_power_b"),
    Phase.L3: ("v_l3n", "i_c_current", "real_power_c", "reactive_power_c"),
}

# The beginning of the types of meters that are built into the gateway.
SYNCHROMETER = "synchrometer"

_USUAL_CTS = {1: Phase.L1, 2: Phase.L2, 3: Phase.L3}

# The voltage reference of a CT, by its number.
_REFERENCE_KEYS = {1: "ct1", 2: "ct2", 3: "ct3", 4: "ct4"}
_REFERENCES = {"Phase1": Phase.L1, "Phase2": Phase.L2, "Phase3": Phase.L3}

# A Neurio's four ports serve the two legs of a split-phase service.
_NEURIO_CTS = {1: Phase.L1, 2: Phase.L2, 3: Phase.L2, 4: Phase.L1}


def is_synchrometer(meter_type: str) -> bool:
    """Return whether this is one of the meters that are built into the gateway."""
    return meter_type.startswith(SYNCHROMETER)


def is_neurio(meter_type: str) -> bool:
    """Return whether this is a Neurio (remote meter), which measures no current."""
    return meter_type.startswith("neurio")


def voltage_references(data: JsonObject) -> dict[int, Phase]:
    """Parse `{"ct1": "Phase1", ...}`, the voltage reference of each CT, by its number."""
    references = {}
    for ct, key in _REFERENCE_KEYS.items():
        if (phase := _REFERENCES.get(text(data, key) or "")) is not None:
            references[ct] = phase
    return references


def measured_phases(cached: JsonObject) -> frozenset[Phase]:
    """Return the phases whose voltage a `Cached_readings` has, also one near 0 V."""
    return frozenset(
        phase for phase, keys in _KEYS.items() if number(cached, keys[0]) is not None
    )


def ct_phases(
    meter_type: str,
    cts: tuple[bool, ...],
    references: Mapping[int, Phase],
    measured: frozenset[Phase],
) -> dict[int, Phase]:
    """Return the phase of each CT that is assigned, by the CT's number.

    A reference says it. Without one, a CT is on the phase of its number, unless that
    is a third one of a meter that measures no third voltage: then a Neurio's ports
    serve two legs, and a lone CT is on the phase that is measured. A CT that
    none of this decides is left out. `measured` has the phases with a voltage.
    """
    used = [ct for ct, is_used in enumerate(cts, 1) if is_used]
    unreferenced = [ct for ct in used if ct not in references]
    phases = {}
    for ct in used:
        if ct in references:
            phases[ct] = references[ct]
        elif len(measured) == len(unreferenced) == 1:
            phases[ct] = next(phase for phase in Phase if phase in measured)
        elif (phase := _usual_phase(meter_type, ct, measured)) is not None:
            phases[ct] = phase
    return phases


def _usual_phase(meter_type: str, ct: int, measured: frozenset[Phase]) -> Phase | None:
    if Phase.L3 in measured:
        return _USUAL_CTS.get(ct)
    if is_neurio(meter_type):
        return _NEURIO_CTS.get(ct)
    if ct == 3 and measured:
        return None
    return _USUAL_CTS.get(ct)


def read_phases(
    cached: JsonObject,
    totals: Totals,
    meter_type: str,
    cts: tuple[bool, ...],
    ct_phases: Mapping[int, Phase],
) -> dict[Phase, PhaseReading]:
    """Parse the phases of a `Cached_readings`.

    A phase exists if a CT is assigned to it, whatever its voltage, or if one of its
    keys is given and it is alive. The gateway leaves out a power of 0, so a missing
    one is 0 while the time stamp of the power is fresh, and unknown otherwise.
    """
    neurio = is_neurio(meter_type)
    assigned = set(ct_phases.values())
    volts = {phase: number(cached, keys[0]) for phase, keys in _KEYS.items()}
    if (
        neurio
        and volts[Phase.L3] is None
        and (volts[Phase.L1] or 0) > _SPLIT_PHASE_VOLTS
    ):
        # A single-phase service, whose CTs may be set up for two legs all the same.
        assigned.discard(Phase.L2)
    # In an outage a CT of which nothing is known may be on any phase that is given.
    is_known = bool(cts) and len(ct_phases) == sum(cts)
    is_out = not any(
        each is not None and each >= _DEAD_LEG_VOLTS for each in volts.values()
    )
    absent = 0 if _is_fresh(totals) else None

    phases = {}
    for phase, (voltage_key, current_key, *power_keys) in _KEYS.items():
        if phase not in assigned and not (cached.keys() & {voltage_key, *power_keys}):
            continue
        voltage = volts[phase]
        if (
            voltage is not None
            and voltage < _DEAD_LEG_VOLTS
            and phase not in assigned
            and (is_known or not is_out)
        ):
            continue
        power, reactive_power = (
            number(cached, key) if key in cached else absent for key in power_keys
        )
        phases[phase] = PhaseReading(
            voltage=voltage,
            current=None if neurio else number(cached, current_key),
            power=power,
            reactive_power=reactive_power,
        )
    return phases


def _is_fresh(totals: Totals) -> bool:
    if totals.last_communication is None or totals.last_phase_power is None:
        return False
    return totals.last_communication - totals.last_phase_power <= _FRESH


def sum_phases(meters: Iterable[LocationMeter]) -> dict[Phase, PhaseReading]:
    """Return the sums of the phases of a location's meters, and the mean voltages.

    A sum with an unknown part is unknown. A voltage is the mean of those
    that are known, since each meter measures the same conductor.
    """
    by_phase: dict[Phase, list[PhaseReading]] = {}
    for meter in meters:
        for phase, reading in meter.phases.items():
            by_phase.setdefault(phase, []).append(reading)
    return {
        phase: readings[0]
        if len(readings) == 1
        else PhaseReading(
            voltage=_mean([reading.voltage for reading in readings]),
            current=total(reading.current for reading in readings),
            power=total(reading.power for reading in readings),
            reactive_power=total(reading.reactive_power for reading in readings),
        )
        for phase, readings in sorted(by_phase.items())
    }


def total(values: Iterable[float | None]) -> float | None:
    """Return the sum; None if there is nothing to add or a part is unknown."""
    known = []
    for value in values:
        if value is None:
            return None
        known.append(value)
    return sum(known) if known else None


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _currents(phases: Mapping[Phase, PhaseReading]) -> list[float]:
    """Return the currents of all phases; none if one is unknown or alone."""
    known = [
        reading.current for reading in phases.values() if reading.current is not None
    ]
    return known if len(known) == len(phases) > 1 else []


def current_spread(phases: Mapping[Phase, PhaseReading]) -> float | None:
    """Return the difference of the highest and the lowest current, in A."""
    currents = _currents(phases)
    return max(currents) - min(currents) if currents else None


def current_imbalance(phases: Mapping[Phase, PhaseReading]) -> float | None:
    """Return the largest deviation from the mean current, in % of that mean."""
    currents = _currents(phases)
    mean = sum(currents) / len(currents) if currents else 0
    if not mean:
        return None
    return 100 * max(abs(current - mean) for current in currents) / mean

"""Results of checks, with the meters and CTs concerned."""

from ..gateway import LocationMeter
from .model import CheckResult, CheckTarget, Measured, Observation


def result_of(
    target: CheckTarget, observation: Observation, measured: Measured
) -> CheckResult:
    """Return an observation with the meter and the CTs concerned."""
    meter = _meter_at(target, measured)
    return CheckResult(
        problem=observation.problem,
        raises_issue=observation.raises_issue,
        evidence=observation.evidence,
        variant=observation.variant,
        meter=None if meter is None else meter.key,
        cts=()
        if meter is None
        else tuple(ct for ct, at in meter.ct_phases.items() if at == target.phase),
    )


def _meter_at(target: CheckTarget, measured: Measured) -> LocationMeter | None:
    """Return the meter of a phase, the one with the most power if there are several."""
    if target.phase is None:
        return None
    found, most = None, -1.0
    for meter in measured.meters.get(target.location, ()):
        reading = meter.phases.get(target.phase)
        if reading is not None and abs(reading.power or 0) > most:
            found, most = meter, abs(reading.power or 0)
    return found

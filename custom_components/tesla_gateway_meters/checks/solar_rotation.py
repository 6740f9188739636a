"""Compare the solar CTs of several phases with each other.

All phases of an inverter produce the same power and reactive power, at any power factor,
and so do inverters of one kind in the same sun. If CTs show these rotated by 120 degrees
against each other, some are on a wrong phase: those with more reactive power than power.
"""

from cmath import phase as angle_of, rect
from collections.abc import Iterable, Mapping
from math import degrees, tau

from ..gateway import Phase, PhaseReading
from .fields import Stored, mapping, number
from .thresholds import (
    ROTATION_ANGLE,
    ROTATION_FROM,
    ROTATION_LASTING,
    ROTATION_MOST,
    ROTATION_OWN_ANGLE,
    ROTATION_READING,
    SOLAR_NEGATIVE,
    TWIN_LEAST,
)

_ROTATIONS = tuple(rect(1, -tau * rotation / 3) for rotation in range(3))


class SolarRotation:
    """The time in s for which each solar CT was rotated against the others."""

    def __init__(self) -> None:
        """Start without a reading."""
        self._times: dict[Phase, float] = {}

    def update(self, readings: Mapping[Phase, PhaseReading], elapsed: float) -> None:
        """Add new readings, `elapsed` seconds after those before."""
        powers = {
            phase: complex(each.power, each.reactive_power)
            for phase, each in readings.items()
            if each.power is not None and each.reactive_power is not None
        }
        if len(powers) < 2 or not elapsed:
            return
        counted = min(elapsed, ROTATION_READING)
        for phase, rotation in _rotations(powers).items():
            time = self._times.get(phase, 0.0) + (counted if rotation else -counted)
            self._times[phase] = min(max(time, 0.0), ROTATION_MOST)

    def is_rotated(self, phase: Phase) -> bool | None:
        """Return True for a CT on another phase, False if it may be on one, else None."""
        time = self._times.get(phase, 0.0)
        return time >= ROTATION_LASTING if time else None

    def as_dict(self) -> Stored:
        """Return the times as JSON."""
        return {str(phase): round(time) for phase, time in self._times.items()}

    def restore(self, stored: object) -> None:
        """Take over what `as_dict` has returned; raises ValueError for anything else."""
        self._times = {
            Phase(phase): min(max(number(time), 0.0), ROTATION_MOST)
            for phase, time in mapping(stored).items()
        }


def _rotations(powers: Mapping[Phase, complex]) -> dict[Phase, int]:
    """Return the rotation of each phase in multiples of 120 degrees; empty if unknown."""
    sizes = [abs(power) for power in powers.values()]
    if min(sizes) < ROTATION_FROM or min(sizes) < TWIN_LEAST * max(sizes):
        return {}
    for rotations in _arrangements(powers):
        straight = [power * _ROTATIONS[rotations[at]] for at, power in powers.items()]
        own = sum(straight)
        if abs(degrees(angle_of(own))) > ROTATION_OWN_ANGLE:
            continue
        apart = max(abs(degrees(angle_of(each / own))) for each in straight)
        if apart > ROTATION_ANGLE:
            continue
        rotated = [powers[at].real for at, rotation in rotations.items() if rotation]
        # CTs that all agree may be reversed instead; a rotated CT shows negative power.
        is_alike = len(set(rotations.values())) == 1
        if rotated and (is_alike or min(rotated) > SOLAR_NEGATIVE):
            return {}
        return rotations
    return {}


def _arrangements(powers: Mapping[Phase, complex]) -> Iterable[dict[Phase, int]]:
    """Yield the rotations of all phases for each rotation of the first."""
    first, *_ = powers.values()
    apart = {
        at: round(3 * angle_of(power / first) / tau) % 3 for at, power in powers.items()
    }
    for rotation in range(3):
        yield {at: (rotation + each) % 3 for at, each in apart.items()}

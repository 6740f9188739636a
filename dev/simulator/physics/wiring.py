"""The measurement of a conductor by a CT."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Final

from .installation import Flow, Phases

# Degrees from one phase to the next: the legs of a split-phase service stand opposite.
_APART: Final = {1: 0, 2: 180, 3: 120}


@dataclass(frozen=True, slots=True)
class Clamp:
    """A CT around the conductor of one phase (0 is L1) of a location."""

    location: str
    phase: int
    flipped: bool = False

    def conductor(self, flows: Mapping[str, Phases]) -> Flow:
        """Return what the conductor really carries."""
        return flows[self.location][self.phase]

    def power(
        self, flows: Mapping[str, Phases], volts: Sequence[float], reference: int
    ) -> Flow:
        """Return what the meter makes of the conductor's current and a phase's voltage.

        Power is the reference's voltage times the current, at the angle between these two: a
        conductor of another phase than its reference is seen turned by their distance.
        """
        flow = self.conductor(flows)
        if reference != self.phase:
            ratio = volts[reference] / volts[self.phase]
            # L2 lags behind L1, and L3 behind L2.
            angle = (self.phase - reference) * _APART[len(volts)]
            flow = _turned(flow, ratio, angle)
        return Flow(-flow.p, -flow.q) if self.flipped else flow


def _turned(flow: Flow, ratio: float, degrees: float) -> Flow:
    """Turn apparent power by an angle: its amount stays, P and Q change."""
    real, imaginary = ratio * cos(radians(degrees)), ratio * sin(radians(degrees))
    return Flow(
        round(flow.p * real - flow.q * imaginary),
        round(flow.p * imaginary + flow.q * real),
    )

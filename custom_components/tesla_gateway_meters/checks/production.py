"""Check whether a phase of an idle house seems to produce power.

A motor consumes, at any power factor, and so does every house without a source. A CT that
is rotated by -120 degrees shows a heater at the angle of a motor, but producing both power
and reactive power.
"""

from ..gateway import PhaseReading
from .fields import number
from .thresholds import MAKES, MAKES_MOST, MAKES_TIME


class Production:
    """The evidence that the consumption of one phase seems to be production."""

    def __init__(self) -> None:
        """Start without evidence."""
        # Seconds of apparent production of both powers, less those without it.
        self._makes = 0.0

    def add_idle(self, reading: PhaseReading, elapsed: float) -> bool:
        """Add a poll in which nothing exports; return whether the outcome differs."""
        power, vars_ = reading.power, reading.reactive_power
        if power is None or vars_ is None or -MAKES <= power <= MAKES:
            return False
        before = self.is_made
        change = elapsed if power < 0 and vars_ < 0 else -elapsed
        self._makes = min(max(self._makes + change, -MAKES_TIME), MAKES_MOST)
        return self.is_made != before

    @property
    def is_made(self) -> bool:
        """True if the phase seems to produce although it can only consume."""
        return self._makes >= MAKES_TIME

    def as_number(self) -> int:
        """Return the evidence as JSON."""
        return round(self._makes)

    def restore(self, stored: object) -> None:
        """Take over what `as_number` has returned; raises ValueError for anything else."""
        self._makes = min(max(number(stored), -MAKES_TIME), MAKES_MOST)

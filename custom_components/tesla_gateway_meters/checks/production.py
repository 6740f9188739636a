"""Check whether a phase of an idle house seems to make power.

A motor takes power, whatever its power factor, and so does every house without a source.
A CT that is turned by -120 degrees shows a heater at the angle of a motor, but as
one that makes power and reactive power.
"""

from ..gateway import PhaseReading
from .fields import number
from .thresholds import MAKES, MAKES_MOST, MAKES_TIME


class Production:
    """The evidence of one phase that what is used seems to be made."""

    def __init__(self) -> None:
        """Start without evidence."""
        # Seconds in which it made both powers though nothing can, less those in which not.
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
        """True if the phase seems to make power that can only be used."""
        return self._makes >= MAKES_TIME

    def as_number(self) -> int:
        """Return the evidence as JSON."""
        return round(self._makes)

    def restore(self, stored: object) -> None:
        """Take over what `as_number` has returned; raises ValueError for anything else."""
        self._makes = min(max(number(stored), -MAKES_TIME), MAKES_MOST)

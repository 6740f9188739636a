"""Which way a phase's power goes when something is switched on.

A motor takes power, whatever its power factor, and so does every house that is left
alone. A CT that is turned by 120 degrees shows a heater at the angle of a motor, but as one
that makes power.
"""

from collections.abc import Mapping

from ..gateway import PhaseReading
from .fields import Stored, number, numbers
from .samples import Step
from .thresholds import (
    KIND_RATIO,
    MAKES,
    MAKES_MOST,
    MAKES_TIME,
    PULSE,
    PULSE_QUIET,
    PULSES,
    PULSES_KEPT,
)


class Pulses:
    """The evidence of one phase that what is used seems to be made."""

    def __init__(self) -> None:
        """Start without evidence."""
        # Observed seconds, W and VA of each step of late.
        self._late: list[tuple[float, float, float]] = []
        self._since: float | None = None
        # 1 for what makes power when it is switched on, -1 for what takes some.
        self._pulses: list[int] = []
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

    def add_step(self, step: Step, at: float, *, counts: bool) -> None:
        """Add a step; `counts` where it is at the angle that is asked about.

        The first step of a size for long, soon undone by another, is something that was
        switched on.
        """
        if self._since is None:
            self._since = at
        self._late = [each for each in self._late if at - each[0] <= PULSE_QUIET]
        alike = [
            each
            for each in self._late
            if step.size / KIND_RATIO < each[2] < step.size * KIND_RATIO
        ]
        if (
            counts
            and len(alike) == 1
            and at - alike[0][0] <= PULSE
            and alike[0][0] - self._since >= PULSE_QUIET
            and alike[0][1] * step.power < 0
        ):
            made = 1 if alike[0][1] < 0 else -1
            self._pulses = [*self._pulses[1 - PULSES_KEPT :], made]
        self._late.append((at, step.power, step.size))

    @property
    def is_made(self) -> bool:
        """Whether the phase seems to make what can only be used."""
        pulses = self._pulses
        if self._makes >= MAKES_TIME:
            return -1 not in pulses[-PULSES:]
        return len(pulses) >= PULSES and -1 not in pulses

    def as_dict(self) -> Stored:
        """Return the evidence as JSON."""
        return {"makes": round(self._makes), "pulses": [*self._pulses]}

    def restore(self, stored: Mapping[str, object]) -> None:
        """Take over what `as_dict` has returned; raises ValueError for anything else."""
        makes = number(stored.get("makes"))
        pulses = numbers(stored.get("pulses"), None)
        if any(each not in (1, -1) for each in pulses):
            raise ValueError("no pulse")
        self._makes = min(max(makes, -MAKES_TIME), MAKES_MOST)
        self._pulses = [int(each) for each in pulses[-PULSES_KEPT:]]

"""Check for a load that is negative, as no house's load is.

The gateway computes the load from readings of different times, so only what lasts
counts. A CT that is wrong makes the load negative as well: its own check says more.
"""

from collections.abc import Mapping

from .fields import Stored, number
from .model import Observation
from .samples import Sample
from .thresholds import (
    LOAD_CLEARED,
    LOAD_LASTING,
    LOAD_PROBLEM,
    LOAD_WAITS,
    NEGATIVE,
    NOISE,
    POLLS_LEAST,
)


class NegativeLoad:
    """The evidence on the load."""

    def __init__(self) -> None:
        """Start without evidence."""
        self._bad_for = self._good_for = 0.0
        self._polls = 0
        self._is_lasting = False
        self.is_explained = False
        self._problem: bool | None = None
        self._since: float | None = None
        self._last = 0.0
        self._power = 0.0

    def update(self, sample: Sample) -> bool:
        """Add a poll; return whether the outcome may differ."""
        load = sample.load
        if load is None or NEGATIVE <= load <= -NEGATIVE:
            return False
        if load > 0 or sample.other > NOISE:
            differs = self._problem is not False
            self._problem, self._bad_for, self._polls = False, 0.0, 0
            if self._is_lasting:
                self._good_for += sample.elapsed
                # Where another check explained it, that one was put right.
                if self.is_explained or self._good_for >= LOAD_CLEARED:
                    self._is_lasting, differs = False, True
            return differs
        self._good_for = 0.0
        self._bad_for += sample.elapsed
        self._polls += 1
        self._power = load
        if self._bad_for < LOAD_PROBLEM:
            return False
        if self._since is None or sample.at - self._last > LOAD_WAITS:
            self._since = sample.at
        self._last = sample.at
        differs = self._problem is not True
        self._problem = True
        is_long = self._bad_for >= LOAD_LASTING and self._polls >= POLLS_LEAST
        if is_long and not self._is_lasting:
            self._is_lasting = differs = True
        return differs

    @property
    def is_lasting(self) -> bool:
        """True if it has lasted, whatever may explain it."""
        return self._is_lasting

    def has_waited(self, at: float) -> bool:
        """Return whether other checks have had their time to explain it."""
        return self._since is not None and at - self._since >= LOAD_WAITS

    def observation(self, *, is_own: bool) -> Observation:
        """Return what the load says; `is_own`: nothing else may still explain it."""
        return Observation(
            problem=self._is_lasting or self._problem,
            lasting=is_own and self.is_lasting,
            evidence={
                "power": round(self._power),
                "minutes": round(self._bad_for / 60),
            },
        )

    def as_dict(self, at: float) -> Stored:
        """Return the evidence as JSON."""
        return {"waited": None if self._since is None else round(at - self._since)}

    def restore(self, stored: Mapping[str, object], at: float) -> None:
        """Take over what `as_dict` has returned; raises ValueError for anything else."""
        waited = stored.get("waited")
        self._since = None if waited is None else at - number(waited)
        self._last = at

"""Check for a negative load, which no house has.

The gateway computes the load from readings of different times, so it has to be negative for
long. A wrong CT makes the load negative, too: its own check is more precise.
"""

from collections.abc import Mapping

from .fields import Stored, number
from .model import Observation
from .samples import Sample
from .thresholds import (
    LOAD_CLEARED,
    LOAD_CLEARED_DAILY,
    LOAD_ERROR,
    LOAD_KNOWN,
    LOAD_LASTING,
    LOAD_NEW,
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
        # How long it was negative the last time that it was so for long.
        self._lasted = 0.0
        self._polls = 0
        self._is_lasting = False
        # When it was cleared, and whether it came back within a day or so.
        self._cleared: float | None = None
        self._returns = False
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
                # If another check explained it, that fault was corrected.
                needed = LOAD_CLEARED_DAILY if self._returns else LOAD_CLEARED
                if self.is_explained or self._good_for >= needed:
                    self._is_lasting, self._returns = False, False
                    self._cleared, differs = sample.at, True
            return differs
        if load >= NEGATIVE - LOAD_ERROR * _flows(sample):
            return False
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
        if is_long:
            self._lasted = self._bad_for
        if is_long and not self._is_lasting:
            self._is_lasting = differs = True
            cleared = self._cleared
            self._returns = (
                cleared is not None and sample.at - cleared < LOAD_CLEARED_DAILY
            )
        return differs

    @property
    def is_lasting(self) -> bool:
        """True if it was negative for long, whatever may explain it."""
        return self._is_lasting

    def has_waited(self, at: float) -> bool:
        """Return whether other checks have had enough time to explain it."""
        return self._since is not None and at - self._since >= LOAD_WAITS

    def is_new(self, at: float) -> bool:
        """Return whether it began recently, after a day without.

        The evidence of the CT checks may be from before that, when a CT was changed.
        """
        since = self._since
        return since is not None and since >= LOAD_KNOWN and at - since < LOAD_NEW

    def observation(self, *, is_own: bool) -> Observation:
        """Return the observation; `is_own`: no other check can still explain it."""
        bad_for = self._lasted if self._is_lasting else self._bad_for
        return Observation(
            problem=self._is_lasting or self._problem,
            raises_issue=is_own and self.is_lasting,
            evidence={
                "power": round(self._power),
                "minutes": round(bad_for / 60),
            },
        )

    def as_dict(self, at: float) -> Stored:
        """Return the evidence as JSON."""
        return {
            "waited": None if self._since is None else round(at - self._since),
            "cleared": None if self._cleared is None else round(at - self._cleared),
            "returns": int(self._returns),
            "lasting": int(self._is_lasting),
            "bad_for": round(self._bad_for),
            "good_for": round(self._good_for),
            "lasted": round(self._lasted),
            "power": round(self._power),
        }

    def restore(self, stored: Mapping[str, object], at: float) -> None:
        """Take over what `as_dict` has returned; raises ValueError for anything else."""
        since, cleared = (
            None if stored.get(name) is None else at - number(stored[name])
            for name in ("waited", "cleared")
        )
        # Earlier versions stored only the first.
        returns, lasting, bad_for, good_for, power = (
            number(stored.get(name, 0))
            for name in ("returns", "lasting", "bad_for", "good_for", "power")
        )
        self._lasted = number(stored.get("lasted", max(bad_for, LOAD_LASTING)))
        self._since, self._last, self._cleared = since, at, cleared
        self._returns, self._is_lasting = bool(returns), bool(lasting)
        self._bad_for, self._good_for, self._power = bad_for, good_for, power


def _flows(sample: Sample) -> float:
    """Return the sum in W of the powers that the load is computed from."""
    return sum(abs(each or 0) for each in (sample.grid, sample.solar, sample.battery))

"""Distinguish a reversed solar CT from a load by how the gateway's load changes.

The gateway computes the load from site, solar and battery. Where a solar CT is reversed,
the load changes by twice what that CT shows; by three times where the CT is on another
phase, which shows half of it. Something that consumes on the solar circuit is in none of
the gateway's load: it does not change at all.
"""

from math import inf, sqrt
from statistics import fmean, stdev

from .fields import numbers
from .thresholds import (
    ANSWER_BEYOND,
    ANSWER_CHANGE,
    ANSWER_CLEAR,
    ANSWER_ERROR,
    ANSWER_FROM,
    ANSWER_HARDLY,
    ANSWER_KEPT,
    ANSWER_LEAST,
    ANSWER_NEAR,
    ANSWER_STEP,
    ANSWER_SURE,
)


class LoadAnswer:
    """The ratios of changes of the load to changes of negative solar power."""

    def __init__(self) -> None:
        """Start without a change."""
        # The change of the load for each W of solar, in the newest changes.
        self._ratios: list[float] = []
        self._last: tuple[float, float] | None = None
        self._solar = self._load = 0.0

    def update(self, solar: float, load: float | None, elapsed: float) -> None:
        """Add a reading in W of all negative phases of solar, and of the load.

        `elapsed` is in s since the one before, 0 where there was none in time.
        """
        last = self._last
        if load is None or solar > -ANSWER_FROM:
            self._last, self._solar, self._load = None, 0.0, 0.0
            return
        self._last = (solar, load)
        if last is None or not elapsed:
            return
        change, answer = solar - last[0], load - last[1]
        # A step of load alone is no evidence, and is left out.
        if min(abs(answer), abs(answer - 2 * change), abs(answer - 3 * change)) > (
            ANSWER_STEP + 0.1 * abs(change)
        ):
            return
        self._solar += change
        self._load += answer
        if abs(self._solar) < ANSWER_CHANGE:
            return
        ratio = self._load / self._solar
        self._solar = self._load = 0.0
        # The house's own changes are more than that.
        if -ANSWER_BEYOND <= ratio <= 2 + ANSWER_BEYOND:
            self._ratios = [*self._ratios[1 - ANSWER_KEPT :], ratio]

    def is_sun(self, *, came_from_dark: bool) -> bool:
        """Return whether the negative power is that of a reversed CT.

        Two changes are enough if the power has grown from the dark bit by bit. Otherwise,
        the more the house's load varies, the more changes are needed.
        """
        if came_from_dark and len(self._ratios) == 2:
            return all(abs(each - 2) <= ANSWER_CLEAR for each in self._ratios)
        mean, error = self._mean()
        return abs(mean - 2) <= ANSWER_NEAR and mean - 1 >= ANSWER_SURE * error

    @property
    def is_load(self) -> bool:
        """True if something consumes on the solar circuit."""
        if len(self._ratios) == 2:
            return all(abs(each) <= ANSWER_CLEAR for each in self._ratios)
        mean, error = self._mean()
        return abs(mean) <= ANSWER_NEAR and 1 - mean >= ANSWER_SURE * error

    def _mean(self) -> tuple[float, float]:
        """Return the mean of the ratios, and its error; infinite for too few."""
        count = len(self._ratios)
        if count < ANSWER_LEAST:
            return 0.0, inf
        return fmean(self._ratios), (stdev(self._ratios) + ANSWER_ERROR) / sqrt(count)

    @property
    def suggests_reversed(self) -> bool:
        """True if a reversed CT fits the changes better than a CT on another phase."""
        reversed_ = sum(abs(each - 2) <= ANSWER_NEAR for each in self._ratios)
        turned = sum(abs(each - 3) < ANSWER_NEAR for each in self._ratios)
        return reversed_ > turned

    @property
    def suggests_sun(self) -> bool:
        """True if, so far, a reversed CT fits the changes, and a load does not."""
        return len(self._ratios) > 1 and fmean(self._ratios) >= 2 - ANSWER_NEAR

    @property
    def indicates_load(self) -> bool:
        """True if a load fits and a reversed CT hardly, for more than one change."""
        count = len(self._ratios)
        if count < 2:
            return False
        mean = fmean(self._ratios)
        return mean < 1 and 2 - mean >= ANSWER_HARDLY * (
            stdev(self._ratios) + ANSWER_ERROR
        ) / sqrt(count)

    @property
    def suggests_load(self) -> bool:
        """True if, so far, a load fits the changes better than a reversed CT."""
        return bool(self._ratios) and fmean(self._ratios) < 1

    def as_list(self) -> list[float]:
        """Return the ratios, for JSON."""
        return [round(each, 2) for each in self._ratios]

    def restore(self, stored: object) -> None:
        """Take over what `as_list` has returned; raises ValueError for anything else."""
        self._ratios = numbers(stored, None)[-ANSWER_KEPT:]

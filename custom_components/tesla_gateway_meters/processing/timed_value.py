"""A value that follows samples of a power, and changes with time between them.

A sample holds until the next one. While samples are missing the value is unknown;
after a gap that is too long nothing from before it counts. Times are in s, by the
monotonic clock, and in order; if they go back, nothing from before counts either.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Self

# Times are floats, and exact to less than this.
TOLERANCE: Final = 0.001  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedValue[ValueT](ABC):
    """The state of such a value up to `time`.

    `power` (W) is the last sample, None if it is missing, `sampled_at` the time of
    the last one that was not. After `longest_gap` (s) without one all is unknown.
    """

    longest_gap: float
    time: float = 0
    sampled_at: float = 0
    power: float | None = None

    def add_sample(self, now: float, power: float | None) -> Self:
        """Return the state with a sample of the power (W), None if it is missing."""
        later = self._advance(now)
        sampled_at = later.sampled_at if power is None else now
        return replace(later, power=power, sampled_at=sampled_at)

    def at(self, now: float) -> ValueT | None:
        """Return the value at this time, None while it is unknown."""
        later = self._advance(now)
        return None if later.power is None else later.value()

    def next_change(self, now: float) -> float | None:
        """Return when the value changes without another sample, None if it does not."""
        later = self._advance(now)
        if later.power is None:
            return None
        changes = (later.sampled_at + later.longest_gap, *later.changes())
        return min(each for each in changes if each >= now)

    def _advance(self, now: float) -> Self:
        gap = now - self.sampled_at
        if now < self.time or gap >= self.longest_gap - TOLERANCE:
            return self._reset(now)
        return self._hold(now)

    @abstractmethod
    def _hold(self, now: float) -> Self:
        """Return the state after the last sample has held until this time."""

    @abstractmethod
    def _reset(self, now: float) -> Self:
        """Return the state in which nothing is known."""

    @abstractmethod
    def value(self) -> ValueT | None:
        """Return the value at `time`, None while it is unknown."""

    @abstractmethod
    def changes(self) -> Iterable[float]:
        """Return the times after `time` at which the value changes without a sample."""

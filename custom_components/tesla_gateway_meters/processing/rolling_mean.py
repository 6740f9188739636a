"""The mean of a power over the last minute, weighted by time and not by samples.

Seconds without samples have no weight. The mean is unknown until a minute has
passed since the first sample, at the start and after a gap that is too long.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Self, override

from .timed_value import TOLERANCE, TimedValue

WINDOW: Final = 60  # s


@dataclass(frozen=True, slots=True)
class _Period:
    """A time in which one sample held."""

    start: float
    end: float
    power: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RollingMean(TimedValue[float]):
    """The periods within the window, and the time `since` which there are samples."""

    since: float | None = None
    periods: tuple[_Period, ...] = ()

    @override
    def _hold(self, now: float) -> Self:
        if now == self.time:
            return self
        periods, since = self.periods, self.since
        if self.power is not None:
            since = self.time if since is None else since
            periods = (*periods, _Period(self.time, now, self.power))
        begin = now - WINDOW
        periods = tuple(each for each in periods if each.end > begin)
        return replace(self, time=now, since=since, periods=periods)

    @override
    def _reset(self, now: float) -> Self:
        return replace(self, time=now, power=None, since=None, periods=())

    @override
    def value(self) -> float | None:
        """Return the mean (W)."""
        if self.since is None or self.time - self.since < WINDOW - TOLERANCE:
            return None
        begin = self.time - WINDOW
        energy = seconds = 0.0
        for each in self.periods:
            held = each.end - max(each.start, begin)
            energy += each.power * held
            seconds += held
        return energy / seconds if seconds else self.power

    @override
    def changes(self) -> Iterable[float]:
        """Return when the mean becomes known, and when it becomes the last sample."""
        changes = (self.since or self.time) + WINDOW, self.sampled_at + WINDOW
        return (each for each in changes if each > self.time + TOLERANCE)

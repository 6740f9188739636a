"""A state that is on for power that lasts, unaffected by short changes.

Two timers, each between 0 and its delay. The timer towards on counts each second
above the threshold for on, and counts down each other second; the timer towards off
does so for the seconds at or below the threshold for off. When a timer reaches its
delay, the state switches and both timers reset.

So a kettle of a minute costs two minutes and not the whole delay, clouds half of
the time switch nothing, and two switches are never closer than the delay of the
second: a car charger runs, and pauses, for at least that long. Between the
thresholds nothing switches: a load that takes the surplus keeps running.

An unknown state becomes known by a timer alone: a start between the thresholds
stays unknown, as the state before is not known.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self, override

from .timed_value import TOLERANCE, TimedValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Hysteresis(TimedValue[bool]):
    """The state, and the two timers `on` and `off` (s).

    Thresholds are powers (W), delays are in s; `off_below` is not above `on_above`.
    """

    on_above: float
    off_below: float
    on_delay: float
    off_delay: float
    state: bool | None = None
    on: float = 0
    off: float = 0

    @override
    def _hold(self, now: float) -> Self:
        if self.power is None:
            return replace(self, time=now)
        seconds = now - self.time
        above, below = self.power > self.on_above, self.power <= self.off_below
        left = self._time_to_switch()
        if left is not None and seconds >= left - TOLERANCE:
            return replace(self, time=now, state=above, on=0.0, off=0.0)
        return replace(
            self,
            time=now,
            on=self.on + seconds if above else max(self.on - seconds, 0),
            off=self.off + seconds if below else max(self.off - seconds, 0),
        )

    @override
    def _reset(self, now: float) -> Self:
        return replace(self, time=now, power=None, state=None, on=0.0, off=0.0)

    @override
    def value(self) -> bool | None:
        """Return the state."""
        return self.state

    @override
    def changes(self) -> Iterable[float]:
        """Return when a timer reaches its delay."""
        left = self._time_to_switch()
        return () if left is None else (self.time + max(left, 0),)

    def _time_to_switch(self) -> float | None:
        """Return for how long (s) this power has to last to switch the state."""
        if self.power is None:
            return None
        if self.power > self.on_above and self.state is not True:
            return self.on_delay - self.on
        if self.power <= self.off_below and self.state is not False:
            return self.off_delay - self.off
        return None

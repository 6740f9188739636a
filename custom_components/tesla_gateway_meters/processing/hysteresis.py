"""Tells export that lasts from export that comes and goes.

Two clocks, both between nothing and their delay:

- the one towards on counts each second above the threshold for on, and gives a
  second back for each that is not;
- the one towards off does so for the seconds at or below the threshold for off.

The clock that is full turns the state, and both begin at nothing then. So a kettle of
a minute costs two minutes and not the whole wait, clouds that take half of the
time turn nothing, and two changes are never nearer than the delay of the second:
a car charger gets to run, and to rest, for as long as that. Between the thresholds
nothing turns: a load that takes what is left over keeps running.

A reading holds until the next one. While readings are missing the state is unknown
and the clocks stand; a gap that is too long takes all that was known before. What is
unknown becomes known by a full clock alone, either way: a start between the
thresholds stays unknown, as whether it was on before nobody knows.
"""

from dataclasses import dataclass

# Moments are doubles, and good to less than this.
_TOLERANCE = 0.001  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Powers (W) and delays (s); `off_below` is not above `on_above`.

    After `longest_gap` (s) without a reading nothing is known any more.
    """

    on_above: float
    off_below: float
    on_delay: float
    off_delay: float
    longest_gap: float


class Sustained:
    """Hears readings and is asked between them; both in the order of time."""

    def __init__(self, rule: Rule) -> None:
        """Know nothing yet."""
        self._rule = rule
        self._now = 0.0
        self._read_at = 0.0
        self._power: float | None = None
        self._state: bool | None = None
        self._on = self._off = 0.0

    def hear(self, now: float, power: float | None) -> None:
        """Take a reading at this time (s, monotonic) over, None where it is missing."""
        self._pass(now)
        self._power = power
        if power is not None:
            self._read_at = now
            # A delay of 0 s is over at once.
            self._count(0)

    def at(self, now: float) -> bool | None:
        """Return the state at this time (s, monotonic): None is unknown."""
        self._pass(now)
        return None if self._power is None else self._state

    def turn(self, now: float) -> float | None:
        """Return when the state changes if nothing more is heard."""
        self._pass(now)
        if self._power is None:
            return None
        moments = [self._read_at + self._rule.longest_gap]
        if (left := self._left()) is not None:
            moments.append(now + left)
        return min(moments)

    def _forget(self) -> None:
        self._read_at = self._now
        self._power = self._state = None
        self._on = self._off = 0.0

    def _pass(self, now: float) -> None:
        """Let the last reading hold until this time."""
        seconds, self._now = now - self._now, now
        # A clock that was set back tells nothing of the time between.
        if seconds < 0 or now - self._read_at >= self._rule.longest_gap - _TOLERANCE:
            self._forget()
        else:
            self._count(seconds)

    def _left(self) -> float | None:
        """Return for how long this power has to last to turn the state."""
        if self._power is None:
            return None
        if self._power > self._rule.on_above and self._state is not True:
            return self._rule.on_delay - self._on
        if self._power <= self._rule.off_below and self._state is not False:
            return self._rule.off_delay - self._off
        return None

    def _count(self, seconds: float) -> None:
        """Let this power last so long."""
        if self._power is None:
            return
        above = self._power > self._rule.on_above
        left = self._left()
        if left is not None and seconds >= left - _TOLERANCE:
            self._state = above
            self._on = self._off = 0.0
            return
        below = self._power <= self._rule.off_below
        self._on = _counted(self._on, seconds, up=above and self._state is not True)
        self._off = _counted(self._off, seconds, up=below and self._state is not False)


def _counted(clock: float, seconds: float, *, up: bool) -> float:
    return clock + seconds if up else max(clock - seconds, 0)

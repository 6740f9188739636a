"""The worst known sequences of a counter over a sunny day."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

from .scenarios import DAY, HOUR, NOON, POLL, Counters

NIGHT: Final = 2 * HOUR
STRONGEST: Final = 5000  # W
TRUTH: Final = STRONGEST * 24 / pi  # Wh, 38.197 kWh

_START: Final = 5_000_000.0  # Wh


def true(at: float) -> Counters:
    """Return what is counted and flows at this time: sun from 6 to 18 h."""
    angle = pi * min(max(at / HOUR - 6, 0), 12) / 12
    energy = STRONGEST * 12 / pi * (1 - cos(angle))
    return Counters(_START + energy, power=STRONGEST * sin(angle) if energy else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """A day in which a gateway says this, at the n-th poll since it began.

    `unmeasured` (s) is how long nothing could be read. `off` are the times in which
    Home Assistant does not run, `loses` says that our file is lost then.
    """

    name: str
    say: Callable[[Counters, int], Counters | None]
    begins: float
    polls: int
    unmeasured: float = 0
    off: tuple[float, float] | None = None
    loses: bool = False
    resets: int = 0

    def reported(self, at: float) -> Counters | None:
        """Return what the gateway says at this time, None if it is silent."""
        poll = round((at - self.begins) / POLL)
        return self.say(true(at), poll) if 0 <= poll < self.polls else true(at)

    def times(self) -> list[float]:
        """Return when the gateway is asked: each minute around what happens."""
        close = (self.begins - 600, self.begins + 5400, self.begins + self.unmeasured)
        return [
            at
            for at in range(POLL, DAY, POLL)
            if close[0] <= at <= close[1]
            or close[2] <= at <= close[2] + 3600
            or 7 * HOUR <= at <= 9 * HOUR
            or at % 300 == 0
            if self.off is None or not self.off[0] < at <= self.off[1]
        ]


def _more(energy: float) -> Callable[[Counters, int], Counters]:
    return lambda true, _: Counters(true.imported + energy, power=true.power)


def _in_turn(true: Counters, poll: int) -> Counters:
    energy = 0 if poll % 2 else true.imported + 40_000
    return Counters(energy, 0 if poll % 2 else 12_345, power=true.power)


def _silent(polls: int, energy: float) -> Callable[[Counters, int], Counters | None]:
    def say(true: Counters, poll: int) -> Counters | None:
        return _more(energy)(true, poll) if poll >= polls else None

    return say


def _reset(true: Counters, _: int) -> Counters:
    return Counters(true.imported - _AT_NOON, 0, power=true.power)


_AT_NOON: Final = true(NOON).imported
_REST: Final = 10_000

WORST: Final = (
    Worst(name="+8 kWh, idle", say=_more(8000), begins=NIGHT, polls=3),
    Worst(name="+100 kWh, idle", say=_more(100_000), begins=NIGHT, polls=1),
    Worst(name="0 and +40 kWh in turn", say=_in_turn, begins=NIGHT, polls=20),
    Worst(name="+8 kWh at noon", say=_more(8000), begins=NOON, polls=3),
    Worst(
        name="silent 10 min, +12 kWh",
        say=_silent(10, 12_000),
        begins=NOON,
        polls=11,
        unmeasured=600,
    ),
    Worst(
        name="silent 6 h, +500 kWh",
        say=_silent(360, 500_000),
        begins=NIGHT,
        polls=_REST,
        unmeasured=6 * HOUR,
        resets=1,
    ),
    Worst(
        name="reset at restart, 1 h off",
        say=_reset,
        begins=NOON,
        polls=_REST,
        unmeasured=HOUR,
        off=(NOON - HOUR, NOON),
        resets=1,
    ),
    Worst(
        name="file lost after a reset",
        say=_reset,
        begins=NOON,
        polls=_REST,
        unmeasured=600,
        off=(NOON + HOUR, NOON + HOUR + 600),
        loses=True,
        resets=1,
    ),
)

"""A day of a counter that counts what the sun gives, and what may become of its readings."""

from collections.abc import Callable
from dataclasses import dataclass, field
import json
from math import cos, pi, sin
from random import Random
from typing import Final

from custom_components.tesla_gateway_meters.processing.counter_evidence import Flow
from custom_components.tesla_gateway_meters.processing.counter_guard import (
    Counter,
    Reading,
    Reset,
)

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
STRONGEST: Final = 5000.0  # W
ENERGY: Final = STRONGEST * 24 / pi  # Wh, 38.197 kWh
# When a shape begins: idle for 8 h, 5 kW flowing, idle for 6 min.
BEGINS: Final = (2 * HOUR, 12 * HOUR, 18.1 * HOUR)

_START: Final = 5_000_000.0  # Wh
_SINCE: Final = 1_700_000_000.0


def power(at: float) -> float:
    """Return the power (W) at this time of the day (s): sun from 6 to 18 h."""
    hours = at % DAY / HOUR
    return STRONGEST * sin(pi * (hours - 6) / 12) if 6 <= hours <= 18 else 0.0


def counted(at: float) -> float:
    """Return what the meter has counted (Wh) since the first midnight."""
    days, rest = divmod(at, DAY)
    hours = min(max(rest / HOUR, 6), 18)
    return days * ENERGY + ENERGY / 2 * (1 - cos(pi * (hours - 6) / 12))


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of a shape: seconds since its beginning, poll, and true energy."""

    since: float
    poll: int
    true: float
    first: float
    random: Random = field(compare=False)


# The gateway's reading, None if it is silent; its power.
type Shape = Callable[[Moment], float | None]
type PowerShape = Callable[[float, Moment], float | None]


@dataclass(slots=True)
class Outcome:
    """The outcome of a day: the error of the sum (Wh), and the resets with their times."""

    off: float
    resets: list[tuple[float, Reset]]
    counter: Counter
    runs: int


def live(
    shape: Shape,
    begins: float,
    lasts: float,
    *,
    poll: float = 10,
    days: int = 1,
    powers: PowerShape = lambda power, _: power,
    restart_every: float = DAY * 9,
) -> Outcome:
    """Let a day pass; what is published never falls."""
    random, counter = Random(1), Counter()
    last: float | None = None
    resets, runs, polls = [], 0, 0
    first = _START + counted(begins)
    at = 0.0
    while at <= days * DAY:
        true, watts = _START + counted(at), power(at)
        value: float | None = true
        shown_power: float | None = watts
        if begins <= at < begins + lasts:
            moment = Moment(at - begins, polls, true, first, random)
            value, shown_power = shape(moment), powers(watts, moment)
            polls += 1
        if value is not None:
            if last is not None and at // restart_every != last // restart_every:
                counter = Counter.from_dict(json.loads(json.dumps(counter.as_dict())))
                last = None
            flow = None if shown_power is None else Flow(shown_power, shown_power)
            reading = Reading(
                value, _SINCE + at, flow, None if last is None else at - last
            )
            before = counter
            counter, reset = counter.next_state(reading)
            last = at
            runs += counter.is_held and not before.is_held
            if reset is not None:
                resets.append((at, reset))
            if before.published is not None:
                assert counter.published is not None
                assert counter.published >= before.published - 1e-6
        at += poll
    assert counter.published is not None
    off = counter.published - _START - counted(days * DAY)
    return Outcome(off, resets, counter, runs)

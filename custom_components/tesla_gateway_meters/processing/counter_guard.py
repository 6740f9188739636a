"""Keeps glitches of an energy counter from statistics, and follows a real reset.

Gateways report 0 for a moment now and then, step back, or jump; a statistic
takes any of that for energy. The rules, for readings in Wh:

- A reading is good if it continues the last good one: no lower, and no higher
  than the strongest site could have brought in the time that passed.
- A small step back is a counter that is computed from others: the last good
  value stays until the counter has caught up.
- Any other reading is held back; the last good value stays.
- Readings held back that continue each other for half an hour, and count, are a
  counter that was reset or swapped. They are followed from the first of them on,
  with an offset, so that what is published goes on where it was.
- A negative counter (they exist) gets an offset too: published, it starts at 0.
- A first 0 that nothing vouches for is held back for half an hour.

So what is published never falls, and rises by what was measured.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Self

# 200 A on three phases of 240 V, which is as much as a gateway can carry.
_MOST_POWER = 150_000  # W
_SLACK = 100  # Wh
_SMALL_FALL = 1000  # Wh
# Some firmwares count in steps, minutes apart.
_LONGEST_STEP = 60 * 60  # s
_PROOF = 30 * 60  # s
_LONGEST_GAP = 15 * 60  # s


@dataclass(frozen=True, slots=True)
class Point:
    """A reading (Wh) and when it was made (Unix time)."""

    value: float
    at: float


@dataclass(frozen=True, slots=True)
class Reset:
    """A counter that starts anew: the readings (Wh) before and after, and since when."""

    old: float
    new: float
    at: float


@dataclass(frozen=True, slots=True)
class Counter:
    """What is known of a counter; it has to survive a restart.

    `good` is the last good reading, `grown_at` when it last was a higher one.
    `first` and `last` are the ends of a run of readings that are held back.
    `offset` is what is added to a reading before it is published.
    """

    good: Point | None = None
    grown_at: float = 0
    first: Point | None = None
    last: Point | None = None
    offset: float = 0

    @property
    def published(self) -> float | None:
        """What to show (Wh), None before the first good reading."""
        return None if self.good is None else self.good.value + self.offset

    def following(
        self, value: float, now: float, *, zero_is_sure: bool = True
    ) -> tuple[Counter, Reset | None]:
        """Return what is known after another reading, and the reset it proves.

        `zero_is_sure` says that a 0 has something to vouch for it.
        """
        reading = Point(value, now)
        if self.good is None:
            if value != 0 or zero_is_sure:
                return _started(reading), None
        elif _continues(self.good, reading, self.grown_at):
            return _continued(self, self.good, reading), None
        first = self._first_of_run(reading)
        if now - first.at >= _PROOF:
            if self.good is None:
                return _started(reading), None
            if value > first.value:
                return _followed(self, self.good, first, reading)
        return replace(self, first=first, last=reading), None

    def _first_of_run(self, reading: Point) -> Point:
        """Return where the run of readings began that this one prolongs, or begins."""
        if (
            self.first is not None
            and self.last is not None
            and 0 <= reading.at - self.last.at <= _LONGEST_GAP
            and _continues(self.last, reading, self.last.at)
        ):
            return self.first
        return reading

    @property
    def is_held(self) -> bool:
        """Whether the last reading was held back."""
        return self.first is not None

    def as_dict(self) -> dict[str, object]:
        """Write it as JSON takes it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read what `as_dict` wrote. Raises TypeError, KeyError for anything else."""
        return cls(
            good=_point(data["good"]),
            grown_at=_number(data["grown_at"]),
            first=_point(data["first"]),
            last=_point(data["last"]),
            offset=_number(data["offset"]),
        )


def _started(reading: Point) -> Counter:
    return Counter(good=reading, grown_at=reading.at, offset=max(-reading.value, 0))


def _continued(counter: Counter, good: Point, reading: Point) -> Counter:
    return replace(
        counter,
        good=Point(max(good.value, reading.value), reading.at),
        grown_at=reading.at if reading.value > good.value else counter.grown_at,
        first=None,
        last=None,
    )


def _followed(
    counter: Counter, good: Point, first: Point, reading: Point
) -> tuple[Counter, Reset]:
    offset = counter.offset + good.value - first.value
    followed = Counter(good=reading, grown_at=reading.at, offset=offset)
    return followed, Reset(good.value, first.value, first.at)


def _continues(last: Point, reading: Point, grown_at: float) -> bool:
    """Whether a meter can have counted from one reading to the next."""
    passed = max(reading.at - last.at, min(reading.at - grown_at, _LONGEST_STEP), 0)
    rise = reading.value - last.value
    return -_SMALL_FALL <= rise <= _SLACK + _MOST_POWER * passed / 3600


def _point(data: object) -> Point | None:
    if data is None:
        return None
    if not isinstance(data, Mapping):
        raise TypeError("not a reading")
    return Point(_number(data["value"]), _number(data["at"]))


def _number(data: object) -> float:
    if not isinstance(data, int | float):
        raise TypeError("not a number")
    return data

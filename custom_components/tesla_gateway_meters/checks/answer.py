"""Distinguish a reversed solar CT from a load by how the gateway's load changes.

The gateway computes the load from site, solar and battery. If a solar CT is reversed,
the load changes by twice what that CT shows; by three times if the CT is on another phase,
where it shows half of the production. A load on the solar circuit is not part of the
gateway's load, which does not change with it. A load that follows the sun compensates for
half: the load then changes by as much as that CT shows, which is no evidence.
"""

from collections.abc import Sequence
from math import log, sqrt
from typing import Final

from .fields import numbers
from .thresholds import (
    ANSWER_BEYOND,
    ANSWER_CHANGE,
    ANSWER_CLEAR,
    ANSWER_ERROR,
    ANSWER_FROM,
    ANSWER_HINT,
    ANSWER_HOUSES,
    ANSWER_HUGE,
    ANSWER_KEPT,
    ANSWER_LARGE,
    ANSWER_LEAST,
    ANSWER_STEP,
    ANSWER_SURE,
)

_LOAD: Final = 0
_FOLLOWS: Final = 1
_REVERSED: Final = 2
_ROTATED: Final = 3


class LoadAnswer:
    """Changes of negative solar power, and of the load at the same time."""

    def __init__(self) -> None:
        """Start without a change."""
        # Both in W, the newest last.
        self._changes: list[tuple[float, float]] = []
        self._last: tuple[float, float] | None = None
        self._solar = self._load = 0.0
        self._fits = _fits(self._changes)

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
        # A step of the load alone is no evidence.
        if min(abs(answer), abs(answer - 2 * change), abs(answer - 3 * change)) > (
            ANSWER_STEP + 0.1 * abs(change)
        ):
            return
        self._solar += change
        self._load += answer
        if abs(self._solar) < ANSWER_CHANGE:
            return
        changes = (self._solar, self._load)
        self._solar = self._load = 0.0
        # Other ratios are due to changes in the house.
        if -ANSWER_BEYOND <= changes[1] / changes[0] <= 2 + ANSWER_BEYOND:
            self._changes = [*self._changes[1 - ANSWER_KEPT :], changes]
            self._fits = _fits(self._changes)

    def _is_clear(self, ratio: int) -> bool:
        """Return whether each change fits this ratio by itself."""
        return all(
            abs(load / solar - ratio) <= ANSWER_CLEAR for solar, load in self._changes
        )

    def _lead(self, ratio: int, *others: int) -> float:
        """Return by how much better a ratio fits the changes than each of the others."""
        return self._fits[ratio] - max(self._fits[other] for other in others)

    def is_sun(self, *, may_be_few: bool, came_from_dark: bool) -> bool:
        """Return whether the negative power is that of a reversed CT.

        With `may_be_few`, one huge change is enough, or two large ones; or any two if the
        power has grown gradually from the dark. Otherwise, the more the house's load varies,
        the more changes are needed.
        """
        count = len(self._changes)
        if count >= ANSWER_LEAST:
            return self._lead(_REVERSED, _LOAD, _FOLLOWS) >= ANSWER_SURE
        if not count or not may_be_few or not self._is_clear(_REVERSED):
            return False
        least = min(abs(solar) for solar, _ in self._changes)
        return least >= ANSWER_HUGE or (
            count > 1 and (came_from_dark or least >= ANSWER_LARGE)
        )

    @property
    def is_load(self) -> bool:
        """True if something consumes on the solar circuit."""
        if len(self._changes) == 2:
            return self._is_clear(_LOAD)
        return (
            len(self._changes) >= ANSWER_LEAST
            and self._lead(_LOAD, _FOLLOWS) >= 0
            and self._lead(_LOAD, _REVERSED) >= ANSWER_SURE
        )

    @property
    def suggests_reversed(self) -> bool:
        """True if a reversed CT fits the changes better than a CT on another phase."""
        return self._lead(_REVERSED, _ROTATED) > 0

    @property
    def suggests_sun(self) -> bool:
        """True if a reversed CT fits the changes so far, and a load does not."""
        return (
            len(self._changes) > 1
            and self._lead(_REVERSED, _LOAD, _FOLLOWS) >= ANSWER_HINT
        )

    @property
    def fits_sun(self) -> bool:
        """True if a reversed CT fits the changes so far better than a load."""
        return self._lead(_REVERSED, _LOAD) > 0

    @property
    def indicates_load(self) -> bool:
        """True if a load fits two or more changes clearly better than a reversed CT."""
        return len(self._changes) > 1 and self._lead(_LOAD, _REVERSED) >= ANSWER_HINT

    @property
    def suggests_load(self) -> bool:
        """True if a load fits the changes so far better than a reversed CT."""
        return self._lead(_LOAD, _REVERSED) > 0

    def as_list(self) -> list[int]:
        """Return the changes of solar and of the load in turn, for JSON."""
        return [round(each) for pair in self._changes for each in pair]

    def restore(self, stored: object) -> None:
        """Take over what `as_list` has returned; raises ValueError for anything else."""
        values = numbers(stored, None)[-2 * ANSWER_KEPT :]
        if len(values) % 2 or not all(values[::2]):
            raise ValueError("no changes of solar and of the load")
        self._changes = list(zip(values[::2], values[1::2], strict=True))
        self._fits = _fits(self._changes)


def _fits(changes: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Return the log-likelihood of each ratio from 0 to 3.

    The errors follow Student's t with two degrees of freedom, since most changes of a house
    are small and a few are large. Their scale is unknown: each ratio takes the one that fits
    best.
    """
    return tuple(
        max(
            sum(_fit(load - ratio * solar, solar, house) for solar, load in changes)
            for house in ANSWER_HOUSES
        )
        for ratio in (_LOAD, _FOLLOWS, _REVERSED, _ROTATED)
    )


def _fit(error: float, solar: float, house: float) -> float:
    """Return the log-likelihood of an error in W, of a change of solar in W."""
    width = sqrt(house**2 + (ANSWER_ERROR * solar) ** 2)
    return -log(width) - 1.5 * log(1 + (error / width) ** 2 / 2)

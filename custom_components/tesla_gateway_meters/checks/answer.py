"""Whether negative solar is the sun's, by what the load does meanwhile.

The gateway computes the load from site, solar and battery. Where a solar CT is reversed,
the load changes by twice what that CT shows; by three times where the CT is on another
phase, which shows half of it. Something that consumes on the solar circuit is in none of
the gateway's load: it does not change at all.
"""

from .fields import numbers
from .thresholds import (
    ANSWER_CHANGE,
    ANSWER_FROM,
    ANSWER_KEPT,
    ANSWER_LOAD,
    ANSWER_QUICK,
    ANSWER_STEP,
    ANSWER_SUN,
)


class LoadAnswer:
    """How the load answers to changes of what is negative of solar."""

    def __init__(self) -> None:
        """Start without a change."""
        # For each change: 1 for a reversed CT's, 2 for one's that is on another phase, -1
        # for a load's, 0 for none of them.
        self._votes: list[int] = []
        self._last: tuple[float, float] | None = None
        self._solar = self._load = 0.0
        self._parts = 0

    def update(self, solar: float, load: float | None, elapsed: float) -> None:
        """Add a reading in W of all negative phases of solar, and of the load.

        `elapsed` is in s since the one before, 0 where there was none in time.
        """
        last = self._last
        if load is None or solar > -ANSWER_FROM:
            self._last, self._solar, self._load, self._parts = None, 0.0, 0.0, 0
            return
        self._last = (solar, load)
        if last is None or not elapsed:
            return
        change, answer = solar - last[0], load - last[1]
        # A step of load by itself says nothing, and is left out.
        if min(abs(answer), abs(answer - 2 * change), abs(answer - 3 * change)) > (
            ANSWER_STEP + 0.1 * abs(change)
        ):
            return
        self._solar += change
        self._load += answer
        self._parts += 1
        if abs(self._solar) < ANSWER_CHANGE:
            return
        ratio = self._load / self._solar
        vote = 0
        if abs(ratio - 2) <= ANSWER_SUN:
            vote = 1
        elif abs(ratio - 3) <= ANSWER_SUN:
            vote = 2
        elif abs(ratio) <= ANSWER_LOAD:
            vote = -1
        # In a cloud's moment nothing else changes much.
        votes = [vote] * (2 if self._parts <= ANSWER_QUICK else 1)
        self._votes = [*self._votes, *votes][-ANSWER_KEPT:]
        self._solar, self._load, self._parts = 0.0, 0.0, 0

    def is_sun(self, *, came_from_dark: bool) -> bool:
        """Return whether it is a reversed CT's.

        Two changes are enough for what came from the dark bit by bit.
        """
        sun = self._votes.count(1)
        others = len(self._votes) - sun
        if came_from_dark and sun == 2:
            return not others
        return sun >= 3 and sun >= 2 * others

    @property
    def hints_at_direction(self) -> bool:
        """Whether it looks more like a reversed CT than like one on another phase."""
        return self._votes.count(1) > self._votes.count(2)

    @property
    def is_load(self) -> bool:
        """Whether something consumes on the solar circuit."""
        load = self._votes.count(-1)
        return load > 0 and load >= 2 * self._votes.count(1)

    def as_list(self) -> list[int]:
        """Return the votes, for JSON."""
        return [*self._votes]

    def restore(self, stored: object) -> None:
        """Take over what `as_list` has returned; raises ValueError for anything else."""
        votes = numbers(stored, None)
        if any(each not in (-1, 0, 1, 2) for each in votes):
            raise ValueError("no answers of the load")
        self._votes = [int(each) for each in votes[-ANSWER_KEPT:]]

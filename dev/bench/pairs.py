"""Figures with their spread, and ratios of two things measured in turn.

A machine is faster at one moment than at another. Two measurements right after each
other share the moment: so each pair gives a ratio, and the median of the ratios is the result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self


@dataclass(frozen=True, slots=True)
class Figure:
    """A median, and the middle half of what it is the median of."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Summarize values. Raises ValueError if there are none."""
        if not values:
            raise ValueError("nothing was measured")
        ordered = sorted(values)
        last = len(ordered) - 1
        return cls(
            median(ordered), ordered[round(last / 4)], ordered[round(last * 3 / 4)]
        )

    @classmethod
    def exactly(cls, value: float) -> Self:
        """Return a count, which has no spread."""
        return cls(value, value, value)

    @classmethod
    def ratio(cls, ours: Sequence[float], theirs: Sequence[float]) -> Self:
        """Summarize the ratios of two series measured in turn, pair by pair."""
        return cls.of([one / other for one, other in zip(ours, theirs, strict=True)])


def percentile(values: Sequence[float], share: float) -> float:
    """Return what this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]

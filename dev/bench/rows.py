"""Rows of the benchmark: one for each figure, with its bar."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from .pairs import Figure

# How much of a bar the short form forgives: a few pairs on a busy machine.
MARGIN: Final = 1.5


class Unit(StrEnum):
    """The unit of a figure."""

    RATIO = ""
    COUNT = "n"
    MILLISECONDS = "ms"
    MICROSECONDS = "µs"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure. `bar` is its maximum; without one it is for information.

    `reached` is what it was when this was written, if that is above the bar: the
    short form holds it against that, so that it does not get worse.
    """

    section: str
    name: str
    figure: Figure
    unit: Unit = Unit.RATIO
    bar: float | None = None
    reached: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Return whether the figure meets its bar."""
        return None if self.bar is None else self.figure.median <= self.bar

    @property
    def is_met_by_most(self) -> bool | None:
        """Return whether three quarters of the pairs do, so that another run would agree."""
        return None if self.bar is None else self.figure.high <= self.bar

    @property
    def is_missed_by_far(self) -> bool:
        """Return whether it exceeds the bar by more than chance; counts have no chance."""
        if self.bar is None:
            return False
        if self.unit is not Unit.RATIO:
            return self.figure.median > self.bar
        return self.figure.median > MARGIN * max(self.bar, self.reached or 0)

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON takes it."""
        return {**asdict(self), "met": self.is_met}


def ratio(
    section: str,
    name: str,
    ours: list[float],
    theirs: list[float],
    bar: float | None = None,
    *,
    reached: float | None = None,
) -> Row:
    """Compare what was measured in turn."""
    figure = Figure.ratio(ours, theirs)
    return Row(section=section, name=name, figure=figure, bar=bar, reached=reached)


def times(
    section: str, name: str, seconds: list[float], unit: Unit = Unit.MILLISECONDS
) -> Row:
    """Return a row for a duration."""
    factor = {Unit.MILLISECONDS: 1e3, Unit.MICROSECONDS: 1e6}[unit]
    figure = Figure.of([factor * each for each in seconds])
    return Row(section=section, name=name, figure=figure, unit=unit)


def cells(row: Row) -> tuple[str, str, str, str]:
    """Write figure, spread, bar, and whether it is met."""
    figure = row.figure
    spread = (
        ""
        if figure.low == figure.high
        else f"{number(figure.low)} to {number(figure.high)}"
    )
    unit = "" if row.unit in (Unit.RATIO, Unit.COUNT) else f" {row.unit}"
    bar = "" if row.bar is None else f"≤ {number(row.bar)}{unit}"
    return f"{number(figure.median)}{unit}", spread, bar, _met(row)


def _met(row: Row) -> str:
    if row.is_met is None:
        return ""
    if not row.is_met:
        return "**not met**"
    return "met" if row.is_met_by_most else "**barely met**"


def number(value: float) -> str:
    """Write three digits, or all that are before the point."""
    if value == round(value) or abs(value) >= 100:
        return f"{round(value):,}"
    return f"{value:.3g}"


def sections(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the rows by section, in the order of first occurrence."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.section, []).append(row)
    return found

"""A straight line through 0, fitted to changes as they come."""

from math import sqrt
from typing import Final

from .fields import numbers

# Old changes lose weight, so that the line follows a correction.
MEMORY: Final = 0.985
# Many meters have a resolution of a tenth of a volt.
_LEAST: Final = 0.03


class Line:
    """The slope of changes y against changes x."""

    def __init__(self, memory: float = MEMORY) -> None:
        """Start without a change; `memory` is the weight of the last one after the next."""
        self._memory = memory
        self.count = 0.0
        self._xx = self._xy = self._yy = 0.0

    def add(self, x: float, y: float) -> None:
        """Add a change."""
        self.count = self.count * self._memory + 1
        self._xx = self._xx * self._memory + x * x
        self._xy = self._xy * self._memory + x * y
        self._yy = self._yy * self._memory + y * y

    @property
    def squares(self) -> float:
        """The sum of the squares of x."""
        return self._xx

    @property
    def slope(self) -> float:
        """The slope; 0 without a change."""
        return self._xy / self._xx if self._xx else 0.0

    @property
    def t(self) -> float:
        """Student's t of the slope, its ratio to its own error."""
        if not self._xx or not self.count:
            return 0.0
        rest = (self._yy - self._xy**2 / self._xx) / self.count
        return self.slope / sqrt(max(rest, _LEAST**2) / self._xx)

    def as_list(self) -> list[float]:
        """Return the sums, for JSON."""
        return [round(each, 4) for each in (self.count, self._xx, self._xy, self._yy)]

    def restore(self, stored: object) -> None:
        """Take over what `as_list` has returned; raises ValueError for anything else."""
        count, xx, xy, yy = numbers(stored, 4)
        if min(count, xx, yy) < 0 or xy**2 > 1.01 * xx * yy + 1:
            raise ValueError("no sums of changes")
        self.count, self._xx, self._xy, self._yy = count, xx, xy, yy

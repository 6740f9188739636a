"""Shows as 0 what a person takes for noise: an option, and off unless chosen.

The sign of small powers reveals faults, so the measured ones are kept beside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from ..const import CONF_GRID_FLOOR, CONF_SOLAR_FLOOR
from ..gateway import Totals


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """Below these powers (W) solar and the grid show as 0; 0 W is no floor."""

    solar: float = 0
    grid: float = 0

    @classmethod
    def from_options(cls, options: Mapping[str, float]) -> Self:
        """Read an entry's options."""
        return cls(options.get(CONF_SOLAR_FLOOR, 0), options.get(CONF_GRID_FLOOR, 0))

    def applied(self, location: str, totals: Totals) -> Totals:
        """Return a location's totals as they are shown."""
        if totals.power is not None and (
            (location == "solar" and self.solar and totals.power < self.solar)
            or (location == "site" and abs(totals.power) < self.grid)
        ):
            return replace(totals, power=0)
        return totals

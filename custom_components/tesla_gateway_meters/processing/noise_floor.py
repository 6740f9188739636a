"""A threshold below which a power is shown as 0: an option, off by default.

The sign of small powers reveals faults, so the measured ones are kept as well.
"""

from dataclasses import dataclass, replace

from ..gateway import Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseFloor:
    """The powers (W) below which solar and the grid show as 0; 0 W is no threshold."""

    solar: float = 0
    grid: float = 0

    def apply(self, location: str, totals: Totals) -> Totals:
        """Return a location's totals as they are shown."""
        if totals.power is not None and (
            (location == "solar" and self.solar and totals.power < self.solar)
            or (location == "site" and abs(totals.power) < self.grid)
        ):
            return replace(totals, power=0)
        return totals

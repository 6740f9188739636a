"""The surplus of a site: its present value, one-minute mean, and sustained export.

Surplus is the solar power that the load does not use. Powers at a site add up, so
surplus is what reaches the grid and the battery, less what these and a generator
give: `max(0, -site - battery - generator)`. A battery that charges from the grid or
a generator, or that feeds the grid, makes no surplus. In self-consumption a battery
takes the surplus until it is full, so that export alone shows it late.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ..gateway import Totals
from .hysteresis import Hysteresis
from .rolling_mean import RollingMean

# A gap is not shorter than this, whatever the interval.
_SHORTEST_GAP: Final = 60  # s
_MISSED_POLLS: Final = 3

# The powers that have a mean over one minute, by their key.
AVERAGED: Final = ("import_power", "export_power", "solar_surplus")

# The other sources of the site and its load. A home need not have them.
_OTHER_SOURCES: Final = ("battery", "generator")


class Watched(StrEnum):
    """The power that sustained export evaluates."""

    EXPORT = "export"
    SURPLUS = "surplus"


@dataclass(frozen=True, slots=True)
class Export:
    """The surplus (W, never negative; None is unknown) and the values that follow it.

    `means` is by the key of the power. Their values change between polls; `shown` has
    those at the poll, by which two polls are compared.
    """

    surplus: float | None
    means: Mapping[str, RollingMean] = field(compare=False)
    sustained: Hysteresis = field(compare=False)
    shown: tuple[float | None, ...]


class SurplusMonitor:
    """The means and the sustained export of a site, updated poll by poll."""

    def __init__(self, sustained: Hysteresis, watched: Watched) -> None:
        """Initialize without samples; `sustained` has the thresholds and the gap."""
        gap = sustained.longest_gap
        self._means = {key: RollingMean(longest_gap=gap) for key in AVERAGED}
        self._sustained = sustained
        self._watched = watched

    def update(
        self,
        now: float,
        totals: Mapping[str, Totals],
        measured_power: Mapping[str, float | None],
        stale: Container[str],
    ) -> Export:
        """Return the surplus after a poll at this time (s, monotonic).

        `totals` are as shown, `measured_power` (W) is as the gateway gave it: they
        differ if an option shows small powers as 0.
        """
        site = _power(totals, stale, "site")
        surplus = _surplus(site, measured_power, stale)
        export = None if site is None else max(-site, 0)
        self._add_samples(
            now,
            import_power=None if site is None else max(site, 0),
            export_power=export,
            solar_surplus=surplus,
            watched=surplus if self._watched is Watched.SURPLUS else export,
        )
        means = [mean.at(now) for mean in self._means.values()]
        shown = (*means, self._sustained.at(now))
        return Export(surplus, self._means, self._sustained, shown)

    def add_failed_poll(self, now: float) -> None:
        """Update for a poll at this time (s, monotonic) that failed."""
        self._add_samples(now, watched=None, **dict.fromkeys(AVERAGED))

    def _add_samples(
        self, now: float, *, watched: float | None, **powers: float | None
    ) -> None:
        self._sustained = self._sustained.add_sample(now, watched)
        self._means = {
            key: mean.add_sample(now, powers[key]) for key, mean in self._means.items()
        }


def longest_gap(interval: float) -> float:
    """Return for how long (s) polls may fail before nothing is known."""
    return max(_MISSED_POLLS * interval, _SHORTEST_GAP)


def _power(
    totals: Mapping[str, Totals], stale: Container[str], location: str
) -> float | None:
    found = None if location in stale else totals.get(location)
    return None if found is None else found.power


def _surplus(
    site: float | None,
    measured_power: Mapping[str, float | None],
    stale: Container[str],
) -> float | None:
    """Return the surplus of solar (W); `site` is the power shown there.

    Export that is shown as 0 is no surplus either, so that both agree. Import that is
    shown as 0 is still bought: left out, it would make a slow charge surplus.
    """
    measured = measured_power.get("site")
    if site is None or measured is None:
        return None
    balance = max(site, measured)
    for location in _OTHER_SOURCES:
        if location in measured_power:
            power = None if location in stale else measured_power[location]
            if power is None:
                return None
            balance += power
    return max(-balance, 0)

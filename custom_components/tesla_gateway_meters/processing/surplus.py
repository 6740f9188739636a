"""What is left over at a site: now, over the last minute, and for how long.

Surplus is what solar makes and the load does not take. What flows at a site adds up,
so it is what reaches the grid and the battery, less what these and a generator give:
`max(0, -site - battery - generator)`. Neither a battery that charges from the grid
or a generator nor one that feeds the grid is surplus. In self-consumption a battery
takes what is left over until it is full, so that export alone tells of it late.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, Self

from ..const import (
    CONF_OFF_BELOW,
    CONF_OFF_DELAY,
    CONF_ON_ABOVE,
    CONF_ON_DELAY,
    OFF_BELOW,
    OFF_DELAY,
    ON_ABOVE,
    ON_DELAY,
)
from ..gateway import Totals
from .hysteresis import Rule, Sustained
from .rolling_mean import MinuteMean

# Short of this no interval makes a gap.
_SHORTEST_GAP: Final = 60  # s
_MISSED_POLLS: Final = 3

# The powers that have a mean over one minute, by their key.
AVERAGED: Final = ("import_power", "export_power", "solar_surplus")

# What else than solar may feed the site and its load. A home need not have them.
_OTHER_SOURCES: Final = ("battery", "generator")


class Watched(StrEnum):
    """What sustained export looks at."""

    EXPORT = "export"
    SURPLUS = "surplus"


class Timed[ValueT](Protocol):
    """What changes by time alone, and not only with a reading."""

    def at(self, now: float) -> ValueT | None:
        """Return the value at this time (s, monotonic): None is unknown."""

    def turn(self, now: float) -> float | None:
        """Return when to ask again if nothing more is heard."""


@dataclass(frozen=True, slots=True)
class Export:
    """What is left over, in W and never negative; None is unknown.

    The rest is as it was right after a poll: means by the key of the power.
    """

    surplus: float | None = None
    means: Mapping[str, float | None] = field(default_factory=dict)
    sustained: bool | None = None


class ExportWatch:
    """Follows the powers that a site has left over, poll by poll."""

    def __init__(self, interval: float, sustained: Sustained, watched: Watched) -> None:
        """Hear of polls that are this many seconds apart."""
        gap = longest_gap(interval)
        self.means: Final = {key: MinuteMean(gap) for key in AVERAGED}
        self.sustained: Final = sustained
        self._watched = watched

    @classmethod
    def from_options(
        cls, interval: float, options: Mapping[str, float], watched: str
    ) -> Self:
        """Read an entry's options."""
        rule = Rule(
            on_above=options.get(CONF_ON_ABOVE, ON_ABOVE),
            off_below=options.get(CONF_OFF_BELOW, OFF_BELOW),
            on_delay=options.get(CONF_ON_DELAY, ON_DELAY),
            off_delay=options.get(CONF_OFF_DELAY, OFF_DELAY),
            longest_gap=longest_gap(interval),
        )
        return cls(interval, Sustained(rule), Watched(watched))

    def look(
        self,
        now: float,
        totals: Mapping[str, Totals],
        measured_power: Mapping[str, float | None],
        stale: Container[str],
    ) -> Export:
        """Take over what a poll at this time (s, monotonic) brought.

        `totals` are as shown, `measured_power` (W) as the gateway gave it: they differ
        where an option shows small powers as 0.
        """
        site = _power(totals, stale, "site")
        surplus = _surplus(site, measured_power, stale)
        export = None if site is None else max(-site, 0)
        self._hear(
            now,
            import_power=None if site is None else max(site, 0),
            export_power=export,
            solar_surplus=surplus,
        )
        self.sustained.hear(
            now, surplus if self._watched is Watched.SURPLUS else export
        )
        return Export(
            surplus,
            {key: mean.at(now) for key, mean in self.means.items()},
            self.sustained.at(now),
        )

    def miss(self, now: float) -> None:
        """Take over that a poll brought nothing."""
        self._hear(now, **dict.fromkeys(self.means))
        self.sustained.hear(now, None)

    def _hear(self, now: float, **powers: float | None) -> None:
        for key, power in powers.items():
            self.means[key].hear(now, power)


def longest_gap(interval: float) -> float:
    """Return for how many seconds readings may fail before nothing is known."""
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
    """Return what solar has left over (W); `site` is the power shown there.

    Export that is shown as 0 is no surplus either, so that both agree. Import that is
    shown as 0 is still bought: left out, it would make surplus of a slow charge.
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

"""Find changes of solar or a battery of which the phases of the site show only a part.

An inverter or a battery has the same power on each of its phases. If two of three show a third
of its change each, or one a half, the rest went through the phase that shows nothing.
"""

from collections.abc import Collection

from ..gateway import Phase
from .samples import Sample
from .silent_ct import is_silent
from .thresholds import (
    BATTERY_IDLE,
    NOISE,
    SHARE_ERROR,
    SHARE_STEP,
    SHARE_TIME,
    STILL_PART,
)


class SourceShares:
    """Compares the power of a site's three phases with that of a source, over half a minute."""

    def __init__(self, interval: float) -> None:
        """Expect polls at this interval in s."""
        self._longest = max(2 * SHARE_TIME, 1.2 * interval)
        self._before: Sample | None = None

    def update(self, sample: Sample, silent: Phase) -> bool | None:
        """Return whether a part of a change is missing; None if unknown.

        `silent` is the one phase that shows nothing.
        """
        before = self._before
        if before is not None and 0 < sample.at - before.at < SHARE_TIME:
            return None
        self._before = sample
        if (
            before is None
            or sample.at - before.at > self._longest
            or sample.is_island
            or sample.other > NOISE
        ):
            return None
        changes = []
        for phase, reading in sample.site.items():
            earlier = before.site.get(phase)
            if earlier is None or earlier.power is None or reading.power is None:
                return None
            if phase != silent:
                changes.append(reading.power - earlier.power)
            elif not is_silent(earlier):
                return None
        solar = (sample.solar or 0) - (before.solar or 0)
        battery = (sample.battery or 0) - (before.battery or 0)
        source, other = sorted((solar, battery), key=abs, reverse=True)
        if abs(source) < SHARE_STEP or abs(other) > max(
            BATTERY_IDLE, STILL_PART * abs(source) / 3
        ):
            return None
        return _is_missing([-change / source for change in changes])


def _is_missing(shares: Collection[float]) -> bool | None:
    least, most = min(shares), max(shares)
    if abs(least + most - 1) <= SHARE_ERROR:
        return False
    for first, second in ((1 / 3, 1 / 3), (0, 1 / 2)):
        if abs(least - first) <= SHARE_ERROR and abs(most - second) <= SHARE_ERROR:
            return True
    return None

"""Check for a CT of the site that measures nothing although power has to flow.

A phase without loads carries no power, nor does any phase while a battery holds the grid at
0 W. But solar on a phase has to flow somewhere: loads do not match it exactly for a whole
day, at every level. Nor does a phase become idle at once that was always in use.
"""

from collections.abc import Mapping

from ..gateway import PhaseReading
from .fields import Stored, number
from .model import Observation
from .samples import Sample
from .thresholds import (
    DEAD,
    RESTED,
    SHARES,
    SILENT,
    SILENT_SINCE,
    SILENT_TIME,
    UNSEEN_LEVEL,
    UNSEEN_LEVELS,
    UNSEEN_SOLAR,
    UNSEEN_TIME,
    USED_PAUSE,
    USED_SIZES,
    USED_TIME,
)


def is_silent(reading: PhaseReading) -> bool:
    """Return whether a CT shows nothing in this reading."""
    return (
        reading.power is not None
        and -SILENT <= reading.power <= SILENT
        and -SILENT <= (reading.reactive_power or 0) <= SILENT
    )


class SilentCT:
    """The evidence on one site phase."""

    def __init__(self) -> None:
        """Start without evidence."""
        self._silent = 0.0
        self._unseen = 0.0
        self._lowest: float | None = None
        self._highest = 0.0
        self._is_alive = False
        # The start of its use without a pause, in s of observation, how long it was in use
        # before it became silent, and whether it ever paused for long.
        self._used_from: float | None = None
        self._used = 0.0
        self._has_rested = False
        # Number of sizes of load on the phase; changes of a source that it misses, less others.
        self.size_count = 0
        self._shares = 0

    def update(
        self, reading: PhaseReading, solar: float | None, sample: Sample
    ) -> bool:
        """Add a poll in which not all phases are silent; return if the outcome differs.

        `solar` is the phase's solar power in W. Polls may be left out while the phase is not
        silent and was not before.
        """
        if reading.power is None:
            return False
        before = self._is_sure
        if not is_silent(reading):
            is_new = not self._is_alive
            if self._silent:
                self._wake()
            if self._used_from is None:
                self._used_from = sample.at
            self._is_alive = True
            return before or is_new
        if (reading.voltage or 0) < DEAD or sample.is_island or not sample.elapsed:
            return False
        if not self._silent and self._used_from is not None:
            self._used = sample.at - self._used_from
        self._silent += sample.elapsed
        charge = min(sample.battery or 0, 0)
        if solar is not None and solar + charge >= UNSEEN_SOLAR:
            self._unseen += sample.elapsed
            self._highest = max(self._highest, solar)
            lowest = self._lowest
            self._lowest = solar if lowest is None else min(lowest, solar)
        return self._is_sure is not before

    def _wake(self) -> None:
        if self._silent >= USED_PAUSE:
            self._used_from = None
        # A cellar or a guest house may be switched off while it is not in use.
        self._has_rested |= self._silent >= RESTED and not self._is_sure
        self._silent = self._unseen = self._highest = self._used = 0.0
        self._lowest, self._shares = None, 0

    def add_share(self, *, is_missing: bool) -> None:
        """Add a change of a source; `is_missing` if the other phases show only a part."""
        if self._silent:
            change = 1 if is_missing else -1
            self._shares = min(max(self._shares + change, -SHARES), SHARES)

    @property
    def _is_fed(self) -> bool:
        return (
            self._unseen >= UNSEEN_TIME
            and self._highest - (self._lowest or 0) >= UNSEEN_LEVELS * UNSEEN_LEVEL
        )

    @property
    def _was_used(self) -> bool:
        return (
            self._silent >= SILENT_SINCE
            and self._used >= USED_TIME
            and self.size_count >= USED_SIZES
            and not self._has_rested
        )

    @property
    def _is_sure(self) -> bool:
        return self._silent >= SILENT_TIME and (
            self._is_fed or self._shares >= SHARES or self._was_used
        )

    def observation(self) -> Observation:
        """Return the observation of this phase."""
        problem = self._is_sure or (False if self._is_alive else None)
        if not self._is_sure and self._silent:
            problem = None
        return Observation(
            problem=problem,
            raises_issue=self._is_sure,
            evidence={
                "hours": round(self._silent / 3600, 1),
                "minutes_unseen": round(self._unseen / 60),
                "power_unseen": round(self._highest),
                "steps_missing": max(self._shares, 0),
                "hours_used_before": round(self._used / 3600, 1),
            },
            variant="measures_nothing_else"
            if self._is_sure and not self._is_fed
            else None,
        )

    def as_dict(self, at: float) -> Stored:
        """Return the evidence as JSON, after so many s of observation."""
        used_from = self._used_from
        return {
            "silent": round(self._silent),
            "unseen": round(self._unseen),
            "lowest": round(self._lowest or 0),
            "highest": round(self._highest),
            "used": round(self._used),
            "used_for": None if used_from is None else round(at - used_from),
            "has_rested": int(self._has_rested),
            "kinds": self.size_count,
            "shares": self._shares,
        }

    def restore(self, stored: Mapping[str, object], at: float) -> None:
        """Take over what `as_dict` has returned; raises ValueError for anything else."""
        silent, unseen = number(stored.get("silent")), number(stored.get("unseen"))
        lowest, highest = number(stored.get("lowest")), number(stored.get("highest"))
        # Earlier versions did not store these.
        used, size_count, shares, has_rested = (
            number(stored.get(name, 0))
            for name in ("used", "kinds", "shares", "has_rested")
        )
        used_for = stored.get("used_for")
        self._used_from = None if used_for is None else at - number(used_for)
        self._silent, self._unseen = silent, unseen
        self._lowest, self._highest = lowest if unseen else None, highest
        self._used, self._has_rested = used, bool(has_rested)
        self.size_count, self._shares = round(size_count), round(shares)

"""Check for a CT of the site that measures nothing although something has to flow.

A phase without loads really carries nothing. But what solar feeds into a phase has to flow
somewhere: loads do not match it exactly for a whole day, at every level.
"""

from collections.abc import Mapping

from ..gateway import PhaseReading
from .fields import Stored, number
from .model import Observation
from .samples import Sample
from .thresholds import (
    DEAD,
    SILENT,
    SILENT_TIME,
    UNSEEN_LEVEL,
    UNSEEN_LEVELS,
    UNSEEN_SOLAR,
    UNSEEN_TIME,
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

    def update(
        self, reading: PhaseReading, solar: float | None, sample: Sample
    ) -> bool:
        """Add a poll, with the phase's solar power in W; return if the outcome differs."""
        power, vars_ = reading.power, reading.reactive_power
        if power is None:
            return False
        if not -SILENT <= power <= SILENT or not -SILENT <= (vars_ or 0) <= SILENT:
            was = self._is_sure
            if self._silent:
                self._silent = self._unseen = self._highest = 0.0
                self._lowest = None
            is_new = not self._is_alive
            self._is_alive = True
            return was or is_new
        if (reading.voltage or 0) < DEAD or sample.is_island or not sample.elapsed:
            return False
        was = self._is_sure
        self._silent += sample.elapsed
        charge = min(sample.battery or 0, 0)
        if solar is not None and solar + charge >= UNSEEN_SOLAR:
            self._unseen += sample.elapsed
            self._highest = max(self._highest, solar)
            lowest = self._lowest
            self._lowest = solar if lowest is None else min(lowest, solar)
        return self._is_sure is not was

    @property
    def _is_sure(self) -> bool:
        return (
            self._silent >= SILENT_TIME
            and self._unseen >= UNSEEN_TIME
            and self._highest - (self._lowest or 0) >= UNSEEN_LEVELS * UNSEEN_LEVEL
        )

    def observation(self) -> Observation:
        """Return what the evidence says."""
        problem = self._is_sure or (False if self._is_alive else None)
        if not self._is_sure and self._silent:
            problem = None
        return Observation(
            problem=problem,
            lasting=self._is_sure,
            evidence={
                "hours": round(self._silent / 3600, 1),
                "minutes_unseen": round(self._unseen / 60),
                "power_unseen": round(self._highest),
            },
        )

    def as_dict(self) -> Stored:
        """Return the evidence as JSON."""
        return {
            "silent": round(self._silent),
            "unseen": round(self._unseen),
            "lowest": round(self._lowest or 0),
            "highest": round(self._highest),
        }

    def restore(self, stored: Mapping[str, object]) -> None:
        """Take over what `as_dict` has returned; raises ValueError for anything else."""
        silent, unseen = number(stored.get("silent")), number(stored.get("unseen"))
        lowest, highest = number(stored.get("lowest")), number(stored.get("highest"))
        self._silent, self._unseen = silent, unseen
        self._lowest, self._highest = lowest if unseen else None, highest

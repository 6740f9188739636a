"""Check for a solar CT on another phase, by the angles of its changes.

An inverter produces up to 0.75 var per W (37 degrees); while power is constant it may keep
its reactive power or change it with the voltage (90 degrees). A CT on another phase shows
all of this rotated by 60 or 120 degrees.
"""

from math import atan2, degrees

from .fields import numbers
from .thresholds import (
    DARK_LEVEL,
    SOLAR_CHANGE,
    SOLAR_CHANGE_PART,
    SOLAR_CHANGE_TIME,
    SOLAR_CHANGES,
    SOLAR_CHANGES_KEPT,
    SOLAR_CHANGES_PART,
    SOLAR_CHANGES_STAY,
    SOLAR_IN_PHASE,
    SOLAR_RIGHT_ANGLE,
    SOLAR_RIGHT_HINTS,
    SOLAR_RIGHT_LEVEL,
    SOLAR_RIGHT_READING,
    SOLAR_RIGHT_TIME,
    SOLAR_RIGHT_VARS,
    SOLAR_ROTATED_ANGLE,
    SOLAR_ROTATED_HINTS,
    SOLAR_ROTATED_NEWEST,
    SOLAR_STEEP,
)


def _is_near(angle: float, middle: float, width: float) -> bool:
    apart = abs(angle - middle)
    return min(apart, 180 - apart) <= width


class ChangeAngles:
    """The newest changes of one solar CT."""

    def __init__(self) -> None:
        """Start without a change."""
        self._seen: list[float] = []
        self._anchor: tuple[float, float, float] | None = None
        self._most = 0.0
        self.is_rotated = False
        self.is_right = False
        self.looks_rotated = False
        self.looks_right = False
        self.none_rotated = True
        self._level_right = 0.0

    @property
    def is_level_right(self) -> bool:
        """True if the newest large levels are those of a CT on its own phase."""
        return self._level_right >= SOLAR_RIGHT_TIME

    def add_level(self, power: float, vars_: float, at: float, elapsed: float) -> None:
        """Add a level in W and var at this time, in s of observation.

        `elapsed` is in s since the one before, 0 where there was none in time.
        """
        if max(power, -power, vars_, -vars_) >= SOLAR_RIGHT_LEVEL:
            if abs(vars_) > SOLAR_RIGHT_VARS * power:
                self._level_right = 0.0
            else:
                was_right = self.is_level_right
                self._level_right = min(
                    self._level_right + min(elapsed, SOLAR_RIGHT_READING),
                    SOLAR_RIGHT_TIME,
                )
                if self.is_level_right and not was_right:
                    # Rotated changes are from before the CT was moved.
                    self._seen = [
                        each
                        for each in self._seen
                        if _is_near(each, 0, SOLAR_RIGHT_ANGLE)
                    ]
                    self.is_rotated = False
                    self._decide()
        self._most = max(self._most, abs(power), abs(vars_))
        if -DARK_LEVEL < power < DARK_LEVEL:
            # At dawn inverters start and stop, which switches the reactive power of their filters.
            self._anchor = None
            return
        if self._anchor is None or at - self._anchor[2] > SOLAR_CHANGE_TIME:
            self._anchor = (power, vars_, at)
            return
        dp, dq = power - self._anchor[0], vars_ - self._anchor[1]
        least = max(SOLAR_CHANGE, SOLAR_CHANGE_PART * self._most)
        if -least < dp < least and -least < dq < least:
            return
        self._anchor = (power, vars_, at)
        angle = degrees(atan2(dq, dp)) % 180
        self._seen = [*self._seen[1 - SOLAR_CHANGES_KEPT :], angle]
        self._decide()

    def _decide(self) -> None:
        count = len(self._seen)
        enough = SOLAR_CHANGES_PART * max(count, SOLAR_CHANGES)
        rotated = self._count_rotated()
        in_phase = sum(_is_near(each, 0, SOLAR_IN_PHASE) for each in self._seen)
        # At noon most changes are of reactive power that follows the voltage.
        self.is_rotated = rotated >= enough or (
            self.is_rotated and in_phase < SOLAR_CHANGES_STAY * count
        )
        right = sum(_is_near(each, 0, SOLAR_RIGHT_ANGLE) for each in self._seen)
        self.is_right = not self.is_rotated and right >= enough
        newest = self._seen[-SOLAR_ROTATED_NEWEST:]
        steep = sum(not _is_near(each, 0, SOLAR_STEEP) for each in newest)
        self.looks_rotated = self.is_rotated or (
            0 < min(SOLAR_ROTATED_HINTS, len(newest)) <= steep
        )
        self.none_rotated = all(_is_near(each, 0, SOLAR_IN_PHASE) for each in newest)
        self.looks_right = self.none_rotated and len(newest) >= SOLAR_RIGHT_HINTS

    def _count_rotated(self) -> int:
        return max(
            sum(_is_near(each, middle, SOLAR_ROTATED_ANGLE) for each in self._seen)
            for middle in (60, 120)
        )

    def evidence(self) -> dict[str, float]:
        """Return the numbers of changes."""
        return {
            "changes": len(self._seen),
            "changes_turned": self._count_rotated(),
        }

    def as_list(self) -> list[float]:
        """Return whether the CT is rotated, and the angles of the changes, for JSON."""
        return [int(self.is_rotated), *(round(each, 1) for each in self._seen)]

    def restore(self, stored: object) -> None:
        """Take over what `as_list` has returned; raises ValueError for anything else."""
        is_rotated, *angles = numbers(stored, None) or [0.0]
        self.is_rotated = bool(is_rotated)
        self._seen = [each % 180 for each in angles[-SOLAR_CHANGES_KEPT:]]
        self._decide()

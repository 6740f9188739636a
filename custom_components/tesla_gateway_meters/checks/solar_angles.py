"""Whether a solar CT is on another phase, by the angles of its changes.

An inverter gives up to 0.75 var for each W (37 degrees), follows the voltage with its
reactive power alone (90 degrees), or keeps that. A CT on another phase turns all of this by
60 or 120 degrees.
"""

from math import atan2, degrees
from typing import NamedTuple

from .fields import numbers
from .thresholds import (
    SOLAR_CHANGE,
    SOLAR_CHANGE_PART,
    SOLAR_CHANGE_TIME,
    SOLAR_CHANGES,
    SOLAR_CHANGES_KEPT,
    SOLAR_CHANGES_PART,
    SOLAR_CHANGES_STAY,
    SOLAR_LINE,
    SOLAR_RIGHT_ANGLE,
    SOLAR_TURNED_ANGLE,
    SOLAR_TURNED_FROM,
    SOLAR_TURNED_HINTS,
    SOLAR_TURNED_NEWEST,
    SOLAR_UPRIGHT_SURE,
)


class Change(NamedTuple):
    """A change: its angle in degrees, 0 to 180, and whether the levels have it too."""

    angle: float
    is_line: bool

    @property
    def is_steep(self) -> bool:
        """Whether it is more of reactive power than of power."""
        return SOLAR_TURNED_FROM <= self.angle <= 180 - SOLAR_TURNED_FROM

    def is_near(self, middle: float, width: float) -> bool:
        """Return whether its angle is within this width of another."""
        apart = abs(self.angle - middle)
        return min(apart, 180 - apart) <= width

    @property
    def is_turned(self) -> bool:
        """Whether it is that of a CT on another phase.

        An inverter of a fixed power factor has one angle for changes and levels, and that
        is none of a right CT where it is steep.
        """
        return (self.is_line and self.is_steep) or any(
            self.is_near(middle, SOLAR_TURNED_ANGLE) for middle in (60, 120)
        )


class ChangeAngles:
    """The newest changes of one solar CT."""

    def __init__(self) -> None:
        """Start without a change."""
        self._seen: list[Change] = []
        self._anchor: tuple[float, float, float] | None = None
        self._most = 0.0
        self.is_turned = False
        self.is_right = False
        self.looks_turned = False

    def add_level(self, power: float, vars_: float, at: float) -> None:
        """Add a level in W and var at this time, in s of observation."""
        self._most = max(self._most, abs(power), abs(vars_))
        if self._anchor is None or at - self._anchor[2] > SOLAR_CHANGE_TIME:
            self._anchor = (power, vars_, at)
            return
        dp, dq = power - self._anchor[0], vars_ - self._anchor[1]
        least = max(SOLAR_CHANGE, SOLAR_CHANGE_PART * self._most)
        if -least < dp < least and -least < dq < least:
            return
        self._anchor = (power, vars_, at)
        change = Change(degrees(atan2(dq, dp)) % 180, False)
        level = degrees(atan2(vars_, power)) % 180
        if max(abs(power), abs(vars_)) >= 2 * least:
            change = change._replace(is_line=change.is_near(level, SOLAR_LINE))
        self._seen = [*self._seen[1 - SOLAR_CHANGES_KEPT :], change]
        self._decide()

    def _decide(self) -> None:
        count = len(self._seen)
        enough = SOLAR_CHANGES_PART * max(count, SOLAR_CHANGES)
        turned = sum(change.is_turned for change in self._seen)
        upright = sum(change.is_near(0, SOLAR_UPRIGHT_SURE) for change in self._seen)
        # At noon there is little but what the inverter does at the grid's voltage.
        self.is_turned = turned >= enough or (
            self.is_turned and upright < SOLAR_CHANGES_STAY * count
        )
        right = sum(change.is_near(0, SOLAR_RIGHT_ANGLE) for change in self._seen)
        self.is_right = not self.is_turned and right >= enough
        newest = self._seen[-SOLAR_TURNED_NEWEST:]
        steep = sum(change.is_steep for change in newest)
        self.looks_turned = self.is_turned or (
            0 < min(SOLAR_TURNED_HINTS, len(newest)) <= steep
        )

    def evidence(self) -> dict[str, float]:
        """Return what is known of them."""
        return {
            "changes": len(self._seen),
            "changes_turned": sum(change.is_turned for change in self._seen),
        }

    def as_list(self) -> list[list[float]]:
        """Return the changes, for JSON, and what they were found to be."""
        return [
            [int(self.is_turned), 0],
            *([round(each.angle, 1), int(each.is_line)] for each in self._seen),
        ]

    def restore(self, stored: object) -> None:
        """Take over what `as_list` has returned; raises ValueError for anything else."""
        if not isinstance(stored, list) or not stored:
            raise ValueError("no list of changes")
        rows = [numbers(row, 2) for row in stored]
        self.is_turned = bool(rows[0][0])
        self._seen = [
            Change(angle % 180, bool(is_line))
            for angle, is_line in rows[1:][-SOLAR_CHANGES_KEPT:]
        ]
        self._decide()

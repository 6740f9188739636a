"""The mean of a power over the last minute, by time and not by readings.

A reading holds until the next one. Seconds in which readings are missing have no
weight, and the mean is unknown while they last. It is unknown too before there is
a minute of evidence: at the start, and after a gap that is too long.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

WINDOW: Final = 60  # s

# Moments are doubles, and good to less than this.
_TOLERANCE = 0.001  # s


@dataclass(frozen=True, slots=True)
class _Reading:
    at: float
    power: float | None


class MinuteMean:
    """Hears readings and is asked between them; both in the order of time."""

    def __init__(self, longest_gap: float) -> None:
        """Forget all after so many seconds without a reading."""
        self._longest_gap = longest_gap
        self._readings: deque[_Reading] = deque()
        self._since = 0.0
        self._read_at = 0.0

    def hear(self, now: float, power: float | None) -> None:
        """Take a reading at this time (s, monotonic) over, None where it is missing."""
        self._pass(now)
        if power is not None:
            if not self._readings:
                self._since = now
            self._read_at = now
        if power is not None or self._readings:
            self._readings.append(_Reading(now, power))

    def at(self, now: float) -> float | None:
        """Return the mean at this time (s, monotonic): None is unknown."""
        self._pass(now)
        if not self._readings or self._readings[-1].power is None:
            return None
        if now - self._since < WINDOW - _TOLERANCE:
            return None
        begin, end = now - WINDOW, now
        energy = known = 0.0
        for reading in reversed(self._readings):
            if reading.power is not None:
                seconds = end - max(reading.at, begin)
                energy += reading.power * seconds
                known += seconds
            end = reading.at
        return energy / known if known else None

    def turn(self, now: float) -> float | None:
        """Return when there is something to see if nothing more is heard."""
        if not self._readings or self._readings[-1].power is None:
            return None
        moments = (
            self._since + WINDOW,
            # The last reading is all that there is then.
            self._readings[-1].at + WINDOW,
            self._read_at + self._longest_gap,
        )
        return min((each for each in moments if each > now + _TOLERANCE), default=None)

    def _pass(self, now: float) -> None:
        """Drop what is too old, or of a time that is not ours."""
        readings = self._readings
        if readings and (
            now < readings[-1].at
            or now - self._read_at >= self._longest_gap - _TOLERANCE
        ):
            readings.clear()
        while len(readings) > 1 and readings[1].at <= now - WINDOW:
            readings.popleft()

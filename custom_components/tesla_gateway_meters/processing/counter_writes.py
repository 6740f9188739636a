"""The schedule for writing an energy counter's state, timely for statistics.

Statistics are compiled every five minutes. A state of each poll in between would only
cost a row in the database: a counter is written when it has risen by 10 Wh, and
otherwise once a minute while it rises.
"""

from dataclasses import dataclass
from typing import Final

_STEP: Final = 10  # Wh
_LONGEST_DELAY: Final = 60  # s


@dataclass(frozen=True, slots=True)
class WrittenCounter:
    """The energy (Wh) that was last written, and when (s, by the monotonic clock)."""

    energy: float | None
    at: float

    def is_due(self, energy: float | None, now: float) -> bool:
        """Return whether this energy is to be written now, and not at `due_at`.

        This is so for a first, missing or lower energy, and if time goes back.
        """
        if energy is None or self.energy is None:
            return True
        waited = now - self.at
        return not 0 <= energy - self.energy < _STEP or not 0 <= waited < _LONGEST_DELAY

    @property
    def due_at(self) -> float:
        """The time at which any change is to be written at the latest."""
        return self.at + _LONGEST_DELAY

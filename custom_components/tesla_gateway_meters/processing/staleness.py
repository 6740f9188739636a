"""Detection of meters whose values are stale.

The gateway repeats the last values of a dead meter, with a timestamp that stands
still. Its clock may be wrong and may be set, so its timestamps are compared with each
other only: a meter is stale if its timestamp stands while others advance.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime

# The network may delay a poll by some seconds.
_MARGIN = 5  # s
_USUAL_TIMEOUT = 1.5  # s, what gateways give for nearly all meters


@dataclass(frozen=True, slots=True)
class Timestamp:
    """The time at which a location or a meter was last read, by the gateway's clock.

    `timeout` (s) is how long the gateway waits for it.
    """

    time: datetime
    timeout: float | None


@dataclass(frozen=True, slots=True)
class _Known:
    time: datetime
    advanced_at: datetime


class Staleness:
    """The timestamps of earlier polls, and the gateway's time at which each advanced."""

    def __init__(self, interval: float) -> None:
        """Compare the timestamps of polls that are this many seconds apart."""
        self._interval = interval
        self._now: datetime | None = None
        self._known: dict[str, _Known] = {}

    def update(
        self, timestamps: Mapping[str, Timestamp], clock_keys: Container[str]
    ) -> frozenset[str]:
        """Return the keys of stale locations and meters.

        The gateway's clock is the newest timestamp that has advanced, of those with a
        key in `clock_keys`. Where none has, no time has passed.
        """
        advanced = {
            key
            for key, timestamp in timestamps.items()
            if key not in self._known or self._known[key].time != timestamp.time
        }
        ticks = [timestamps[key].time for key in advanced if key in clock_keys]
        self._now = now = max(ticks) if ticks else self._now
        if now is None:
            return frozenset()
        stale = set()
        for key, timestamp in timestamps.items():
            if key in advanced or now < self._known[key].advanced_at:
                self._known[key] = _Known(timestamp.time, now)
            timeout = timestamp.timeout
            limit = _USUAL_TIMEOUT if timeout is None else timeout
            age = (now - self._known[key].advanced_at).total_seconds()
            if age > limit + self._interval + _MARGIN:
                stale.add(key)
        return frozenset(stale)

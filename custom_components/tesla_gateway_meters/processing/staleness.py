"""Tells a meter that has fallen silent from one that has nothing new to say.

The gateway goes on giving a dead meter's last values, under a time that stands
still. Its clock may be wrong and may be set: so its times are compared with
each other only, and what counts is whether one stands while the others go.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime

# A network may hold a poll up for some seconds.
_MARGIN = 5  # s
_USUAL_TIMEOUT = 1.5  # s, what gateways give for nearly all meters


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a location or a meter was last read, by the gateway's clock.

    `timeout` (s) is how long the gateway waits for it.
    """

    time: datetime
    timeout: float | None


@dataclass(frozen=True, slots=True)
class _Seen:
    time: datetime
    moved_at: datetime


class Freshness:
    """Remembers what stood still since when, by the gateway's own clock."""

    def __init__(self, interval: float) -> None:
        """Judge stamps of polls that are this many seconds apart."""
        self._interval = interval
        self._now: datetime | None = None
        self._seen: dict[str, _Seen] = {}

    def stale(
        self, stamps: Mapping[str, Stamp], clock: Container[str]
    ) -> frozenset[str]:
        """Return the keys of what has fallen silent.

        The gateway's clock is the newest stamp that has moved, of those with a key
        in `clock`. Where none has, no time has passed.
        """
        moved = {
            key
            for key, stamp in stamps.items()
            if key not in self._seen or self._seen[key].time != stamp.time
        }
        ticks = [stamps[key].time for key in moved if key in clock]
        self._now = now = max(ticks) if ticks else self._now
        if now is None:
            return frozenset()
        stale = set()
        for key, stamp in stamps.items():
            if key in moved or now < self._seen[key].moved_at:
                self._seen[key] = _Seen(stamp.time, now)
            timeout = _USUAL_TIMEOUT if stamp.timeout is None else stamp.timeout
            stood = (now - self._seen[key].moved_at).total_seconds()
            if stood > timeout + self._interval + _MARGIN:
                stale.add(key)
        return frozenset(stale)

"""Tells a meter that has fallen silent from one that has nothing new to say.

The gateway goes on giving a dead meter's last values, under a time that stands
still. Its clock may be wrong and may be set: so its times are compared with
each other only, and what counts is whether one stands while the others go.
"""

from collections.abc import Mapping
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
        self._seen: dict[str, _Seen] = {}

    def stale(self, now: datetime, stamps: Mapping[str, Stamp]) -> frozenset[str]:
        """Return the keys of what has fallen silent.

        `now` is the newest time that the gateway gave in a poll.
        """
        stale = set()
        for key, stamp in stamps.items():
            seen = self._seen.get(key)
            if seen is None or seen.time != stamp.time or now < seen.moved_at:
                seen = self._seen[key] = _Seen(stamp.time, now)
            timeout = _USUAL_TIMEOUT if stamp.timeout is None else stamp.timeout
            stood = (now - seen.moved_at).total_seconds()
            if stood > timeout + self._interval + _MARGIN:
                stale.add(key)
        return frozenset(stale)

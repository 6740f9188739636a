"""Counts, durations and results of the requests to one gateway.

A request costs an append and a few stores here; figures are computed on demand. The memory it takes is bounded: by the number of endpoints,
a fixed number of durations, and one body for each (see `transport.BODY_LIMIT`).
"""

from collections import Counter, deque
from collections.abc import Mapping
from math import ceil
from typing import Final

_DURATIONS: Final = 256
# More than leave in the window at the shortest interval.
_TIMES: Final = 256
_WINDOW: Final = 5 * 60


class EndpointStatistics:
    """Statistics of the requests to one endpoint.

    `failures` counts by the name of the error. `outcome` is the error of the last
    request, None if it succeeded. `body` is the raw body of the last answer with
    status 200, received at `body_at`; `last_success` is the time of the last valid
    answer. Times are Unix time.
    """

    __slots__ = (
        "_durations",
        "body",
        "body_at",
        "failures",
        "last_success",
        "outcome",
        "requests",
    )

    def __init__(self) -> None:
        """Start without requests."""
        self.requests = 0
        self.failures: Counter[str] = Counter()
        self.outcome: str | None = None
        self.last_success: float | None = None
        self.body: bytes | None = None
        self.body_at: float | None = None
        self._durations: deque[float] = deque(maxlen=_DURATIONS)

    def note_duration(self, seconds: float) -> None:
        """Add the duration of a request (s), whatever its result."""
        self.requests += 1
        self._durations.append(seconds)

    def note_body(self, body: bytes, now: float) -> None:
        """Keep the body of an answer; the bytes are not copied."""
        self.body = body
        self.body_at = now

    def note_success(self, now: float) -> None:
        """Note a valid answer."""
        self.outcome = None
        self.last_success = now

    def note_failure(self, err: Exception) -> None:
        """Count a failed request."""
        self.outcome = type(err).__name__
        self.failures[self.outcome] += 1

    def duration(self, share: float) -> float | None:
        """Return the duration (s) that this share of the last requests did not exceed."""
        if not self._durations:
            return None
        ordered = sorted(self._durations)
        return ordered[max(ceil(share * len(ordered)), 1) - 1]


class Statistics:
    """Statistics of all requests of one client, from its start."""

    def __init__(self, now: float) -> None:
        """Start without requests, at this Unix time."""
        self.since: Final = now
        self.cool_downs = 0
        self._endpoints: dict[str, EndpointStatistics] = {}
        self._times: deque[float] = deque(maxlen=_TIMES)

    @property
    def endpoints(self) -> Mapping[str, EndpointStatistics]:
        """Statistics of each endpoint, by its path."""
        return self._endpoints

    @property
    def last_success(self) -> float | None:
        """Return the time of the last valid answer of any endpoint (Unix time)."""
        times = (each.last_success for each in self._endpoints.values())
        return max((time for time in times if time is not None), default=None)

    def begin(self, endpoint: str, now: float) -> EndpointStatistics:
        """Note a request that is sent now; return its endpoint's statistics."""
        self._times.append(now)
        known = self._endpoints.get(endpoint)
        if known is None:
            known = self._endpoints[endpoint] = EndpointStatistics()
        return known

    def requests(self, endpoint: str) -> int:
        """Return the number of requests to an endpoint."""
        known = self._endpoints.get(endpoint)
        return 0 if known is None else known.requests

    def per_minute(self, now: float) -> float:
        """Return the requests per minute of the last five minutes."""
        start = max(now - _WINDOW, self.since)
        if len(self._times) == _TIMES:
            # Those before the first that is known are forgotten.
            start = max(start, self._times[0])
        recent = sum(start <= time <= now for time in self._times)
        # Those of the first seconds are a burst and no rate.
        return recent * 60 / max(now - start, 60)

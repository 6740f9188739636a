"""What became of the requests to one gateway, for whoever has to find out why.

A request costs an append and a few stores here; what is shown is computed when
somebody asks for it. The memory it takes is bounded: by the number of endpoints,
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
    """Requests to one endpoint.

    `failures` is by the name of the error. `outcome` is that of the last request,
    None where it was good. `body` is that of the last answer with status 200, as
    it came, and `body_at` when it came; `last_success` is when the last answer was
    of use. Times are Unix time.
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
        """Start with nothing."""
        self.requests = 0
        self.failures: Counter[str] = Counter()
        self.outcome: str | None = None
        self.last_success: float | None = None
        self.body: bytes | None = None
        self.body_at: float | None = None
        self._durations: deque[float] = deque(maxlen=_DURATIONS)

    def note_duration(self, seconds: float) -> None:
        """Take note of how long a request took, whatever came of it."""
        self.requests += 1
        self._durations.append(seconds)

    def note_body(self, body: bytes, now: float) -> None:
        """Keep what was answered; the bytes are not copied."""
        self.body = body
        self.body_at = now

    def note_success(self, now: float) -> None:
        """Take note of an answer that was of use."""
        self.outcome = None
        self.last_success = now

    def note_failure(self, err: Exception) -> None:
        """Take note of a request that was for nothing."""
        self.outcome = type(err).__name__
        self.failures[self.outcome] += 1

    def duration(self, share: float) -> float | None:
        """Return the seconds that this share of the last requests took at most."""
        if not self._durations:
            return None
        ordered = sorted(self._durations)
        return ordered[max(ceil(share * len(ordered)), 1) - 1]


class Statistics:
    """Requests to one gateway, since its client was made."""

    def __init__(self, now: float) -> None:
        """Start with nothing, at this Unix time."""
        self.since: Final = now
        self.cool_downs = 0
        self._endpoints: dict[str, EndpointStatistics] = {}
        self._times: deque[float] = deque(maxlen=_TIMES)

    @property
    def endpoints(self) -> Mapping[str, EndpointStatistics]:
        """What is known of each endpoint that was asked, by its path."""
        return self._endpoints

    @property
    def last_success(self) -> float | None:
        """When any endpoint last gave an answer of use, in Unix time."""
        times = (each.last_success for each in self._endpoints.values())
        return max((time for time in times if time is not None), default=None)

    def begin(self, endpoint: str, now: float) -> EndpointStatistics:
        """Take note of a request that leaves now."""
        self._times.append(now)
        known = self._endpoints.get(endpoint)
        if known is None:
            known = self._endpoints[endpoint] = EndpointStatistics()
        return known

    def requests(self, endpoint: str) -> int:
        """Return how many requests went to an endpoint."""
        known = self._endpoints.get(endpoint)
        return 0 if known is None else known.requests

    def per_minute(self, now: float) -> float:
        """Return how many requests a minute left lately."""
        start = max(now - _WINDOW, self.since)
        if len(self._times) == _TIMES:
            # Those before the first that is known are forgotten.
            start = max(start, self._times[0])
        recent = sum(start <= time <= now for time in self._times)
        # Those of the first seconds are a burst and no rate.
        return recent * 60 / max(now - start, 60)

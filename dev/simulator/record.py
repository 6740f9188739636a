"""Record of a gateway's requests."""

from collections import Counter
from dataclasses import dataclass

from .faults import endpoint_of


@dataclass(frozen=True, slots=True)
class Request:
    """A request, and the status of its answer."""

    method: str
    path: str
    status: int
    authorised: bool  # it carried a valid token
    credentials: bool  # it carried a token, a cookie or a login


class Record:
    """The requests so far, and counts of those that were forgotten to save memory."""

    def __init__(self) -> None:
        """Start with none."""
        self.requests: list[Request] = []
        self._forgotten: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """The number of requests."""
        return self._forgotten.total() + len(self.requests)

    def forget(self) -> None:
        """Drop the requests, but keep their counts."""
        self._forgotten.update(endpoint_of(one.path) for one in self.requests)
        self.requests.clear()

    def count(self, path: str) -> int:
        """Return the number of requests of an endpoint: `/api/meters/site` or `meters/site`."""
        endpoint = endpoint_of(path)
        kept = sum(endpoint_of(one.path) == endpoint for one in self.requests)
        return self._forgotten[endpoint] + kept

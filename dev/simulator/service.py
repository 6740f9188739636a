"""The payloads that the endpoints serve, in the gateway's present state."""

from collections import Counter
import json

from .answers import NOT_FOUND, SITE_MANAGER_DOWN, Answer, payload
from .fault_kinds import is_header
from .go_format import Json
from .identity_swap import IdentitySwap
from .profiles import Profile
from .profiles.oddities import reordered, unprefixed
from .profiles.stopped import NEED_SITEMANAGER, stopped


class Service:
    """A profile, with a site manager that can be stopped and an identity that can change."""

    def __init__(self, profile: Profile) -> None:
        """Serve this profile as it is."""
        self.profile = profile
        self.din = profile.din
        self.sitemanager = True
        self.reordered = False  # lists come in another order each time
        self.unprefixed = False  # serials have lost their board's number
        self._identity_swap: IdentitySwap | None = None
        self._turns: Counter[str] = Counter()

    def __contains__(self, endpoint: object) -> bool:
        """Return whether there is such an endpoint, whatever it answers now."""
        return endpoint in self.profile.endpoints

    def become(self, din: str) -> None:
        """Assume the identity of the gateway with this DIN."""
        if not is_header(din):
            raise ValueError(f"a DIN is plain text, not {din!r}")
        own = self.profile.din
        self._identity_swap = (
            None if din == own else IdentitySwap(self.profile.endpoints, own, din)
        )
        self.din = din

    def answer(self, endpoint: str) -> Answer:
        """Return the payload of an endpoint."""
        if not self.sitemanager and endpoint in NEED_SITEMANAGER:
            return SITE_MANAGER_DOWN
        return payload(self._value(endpoint))

    def payload(self, endpoint: str) -> Json:
        """Return what an endpoint serves now, as a client reads it."""
        answer = self.answer(endpoint) if endpoint in self else NOT_FOUND
        if answer.status != 200:
            raise LookupError(f"{endpoint} serves no payload now")
        plain: Json = json.loads(answer.body)
        return plain

    def _value(self, endpoint: str) -> Json:
        endpoints = self.profile.endpoints
        if not self.sitemanager:
            endpoints = {**endpoints, **stopped(endpoints)}
        value = endpoints[endpoint]()
        if self.unprefixed:
            value = unprefixed(endpoint, value)
        if self.reordered:
            self._turns[endpoint] += 1
            if self._turns[endpoint] % 2:
                value = reordered(endpoint, value)
        return (
            value if self._identity_swap is None else self._identity_swap.apply(value)
        )

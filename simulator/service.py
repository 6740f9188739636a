"""What the endpoints serve: a profile's payloads, in the state that the gateway is in."""

import json

from .answers import SITE_MANAGER_DOWN, Answer, payload
from .fault_kinds import is_header
from .go import Json, dumps
from .guise import Guise
from .profiles import Profile
from .profiles.stopped import NEED_SITEMANAGER, stopped


class Service:
    """A profile, with a site manager that can be stopped and an identity that can change."""

    def __init__(self, profile: Profile) -> None:
        """Serve this profile as it is."""
        self.profile = profile
        self.din = profile.din
        self.sitemanager = True
        self._guise: Guise | None = None

    def __contains__(self, endpoint: object) -> bool:
        """Tell whether there is such an endpoint, whatever it answers now."""
        return endpoint in self.profile.endpoints

    def become(self, din: str) -> None:
        """Take the identity of the gateway with this DIN."""
        if not is_header(din):
            raise ValueError(f"a DIN is plain text, not {din!r}")
        own = self.profile.din
        self._guise = None if din == own else Guise(self.profile.endpoints, own, din)
        self.din = din

    def answer(self, endpoint: str) -> Answer:
        """Answer at an endpoint that is there."""
        if not self.sitemanager and endpoint in NEED_SITEMANAGER:
            return SITE_MANAGER_DOWN
        return payload(self._value(endpoint))

    def payload(self, endpoint: str) -> Json:
        """Return what an endpoint serves now, as a client reads it."""
        if endpoint not in self or self.answer(endpoint).status != 200:
            raise LookupError(f"{endpoint} serves no payload now")
        plain: Json = json.loads(dumps(self._value(endpoint)))
        return plain

    def _value(self, endpoint: str) -> Json:
        endpoints = self.profile.endpoints
        if not self.sitemanager:
            endpoints = {**endpoints, **stopped(endpoints)}
        value = endpoints[endpoint]()
        return value if self._guise is None else self._guise.on(value)

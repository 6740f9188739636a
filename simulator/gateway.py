"""The simulated gateway: what it answers, and the record of what it was asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from .answers import FORBIDDEN, NOT_FOUND, Answer, payload
from .clock import Clock
from .faults import KINDS, Fault, FaultBook, endpoint_of
from .profiles import Profile, Truth
from .sessions import Sessions, tokens_of

LOGIN: Final = "login/Basic"
_OPEN: Final = frozenset({"status", "customer/registration"})


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in, and the status that went out."""

    method: str
    path: str
    status: int
    authorised: bool  # it carried a valid token
    credentials: bool  # it carried a token, a cookie or a login


class SimulatedGateway:
    """A gateway that answers requests. `serve` puts it on the network."""

    host: str = "127.0.0.1"
    port: int = 0
    control_port: int | None = None
    fingerprint: str = ""

    def __init__(self, profile: Profile, clock: Clock, sessions: Sessions) -> None:
        """Answer with this profile, at this clock, for these sessions."""
        self.clock: Final = clock
        self.requests: list[Request] = []
        self.connections_of: Callable[[], int] = lambda: 0
        self.faults: Final = FaultBook()
        self._profile = profile
        self._sessions = sessions

    @property
    def din(self) -> str:
        """The gateway's identity number, as in `/api/status` where it has that."""
        return self._profile.din

    @property
    def password(self) -> str:
        """The customer's password; it can be set, as by a person at the gateway."""
        return self._sessions.password

    @password.setter
    def password(self, password: str) -> None:
        self._sessions.password = password

    @property
    def connections(self) -> int:
        """How many TLS connections were accepted so far."""
        return self.connections_of()

    @property
    def logins(self) -> int:
        """How many logins were tried so far, with whatever outcome."""
        return self.count(LOGIN)

    def count(self, path: str) -> int:
        """Tell how often an endpoint was asked: `/api/meters/site` or `meters/site`."""
        endpoint = endpoint_of(path)
        return sum(endpoint_of(request.path) == endpoint for request in self.requests)

    def set_fault(self, endpoint: str, fault: Fault) -> None:
        """Put a fault in force at an endpoint, or at `*`, in place of its earlier one."""
        self.faults.set(endpoint, fault)

    def clear_faults(self, endpoint: str | None = None) -> None:
        """Mend one endpoint, or all."""
        self.faults.clear(endpoint)

    def refuse_logins(self, status: int = 429, times: int | None = None) -> None:
        """Answer logins with 401, 403 or 429, for ever or that many times."""
        self.set_fault(LOGIN, Fault("status", status, times))

    def accept_logins(self) -> None:
        """Take back `refuse_logins`."""
        self.clear_faults(LOGIN)

    def expire_tokens(self) -> None:
        """End every session, as a restart of the gateway does."""
        self._sessions.expire()

    def advance(self, seconds: float) -> None:
        """Move the simulated clock ahead."""
        self.clock.advance(seconds)

    def truth(self, location: str) -> Truth:
        """Return what really flows at site, battery, load or solar now."""
        return self._profile.truth(location)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request and write it down."""
        endpoint = endpoint_of(request.path)
        authorised = self._sessions.holds(request)
        answer = await self._answer(request, endpoint, authorised=authorised)
        fault = self.faults.take(endpoint)
        status = answer.status
        if fault is not None and fault.kind == "status":
            status = int(fault.value or 0)
        self.requests.append(
            Request(
                request.method,
                request.path,
                status,
                authorised,
                endpoint == LOGIN or bool(tokens_of(request)),
            )
        )
        if fault is not None:
            return await KINDS[fault.kind].send(request, endpoint, answer, fault)
        return answer.response()

    async def _answer(
        self, request: web.BaseRequest, endpoint: str, *, authorised: bool
    ) -> Answer:
        if not request.path.startswith("/api/"):
            return NOT_FOUND
        if endpoint == LOGIN and request.method == "POST":
            return await self._sessions.login(request)
        if endpoint == "logout" and request.method == "GET":
            self._sessions.logout(request)
            return Answer(204, content_type=None)
        build = self._profile.endpoints.get(endpoint)
        if build is None:
            return NOT_FOUND
        if request.method != "GET" or not (authorised or endpoint in _OPEN):
            return FORBIDDEN
        return payload(build())

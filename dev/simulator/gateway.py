"""The simulated gateway: what it answers, and the record of what it was asked."""

from collections.abc import Iterable
from typing import Final

from aiohttp import web

from .answers import FORBIDDEN, NOT_FOUND, Answer
from .clock import Clock
from .connection_monitor import ConnectionMonitor
from .faults import Fault, FaultBook, endpoint_of
from .go_format import Json
from .physics.charger import Charger
from .profiles import Profile, Truth
from .record import Record, Request
from .service import Service
from .sessions import Sessions, tokens_of
from .wiring import WiringFault

LOGIN: Final = "login/Basic"
_OPEN: Final = frozenset({"status", "customer/registration"})


class SimulatedGateway:
    """A gateway that answers requests. `serve` puts it on the network."""

    host: str = "127.0.0.1"
    port: int = 0
    control_port: int | None = None
    fingerprint: str = ""

    def __init__(self, profile: Profile, clock: Clock, sessions: Sessions) -> None:
        """Serve this profile, with this clock and these sessions."""
        self.clock: Final = clock
        self.faults: Final = FaultBook()
        self.record: Final = Record()
        self.monitor: Final = ConnectionMonitor()
        self._profile = profile
        self._wiring: tuple[WiringFault, ...] = ()
        self._service = Service(profile)
        self._sessions = sessions

    @property
    def din(self) -> str:
        """The gateway's identity number, as in `/api/status` if it has that."""
        return self._service.din

    @property
    def password(self) -> str:
        """The customer's password; it can be set, as on the gateway's own page."""
        return self._sessions.password

    @password.setter
    def password(self, password: str) -> None:
        self._sessions.password = password

    @property
    def connections(self) -> int:
        """The number of TLS connections so far."""
        return self.monitor.connections

    @property
    def handshakes(self) -> int:
        """The number of TLS handshakes so far, including unfinished ones."""
        return self.monitor.handshakes

    @property
    def received(self) -> bytes:
        """The bytes received through TLS so far, before any parsing; the last 4 MiB."""
        return self.monitor.received

    @property
    def requests(self) -> list[Request]:
        """The requests so far; the list grows until `forget_requests`."""
        return self.record.requests

    @property
    def logins(self) -> int:
        """The number of logins so far, successful or not."""
        return self.count(LOGIN)

    def count(self, path: str) -> int:
        """Return the number of requests of an endpoint: `/api/meters/site` or `meters/site`."""
        return self.record.count(path)

    def forget_requests(self) -> None:
        """Clear the list of requests; `count` and `logins` keep counting."""
        self.record.forget()

    def set_fault(self, endpoint: str, fault: Fault) -> None:
        """Set the fault of an endpoint, or of all (`*`), in place of its earlier one."""
        self.faults.set(endpoint, fault)

    def clear_faults(self, endpoint: str | None = None) -> None:
        """Clear the fault of one endpoint, or of all."""
        self.faults.clear(endpoint)

    @property
    def wiring(self) -> tuple[WiringFault, ...]:
        """The wiring faults in force."""
        return self._wiring

    def miswire(self, *faults: WiringFault) -> None:
        """Add wiring faults to those in force; ValueError if the profile has no place for one.

        All of them or none.
        """
        self._rewire((*self._wiring, *faults))

    def mend(self, *faults: WiringFault) -> None:
        """Clear these wiring faults, or all."""
        for fault in faults:
            if fault not in self._wiring:
                raise ValueError(f"{fault} is not in force")
        self._rewire(one for one in self._wiring if faults and one not in faults)

    def _rewire(self, faults: Iterable[WiringFault]) -> None:
        wiring = tuple(dict.fromkeys(faults))
        self._profile.rewire(wiring)
        self._wiring = wiring

    def refuse_logins(self, status: int = 429, times: int | None = None) -> None:
        """Answer logins with 401, 403 or 429, always or so many times."""
        self.set_fault(LOGIN, Fault("status", status, times))

    def accept_logins(self) -> None:
        """Undo `refuse_logins`."""
        self.clear_faults(LOGIN)

    def expire_tokens(self) -> None:
        """End every session, as a restart of the gateway does."""
        self._sessions.expire()

    def drop_connections(self, *, silently: bool = False) -> None:
        """Close all idle kept-alive connections, as seen on gateways now and then.

        A client that waits finds them closed. Silently, it finds out when its next request on
        such a connection is met by a reset.
        """
        self.monitor.drop(busy=False, silently=silently)

    @property
    def sitemanager(self) -> bool:
        """The state of the site manager: true while it runs."""
        return self._service.sitemanager

    def stop_sitemanager(self) -> None:
        """Stop the program that runs the site: no aggregates, but raw synchrometer readings.

        As captured on firmware 21.39.1; an update or a restart of a gateway looks the same for
        10 to 15 minutes.
        """
        self._service.sitemanager = False

    def start_sitemanager(self) -> None:
        """Undo `stop_sitemanager`."""
        self._service.sitemanager = True

    @property
    def reordered(self) -> bool:
        """The option to list meters and roles in another order each time."""
        return self._service.reordered

    @reordered.setter
    def reordered(self, reordered: bool) -> None:
        self._service.reordered = reordered

    @property
    def unprefixed(self) -> bool:
        """The option to serve synchrometers' serials without their board's number."""
        return self._service.unprefixed

    @unprefixed.setter
    def unprefixed(self, unprefixed: bool) -> None:
        self._service.unprefixed = unprefixed

    def reboot(self) -> None:
        """Restart: end all sessions and connections, and reset the uptime."""
        self.expire_tokens()
        self._profile.reboot()
        self.monitor.drop(busy=True, silently=False)

    def become(self, din: str) -> None:
        """Let another gateway answer from now on: other DIN and serials, the same certificate.

        It knows none of the sessions of the one before. Connections stay: who wants to see the
        change at a new handshake drops them.
        """
        self._service.become(din)
        self.expire_tokens()

    def payload(self, endpoint: str) -> Json:
        """Return what an endpoint such as `meters/site` serves now, as plain JSON data.

        Raises LookupError if it serves none: an unknown endpoint, or a stopped site manager.
        """
        return self._service.payload(endpoint_of(endpoint))

    def plug_in(self, watts: int) -> None:
        """Let the house take so much more power, in W, until told otherwise; 0 is as before.

        From the next step of the physics on, which is 5 s at most. ValueError if the profile
        has no physics.
        """
        self._profile.plug_in(watts)

    def install(self, charger: Charger) -> None:
        """Let a car charge at this charger from now on, whose clock is in s since 1970.

        ValueError if the profile has no physics.
        """
        self._profile.install(charger)

    def advance(self, seconds: float) -> None:
        """Move the simulated clock ahead."""
        self.clock.advance(seconds)

    def truth(self, location: str) -> Truth:
        """Return what really flows at site, battery, load or solar now."""
        return self._profile.truth(location)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request and record it."""
        endpoint = endpoint_of(request.path)
        authorised = self._sessions.holds(request)
        answer = await self._answer(request, endpoint, authorised=authorised)
        fault = self.faults.take(endpoint)
        if fault is not None:
            answer = fault.altered(answer, login=endpoint == LOGIN)
        self.requests.append(
            Request(
                request.method,
                request.path,
                answer.status,
                authorised,
                endpoint == LOGIN or bool(tokens_of(request)),
            )
        )
        if fault is not None:
            return await fault.send(request, answer)
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
        if endpoint not in self._service:
            return NOT_FOUND
        if request.method != "GET" or not (authorised or endpoint in _OPEN):
            return FORBIDDEN
        return self._service.answer(endpoint)

"""A gateway's endpoints as typed values, asked so that nobody is locked out.

The rules (gateway API, sections 2 and 5):
- One login for as long as its token lives. A request that is refused costs one
  login and one more try; what is refused then too is left alone for a while.
- A refused password is never tried again.
- 429 and 503 begin a cool-down, in which no request leaves.
- 404 is an endpoint that is not there: it is asked again now and then.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from http import HTTPStatus
import math
import re
import time

import orjson

from .client_state import CoolDown, Memory
from .deadline import exempt, in_turn
from .entries import Entries
from .errors import (
    AbsentError,
    AnotherGatewayError,
    AnswerTimeoutError,
    BadCredentialsError,
    BrokenAnswerError,
    BusyError,
    EmptyAnswerError,
    ForbiddenError,
    GatewayError,
    LoginError,
    PayloadError,
    RateLimitedError,
    StatusError,
    TryLaterError,
)
from .limits import Limits
from .models import (
    GatewayStatus,
    GridStatus,
    LocationMeter,
    Meter,
    MeterReading,
    Totals,
)
from .own_secrets import OwnSecrets
from .parse import (
    parse_aggregates,
    parse_charge,
    parse_grid_status,
    parse_meters,
    parse_readings,
    parse_site_meters,
    parse_solar_meters,
    parse_status,
)
from .statistics import Statistics
from .transport import Answer, Transport


class Endpoint(StrEnum):
    """What we ask a gateway for."""

    AGGREGATES = "/api/meters/aggregates"
    SITE = "/api/meters/site"
    SOLAR = "/api/meters/solar"
    CHARGE = "/api/system_status/soe"
    GRID_STATUS = "/api/system_status/grid_status"
    METERS = "/api/meters"
    READINGS = "/api/meters/readings"
    STATUS = "/api/status"


LOGIN = "/api/login/Basic"
type _Parse[T] = Callable[[object, Limits], T]
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)

# How long an endpoint is left alone that is absent or forbidden, in seconds.
_REST = 10 * 60
# A token that served another request as lately as this has not expired.
_TOKEN_PROVEN = 15 * 60
# How seldom a gateway that refuses everything is logged in to.
_LOGIN_PAUSE = 30 * 60


class GatewayClient:
    """Reads one gateway as the customer, the only user that the LAN allows.

    Every method raises a GatewayError and nothing else. Requests leave one after the
    other: the gateway is small. `limits` bounds all answers together.
    """

    def __init__(
        self,
        transport: Transport,
        password: str,
        *,
        din: str | None = None,
        memory: Memory | None = None,
        on_memory: Callable[[Memory], None] | None = None,
        clock: Callable[[], float] = lambda: time.time(),  # noqa: PLW0108 - tests move it
        monotonic: Callable[[], float] = lambda: time.monotonic(),  # noqa: PLW0108 - as above
    ) -> None:
        """Start with the memory of an earlier client, where there is one.

        `on_memory` is told what to remember, whenever that changes. `din` is
        whom we expect. `clock` gives Unix time, for what is stored or shown;
        `monotonic` counts seconds, for all that is waited for.
        """
        self._transport = transport
        self._password = password
        self._din = din
        self._on_memory = on_memory
        self._clock = clock
        self._monotonic = monotonic
        self._memory = memory or Memory()
        self._cool_down_ends = monotonic() + self._memory.cool_down.remaining(clock())
        self._statistics = Statistics(clock())
        self.limits = Limits()
        self.entries = Entries(self.limits)
        self._headers: dict[str, str] = {}
        self._turn = asyncio.Lock()
        self._login_turn = asyncio.Lock()
        self._login_rest = CoolDown()
        self._resting: dict[Endpoint, tuple[float, GatewayError]] = {}
        self._renewed_at = -math.inf
        self._proven_at = -math.inf
        self._is_stranger = False
        self._secrets = OwnSecrets(password, known_as=din)
        if self._memory.token is not None:
            self._use(self._memory.token)

    @property
    def memory(self) -> Memory:
        """What to give to the next client of this gateway."""
        return self._memory

    @property
    def statistics(self) -> Statistics:
        """What became of the requests so far."""
        return self._statistics

    async def aggregates(self) -> dict[str, Totals]:
        """Totals of each location, by its name (site, solar, battery, load ...)."""
        return await self._get(Endpoint.AGGREGATES, parse_aggregates)

    async def site_meters(self) -> tuple[LocationMeter, ...]:
        """Meters at the site's connection, with their phases."""
        meters = await self._get(Endpoint.SITE, parse_site_meters)
        return self.entries.named(meters)

    async def solar_meters(self) -> tuple[LocationMeter, ...]:
        """Meters at the solar system, with their phases."""
        meters = await self._get(Endpoint.SOLAR, parse_solar_meters)
        return self.entries.named(meters)

    async def charge(self) -> float | None:
        """State of charge of the batteries in %."""
        return await self._get(Endpoint.CHARGE, parse_charge)

    async def grid_status(self) -> GridStatus | None:
        """Whether the grid is connected; None for a status that is new to us."""
        return await self._get(Endpoint.GRID_STATUS, parse_grid_status)

    async def meters(self) -> tuple[Meter, ...]:
        """All physical meters and what their CTs are assigned to."""
        return await self._get(Endpoint.METERS, parse_meters)

    async def readings(self) -> dict[str, MeterReading]:
        """Each meter's own answer, by its serial."""
        return await self._get(Endpoint.READINGS, parse_readings)

    async def status(self) -> GatewayStatus:
        """Read the gateway's identity and firmware; needs no login.

        Raises AnotherGatewayError where it is not the gateway that we expect;
        from then on it is asked for nothing else, until it is.
        """
        self._raise_if_resting(Endpoint.STATUS)
        answer = await self._send(
            Endpoint.STATUS, lambda: self._transport.get(Endpoint.STATUS, {})
        )
        return self._read(Endpoint.STATUS, answer, self._parse_status)

    def _parse_status(self, data: object, limits: Limits) -> GatewayStatus:
        status = parse_status(data, limits)
        if self._din is not None and status.din is not None:
            self._is_stranger = status.din.upper() != self._din.upper()
            self._raise_if_stranger()
        return status

    async def login(self) -> None:
        """Log in, once.

        Raises BadCredentialsError for a refused password (now or before),
        RateLimitedError, BusyError, and LoginError where what answers does not
        log in as gateways do.
        """
        if self._memory.password_refused:
            raise BadCredentialsError("the gateway has refused this password")
        if self._login_rest.remaining(self._monotonic()) > 0:
            raise LoginError("the last login failed a moment ago")
        try:
            token = await self._log_in()
        except BadCredentialsError:
            self._remember(replace(self._memory, password_refused=True))
            raise
        except (
            AbsentError,
            AnswerTimeoutError,
            BrokenAnswerError,
            PayloadError,
            StatusError,
        ) as err:
            self._login_rest = self._login_rest.following(self._monotonic(), None)
            raise LoginError(f"no login: {err}") from err
        self._use(token)
        self._remember(replace(self._memory, token=token))

    def leave_alone(self, cool_down: CoolDown) -> None:
        """Send nothing until this cool-down is over, which another client was told."""
        self._begin_cool_down(cool_down)

    def _begin_cool_down(self, cool_down: CoolDown) -> None:
        self._cool_down_ends = self._monotonic() + cool_down.remaining(self._clock())
        self._remember(replace(self._memory, cool_down=cool_down))

    async def _log_in(self) -> str:
        payload = orjson.dumps(
            {
                "username": "customer",
                "password": self._password,
                "email": "",
                # Old firmwares stop the system at a login that omits this.
                "force_sm_off": False,
            }
        )
        answer = await self._send(LOGIN, lambda: self._transport.post(LOGIN, payload))
        statistics = self._statistics.endpoints[LOGIN]
        try:
            token = _token(answer)
        except GatewayError as err:
            statistics.note_failure(err)
            raise
        statistics.note_success(self._clock())
        return token

    def _use(self, token: str) -> None:
        # Firmwares differ in which of the two they look at.
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Cookie": f"AuthCookie={token}",
        }
        # A token that was renewed may still be good.
        self._secrets = OwnSecrets(
            self._password, token, self._memory.token, known_as=self._din
        )

    def _remember(self, memory: Memory) -> None:
        self._memory = memory
        if self._on_memory is not None:
            self._on_memory(memory)

    async def _get[T](self, endpoint: Endpoint, parse: _Parse[T]) -> T:
        self._raise_if_stranger()
        self._raise_if_resting(endpoint)
        if self._memory.password_refused:
            raise BadCredentialsError("the gateway has refused this password")
        token = self._memory.token
        if token is None or self._login_turn.locked():
            token = await self._renewed(None)
        answer = await self._send_get(endpoint)
        if answer.status in _REFUSED and self._may_renew(endpoint):
            await self._renewed(token)
            answer = await self._send_get(endpoint)
        return self._read(endpoint, answer, parse)

    def _send_get(self, endpoint: Endpoint) -> Awaitable[Answer]:
        return self._send(
            endpoint, lambda: self._transport.get(endpoint, self._headers)
        )

    async def _renewed(self, refused: str | None) -> str | None:
        """Log in, unless there is another token by now than the refused one."""
        with exempt():
            async with self._login_turn:
                if self._memory.token == refused:
                    await self.login()
                    if refused is not None:
                        self._renewed_at = self._monotonic()
                return self._memory.token

    def _may_renew(self, endpoint: Endpoint) -> bool:
        """Whether a refused request may cost a login.

        One that was refused with a fresh token before may not, as long as the
        token serves others; nor may any, while a renewed token has served none.
        """
        now = self._monotonic()
        if now - self._renewed_at <= _LOGIN_PAUSE:
            serves_others = self._proven_at >= self._renewed_at
            return serves_others and endpoint not in self._resting
        return endpoint not in self._resting or now - self._proven_at > _TOKEN_PROVEN

    async def _send(
        self, endpoint: str, request: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """Send a request when it is its turn, unless the gateway wants no requests."""
        async with in_turn(self._turn):
            self._raise_if_cooling_down()
            statistics = self._statistics.begin(endpoint, self._clock())
            started = time.perf_counter()
            try:
                answer = await request()
                self._raise_if_told_to_wait(answer)
            except GatewayError as err:
                statistics.note_failure(err)
                raise
            finally:
                statistics.note_duration(time.perf_counter() - started)
            return answer

    def _raise_if_told_to_wait(self, answer: Answer) -> None:
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimitedError("too many requests", self._cool_down(answer))
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            raise BusyError("the gateway is busy", self._cool_down(answer))

    def _raise_if_cooling_down(self) -> None:
        if (remaining := self._cool_down_ends - self._monotonic()) > 0:
            raise TryLaterError("waiting, as the gateway wants", remaining)

    def _cool_down(self, answer: Answer) -> float:
        """Begin a cool-down, and return its length in seconds."""
        cool_down = self._memory.cool_down.following(self._clock(), answer.retry_after)
        self._begin_cool_down(cool_down)
        self._statistics.cool_downs += 1
        return cool_down.length

    def _raise_if_stranger(self) -> None:
        if self._is_stranger:
            raise AnotherGatewayError("another gateway answers")

    def _raise_if_resting(self, endpoint: Endpoint) -> None:
        if (resting := self._resting.get(endpoint)) is None:
            return
        until, error = resting
        if self._monotonic() < until:
            # Raised at each poll, it would gather the frames of them all.
            raise error.bare()

    def _read[T](self, endpoint: Endpoint, answer: Answer, parse: _Parse[T]) -> T:
        """Return what an answer says, and take note of one that says nothing."""
        now = self._clock()
        statistics = self._statistics.endpoints[endpoint]
        if answer.status == HTTPStatus.OK:
            statistics.note_body(answer.body, now)
        try:
            value = parse(self._decoded(endpoint, answer), self.limits)
        except GatewayError as err:
            statistics.note_failure(err)
            raise
        statistics.note_success(now)
        return value

    def _decoded(self, endpoint: Endpoint, answer: Answer) -> object:
        """Decode an answer, and let an endpoint rest that is not to be had."""
        now = self._monotonic()
        try:
            data = _decode(answer)
        except (AbsentError, ForbiddenError) as err:
            self._resting[endpoint] = (now + _REST, err)
            raise
        self._resting.pop(endpoint, None)
        if endpoint != Endpoint.STATUS:
            # That one is open to all, and says nothing of the token.
            self._proven_at = now
        return self._secrets.removed(answer.body, data)


def _token(answer: Answer) -> str:
    """Return the token of a login's answer."""
    if answer.status in _REFUSED:
        # A gateway refuses in JSON; a web page is that of a router or a proxy.
        if answer.is_page:
            raise PayloadError("a web page in place of an answer")
        raise BadCredentialsError("the gateway refuses the password")
    data = _decode(answer)
    token = data.get("token") if isinstance(data, dict) else None
    # What cannot stand in a header is none.
    if not isinstance(token, str) or not re.fullmatch(r"[!-~]+", token):
        raise PayloadError("an answer without a token")
    return token


def _decode(answer: Answer) -> object:
    """Return the JSON of a good answer, and raise what another one means."""
    match answer.status:
        case HTTPStatus.OK:
            pass
        case HTTPStatus.NOT_FOUND:
            raise AbsentError("no such endpoint")
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            raise ForbiddenError("not for the customer")
        case status:
            raise StatusError(status)
    try:
        data = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        error = PayloadError if answer.body.strip() else EmptyAnswerError
        raise error("not JSON") from None
    # Old firmwares report an error with status 200.
    if isinstance(data, dict) and isinstance(data.get("error"), str):
        raise PayloadError("an error in place of an answer")
    return data

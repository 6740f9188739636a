"""A client that reads a gateway's endpoints as typed values, and avoids a lockout.

The rules (gateway API, sections 2 and 5):
- One login for as long as its token is valid. A refused request costs one login and
  one more request; if that is refused too, the endpoint is not requested for a while.
- A refused password is never tried again.
- 429 and 503 begin a cool-down, in which no request is sent.
- 404 is an endpoint that does not exist: it is requested again every ten minutes.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
import math
import time
from typing import Final

import orjson

from .answers import REFUSED, decode, decode_token
from .client_state import ClientState, CoolDown
from .deadline import acquire, without_poll_timeout
from .endpoints import LOGIN, Endpoint
from .errors import (
    AbsentError,
    AnotherGatewayError,
    AnswerTimeoutError,
    BadCredentialsError,
    BrokenAnswerError,
    BusyError,
    ForbiddenError,
    GatewayError,
    LoginError,
    PayloadError,
    RateLimitedError,
    StatusError,
    TryLaterError,
)
from .limits import Limits
from .meter_entries import MeterEntries
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
    parse_grid_status,
    parse_meters,
    parse_readings,
    parse_site_meters,
    parse_solar_meters,
    parse_state_of_charge,
    parse_status,
)
from .statistics import Statistics
from .transport import Answer, Transport

type _Parse[T] = Callable[[object, Limits], T]

# Seconds for which an absent or forbidden endpoint is not requested.
ENDPOINT_BACKOFF: Final = 10 * 60
# A token that was accepted as recently as this (s) has not expired.
_TOKEN_FRESH: Final = 15 * 60
# The shortest time (s) between logins if a gateway refuses everything.
_LOGIN_INTERVAL: Final = 30 * 60


class GatewayClient:
    """A client of one gateway, as the customer, the only user that the LAN allows.

    Every method raises GatewayError and nothing else. Requests are sent one after the
    other, to spare the gateway. `limits` bounds what all answers together may add, and
    `meter_entries` identifies the entries of a meter that is listed more than once.
    """

    def __init__(
        self,
        transport: Transport,
        password: str,
        *,
        din: str | None = None,
        state: ClientState | None = None,
        on_state_change: Callable[[ClientState], None] | None = None,
        clock: Callable[[], float] = lambda: time.time(),  # noqa: PLW0108 - tests patch it
        monotonic: Callable[[], float] = lambda: time.monotonic(),  # noqa: PLW0108 - as above
    ) -> None:
        """Continue with the state of an earlier client, if any.

        `on_state_change` is called with the state whenever it changes. `din` is that of the
        expected gateway. `clock` returns Unix time, for what is stored or shown;
        `monotonic` returns seconds, for all waiting.
        """
        self._transport = transport
        self._password = password
        self._din = din
        self._on_state_change = on_state_change
        self._clock = clock
        self._monotonic = monotonic
        self._state = state or ClientState()
        self._cool_down_ends = monotonic() + self._state.cool_down.remaining(clock())
        self._statistics = Statistics(clock())
        self.limits = Limits()
        self.meter_entries = MeterEntries(self.limits)
        # Unlike a lock, it is also locked while it is being handed to one that waits.
        self._request_lock = asyncio.Semaphore()
        self._login_lock = asyncio.Lock()
        # By the monotonic clock, as all times below.
        self._login_cool_down = CoolDown()
        self._backing_off: dict[Endpoint, tuple[float, GatewayError]] = {}
        self._token_renewed_at = -math.inf
        self._token_accepted_at = -math.inf
        self._is_wrong_gateway = False
        token = self._state.token
        self._headers = {} if token is None else _login_headers(token)
        self._secrets = OwnSecrets(password, token, known_as=din)

    @property
    def state(self) -> ClientState:
        """The state with which the next client of this gateway continues."""
        return self._state

    @property
    def statistics(self) -> Statistics:
        """Counts, durations and results of the requests so far."""
        return self._statistics

    async def aggregates(self) -> dict[str, Totals]:
        """Return the totals of each location, by its name (site, solar, load ...)."""
        return await self._get(Endpoint.AGGREGATES, parse_aggregates)

    async def site_meters(self) -> tuple[LocationMeter, ...]:
        """Return the meters at the grid connection, with their phases."""
        meters = await self._get(Endpoint.SITE, parse_site_meters)
        return self.meter_entries.assign_parts(meters)

    async def solar_meters(self) -> tuple[LocationMeter, ...]:
        """Return the meters of the solar system, with their phases."""
        meters = await self._get(Endpoint.SOLAR, parse_solar_meters)
        return self.meter_entries.assign_parts(meters)

    async def state_of_charge(self) -> float | None:
        """Return the state of charge of the batteries in %."""
        return await self._get(Endpoint.STATE_OF_CHARGE, parse_state_of_charge)

    async def grid_status(self) -> GridStatus | None:
        """Return the state of the grid connection; None for an unknown value."""
        return await self._get(Endpoint.GRID_STATUS, parse_grid_status)

    async def meters(self) -> tuple[Meter, ...]:
        """Return all physical meters, with the roles of their CTs."""
        return await self._get(Endpoint.METERS, parse_meters)

    async def readings(self) -> dict[str, MeterReading]:
        """Return each meter's own reading, by its serial."""
        return await self._get(Endpoint.READINGS, parse_readings)

    async def status(self) -> GatewayStatus:
        """Return the gateway's identity and firmware; needs no login.

        Raises AnotherGatewayError for another gateway than the expected one; so do all
        other methods then, until this one has found the expected one again.
        """
        self._raise_if_backing_off(Endpoint.STATUS)
        answer = await self._request(Endpoint.STATUS, {})
        return self._parse_answer(Endpoint.STATUS, answer, self._parse_status)

    def _parse_status(self, data: object, limits: Limits) -> GatewayStatus:
        status = parse_status(data, limits)
        if self._din is not None and status.din is not None:
            self._is_wrong_gateway = status.din.upper() != self._din.upper()
            self._raise_if_wrong_gateway()
        return status

    async def login(self) -> None:
        """Log in, once.

        Raises BadCredentialsError for a refused password (now or before),
        RateLimitedError, BusyError, and LoginError if the answer is not that of a
        gateway.
        """
        self._raise_if_password_refused()
        if self._login_cool_down.remaining(self._monotonic()) > 0:
            raise LoginError("the last login failed, and the next has to wait")
        try:
            token = await self._request_token()
        except BadCredentialsError:
            self._set_state(replace(self._state, password_refused=True))
            raise
        except (
            AbsentError,
            AnswerTimeoutError,
            BrokenAnswerError,
            PayloadError,
            StatusError,
        ) as err:
            self._login_cool_down = self._login_cool_down.next_state(
                self._monotonic(), None
            )
            raise LoginError(f"no login: {err}") from err
        self._use_token(token)
        self._set_state(replace(self._state, token=token))

    def begin_cool_down(self, cool_down: CoolDown) -> None:
        """Send no request until this cool-down is over; another client may have begun it."""
        self._cool_down_ends = self._monotonic() + cool_down.remaining(self._clock())
        self._set_state(replace(self._state, cool_down=cool_down))

    async def _request_token(self) -> str:
        payload = orjson.dumps(
            {
                "username": "customer",
                "password": self._password,
                "email": "",
                # Old firmwares stop the system at a login that omits this.
                "force_sm_off": False,
            }
        )
        answer = await self._request(LOGIN, {}, payload)
        statistics = self._statistics.endpoints[LOGIN]
        try:
            token = decode_token(answer)
        except GatewayError as err:
            statistics.note_failure(err)
            raise
        statistics.note_success(self._clock())
        return token

    def _use_token(self, token: str) -> None:
        self._headers = _login_headers(token)
        # A token that was renewed may still be valid.
        self._secrets = OwnSecrets(
            self._password, token, self._state.token, known_as=self._din
        )

    def _set_state(self, state: ClientState) -> None:
        self._state = state
        if self._on_state_change is not None:
            self._on_state_change(state)

    async def _get[T](self, endpoint: Endpoint, parse: _Parse[T]) -> T:
        self._raise_if_wrong_gateway()
        self._raise_if_backing_off(endpoint)
        self._raise_if_password_refused()
        token = self._state.token
        if token is None or self._login_lock.locked():
            token = await self._renew_token(None)
        answer = await self._request(endpoint, self._headers)
        if answer.status in REFUSED and self._may_renew_token(endpoint):
            await self._renew_token(token)
            answer = await self._request(endpoint, self._headers)
        return self._parse_answer(endpoint, answer, parse)

    def _raise_if_wrong_gateway(self) -> None:
        if self._is_wrong_gateway:
            raise AnotherGatewayError("another gateway answers")

    def _raise_if_password_refused(self) -> None:
        if self._state.password_refused:
            raise BadCredentialsError("the gateway has refused this password")

    def _raise_if_backing_off(self, endpoint: Endpoint) -> None:
        if (backing_off := self._backing_off.get(endpoint)) is None:
            return
        until, error = backing_off
        if self._monotonic() < until:
            # One error that is raised again and again collects the frames of each time.
            raise error.without_traceback()

    async def _renew_token(self, refused: str | None) -> str | None:
        """Log in, unless the token is no longer the refused one; return the token."""
        with without_poll_timeout():
            async with self._login_lock:
                if self._state.token == refused:
                    await self.login()
                    if refused is not None:
                        self._token_renewed_at = self._monotonic()
                return self._state.token

    def _may_renew_token(self, endpoint: Endpoint) -> bool:
        """Return whether a refused request may cost a login.

        One that was refused with a fresh token before may not, as long as the token is
        accepted for others; nor may any, while a renewed token was accepted for none.
        """
        now = self._monotonic()
        if now - self._token_renewed_at <= _LOGIN_INTERVAL:
            is_accepted = self._token_accepted_at >= self._token_renewed_at
            return is_accepted and endpoint not in self._backing_off
        return (
            endpoint not in self._backing_off
            or now - self._token_accepted_at > _TOKEN_FRESH
        )

    async def _request(
        self, path: str, headers: dict[str, str], payload: bytes | None = None
    ) -> Answer:
        """Send a request, one at a time; one with a payload is a POST.

        Raises TryLaterError, of which RateLimitedError and BusyError begin a cool-down.
        """
        await acquire(self._request_lock)
        try:
            if (remaining := self._cool_down_ends - self._monotonic()) > 0:
                raise TryLaterError("waiting, as the gateway wants", remaining)
            statistics = self._statistics.begin(path, self._clock())
            started = time.perf_counter()
            try:
                if payload is None:
                    answer = await self._transport.get(path, headers)
                else:
                    answer = await self._transport.post(path, payload)
                self._raise_if_try_later(answer)
            except GatewayError as err:
                statistics.note_failure(err)
                raise
            finally:
                statistics.note_duration(time.perf_counter() - started)
            return answer
        finally:
            self._request_lock.release()

    def _raise_if_try_later(self, answer: Answer) -> None:
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimitedError("too many requests", self._new_cool_down(answer))
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            raise BusyError("the gateway is busy", self._new_cool_down(answer))

    def _new_cool_down(self, answer: Answer) -> float:
        """Begin the cool-down that an answer asks for; return its length in seconds."""
        cool_down = self._state.cool_down.next_state(self._clock(), answer.retry_after)
        self.begin_cool_down(cool_down)
        self._statistics.cool_downs += 1
        return cool_down.length

    def _parse_answer[T](
        self, endpoint: Endpoint, answer: Answer, parse: _Parse[T]
    ) -> T:
        """Parse an answer, and note the result in the statistics."""
        statistics = self._statistics.endpoints[endpoint]
        now = self._clock()
        if answer.status == HTTPStatus.OK:
            statistics.note_body(answer.body, now)
        try:
            data = decode(answer)
            self._backing_off.pop(endpoint, None)
            if endpoint != Endpoint.STATUS:
                # The status needs no token, so it says nothing of the token.
                self._token_accepted_at = self._monotonic()
            value = parse(self._secrets.redact(answer.body, data), self.limits)
        except GatewayError as err:
            if isinstance(err, AbsentError | ForbiddenError):
                until = self._monotonic() + ENDPOINT_BACKOFF
                self._backing_off[endpoint] = (until, err)
            statistics.note_failure(err)
            raise
        statistics.note_success(now)
        return value


def _login_headers(token: str) -> dict[str, str]:
    """Return the headers of a login: some firmwares read one of the two, some the other."""
    return {"Authorization": f"Bearer {token}", "Cookie": f"AuthCookie={token}"}

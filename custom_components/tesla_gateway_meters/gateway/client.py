"""A gateway's endpoints as typed values, behind one login."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus

import orjson

from .errors import (
    AbsentError,
    BadCredentialsError,
    BusyError,
    ForbiddenError,
    PayloadError,
    RateLimitedError,
    StatusError,
)
from .models import (
    GatewayStatus,
    GridStatus,
    LocationMeter,
    Meter,
    MeterReading,
    Totals,
)
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


_LOGIN = "/api/login/Basic"


class GatewayClient:
    """Reads one gateway as the customer, the only user that the LAN allows.

    Every method raises a GatewayError and nothing else. Requests are meant to
    be made one after the other: the gateway is small, and one connection kept
    alive is the fastest way to ask it.
    """

    def __init__(
        self,
        transport: Transport,
        password: str,
        *,
        token: str | None = None,
        on_token: Callable[[str], None] | None = None,
    ) -> None:
        """Start with the token of an earlier login, where there is one.

        `on_token` is told the token of each new login, to keep it.
        """
        self._transport = transport
        self._password = password
        self._on_token = on_token
        self._token: str | None = None
        self._headers: dict[str, str] = {}
        self._login_lock = asyncio.Lock()
        if token is not None:
            self._use(token)

    @property
    def token(self) -> str | None:
        """The token in use, worth keeping: logins are rationed."""
        return self._token

    async def aggregates(self) -> dict[str, Totals]:
        """Totals of each location, by its name (site, solar, battery, load ...)."""
        return parse_aggregates(await self._get(Endpoint.AGGREGATES))

    async def site_meters(self) -> tuple[LocationMeter, ...]:
        """Meters at the site's connection, with their phases."""
        return parse_site_meters(await self._get(Endpoint.SITE))

    async def solar_meters(self) -> tuple[LocationMeter, ...]:
        """Meters at the solar system, with their phases."""
        return parse_solar_meters(await self._get(Endpoint.SOLAR))

    async def charge(self) -> float | None:
        """State of charge of the batteries in %."""
        return parse_charge(await self._get(Endpoint.CHARGE))

    async def grid_status(self) -> GridStatus | None:
        """Whether the grid is connected; None for a status that is new to us."""
        return parse_grid_status(await self._get(Endpoint.GRID_STATUS))

    async def meters(self) -> tuple[Meter, ...]:
        """All physical meters and what their CTs are assigned to."""
        return parse_meters(await self._get(Endpoint.METERS))

    async def readings(self) -> dict[str, MeterReading]:
        """Each meter's own answer, by its serial."""
        return parse_readings(await self._get(Endpoint.READINGS))

    async def status(self) -> GatewayStatus:
        """Read the gateway's identity and firmware; needs no login."""
        return parse_status(_decode(await self._transport.get(Endpoint.STATUS, {})))

    async def login(self) -> str:
        """Log in, once, and return the token.

        Raises BadCredentialsError for a refused password, RateLimitedError,
        BusyError, and PayloadError where what answers is no gateway.
        """
        answer = await self._transport.post(
            _LOGIN,
            orjson.dumps(
                {
                    "username": "customer",
                    "password": self._password,
                    "email": "",
                    # Old firmwares stop the system at a login that omits this.
                    "force_sm_off": False,
                }
            ),
        )
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise BadCredentialsError("the gateway refuses the password")
        data = _decode(answer)
        token = data.get("token") if isinstance(data, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise PayloadError("a login without a token")
        self._use(token)
        if self._on_token is not None:
            self._on_token(token)
        return token

    def _use(self, token: str) -> None:
        self._token = token
        # Firmwares differ in which of the two they look at.
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Cookie": f"AuthCookie={token}",
        }

    async def _get(self, endpoint: Endpoint) -> object:
        if self._token is None:
            await self._login_again(None)
        token = self._token
        answer = await self._transport.get(endpoint, self._headers)
        if _is_refused(answer):
            await self._login_again(token)
            answer = await self._transport.get(endpoint, self._headers)
            if _is_refused(answer):
                raise ForbiddenError(f"{endpoint} is not for the customer")
        return _decode(answer)

    async def _login_again(self, refused: str | None) -> None:
        """Log in, unless another request has done so since this token was used."""
        async with self._login_lock:
            if self._token == refused:
                await self.login()


def _is_refused(answer: Answer) -> bool:
    return answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def _decode(answer: Answer) -> object:
    """Return the JSON of a good answer, and raise what another one means."""
    match answer.status:
        case HTTPStatus.OK:
            pass
        case HTTPStatus.NOT_FOUND:
            raise AbsentError("no such endpoint")
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimitedError("too many requests", answer.retry_after)
        case HTTPStatus.SERVICE_UNAVAILABLE:
            raise BusyError("the gateway is busy", answer.retry_after)
        case status:
            raise StatusError(status)
    try:
        data = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        raise PayloadError("not JSON") from None
    # Old firmwares report an error with status 200.
    if isinstance(data, dict) and isinstance(data.get("error"), str):
        raise PayloadError("an error in place of an answer")
    return data

"""The clients by themselves, without Home Assistant, behind one set of names.

Each is used as its own documentation has it. What an answer brings is whatever the
client makes of it: models, or plain JSON.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import aiohttp
import orjson
import pypowerwall
from tesla_powerwall import Powerwall

from custom_components.tesla_gateway_meters.gateway import (
    Address,
    Endpoint,
    GatewayClient,
    Transport,
)
from custom_components.tesla_gateway_meters.gateway.parse import parse_aggregates
from custom_components.tesla_gateway_meters.session import create_session

# What fetching aggregates with our client is made of, but for the client's own rules.
STEPS: Final = ("request", "request, orjson.loads", "request, orjson.loads, models")

type Call = Callable[[], Awaitable[object]]


class Client(Protocol):
    """A client to measure."""

    @property
    def aggregates(self) -> Call:
        """Fetch the totals of all locations."""

    async def everything(self) -> int:
        """Fetch all that there is; return the number of requests."""


class Ours:
    """The client of this integration."""

    def __init__(self, gateway: dict[str, Any]) -> None:
        """Read this gateway."""
        address = Address.parse(gateway["host"])
        transport = Transport(create_session(), address, gateway["fingerprint"])
        self._client = client = GatewayClient(transport, gateway["password"])
        self.aggregates: Call = client.aggregates

    def steps(self) -> dict[str, Call]:
        """Return the steps of aggregates, each with those before it; once logged in."""
        client = self._client

        async def request() -> bytes:
            answer = await client._transport.get(Endpoint.AGGREGATES, client._headers)
            return answer.body

        async def decoded() -> object:
            return orjson.loads(await request())

        async def models() -> object:
            return parse_aggregates(await decoded())

        return dict(zip(STEPS, (request, decoded, models), strict=True))

    async def everything(self) -> int:
        """Fetch all that is polled."""
        client = self._client
        return await _each(
            client.aggregates,
            client.site_meters,
            client.solar_meters,
            client.state_of_charge,
            client.grid_status,
            client.meters,
            client.readings,
            client.status,
        )


class Bare:
    """A client of aiohttp and orjson alone, without cookies or checks."""

    def __init__(self, gateway: dict[str, Any]) -> None:
        """Read this gateway."""
        self._base = f"https://{gateway['host']}"
        self._password = gateway["password"]
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=False),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self.cookie = ""

    async def log_in(self) -> None:
        """Get a token."""
        login = {"username": "customer", "password": self._password, "email": ""}
        async with self._session.post(
            f"{self._base}/api/login/Basic", json=login
        ) as answer:
            token = (await answer.json())["token"]
        self.cookie = f"AuthCookie={token}"

    async def get(self, path: str) -> bytes:
        """Fetch the bytes at a path."""
        async with self._session.get(
            self._base + path, headers={"Cookie": self.cookie}
        ) as answer:
            return await answer.read()

    async def aggregates(self) -> object:
        """Fetch and decode only."""
        return orjson.loads(await self.get(Endpoint.AGGREGATES))

    async def everything(self) -> int:
        """Fetch and decode the endpoints that our client reads."""
        for path in Endpoint:
            orjson.loads(await self.get(path))
        return len(Endpoint)


class TeslaPowerwall:
    """The library of core's integration."""

    def __init__(self, gateway: dict[str, Any]) -> None:
        """Read this gateway."""
        self._powerwall = Powerwall(gateway["host"])
        self._password = gateway["password"]
        self.aggregates: Call = self._powerwall.get_meters

    async def log_in(self) -> None:
        """Get a cookie."""
        await self._powerwall.login(self._password)

    async def everything(self) -> int:
        """Fetch all that can be polled."""
        powerwall = self._powerwall
        return await _each(
            powerwall.get_meters,
            powerwall.get_meter_site,
            powerwall.get_meter_solar,
            powerwall.get_charge,
            powerwall.get_grid_status,
            powerwall.is_grid_services_active,
            powerwall.get_operation_mode,
            powerwall.get_backup_reserve_percentage,
            powerwall.get_sitemaster,
            powerwall.get_batteries,
            powerwall.get_status,
            powerwall.get_site_info,
        )


class PyPowerwall:
    """The library of most dashboards; it blocks."""

    _MORE: Final = (
        "/api/system_status",
        "/api/operation",
        "/api/sitemaster",
        "/api/site_info",
    )

    def __init__(self, gateway: dict[str, Any], folder: str) -> None:
        """Log in to this gateway; a file in the folder keeps the token."""
        self._powerwall = pypowerwall.Powerwall(
            gateway["host"],
            gateway["password"],
            email="nobody@example.com",
            timezone="America/Denver",
            cachefile=f"{folder}/pypowerwall",
            failover=False,
        )

    async def aggregates(self) -> object:
        """Fetch without its cache."""
        return self._powerwall.poll(Endpoint.AGGREGATES, force=True)

    async def everything(self) -> int:
        """Fetch the endpoints that our client reads, and its others."""
        for path in (*Endpoint, *self._MORE):
            self._powerwall.poll(path, force=True)
        return len(Endpoint) + len(self._MORE)


async def _each(*calls: Call) -> int:
    """Make one call after the other; return how many they were."""
    for call in calls:
        await call()
    return len(calls)

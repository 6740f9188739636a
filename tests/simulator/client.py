"""A plain HTTPS client of the simulated gateway."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from simulator import SimulatedGateway, serve


class Client:
    """A client of a gateway, with a bearer token once it is logged in."""

    def __init__(
        self, gateway: SimulatedGateway, session: aiohttp.ClientSession
    ) -> None:
        """Use this session, which keeps no cookies."""
        self.gateway = gateway
        self.session = session
        self.headers: dict[str, str] = {}
        self.url = f"https://{gateway.host}:{gateway.port}/api"

    async def login(self, password: str | None = None) -> aiohttp.ClientResponse:
        """Log in as customer and keep the token, if one comes."""
        response = await self.session.post(
            f"{self.url}/login/Basic",
            json={
                "username": "customer",
                "email": "",
                "password": self.gateway.password if password is None else password,
                "force_sm_off": False,
            },
        )
        if response.status == 200:
            token = (await response.json())["token"]
            self.headers = {"Authorization": f"Bearer {token}"}
        return response

    async def get(self, endpoint: str, **options: Any) -> aiohttp.ClientResponse:
        """Get an endpoint, its body read."""
        options.setdefault("headers", self.headers)
        response = await self.session.get(f"{self.url}/{endpoint}", **options)
        await response.read()
        return response

    async def payload(self, endpoint: str) -> Any:
        """Get an endpoint's payload, which must be there."""
        response = await self.get(endpoint)
        assert response.status == 200, (endpoint, response.status)
        return await response.json()


@asynccontextmanager
async def connected(*, login: bool = True, **options: Any) -> AsyncIterator[Client]:
    """Serve a gateway and log in to it; the other options are those of `serve`."""
    async with (
        serve(**options) as gateway,
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=False),
            cookie_jar=aiohttp.DummyCookieJar(),
            # A fault that does not come about must fail its test, not hold it up.
            timeout=aiohttp.ClientTimeout(total=20),
        ) as session,
    ):
        client = Client(gateway, session)
        if login:
            response = await client.login()
            assert response.status == 200
        yield client

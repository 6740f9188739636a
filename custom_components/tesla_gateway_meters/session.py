"""The HTTP session of a gateway, and the resolver of its host name."""

import socket
from typing import override

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import (
    HomeAssistantTCPConnector,
    async_get_clientsession,
)

from .gateway import AbortingResponse


class SharedResolver(AbstractResolver):
    """Home Assistant's own resolver, which knows mDNS names such as `gateway.local`."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Resolve with the connector that Home Assistant shares."""
        self._hass = hass

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raises OSError."""
        connector = async_get_clientsession(self._hass).connector
        if not isinstance(connector, HomeAssistantTCPConnector):
            raise OSError("the shared session is closed")
        results = await connector.async_resolve_host(host)
        return [{**each, "port": port} for each in results]

    @override
    async def close(self) -> None:
        """Leave the shared connector open."""


def create_session(resolver: AbstractResolver | None = None) -> aiohttp.ClientSession:
    """Create a session for one gateway, which its owner closes.

    Without a resolver, host names are resolved by the operating system. Home Assistant's
    shared connector closes an idle connection after 15 s, which would cost a TLS
    handshake for each poll. No cookies are kept, as the login is sent by headers.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=1,
            keepalive_timeout=3600,
            resolver=resolver or aiohttp.ThreadedResolver(),
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity"},
        response_class=AbortingResponse,
    )

"""Connections that are aborted instead of closed.

aiohttp waits up to 30 s for the other side to agree to the end of a TLS
connection. One that misbehaves need not agree.
"""

import asyncio
from http import HTTPStatus
from typing import override

import aiohttp
from aiohttp.connector import Connection


class AbortingResponse(aiohttp.ClientResponse):
    """A response whose connection is either used again, or aborted."""

    @override
    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Read the status and the headers."""
        transport = connection.transport

        def end() -> None:
            # Called just before the connection is released or closed.
            protocol = connection.protocol
            # aiohttp sets the content with the headers.
            if self.content and protocol and not protocol.should_close:
                return
            asyncio.get_running_loop().call_soon(_abort_if_closing, transport)

        connection.add_callback(end)
        response = await super().start(connection)
        if response.status == HTTPStatus.SWITCHING_PROTOCOLS and transport is not None:
            # Not requested, and what comes next is no HTTP.
            transport.abort()
        return response


def _abort_if_closing(transport: asyncio.Transport | None) -> None:
    if transport is not None and transport.is_closing():
        transport.abort()


class Pin(aiohttp.Fingerprint):
    """The SHA-256 of the trusted certificate; a connection with another is aborted."""

    @override
    def check(self, transport: asyncio.Transport) -> None:
        """Raise ServerFingerprintMismatch for another certificate."""
        try:
            super().check(transport)
        except aiohttp.ServerFingerprintMismatch:
            # After aiohttp's own close, which takes no transport that has ended.
            asyncio.get_running_loop().call_soon(transport.abort)
            raise

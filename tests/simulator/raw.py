"""A TLS connection to the simulated gateway without HTTP in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import ssl
from typing import Self

from simulator import SimulatedGateway


class Raw:
    """A connection for raw bytes."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Use this connection."""
        self.reader = reader
        self.writer = writer

    @classmethod
    @asynccontextmanager
    async def open(cls, gateway: SimulatedGateway) -> AsyncIterator[Self]:
        """Connect without verifying the certificate."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        reader, writer = await asyncio.open_connection(
            gateway.host, gateway.port, ssl=context, server_hostname=""
        )
        try:
            yield cls(reader, writer)
        finally:
            writer.transport.abort()

    def ask(self, path: str) -> bytes:
        """Send a GET; returns its bytes."""
        request = f"GET {path} HTTP/1.1\r\nHost: gateway\r\n\r\n".encode()
        self.writer.write(request)
        return request

    async def rest(self) -> bytes:
        """Return what comes until the connection ends, however it ends."""
        async with asyncio.timeout(10):
            return await self.reader.read()

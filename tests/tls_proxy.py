"""A network between a client and a gateway that does to their bytes what networks can."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import socket
import struct

from simulator import SimulatedGateway

_NO_LINGER = struct.pack("ii", 1, 0)
# TLS records, in the clear, that neither side can have sent: a fatal alert, and data.
ALERT = b"\x15\x03\x03\x00\x02\x02\x28"
_HANDSHAKE = b"\x16\x03\x03\x40\x00" + bytes(2**14)
_PAUSE = 0.2  # s
GARBAGE = b"\x17\x03\x03\x00\x20" + bytes(32)


@dataclass(slots=True)
class Proxy:
    """A proxy between clients and the gateway `to`.

    Connections that begin while it `holds` or `drips` never reach the gateway: they are
    taken, and the handshake gets no answer, or a record without end, a byte at a time.
    With `in_bytes`, what comes of the gateway is sent in single bytes. With `resets_once`,
    the next bytes that come from a client are met by a reset.
    """

    to: SimulatedGateway
    port: int = 0
    holds: bool = False
    drips: bool = False
    in_bytes: bool = False
    resets_once: bool = False
    connections: int = 0
    passed: int = 0  # bytes of the gateway
    _open: dict[asyncio.StreamWriter, asyncio.StreamWriter | None] = field(
        default_factory=dict
    )

    @property
    def address(self) -> str:
        """The proxy's address, as a user enters it."""
        return f"127.0.0.1:{self.port}"

    @property
    def open(self) -> int:
        """The number of open connections."""
        return len(self._open)

    def close(self) -> None:
        """End all connections."""
        for client in self._open:
            client.close()

    def reset(self) -> None:
        """Reset all connections."""
        for client in self._open:
            _reset(client)

    def send_to_client(self, record: bytes) -> None:
        """Send bytes to the client that are not the gateway's."""
        for client in self._open:
            client.write(record)

    def send_to_gateway(self, record: bytes) -> None:
        """Send bytes to the gateway that are not the client's; it answers by an alert."""
        for gateway in filter(None, self._open.values()):
            gateway.write(record)

    async def serve(
        self, reader: asyncio.StreamReader, client: asyncio.StreamWriter
    ) -> None:
        """Forward a connection until either side closes it."""
        self.connections += 1
        self._open[client] = gateway = None
        try:
            if self.holds or self.drips:
                await _first_of(_discard(reader), _drip(client, self.drips))
            else:
                answers, gateway = await asyncio.open_connection(
                    self.to.host, self.to.port
                )
                self._open[client] = gateway
                await _first_of(
                    self._up(reader, gateway, client), self._down(answers, client)
                )
        finally:
            # What is written already still leaves.
            client.close()
            if gateway is not None:
                gateway.close()
            del self._open[client]

    async def _up(
        self,
        reader: asyncio.StreamReader,
        gateway: asyncio.StreamWriter,
        client: asyncio.StreamWriter,
    ) -> None:
        while data := await reader.read(65536):
            if self.resets_once:
                self.resets_once = False
                _reset(client)
                return
            gateway.write(data)

    async def _down(
        self, reader: asyncio.StreamReader, client: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(1 if self.in_bytes else 65536):
            client.write(data)
            self.passed += len(data)
            await asyncio.sleep(0)


async def _first_of(*pumps: Coroutine[None, None, None]) -> None:
    """Run both until one of them ends."""
    tasks = [asyncio.create_task(pump) for pump in pumps]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _discard(reader: asyncio.StreamReader) -> None:
    while await reader.read(65536):
        pass


async def _drip(client: asyncio.StreamWriter, drips: bool) -> None:
    """Send a handshake's record that takes an hour, or nothing for as long."""
    for byte in _HANDSHAKE:
        await asyncio.sleep(_PAUSE)
        if drips:
            client.write(bytes((byte,)))


def _reset(client: asyncio.StreamWriter) -> None:
    sock = client.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    client.transport.abort()


@asynccontextmanager
async def proxy_to(gateway: SimulatedGateway) -> AsyncIterator[Proxy]:
    """Start a proxy in front of a gateway while the context lasts."""
    proxy = Proxy(gateway)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        proxy.reset()
        server.close()
        await server.wait_closed()

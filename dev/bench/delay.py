"""A proxy that forwards bytes with a delay, and counts them.

A gateway on loopback answers faster than any network would. TLS goes through as it
is, so a handshake pays for its round trip too. TCP's own handshake does not.
"""

import asyncio
from typing import Final, override

LOOPBACK: Final = "127.0.0.1"


class DelayProxy:
    """A proxy on loopback that delays what it forwards to another port there.

    `sent` and `received` count the bytes of all connections, TLS and all, as the
    client sees them.
    """

    def __init__(self, target: int, round_trip: float) -> None:
        """Forward to this port, delayed by half of the round trip (s) each way."""
        self.sent = 0
        self.received = 0
        self.target: Final = target
        self.delay: Final = round_trip / 2
        self.port = 0

    async def listen(self) -> None:
        """Listen at a free port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Near(self), LOOPBACK, 0)
        self.port = server.sockets[0].getsockname()[1]


class _End(asyncio.Protocol):
    """One end of a connection, which queues bytes until it is connected."""

    def __init__(self, proxy: DelayProxy) -> None:
        self._proxy = proxy
        self._transport: asyncio.Transport | None = None
        self._early: list[bytes] = []

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            transport.writelines(self._early)

    def send(self, data: bytes) -> None:
        """Send bytes, after the delay of the proxy.

        Timers of one length fire in the order in which they were set.
        """
        asyncio.get_running_loop().call_later(self._proxy.delay, self._send, data)

    def close(self) -> None:
        """Close after all bytes are sent."""
        asyncio.get_running_loop().call_later(self._proxy.delay, self._close)

    def _send(self, data: bytes) -> None:
        if self._transport is None:
            self._early.append(data)
        elif not self._transport.is_closing():
            self._transport.write(data)

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class _Near(_End):
    """The client's end."""

    def __init__(self, proxy: DelayProxy) -> None:
        super().__init__(proxy)
        self._far = _Far(proxy, self)
        self._reaching: asyncio.Task[object] | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        loop = asyncio.get_running_loop()
        self._reaching = loop.create_task(
            loop.create_connection(lambda: self._far, LOOPBACK, self._proxy.target)
        )

    @override
    def data_received(self, data: bytes) -> None:
        self._proxy.sent += len(data)
        self._far.send(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._far.close()


class _Far(_End):
    """The gateway's end."""

    def __init__(self, proxy: DelayProxy, near: _Near) -> None:
        super().__init__(proxy)
        self._near = near

    @override
    def data_received(self, data: bytes) -> None:
        self._proxy.received += len(data)
        self._near.send(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._near.close()

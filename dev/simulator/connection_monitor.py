"""Monitoring of the gateway's connections below HTTP: handshakes and received bytes."""

import asyncio
from collections.abc import Awaitable, Callable
import ssl
from typing import Any, Final

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

_KEPT: Final = 4 * 1024 * 1024  # bytes of what came in

type Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class ConnectionMonitor:
    """The open connections, and counts of handshakes and connections."""

    def __init__(self) -> None:
        """Start without a connection."""
        self.handshakes = 0
        self.connections = 0
        self._received = bytearray()
        self._open: dict[RequestHandler, asyncio.Transport] = {}
        self._busy: set[RequestHandler] = set()
        self._dead: set[RequestHandler] = set()

    @property
    def received(self) -> bytes:
        """The plaintext that clients sent, in the order of its arrival; the last 4 MiB of it."""
        return bytes(self._received)

    def watch(self, context: ssl.SSLContext) -> None:
        """Count the handshakes that clients begin with this context, finished or not."""
        context.sni_callback = self._hello

    def drop(self, *, busy: bool, silently: bool) -> None:
        """Close the connections that are idle, and cut those with a request in hand if `busy`.

        Silently: the client gets no notice, and its next bytes are answered by a reset.
        """
        for handler, transport in list(self._open.items()):
            if handler in self._busy:
                if busy:
                    transport.abort()
            elif silently:
                self._dead.add(handler)
            else:
                transport.close()

    def opened(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """Record a new connection, after its handshake."""
        self.connections += 1
        self._open[handler] = transport

    def closed(self, handler: RequestHandler) -> None:
        """Forget a connection."""
        self._open.pop(handler, None)
        self._dead.discard(handler)

    def arrived(self, handler: RequestHandler, data: bytes) -> bool:
        """Record received bytes; return whether the connection still reads them."""
        self._received += data
        del self._received[:-_KEPT]
        if handler not in self._dead:
            return True
        self._open[handler].abort()
        return False

    async def answering(
        self, handle: Handle, request: web.BaseRequest
    ) -> web.StreamResponse:
        """Answer a request, whose connection is busy meanwhile."""
        self._busy.add(request.protocol)
        try:
            return await handle(request)
        finally:
            self._busy.discard(request.protocol)

    def _hello(self, *_: Any) -> None:
        self.handshakes += 1


class MonitoredServer(web.Server):
    """A web server that reports its connections to a monitor."""

    def __init__(self, handle: Handle, monitor: ConnectionMonitor) -> None:
        """Answer requests by this function."""
        super().__init__(self._answer, handler_cancellation=True)
        self._handle = handle
        self._monitor = monitor

    def __call__(self) -> RequestHandler:
        """Return the protocol of a new connection."""
        return _Connection(self, self._monitor)

    def connection_made(
        self, handler: RequestHandler, transport: asyncio.Transport
    ) -> None:
        """Record a new connection."""
        self._monitor.opened(handler, transport)
        super().connection_made(handler, transport)

    def connection_lost(
        self, handler: RequestHandler, exc: BaseException | None = None
    ) -> None:
        """Record the end of a connection."""
        self._monitor.closed(handler)
        super().connection_lost(handler, exc)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self._monitor.answering(self._handle, request)


class _Connection(RequestHandler):
    """A connection that passes its bytes to the monitor before they are parsed."""

    __slots__ = ("_monitor",)

    def __init__(self, server: web.Server, monitor: ConnectionMonitor) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type] # aiohttp writes no access log then
        )
        self._monitor = monitor

    def data_received(self, data: bytes) -> None:
        if self._monitor.arrived(self, data):
            super().data_received(data)

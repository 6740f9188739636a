"""The control port: faults and the clock at run time, over plain HTTP, for this machine only.

GET /state, GET, POST and DELETE /faults, POST /logins, POST /expire-tokens, POST /advance.
Each answers with JSON: what is in force afterwards, or 400 and an error.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
import json
from typing import Final

from aiohttp import web

from .faults import Fault
from .gateway import LOGIN, SimulatedGateway

_LOOPBACK: Final = "127.0.0.1"
_PATIENCE: Final = 0.1  # seconds that a request in hand may take when the server stops

type Fields = dict[str, object]


@asynccontextmanager
async def serve_control(gateway: SimulatedGateway, port: int) -> AsyncIterator[int]:
    """Serve the control port on loopback as long as the context lasts; yields the real port."""
    application = web.Application()
    application.add_routes(_Control(gateway).routes())
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_PATIENCE)
    await runner.setup()
    try:
        await web.TCPSite(runner, _LOOPBACK, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class _Control:
    """What can be asked of a running simulator."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/state", self.state),
            web.get("/faults", self.faults),
            web.delete("/faults", self.mend),
            web.post("/faults", self._post(self._break)),
            web.post("/logins", self._post(self._logins)),
            web.post("/expire-tokens", self._post(self._expire)),
            web.post("/advance", self._post(self._advance)),
        ]

    async def state(self, _: web.Request) -> web.Response:
        gateway = self._gateway
        return web.json_response(
            {
                "din": gateway.din,
                "time": gateway.clock.now().isoformat(),
                "requests": len(gateway.requests),
                "logins": gateway.logins,
                "connections": gateway.connections,
                "faults": gateway.faults.listed(),
            }
        )

    async def faults(self, _: web.Request) -> web.Response:
        return web.json_response(self._gateway.faults.listed())

    async def mend(self, request: web.Request) -> web.Response:
        """Mend all endpoints, or the one in `?endpoint=`."""
        self._gateway.clear_faults(request.query.get("endpoint"))
        return await self.faults(request)

    def _break(self, fields: Fields) -> None:
        """Take `{"meters/site": "502", "*": "slow:3,times=2"}`, all of it or none."""
        faults = {endpoint: Fault.parse(str(text)) for endpoint, text in fields.items()}
        for endpoint, fault in faults.items():
            self._gateway.set_fault(endpoint, fault)

    def _logins(self, fields: Fields) -> None:
        """Take `{"refuse": 429, "times": 3}`, or `{"refuse": null}` to accept them again."""
        if fields["refuse"] is None:
            self._gateway.accept_logins()
            return
        times = fields.get("times")
        count = None if times is None else int(str(times))
        self._gateway.set_fault(LOGIN, Fault("status", str(fields["refuse"]), count))

    def _expire(self, _: Fields) -> None:
        self._gateway.expire_tokens()

    def _advance(self, fields: Fields) -> None:
        """Take `{"seconds": 3600}`."""
        self._gateway.advance(float(str(fields["seconds"])))

    def _post(
        self, act: Callable[[Fields], None]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return a handler that acts on a JSON object (or nothing) and answers with the state."""

        async def handle(request: web.Request) -> web.Response:
            try:
                fields = json.loads(await request.read() or b"{}")
                if not isinstance(fields, dict):
                    return _bad("send a JSON object")
                act(fields)
            except KeyError as missing:
                return _bad(f"missing: {missing}")
            except ValueError as error:
                return _bad(str(error))
            return await self.state(request)

        return handle


def _bad(error: str) -> web.Response:
    return web.json_response({"error": error}, status=400)

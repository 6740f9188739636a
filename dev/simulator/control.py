"""The control port: faults, state and clock at run time, over plain HTTP, for this machine only.

GET /state and /charger, GET and DELETE /faults and /wiring, and a POST to each path of `ACTIONS`. Each answers with
JSON: what is in force afterwards, or 400 and an error. POST /faults replaces the faults of the endpoints
that it names, POST /wiring adds to the wiring faults in force: DELETE them first to replace them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
import json
from typing import Final

from aiohttp import web

from .charger_control import ChargerControl
from .faults import Fault
from .gateway import LOGIN, SimulatedGateway
from .wiring import parse

_LOOPBACK: Final = "127.0.0.1"
_PATIENCE: Final = 0.1  # seconds that a request in hand may take when the server stops

# What can be posted, with an example of the body; none is needed if it is empty.
ACTIONS: Final = {
    "/faults": '{"meters/site": "null", "*": "429,retry-after=120,times=3"}',
    "/wiring": '{"faults": ["flip:synchrometerX:1", "move:synchrometerX:2:L1"]}',
    "/oddities": '{"reordered": true, "unprefixed": true}',
    "/logins": '{"refuse": 429, "times": 3}',
    "/expire-tokens": "",
    "/advance": '{"seconds": 3600}',
    "/sitemanager": '{"running": false}',
    "/reboot": "",
    "/drop-connections": "",
    "/house": '{"watts": 2000}',
    "/charger": '{"on": true, "current": 10}',
    "/become": '{"din": "1232100-00-E--TGSIMULATED099"}',
}

type Fields = dict[str, object]


@asynccontextmanager
async def serve_control(
    gateway: SimulatedGateway, port: int, charger_control: ChargerControl | None = None
) -> AsyncIterator[int]:
    """Serve the control port on loopback as long as the context lasts; yields the real port."""
    application = web.Application()
    application.add_routes(_Control(gateway, charger_control).routes())
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_PATIENCE)
    await runner.setup()
    try:
        await web.TCPSite(runner, _LOOPBACK, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class _Control:
    """The routes of the control port."""

    def __init__(
        self, gateway: SimulatedGateway, charger_control: ChargerControl | None
    ) -> None:
        self._gateway = gateway
        self._charger_control = charger_control

    def routes(self) -> list[web.RouteDef]:
        actions: dict[str, Callable[[Fields], None]] = {
            "/faults": self._break,
            "/wiring": self._miswire,
            "/oddities": self._oddities,
            "/logins": self._logins,
            "/expire-tokens": lambda _: self._gateway.expire_tokens(),
            "/advance": self._advance,
            "/sitemanager": self._sitemanager,
            "/reboot": lambda _: self._gateway.reboot(),
            "/drop-connections": self._drop,
            "/house": self._plug_in,
            "/charger": self._charge,
            "/become": self._become,
        }
        return [
            web.get("/state", self.state),
            web.get("/charger", self.charger),
            web.get("/faults", self.faults),
            web.delete("/faults", self.mend),
            web.get("/wiring", self.wiring),
            web.delete("/wiring", self.rewire),
            *(web.post(path, self._post(actions[path])) for path in ACTIONS),
        ]

    async def state(self, _: web.Request) -> web.Response:
        gateway = self._gateway
        return web.json_response(
            {
                "din": gateway.din,
                "time": gateway.clock.now().isoformat(),
                "requests": gateway.record.total,
                "logins": gateway.logins,
                "connections": gateway.connections,
                "sitemanager": gateway.sitemanager,
                "reordered": gateway.reordered,
                "unprefixed": gateway.unprefixed,
                "faults": gateway.faults.listed(),
                "wiring": [str(fault) for fault in gateway.wiring],
            }
        )

    async def charger(self, _: web.Request) -> web.Response:
        try:
            return web.json_response(self._installed.state())
        except ValueError as error:
            return _bad(str(error))

    async def faults(self, _: web.Request) -> web.Response:
        return web.json_response(self._gateway.faults.listed())

    async def mend(self, request: web.Request) -> web.Response:
        """Clear the faults of all endpoints, or of the one in `?endpoint=`."""
        self._gateway.clear_faults(request.query.get("endpoint"))
        return await self.faults(request)

    async def wiring(self, _: web.Request) -> web.Response:
        return web.json_response([str(fault) for fault in self._gateway.wiring])

    async def rewire(self, request: web.Request) -> web.Response:
        """Clear all wiring faults, or the one in `?fault=`."""
        text = request.query.get("fault")
        try:
            self._gateway.mend(*() if text is None else (parse(text),))
        except ValueError as error:
            return _bad(str(error))
        return await self.wiring(request)

    def _miswire(self, fields: Fields) -> None:
        """Add `{"faults": ["flip:synchrometerX:1"]}`, all of it or none, to those in force."""
        texts = fields["faults"]
        if not isinstance(texts, list):
            raise ValueError("faults is a list")  # noqa: TRY004 - it becomes a 400
        self._gateway.miswire(*(parse(str(text)) for text in texts))

    def _oddities(self, fields: Fields) -> None:
        """Take `{"reordered": true}`, `{"unprefixed": false}` or both."""
        gateway = self._gateway
        reordered = _flag(fields.get("reordered", gateway.reordered), "reordered")
        unprefixed = _flag(fields.get("unprefixed", gateway.unprefixed), "unprefixed")
        gateway.reordered, gateway.unprefixed = reordered, unprefixed

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

    def _advance(self, fields: Fields) -> None:
        """Take `{"seconds": 3600}`."""
        self._gateway.advance(float(str(fields["seconds"])))
        # A week takes seconds of CPU, which no client of the gateway is to wait for.
        with suppress(LookupError):
            self._gateway.truth("site")

    def _sitemanager(self, fields: Fields) -> None:
        """Take `{"running": false}`, or true."""
        if _flag(fields["running"], "running"):
            self._gateway.start_sitemanager()
        else:
            self._gateway.stop_sitemanager()

    def _plug_in(self, fields: Fields) -> None:
        """Take `{"watts": 2000}`: so much more than without it, 0 for none."""
        self._gateway.plug_in(int(str(fields["watts"])))

    def _charge(self, fields: Fields) -> None:
        """Take `{"on": true, "current": 10}`, or one of them."""
        self._installed.update(fields)

    @property
    def _installed(self) -> ChargerControl:
        if self._charger_control is None:
            raise ValueError("there is no charger: start with --charger FILE")
        return self._charger_control

    def _drop(self, fields: Fields) -> None:
        """Take nothing, or `{"silently": true}`."""
        silently = _flag(fields.get("silently", False), "silently")
        self._gateway.drop_connections(silently=silently)

    def _become(self, fields: Fields) -> None:
        """Take `{"din": "1232100-00-E--TGSIMULATED099"}`."""
        self._gateway.become(str(fields["din"] or ""))

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


def _flag(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} is true or false")  # noqa: TRY004 - it becomes a 400
    return value


def _bad(error: str) -> web.Response:
    return web.json_response({"error": error}, status=400)

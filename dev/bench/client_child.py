"""The clients in a process of their own: `python -m bench.client_child FOLDER`."""

import asyncio
from collections.abc import Callable
import sys
import time
from typing import Any, Final

import orjson

from custom_components.tesla_gateway_meters.gateway import Endpoint, Totals, parse
from custom_components.tesla_gateway_meters.gateway.fields import number, time as moment

from .child import answer_all
from .clients import Bare, Call, Client, Ours, PyPowerwall, TeslaPowerwall
from .round_trip import RoundTrips

_PARSERS: Final[dict[Endpoint, Callable[[object], object]]] = {
    Endpoint.AGGREGATES: parse.parse_aggregates,
    Endpoint.SITE: parse.parse_site_meters,
    Endpoint.SOLAR: parse.parse_solar_meters,
    Endpoint.STATE_OF_CHARGE: parse.parse_state_of_charge,
    Endpoint.GRID_STATUS: parse.parse_grid_status,
    Endpoint.METERS: parse.parse_meters,
    Endpoint.READINGS: parse.parse_readings,
    Endpoint.STATUS: parse.parse_status,
}


class _Clients:
    """The methods that the benchmark calls."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._clients: dict[str, Client] = {}
        self._aggregates: dict[str, Call] = {}
        self._bodies: dict[Endpoint, bytes] = {}
        self._round_trips: RoundTrips | None = None

    async def open(self, gateway: dict[str, Any]) -> None:
        """Log all clients in to a gateway, and let each ask once."""
        ours, bare, powerwall = Ours(gateway), Bare(gateway), TeslaPowerwall(gateway)
        await bare.log_in()
        await powerwall.log_in()
        self._clients = {
            "ours": ours,
            "bare": bare,
            "tesla-powerwall": powerwall,
            "pypowerwall": PyPowerwall(gateway, self._folder),
        }
        for client in self._clients.values():
            await client.everything()
        self._aggregates = ours.steps() | {
            name: client.aggregates for name, client in self._clients.items()
        }
        self._bodies = {path: await bare.get(path) for path in Endpoint}
        self._round_trips = RoundTrips(gateway["host"], bare.cookie)

    async def aggregates(self, client: str, times: int) -> dict[str, float]:
        """Fetch aggregates this often with a client or a step of ours; return seconds each."""
        call = self._aggregates[client]
        begun, cpu = time.perf_counter(), time.thread_time()
        for _ in range(times):
            await call()
        return {
            "seconds": (time.perf_counter() - begun) / times,
            "cpu": (time.thread_time() - cpu) / times,
        }

    async def everything(self, client: str) -> dict[str, float]:
        """Fetch all that a client can; return the total seconds and CPU time per request."""
        begun, cpu = time.perf_counter(), time.thread_time()
        requests = await self._clients[client].everything()
        return {
            "seconds": time.perf_counter() - begun,
            "cpu": (time.thread_time() - cpu) / requests,
            "requests": requests,
        }

    async def parse(self, times: int) -> dict[Endpoint, dict[str, float]]:
        """Decode each endpoint's answer, alone and into models; return CPU seconds each."""
        found = {}
        for path, body in self._bodies.items():
            found[path] = {
                "bare": _timed(times, orjson.loads, body),
                "models": _timed(times, _models, _PARSERS[path], body),
            }
        return found

    async def location(self, times: int) -> dict[str, float]:
        """Make the model of one location, as a whole and its parts; CPU seconds a time."""
        location = orjson.loads(self._bodies[Endpoint.AGGREGATES])["site"]
        (known,) = parse.parse_aggregates({"site": location}).values()
        fields = {key: getattr(known, key) for key in known.__slots__}
        moments = [key for key in location if key.endswith("_time")]
        numbers = location.keys() - moments
        return {
            "whole": _timed(times, parse.parse_aggregates, {"site": location}),
            "dataclass": _timed(times, lambda: Totals(**fields)),
            "numbers": _timed(
                times, lambda: [number(location, key) for key in numbers]
            ),
            "times": _timed(times, lambda: [moment(location, key) for key in moments]),
        }

    async def round_trips(self, paths: list[str]) -> float:
        """Return the sum of the round trips to these paths, on one connection."""
        if self._round_trips is None:
            raise RuntimeError("not open")
        return sum(self._round_trips.seconds(path) for path in paths)


def _models(parser: Callable[[object], object], body: bytes) -> object:
    return parser(orjson.loads(body))


def _timed(times: int, make: Callable[..., object], *arguments: object) -> float:
    begun = time.thread_time()
    for _ in range(times):
        make(*arguments)
    return (time.thread_time() - begun) / times


async def main(folder: str) -> None:
    """Serve calls until the parent process closes."""
    await answer_all(_Clients(folder))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

"""The clients without Home Assistant, and ours against what cannot be undercut."""

from collections.abc import Collection
from typing import Final

from custom_components.tesla_gateway_meters.const import DOMAIN
from custom_components.tesla_gateway_meters.gateway import Endpoint

from .child import Child
from .clients import STEPS
from .in_home import LIVE
from .rows import Row, Unit, ratio, times
from .runner import Runner

CLIENTS: Final = "The clients alone"
PROFILE: Final = "Where our client's time goes"
LIMIT: Final = "Against the limit"

_NAMES: Final = ("ours", "bare", "tesla-powerwall", "pypowerwall")
_BARS: Final = {"bare": 1.10}
_PARTS: Final = {
    "dataclass": "its frozen dataclass",
    "numbers": "its fourteen numbers",
    "times": "its four times",
}
_CALLS: Final = 10
_PARSES: Final = 200
_CYCLE: Final = 30.0  # s, in which each live endpoint is asked


async def measure(runner: Runner) -> list[Row]:
    """Compare the clients, and measure ours against the limit."""
    clients = await runner.child("clients", "client_child")
    (gateway,) = await runner.gateways()
    await clients.ask("open", gateway=gateway)
    rows = [
        *await _clients(runner, clients),
        *await _steps(runner, clients),
        *await _parsing(runner, clients),
        *await _round_trips(runner, clients),
    ]
    (near,) = await runner.gateways(round_trip=0)
    await clients.ask("open", gateway=near)
    return [*rows, *await _in_a_row(runner, clients)]


async def _clients(runner: Runner, clients: Child) -> list[Row]:
    runner.report("clients: aggregates")
    fetched = await _aggregates(runner, clients, _NAMES)
    runner.report("clients: everything that each can fetch")
    everything: dict[str, list[dict[str, float]]] = {name: [] for name in _NAMES}
    for turn in range(runner.length.client_pairs // 2):
        for name in _rotated(_NAMES, turn):
            everything[name].append(await clients.ask("everything", client=name))
    rows = []
    for name in _NAMES[1:]:
        for key, what in (("cpu", "CPU"), ("seconds", "wall time")):
            rows.append(
                ratio(
                    CLIENTS,
                    f"aggregates, {what}: ours / {name}",
                    [one[key] for one in fetched["ours"]],
                    [one[key] for one in fetched[name]],
                    _BARS.get(name) if key == "cpu" else None,
                )
            )
        rows.append(
            ratio(
                CLIENTS,
                f"everything, CPU per request: ours / {name}",
                [one["cpu"] for one in everything["ours"]],
                [one["cpu"] for one in everything[name]],
            )
        )
    rows += [
        ratio(
            CLIENTS,
            f"aggregates, CPU: bare / {name}",
            [one["cpu"] for one in fetched["bare"]],
            [one["cpu"] for one in fetched[name]],
        )
        for name in _NAMES[2:]
    ]
    for name in _NAMES:
        rows += [
            times(
                CLIENTS,
                f"aggregates, CPU: {name}",
                [one["cpu"] for one in fetched[name]],
                Unit.MICROSECONDS,
            ),
            times(
                CLIENTS,
                f"aggregates, wall time: {name}",
                [one["seconds"] for one in fetched[name]],
            ),
            times(
                CLIENTS,
                f"everything ({everything[name][0]['requests']:.0f} requests), wall time: {name}",
                [one["seconds"] for one in everything[name]],
            ),
        ]
    return rows


async def _aggregates(
    runner: Runner, clients: Child, names: tuple[str, ...]
) -> dict[str, list[dict[str, float]]]:
    fetched: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for turn in range(runner.length.client_pairs):
        for name in _rotated(names, turn):
            fetched[name].append(
                await clients.ask("aggregates", client=name, times=_CALLS)
            )
    return fetched


async def _cpu(
    runner: Runner, clients: Child, names: tuple[str, ...]
) -> dict[str, list[float]]:
    fetched = await _aggregates(runner, clients, names)
    return {name: [one["cpu"] for one in found] for name, found in fetched.items()}


async def _in_a_row(runner: Runner, clients: Child) -> list[Row]:
    """Measure requests without pauses: each client's own work, with warm caches."""
    runner.report("clients: aggregates, one request right after the other")
    cpu = await _cpu(runner, clients, _NAMES)
    return [
        ratio(
            CLIENTS,
            f"aggregates without any latency, CPU: ours / {name}",
            cpu["ours"],
            cpu[name],
        )
        for name in _NAMES[1:]
    ]


def _rotated(names: tuple[str, ...], turn: int) -> tuple[str, ...]:
    """Let each begin in turn: who comes first finds the processor's caches another's."""
    first = turn % len(names)
    return names[first:] + names[:first]


async def _steps(runner: Runner, clients: Child) -> list[Row]:
    """Measure our client step by step, then the parts of a location's model."""
    runner.report("our client, step by step")
    cpu = await _cpu(runner, clients, (*STEPS, "ours"))
    runner.report("a location's model, part by part")
    made = [
        await clients.ask("location", times=_PARSES)
        for _ in range(runner.length.parse_pairs)
    ]
    whole = [one["whole"] for one in made]
    return [
        *(
            ratio(PROFILE, f"aggregates, CPU: {step} / all", cpu[step], cpu["ours"])
            for step in STEPS
        ),
        *(
            ratio(
                PROFILE,
                f"a location's model: {what} / all",
                [one[part] for one in made],
                whole,
            )
            for part, what in _PARTS.items()
        ),
        times(PROFILE, "a location's model", whole, Unit.MICROSECONDS),
    ]


async def _parsing(runner: Runner, clients: Child) -> list[Row]:
    runner.report("parsing against orjson alone")
    found: list[dict[str, dict[str, float]]] = [
        await clients.ask("parse", times=_PARSES)
        for _ in range(runner.length.parse_pairs)
    ]

    def seconds(kind: str, paths: Collection[str]) -> list[float]:
        return [sum(one[path][kind] for path in paths) for one in found]

    def row(name: str, paths: Collection[str]) -> Row:
        return ratio(
            LIMIT,
            f"parse and model / orjson.loads: {name}",
            seconds("models", paths),
            seconds("bare", paths),
        )

    def figure(name: str, kind: str) -> Row:
        return times(LIMIT, name, seconds(kind, Endpoint), Unit.MICROSECONDS)

    return [
        row("all endpoints", Endpoint),
        *(
            row(path.removeprefix("/api/"), (path,))
            for path in (Endpoint.AGGREGATES, Endpoint.SITE, Endpoint.SOLAR)
        ),
        figure("orjson.loads of all eight answers", "bare"),
        figure("parse and model of all eight answers", "models"),
    ]


async def _round_trips(runner: Runner, clients: Child) -> list[Row]:
    """Compare polls in Home Assistant with the same requests by a bare socket."""
    runner.report("polls against their round trips")
    home = await runner.home("limit", DOMAIN)
    (gateway,) = await runner.gateways()
    await home.ask("add", gateways=[gateway], clocks=True)
    polls: list[float] = []
    trips: list[float] = []
    for _ in range(runner.length.client_pairs // 2):
        found, asked = await runner.skip(home, gateway, _CYCLE)
        if any(poll["coordinator"] != LIVE for poll in found["polls"]):
            # A poll that waits for a slow one has the round trips of that one too.
            continue
        polls.append(sum(poll["seconds"] for poll in found["polls"]))
        trips.append(await clients.ask("round_trips", paths=sorted(asked.elements())))
    name = "wall time of live polls / sum of their round trips"
    return [ratio(LIMIT, name, polls, trips, 1.15)]

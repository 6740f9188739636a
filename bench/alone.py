"""The clients without Home Assistant, and ours against what cannot be undercut."""

from collections import Counter
from typing import Final

from custom_components.tesla_gateway_meters.const import DOMAIN

from .child import Child
from .clients import ENDPOINTS
from .in_home import LIVE
from .pairs import Figure
from .rows import Row, Unit, ratio
from .stage import Stage

CLIENTS: Final = "The clients alone"
LIMIT: Final = "Against the limit"

_NAMES: Final = ("ours", "bare", "tesla-powerwall", "pypowerwall")
_BARS: Final = {"bare": 1.15, "tesla-powerwall": 0.9, "pypowerwall": 0.35}
_CALLS: Final = 10
_PARSES: Final = 200
_CYCLE: Final = 30.0  # s, in which each live endpoint is asked


async def measure(stage: Stage) -> list[Row]:
    """Compare the clients, and measure ours against the limit."""
    clients = await stage.child("clients", "client_child")
    (gateway,) = await stage.gateways()
    await clients.ask("open", gateway=gateway)
    return [
        *await _clients(stage, clients),
        *await _parsing(stage, clients),
        *await _round_trips(stage, clients),
    ]


async def _clients(stage: Stage, clients: Child) -> list[Row]:
    stage.say("clients: aggregates")
    fetched: dict[str, list[dict[str, float]]] = {name: [] for name in _NAMES}
    for _ in range(stage.length.client_pairs):
        for name in _NAMES:
            fetched[name].append(
                await clients.ask("aggregates", client=name, times=_CALLS)
            )
    stage.say("clients: everything that each can fetch")
    everything: dict[str, list[dict[str, float]]] = {name: [] for name in _NAMES}
    for _ in range(stage.length.client_pairs // 2):
        for name in _NAMES:
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
                    _BARS[name] if key == "cpu" else None,
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
    for name in _NAMES:
        rows += [
            _figure(
                f"aggregates, CPU: {name}", fetched[name], "cpu", Unit.MICROSECONDS
            ),
            _figure(
                f"aggregates, wall time: {name}",
                fetched[name],
                "seconds",
                Unit.MILLISECONDS,
            ),
            _figure(
                f"everything ({everything[name][0]['requests']:.0f} requests), wall time: {name}",
                everything[name],
                "seconds",
                Unit.MILLISECONDS,
            ),
        ]
    return rows


def _figure(name: str, found: list[dict[str, float]], key: str, unit: Unit) -> Row:
    factor = 1e6 if unit is Unit.MICROSECONDS else 1e3
    values = [factor * one[key] for one in found]
    return Row(section=CLIENTS, name=name, figure=Figure.of(values), unit=unit)


async def _parsing(stage: Stage, clients: Child) -> list[Row]:
    stage.say("parsing against orjson alone")
    found: list[dict[str, dict[str, float]]] = [
        await clients.ask("parse", times=_PARSES)
        for _ in range(stage.length.parse_pairs)
    ]

    def row(name: str, paths: tuple[str, ...], bar: float | None = None) -> Row:
        models, bare = (
            [sum(one[path][kind] for path in paths) for one in found]
            for kind in ("models", "bare")
        )
        return ratio(
            LIMIT, f"parse and model / orjson.loads: {name}", models, bare, bar
        )

    def figure(name: str, kind: str) -> Row:
        values = [1e6 * sum(one[path][kind] for path in ENDPOINTS) for one in found]
        return Row(
            section=LIMIT, name=name, figure=Figure.of(values), unit=Unit.MICROSECONDS
        )

    return [
        row("all endpoints", ENDPOINTS, 4),
        *(row(path.removeprefix("/api/"), (path,)) for path in ENDPOINTS[:3]),
        figure("orjson.loads of all eight answers", "bare"),
        figure("parse and model of all eight answers", "models"),
    ]


async def _round_trips(stage: Stage, clients: Child) -> list[Row]:
    """Take polls in Home Assistant, and then the same requests by a bare socket."""
    stage.say("polls against their round trips")
    home = await stage.home("limit", DOMAIN)
    (gateway,) = await stage.gateways()
    await home.ask("add", gateways=[gateway], clocks=True)
    polls: list[float] = []
    trips: list[float] = []
    for _ in range(stage.length.client_pairs // 2):
        before = await stage.counted(gateway)
        found = await home.ask("skip", seconds=_CYCLE)
        after = await stage.counted(gateway)
        if any(poll["coordinator"] != LIVE for poll in found["polls"]):
            # A poll that waits for a slow one has the round trips of that one too.
            continue
        asked = Counter(after["requests"]) - Counter(before["requests"])
        polls.append(sum(poll["seconds"] for poll in found["polls"]))
        trips.append(await clients.ask("round_trips", paths=sorted(asked.elements())))
    name = "wall time of live polls / sum of their round trips"
    return [ratio(LIMIT, name, polls, trips, 1.15)]

"""Measurements of our integration and core's, each in its own Home Assistant.

Both see the same values in the same order. They take turns of five minutes of their
time. A value is published if an enabled entity shows a received answer:
a state is written only if it has changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from custom_components.tesla_gateway_meters.const import DOMAIN

from .child import Child
from .home import CORE
from .pairs import Figure
from .rows import Row, Unit, ratio, times
from .runner import Runner

SECTION: Final = "In Home Assistant, ours / core's"
_TURN: Final = 300.0  # s of Home Assistant's time
LIVE: Final = "LiveCoordinator"
_CORE: Final = "PowerwallUpdateCoordinator"
# Live polls in turn: two of two requests, and one of five.
_FULL_POLL: Final = 3


@dataclass(slots=True)
class _Side:
    """One of the two integrations, with its results of each round."""

    home: Child
    gateway: dict[str, Any]
    values: Mapping[str, int]
    cold: dict[str, float]
    turns: list[dict[str, Any]] = field(default_factory=list)
    reloads: list[dict[str, float]] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    published: list[int] = field(default_factory=list)
    at_last: dict[str, Any] = field(default_factory=dict)

    def of_turns(self, key: str) -> list[float]:
        """Return a figure of each turn."""
        return [turn[key] for turn in self.turns]

    def cpu_per_value(self) -> list[float]:
        """Return the loop's CPU seconds for each value of each turn."""
        return [
            turn["cpu"] / count
            for turn, count in zip(self.turns, self.published, strict=True)
        ]

    def cpu_per_change(self) -> list[float]:
        """Return the loop's CPU seconds for each state that became another."""
        return [turn["cpu"] / turn["changed"] for turn in self.turns]

    def seconds(self, coordinator: str) -> list[list[float]]:
        """Return how long the polls of each turn took."""
        return [
            [
                poll["seconds"]
                for poll in turn["polls"]
                if poll["coordinator"] == coordinator
            ]
            for turn in self.turns
        ]


async def measure(runner: Runner) -> list[Row]:
    """Let both run, in turn."""
    ours, core = await _start(runner, DOMAIN), await _start(runner, CORE)
    for turn in range(runner.length.rounds):
        runner.report(f"five minutes of each, {turn + 1} of {runner.length.rounds}")
        for side in (ours, core):
            await _let_run(runner, side)
    for side in (ours, core):
        side.at_last = await runner.counted(side.gateway)
    unchanged = await _nothing_new(runner, ours)
    for _ in range(runner.length.reloads):
        for side in (ours, core):
            side.reloads.append(await side.home.ask("reload"))
    return _rows(ours, core, unchanged)


async def _start(runner: Runner, kind: str) -> _Side:
    runner.report(f"Home Assistant with {kind}")
    home = await runner.home(kind, kind)
    (gateway,) = await runner.gateways()
    cold = await home.ask("add", gateways=[gateway], clocks=True)
    return _Side(home, gateway, await home.ask("values"), cold)


async def _let_run(runner: Runner, side: _Side) -> None:
    found, asked = await runner.skip(side.home, side.gateway, _TURN)
    side.turns.append(found)
    side.requests.append(asked.total())
    side.published.append(
        sum(count * asked[endpoint] for endpoint, count in side.values.items())
    )


async def _nothing_new(runner: Runner, side: _Side) -> int:
    """Count the states that are written while the gateway's clock stands."""
    runner.report("a gateway with nothing new to say")
    await side.home.ask("stop_clocks")
    await side.home.ask("skip", seconds=_TURN)
    quiet = await side.home.ask("skip", seconds=_TURN)
    return int(quiet["changed"] + quiet["reported"])


def _rows(ours: _Side, core: _Side, unchanged: int) -> list[Row]:
    hours = len(ours.turns) * _TURN / 3600
    live = ours.seconds(LIVE)
    core_refresh = [median(turn) for turn in core.seconds(_CORE)]
    mean = [sum(turn) / len(turn) for turn in live]
    full = [max(turn[:_FULL_POLL]) for turn in live]

    def compared(name: str, key: str, bar: float | None = None) -> Row:
        return ratio(SECTION, name, ours.of_turns(key), core.of_turns(key), bar)

    def count(name: str, value: float, bar: float | None = None) -> Row:
        return Row(
            section=SECTION,
            name=name,
            figure=Figure.exactly(value),
            unit=Unit.COUNT,
            bar=bar,
        )

    rows = [
        ratio(
            SECTION,
            "requests per minute, ours at three times the update rate",
            [float(each) for each in ours.requests],
            [float(each) for each in core.requests],
            0.95,
        ),
        ratio(SECTION, "wall time: live poll / refresh", mean, core_refresh, 0.5),
        ratio(
            SECTION, "wall time: the longest live poll / refresh", full, core_refresh
        ),
        ratio(
            SECTION,
            "loop CPU per published value",
            ours.cpu_per_value(),
            core.cpu_per_value(),
            0.4,
        ),
        ratio(
            SECTION,
            "loop CPU per state that changed",
            ours.cpu_per_change(),
            core.cpu_per_change(),
        ),
        compared("loop CPU in all", "cpu", 1.0),
        compared("longest block of the loop", "block", 1.0),
        ratio(
            SECTION,
            "start-up: wall time, code warm",
            [each["seconds"] for each in ours.reloads],
            [each["seconds"] for each in core.reloads],
        ),
        ratio(
            SECTION,
            "start-up: loop CPU, code warm",
            [each["cpu"] for each in ours.reloads],
            [each["cpu"] for each in core.reloads],
            1.0,
        ),
        count("TLS handshakes, set-up included: ours", ours.at_last["handshakes"], 1),
        count("TLS handshakes, set-up included: core's", core.at_last["handshakes"]),
        count("logins: ours", ours.at_last["logins"], 1),
        count("logins: core's", core.at_last["logins"]),
        count("states written by polls in which nothing changed: ours", unchanged, 0),
    ]
    for name, side, coordinator in (("ours", ours, LIVE), ("core's", core, _CORE)):
        polls = [one for turn in side.seconds(coordinator) for one in turn]
        minutes = hours * 60
        rows += [
            count(f"requests per minute: {name}", sum(side.requests) / minutes),
            count(f"KiB per minute: {name}", side.at_last["bytes"] / 1024 / minutes),
            count(f"values shown: {name}", sum(side.values.values())),
            count(
                f"values published per minute: {name}", sum(side.published) / minutes
            ),
            count(
                f"states written per minute: {name}",
                sum(side.of_turns("changed") + side.of_turns("reported")) / minutes,
            ),
            count(
                f"of these as they were before: {name}",
                sum(side.of_turns("reported")) / minutes,
            ),
            times(SECTION, f"wall time of a poll: {name}", polls),
            times(
                SECTION,
                f"loop CPU per published value: {name}",
                side.cpu_per_value(),
                Unit.MICROSECONDS,
            ),
            times(
                SECTION,
                f"loop CPU per minute: {name}",
                [cpu / (_TURN / 60) for cpu in side.of_turns("cpu")],
            ),
            times(
                SECTION, f"longest block of the loop: {name}", side.of_turns("block")
            ),
            times(
                SECTION,
                f"start-up, code warm: {name}",
                [each["seconds"] for each in side.reloads],
            ),
            times(SECTION, f"start-up, first time: {name}", [side.cold["seconds"]]),
        ]
    return rows

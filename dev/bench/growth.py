"""Measurements with many gateways in one Home Assistant, and after many polls."""

from dataclasses import dataclass
from typing import Any, Final

from custom_components.tesla_gateway_meters.const import DOMAIN

from .child import Child
from .pairs import Figure, percentile
from .rows import Row, Unit, ratio, times
from .runner import Runner

SECTION: Final = "Growth"
_TURN: Final = 60.0  # s of Home Assistant's time
_MOST_KIBIBYTES: Final = 6 * 1024
_MEBIBYTE: Final = 2**20
WARM_UP: Final = 1000  # polls
_POLL: Final = 10  # s


@dataclass(frozen=True, slots=True)
class _Size:
    """A Home Assistant with so many gateways."""

    gateways: int
    home: Child
    empty: int


async def measure(runner: Runner) -> list[Row]:
    """Measure all sizes in turn, and then memory."""
    rows: list[Row] = []
    if runner.length.growth:
        rows += await _sizes(runner)
    if runner.length.polls:
        rows += await _memory(runner)
    return rows


async def _sizes(runner: Runner) -> list[Row]:
    sizes = [await _start(runner, count) for count in runner.length.growth]
    cpu: dict[int, list[float]] = {size.gateways: [] for size in sizes}
    for turn in range(runner.length.growth_rounds):
        runner.report(f"CPU per gateway, {turn + 1} of {runner.length.growth_rounds}")
        for size in sizes:
            # So that there are about as many polls of one as of many.
            turns = max(1, 10 // size.gateways)
            found = await size.home.ask("skip", seconds=_TURN * turns)
            cpu[size.gateways].append(found["cpu"] / size.gateways / turns)
    rows = []
    for size in sizes:
        runner.report(f"{size.gateways} gateways, time as it is")
        live = await size.home.ask("live", seconds=runner.length.live_seconds)
        rows += _of_size(size, live, cpu)
    return rows


async def _start(runner: Runner, count: int) -> _Size:
    runner.report(f"Home Assistant with {count} gateways")
    home = await runner.home(f"growth-{count}", DOMAIN)
    empty = (await home.ask("memory"))["resident"]
    await home.ask("add", gateways=await runner.gateways(count), clocks=True)
    return _Size(count, home, empty)


def _of_size(
    size: _Size, live: dict[str, Any], cpu: dict[int, list[float]]
) -> list[Row]:
    count, most = size.gateways, max(cpu)
    name = "1 gateway" if count == 1 else f"{count} gateways"
    lag = Figure.exactly(1e3 * percentile(live["lags"], 0.99))
    late = Figure.exactly(
        1e3 * percentile([poll["late"] for poll in live["polls"]], 0.99)
    )
    rows = [
        Row(
            section=SECTION,
            name=f"{name}: loop lag, 99th percentile",
            figure=lag,
            unit=Unit.MILLISECONDS,
            bar=50 if count == most else None,
        ),
        Row(
            section=SECTION,
            name=f"{name}: lateness of polls, 99th percentile",
            figure=late,
            unit=Unit.MILLISECONDS,
        ),
        times(SECTION, f"{name}: loop CPU per gateway and minute", cpu[count]),
        Row(
            section=SECTION,
            name=f"{name}: resident memory per gateway, KiB",
            figure=Figure.exactly((live["resident"] - size.empty) / 1024 / count),
            unit=Unit.COUNT,
            bar=_MOST_KIBIBYTES if count == 1 else None,
        ),
    ]
    if count > 1:
        rows.append(
            ratio(
                SECTION,
                f"{name}: CPU per gateway / with 1 gateway",
                cpu[count],
                cpu[1],
                1.2 if count == most else None,
            )
        )
    return rows


async def _memory(runner: Runner) -> list[Row]:
    """Measure Python's own allocations; without a recorder, which caches."""
    home = await runner.home("memory", DOMAIN, recorder=False, trace=True)
    gateways = await runner.gateways(round_trip=0)
    await home.ask("add", gateways=gateways, clocks=True)
    runner.report("memory: warming up")
    await home.ask("skip", seconds=WARM_UP * _POLL)
    before = await home.ask("memory")
    part = runner.length.polls // 10
    for done in range(0, runner.length.polls, part):
        runner.report(f"memory: {done} of {runner.length.polls} polls")
        await home.ask("skip", seconds=part * _POLL)
    after = await home.ask("memory")
    return [
        Row(
            section=SECTION,
            name=f"memory after {runner.length.polls:,} polls: {what}",
            figure=Figure.exactly(after[key] - before[key]),
            unit=Unit.BYTES,
            bar=_MEBIBYTE if key == "traced" else None,
        )
        for key, what in (("traced", "allocated by Python"), ("resident", "resident"))
    ]

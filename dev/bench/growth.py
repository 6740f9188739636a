"""What becomes of it with many gateways in one Home Assistant, and after many polls."""

from dataclasses import dataclass
from typing import Any, Final

from custom_components.tesla_gateway_meters.const import DOMAIN

from .child import Child
from .pairs import Figure, percentile
from .rows import Row, Unit, ratio, times
from .stage import Stage

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


async def measure(stage: Stage) -> list[Row]:
    """Measure all sizes in turn, and then memory."""
    rows: list[Row] = []
    if stage.length.growth:
        rows += await _sizes(stage)
    if stage.length.polls:
        rows += await _memory(stage)
    return rows


async def _sizes(stage: Stage) -> list[Row]:
    sizes = [await _start(stage, count) for count in stage.length.growth]
    cpu: dict[int, list[float]] = {size.gateways: [] for size in sizes}
    for turn in range(stage.length.growth_rounds):
        stage.say(f"CPU per gateway, {turn + 1} of {stage.length.growth_rounds}")
        for size in sizes:
            # So that there are about as many polls of one as of many.
            turns = max(1, 10 // size.gateways)
            found = await size.home.ask("skip", seconds=_TURN * turns)
            cpu[size.gateways].append(found["cpu"] / size.gateways / turns)
    rows = []
    for size in sizes:
        stage.say(f"{size.gateways} gateways, time as it is")
        live = await size.home.ask("live", seconds=stage.length.live_seconds)
        rows += _of_size(size, live, cpu)
    return rows


async def _start(stage: Stage, count: int) -> _Size:
    stage.say(f"Home Assistant with {count} gateways")
    home = await stage.home(f"growth-{count}", DOMAIN)
    empty = (await home.ask("memory"))["resident"]
    await home.ask("add", gateways=await stage.gateways(count), clocks=True)
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


async def _memory(stage: Stage) -> list[Row]:
    """Watch Python's own allocations, to the byte; without a recorder, which caches."""
    home = await stage.home("memory", DOMAIN, recorder=False, trace=True)
    gateways = await stage.gateways(round_trip=0)
    await home.ask("add", gateways=gateways, clocks=True)
    stage.say("memory: warming up")
    await home.ask("skip", seconds=WARM_UP * _POLL)
    before = await home.ask("memory")
    part = stage.length.polls // 10
    for done in range(0, stage.length.polls, part):
        stage.say(f"memory: {done} of {stage.length.polls} polls")
        await home.ask("skip", seconds=part * _POLL)
    after = await home.ask("memory")
    return [
        Row(
            section=SECTION,
            name=f"memory after {stage.length.polls:,} polls: {what}",
            figure=Figure.exactly(after[key] - before[key]),
            unit=Unit.BYTES,
            bar=_MEBIBYTE if key == "traced" else None,
        )
        for key, what in (("traced", "allocated by Python"), ("resident", "resident"))
    ]

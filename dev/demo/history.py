"""The simulated home's past, written to Home Assistant's database.

A week of hourly statistics for the energy dashboard, and for the graphs a day of
5-minute statistics and of states. The latter two need the component `demo_past`.
"""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from statistics import fmean
from typing import TYPE_CHECKING, Any

from .home_assistant import Socket
from .registry import Registry

if TYPE_CHECKING:
    from .simulated_past import Past

SLOT, HOUR = 300, 3600  # s: what statistics are of, those of a few days and those kept
# Home Assistant sums a slot up 10 s after its end. It has to find the slots before, or it
# would begin at 0, and not this one; what it had summed up too early is written again.
BEFORE_SUMMING_UP, AFTER_SUMMING_UP = 5, 12  # s
# The longest that starting and setting up may take.
START = timedelta(minutes=10)
SUSTAINED = "site_sustained_export"
SUSTAINED_STATES = {True: "on", False: "off", None: "unknown"}

type Row = dict[str, Any]
type State = tuple[float, str]


def simulate(profile: str, since: datetime) -> Past:
    """Return the past of a home, up to the time at which Home Assistant has started.

    It takes seconds.
    """
    from .simulated_past import simulate as simulate_past  # noqa: PLC0415 - the import takes seconds too

    return simulate_past(profile, since, datetime.now(since.tzinfo) + START)


async def write(socket: Socket, registry: Registry, past: Past) -> None:
    """Send the past to Home Assistant, which writes it later."""
    await asyncio.sleep(pause(datetime.now(UTC).timestamp()))
    now = datetime.now(UTC).timestamp()
    until = min(now - AFTER_SUMMING_UP, past.times[-1])
    shown = {
        each["entity_id"]: each["state"] for each in await socket.command("get_states")
    }
    known = {
        each["statistic_id"]: each
        for each in await socket.command("recorder/list_statistic_ids")
    }
    for key in past.samples[-1]:
        entity = registry.find(key)
        if entity is None or entity not in known:
            continue
        if known[entity]["has_sum"]:
            present = float(shown[entity])
            hours = counted(past, key, HOUR, past.times[0], until, present=present)
            slots = counted(past, key, SLOT, past.recent, until, present=present)
        else:
            hours = measured(past, key, HOUR, past.times[0], until)
            slots = measured(past, key, SLOT, past.recent, until)
            values = (
                (time, f"{value}") for time, value in past.recent_values(key, now)
            )
            await _write_states(socket, entity, values)
        metadata = _metadata(known[entity])
        for command, rows in (("recorder", hours), ("demo_past", slots)):
            await socket.command(
                f"{command}/import_statistics", metadata=metadata, stats=list(rows)
            )
    if entity := registry.find(SUSTAINED):
        flags = zip(past.times, past.sustained, strict=True)
        states = (
            (time, SUSTAINED_STATES[flag])
            for time, flag in flags
            if past.recent < time <= now
        )
        await _write_states(socket, entity, states)


def pause(now: float) -> float:
    """Return how long to wait, so as not to write while Home Assistant sums up."""
    passed = now % SLOT
    busy = BEFORE_SUMMING_UP < passed < AFTER_SUMMING_UP
    return AFTER_SUMMING_UP - passed if busy else 0


def measured(
    past: Past, key: str, seconds: int, start: float, until: float
) -> Iterator[Row]:
    """Yield the statistics of a power or the like, for the whole hours or slots."""
    for begin, end in _whole(seconds, start, until):
        if values := past.between(key, begin, end):
            yield {
                "start": _iso(begin),
                "mean": fmean(values),
                "min": min(values),
                "max": max(values),
            }


def counted(
    past: Past, key: str, seconds: int, start: float, until: float, *, present: float
) -> Iterator[Row]:
    """Yield the statistics of a counter that shows `present` now.

    A counter that is computed steps back at times, which the integration never shows.
    """
    highest = first = past.at(key, past.times[0]) or 0.0
    for begin, end in _whole(seconds, start, until):
        if (value := past.at(key, end)) is not None:
            highest = min(max(highest, value), present)
            yield {"start": _iso(begin), "state": highest, "sum": highest - first}


def _whole(seconds: int, start: float, until: float) -> Iterator[tuple[float, float]]:
    begin = -(-start // seconds) * seconds
    while (end := begin + seconds) <= until:
        yield begin, end
        begin = end


def _iso(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat()


def _metadata(known: dict[str, Any]) -> Row:
    return {
        "statistic_id": known["statistic_id"],
        "source": known["source"],
        "name": None,
        "mean_type": known["mean_type"],
        "has_sum": known["has_sum"],
        "unit_class": known["unit_class"],
        "unit_of_measurement": known["statistics_unit_of_measurement"],
    }


async def _write_states(socket: Socket, entity: str, states: Iterable[State]) -> None:
    """Write states as Home Assistant does: a new one if it differs from the last."""
    changes = [next(run) for _, run in groupby(states, itemgetter(1))]
    await socket.command("demo_past/import_states", entity_id=entity, states=changes)

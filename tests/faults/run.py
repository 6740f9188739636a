"""Run of a row: begin the fault, observe, end it, and wait for recovery."""

from collections.abc import Iterable
import logging

import pytest

from . import entity_groups
from .row import Outcome, Row
from .world import World

INTEGRATION = "custom_components.tesla_gateway_meters"
_TITLE = "Tesla Energy Gateway "

# Up to here all is well; the next slow poll, every five minutes, is soon due.
_WARM_UP = 270
# The times within which all may be shown again, in seconds: a live poll, every
# third one, a slow poll, a rest, and the longest cool-down.
_BACK = (0, 10, 30, 300, 600, 1800)
_LIVE_INTERVAL = 10


async def run(row: Row, world: World, caplog: pytest.LogCaptureFixture) -> Outcome:
    """Return what came of a row's fault."""
    if row.prepare is not None:
        await row.prepare(world)
    await world.pass_time(_WARM_UP)
    before = world.states()
    requests, logins = world.requests(), world.logins()
    start = len(caplog.records)

    await row.begin(world)
    shown: dict[str, str] = {}
    repairs: set[str] = set()
    for _ in range(row.polls):
        await world.poll()
        for key, state in entity_groups.differences(before, world.states()).items():
            if state not in shown.setdefault(key, state).split(", "):
                shown[key] += f", {state}"
        repairs |= world.repairs()
    requests = world.requests() - requests
    logins = world.logins() - logins
    log = _lines(caplog.records[start:])
    end = len(caplog.records)
    logins_back = world.logins()

    await row.end(world)
    back = await _polls_until_shown(world, before)
    assert not world.repairs(), "what was asked of the person is no longer asked"
    return Outcome(
        requests=requests,
        logins=logins,
        logins_back=world.logins() - logins_back,
        shown=shown,
        log=log,
        log_back=_lines(caplog.records[end:]),
        repairs=tuple(repairs),
        back=next(limit for limit in _BACK if back * _LIVE_INTERVAL <= limit),
    )


async def _polls_until_shown(world: World, before: dict[str, str]) -> int:
    """Return how many live polls it takes until all is shown as before."""
    longest = _BACK[-1] // _LIVE_INTERVAL
    for polls in range(longest + 1):
        if world.states() == before:
            return polls
        await world.poll()
    pytest.fail(
        f"still not as before: {entity_groups.differences(before, world.states())}"
    )


def _lines(records: Iterable[logging.LogRecord]) -> tuple[str, ...]:
    """Return the integration's log messages."""
    return tuple(
        f"{record.levelname} {record.getMessage().replace(_TITLE, '')}"
        for record in records
        if record.name.startswith(INTEGRATION)
        and record.levelno >= logging.INFO
        # Home Assistant's own count of its tries to set an entry up.
        and record.module != "config_entries"
    )

"""How long one poll may take, whatever the gateway does.

A poll sends several requests, one after the other. Each of them has a limit of
its own, and together they share that of the poll, which the current task carries
as it does `asyncio.timeout`. A login is exempt and has its own limit alone: one
that is broken off has to be repeated, and gateways count logins.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
import time

from .errors import AnswerTimeoutError

NOT_ASKED = "not asked, as others gave no answer in time"


@dataclass(slots=True)
class _Poll:
    """The poll in hand, and when it has to be over by the monotonic clock."""

    deadline: float


_POLL: ContextVar[_Poll | None] = ContextVar("gateway_poll", default=None)


@contextmanager
def poll_limit(seconds: float) -> Iterator[None]:
    """Give all requests that are made within this many seconds together."""
    token = _POLL.set(_Poll(time.monotonic() + seconds))
    try:
        yield
    finally:
        _POLL.reset(token)


@contextmanager
def exempt() -> Iterator[None]:
    """Leave the time that this takes out of the poll's."""
    poll, started = _POLL.get(), time.monotonic()
    token = _POLL.set(None)
    try:
        yield
    finally:
        _POLL.reset(token)
        if poll is not None:
            poll.deadline += time.monotonic() - started


def time_left() -> float | None:
    """Return the seconds that are left of the poll, None outside of one.

    Raises AnswerTimeoutError when none are left.
    """
    if (poll := _POLL.get()) is None:
        return None
    if (left := poll.deadline - time.monotonic()) <= 0:
        raise AnswerTimeoutError(NOT_ASKED)
    return left


@asynccontextmanager
async def in_turn(lock: asyncio.Lock) -> AsyncIterator[None]:
    """Hold a lock, after waiting for it no longer than the poll may take."""
    try:
        async with asyncio.timeout(time_left()):
            await lock.acquire()
    except TimeoutError:
        raise AnswerTimeoutError(NOT_ASKED) from None
    try:
        yield
    finally:
        lock.release()

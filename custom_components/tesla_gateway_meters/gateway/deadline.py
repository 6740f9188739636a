"""Limit the time that all requests of one poll take together.

A poll sends several requests, one after the other. Each has a time limit of its
own, and together they share the poll's, which the current task carries as it does
`asyncio.timeout`. A login is excluded and has only its own limit: one that is cut
off has to be repeated, and gateways count logins.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from .errors import AnswerTimeoutError

NOT_REQUESTED = "not asked, as others gave no answer in time"


@dataclass(slots=True)
class _Poll:
    """A poll in progress; `deadline` is in s by the event loop's clock."""

    deadline: float


_POLL: ContextVar[_Poll | None] = ContextVar("gateway_poll", default=None)


@contextmanager
def poll_timeout(seconds: float) -> Iterator[None]:
    """Limit the requests that are made within this context to a total of seconds."""
    token = _POLL.set(_Poll(_now() + seconds))
    try:
        yield
    finally:
        _POLL.reset(token)


@contextmanager
def without_poll_timeout() -> Iterator[None]:
    """Extend the poll's deadline by the time that this context takes."""
    poll, started = _POLL.get(), _now()
    token = _POLL.set(None)
    try:
        yield
    finally:
        _POLL.reset(token)
        if poll is not None:
            poll.deadline += _now() - started


def deadline_after(seconds: float) -> float:
    """Return when a request has to end that starts now, by the event loop's clock.

    That is after this many seconds, or with the poll if that ends earlier. Raises
    AnswerTimeoutError if the poll's time is over.
    """
    now = _now()
    if (poll := _POLL.get()) is None:
        return now + seconds
    if poll.deadline <= now:
        raise AnswerTimeoutError(NOT_REQUESTED)
    return min(now + seconds, poll.deadline)


async def acquire(lock: asyncio.Semaphore) -> None:
    """Acquire a lock; raise AnswerTimeoutError if the poll ends before."""
    if not lock.locked():
        # Nobody waits for it either, so this does not wait.
        await lock.acquire()
        return
    poll = _POLL.get()
    try:
        async with asyncio.timeout_at(None if poll is None else poll.deadline):
            await lock.acquire()
    except TimeoutError:
        raise AnswerTimeoutError(NOT_REQUESTED) from None


def _now() -> float:
    return asyncio.get_running_loop().time()

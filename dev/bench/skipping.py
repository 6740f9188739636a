"""An event loop that skips the time in which nothing happens, and watches itself."""

import asyncio
import selectors
import time
from typing import override

import aiohttp.connector


class SkippingLoop(asyncio.SelectorEventLoop):
    """Home Assistant's usual loop, with a clock that can jump to the next timer.

    All timers fire in their order and at their time, and all work is done as it would
    be. `time.time` and `time.monotonic` jump along: means over a minute look at as many
    polls as in life, and energy counters find the power that goes with their rise.
    What has taken hold of the real one before, as Home Assistant's timers by the hour
    have, keeps it: they would find its other clocks, written in C, behind.
    """

    def __init__(self) -> None:
        """Start at the present."""
        self._skipped = 0.0
        self._monotonic = time.monotonic
        self.blocks = Blocks()
        super().__init__(self.blocks)
        # aiohttp judges by this clock which connections have been idle for too long.
        aiohttp.connector.monotonic = self.time  # type: ignore[attr-defined]
        wall = time.time
        time.time = lambda: wall() + self._skipped
        time.monotonic = self.time

    @override
    def time(self) -> float:
        return self._monotonic() + self._skipped

    def next_timer(self) -> float | None:
        """Return when the next timer is due."""
        timers: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        return min(
            (each.when() for each in timers if not each.cancelled()), default=None
        )

    def skip_to(self, when: float) -> float:
        """Let it be this time, unless it is past; return the seconds that were skipped."""
        skipped = max(0.0, when - self.time())
        self._skipped += skipped
        return skipped


class Blocks(selectors.DefaultSelector):
    """A selector that records how long the loop ran between two selections.

    In seconds of its thread's CPU time: that others have the processor for a while
    is not the loop's doing.
    """

    longest = 0.0
    _since = 0.0

    @override
    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        self.longest = max(self.longest, time.thread_time() - self._since)
        found = super().select(timeout)
        self._since = time.thread_time()
        return found

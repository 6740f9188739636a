"""Recording of the polls of all coordinators in a Home Assistant."""

import asyncio
from dataclasses import dataclass
import time
from typing import Any

from homeassistant.helpers.update_coordinator import DataUpdateCoordinator


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll, from its start until the last entity has written its state.

    `seconds` on the clock, `cpu` seconds of the loop's thread in that time, which is
    the poll's own if no other runs beside it; `late` are the seconds from when it
    was due.
    """

    coordinator: str
    seconds: float
    cpu: float
    late: float


class Polls:
    """The polls since recording began."""

    def __init__(self) -> None:
        """Start recording."""
        self._seen: list[Poll] = []
        self._running = 0
        self._rested = asyncio.Event()
        self._rested.set()
        self._due: dict[int, float] = {}
        refresh = DataUpdateCoordinator._async_refresh

        async def watched(
            coordinator: DataUpdateCoordinator[Any], *args: Any, **kwargs: Any
        ) -> None:
            loop = asyncio.get_running_loop()
            late = loop.time() - self._due.get(id(coordinator), loop.time())
            self._running += 1
            self._rested.clear()
            begun, cpu = time.perf_counter(), time.thread_time()
            try:
                await refresh(coordinator, *args, **kwargs)
            finally:
                poll = Poll(
                    coordinator=type(coordinator).__name__,
                    seconds=time.perf_counter() - begun,
                    cpu=time.thread_time() - cpu,
                    late=late,
                )
                self._seen.append(poll)
                self._running -= 1
                if not self._running:
                    self._rested.set()
                if coordinator._unsub_refresh is not None:
                    # The timer's own method, which cancels it.
                    timer = coordinator._unsub_refresh.__self__  # type: ignore[attr-defined]
                    self._due[id(coordinator)] = timer.when()

        DataUpdateCoordinator._async_refresh = watched  # type: ignore[method-assign, assignment]

    async def rest(self) -> None:
        """Wait until no poll is running."""
        await self._rested.wait()

    def take(self) -> list[Poll]:
        """Return the polls since the last time."""
        seen, self._seen = self._seen, []
        return seen

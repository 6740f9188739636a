"""A Home Assistant in its own process: `python -m bench.home_child KIND FOLDER`.

KIND is the domain of what it reads its gateways with; FOLDER is its configuration's.
Time passes here when it is asked to: as it does (`live`), or without the idle parts of
it (`skip`).
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
import gc
from pathlib import Path
import socket
import sys
import time
import tracemalloc
from typing import Any, Final

from homeassistant.components.recorder import get_instance
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback
import psutil

from .child import answer_all
from .database import rows_by_entity, rows_by_kind, size
from .delay import LOOPBACK
from .home import new_entry, start, values_by_endpoint
from .polls import Polls
from .skipping import SkippingLoop

_SAMPLE: Final = 0.005  # s


class _Home:
    """The methods that the benchmark calls."""

    def __init__(self, kind: str, loop: SkippingLoop, folder: Path) -> None:
        self._kind = kind
        self._loop = loop
        self._folder = folder
        self._polls = Polls()
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._clocks: list[int] = []
        self._hass: HomeAssistant | None = None
        self._has_recorder = False
        self._written: Counter[str] = Counter()

    @property
    def hass(self) -> HomeAssistant:
        """The running Home Assistant."""
        if self._hass is None:
            raise RuntimeError("not started")
        return self._hass

    async def start(self, recorder: bool, trace: bool) -> None:
        """Start Home Assistant, with nothing in it yet."""
        if trace:
            tracemalloc.start()
        self._has_recorder = recorder
        self._hass = hass = await start(self._folder, recorder=recorder)

        @callback
        def note(event: Event[Any]) -> None:
            if event.data["entity_id"].partition(".")[0] in _DOMAINS:
                self._written[str(event.event_type)] += 1

        @callback
        def anything(_: object) -> bool:
            return True

        hass.bus.async_listen(EVENT_STATE_CHANGED, note)
        hass.bus.async_listen(EVENT_STATE_REPORTED, note, event_filter=anything)

    async def add(
        self,
        gateways: list[dict[str, Any]],
        clocks: bool,
        options: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Set gateways up; their clocks follow, if they are to move."""
        if clocks:
            self._clocks += [each["clock"] for each in gateways]
        entries = [new_entry(self._kind, each, options or {}) for each in gateways]
        begun, cpu = time.perf_counter(), time.thread_time()
        await asyncio.gather(
            *(self.hass.config_entries.async_add(each) for each in entries)
        )
        await self.hass.async_block_till_done()
        self._raise_if_not_loaded()
        return {"seconds": time.perf_counter() - begun, "cpu": time.thread_time() - cpu}

    async def reload(self) -> dict[str, Any]:
        """Set all up once more, as at a start of Home Assistant whose code is warm."""
        entries = self.hass.config_entries
        known = [each.entry_id for each in entries.async_entries(self._kind)]
        for each in known:
            await entries.async_unload(each)
        await self.hass.async_block_till_done()
        begun, cpu = time.perf_counter(), time.thread_time()
        await asyncio.gather(*(entries.async_setup(each) for each in known))
        await self.hass.async_block_till_done()
        self._raise_if_not_loaded()
        return {"seconds": time.perf_counter() - begun, "cpu": time.thread_time() - cpu}

    async def stop_clocks(self) -> None:
        """Let the gateways have nothing new to say."""
        self._clocks.clear()

    def _raise_if_not_loaded(self) -> None:
        for entry in self.hass.config_entries.async_entries(self._kind):
            if entry.state is not ConfigEntryState.LOADED:
                raise RuntimeError(f"{self._kind}: {entry.state}: {entry.reason}")

    async def values(self) -> Mapping[str, int]:
        """Return the number of values shown of each endpoint."""
        return values_by_endpoint(self.hass, self._kind)

    async def skip(self, seconds: float) -> dict[str, Any]:
        """Let time pass, without its idle parts; tell what was done in it."""
        loop, polls = self._loop, self._polls
        self._begin()
        end, cpu, longest = loop.time() + seconds, 0.0, 0.0
        while (due := loop.next_timer()) is not None and due <= end:
            self._move_clocks(loop.skip_to(due))
            loop.blocks.longest = 0
            began = time.thread_time()
            # The first of these comes before the timers that are due.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await polls.rest()
            await asyncio.sleep(0)
            cpu += time.thread_time() - began
            longest = max(longest, loop.blocks.longest)
            await self._let_recorder_write()
        self._move_clocks(loop.skip_to(end))
        return {"cpu": cpu, "block": longest, **self._found()}

    async def live(self, seconds: float) -> dict[str, Any]:
        """Let time pass as it does, and measure how late the loop comes to things."""
        loop = self._loop
        self._begin()
        lags: list[float] = []
        cpu, end = time.thread_time(), loop.time() + seconds
        loop.blocks.longest = 0
        while (now := loop.time()) < end:
            await asyncio.sleep(_SAMPLE)
            lags.append(max(0.0, loop.time() - now - _SAMPLE))
        cpu = time.thread_time() - cpu
        return {
            "cpu": cpu,
            "block": loop.blocks.longest,
            "lags": lags,
            "resident": psutil.Process().memory_info().rss,
            **self._found(),
        }

    async def memory(self) -> dict[str, int]:
        """Return memory in bytes: Python's traced allocations, and resident memory."""
        await self.hass.async_block_till_done()
        gc.collect()
        return {
            "traced": tracemalloc.get_traced_memory()[0],
            "resident": psutil.Process().memory_info().rss,
        }

    async def rows(self) -> dict[str, int]:
        """Count the rows that the recorder has written, by the kind of the entity."""
        return await rows_by_kind(self.hass)

    async def rows_by_entity(self) -> dict[str, int]:
        """Count the rows that the recorder has written of each entity."""
        return await rows_by_entity(self.hass)

    async def database_size(self) -> int:
        """Return the size (bytes) of the recorder's database."""
        return await size(self.hass)

    def _begin(self) -> None:
        self._polls.take()
        self._written.clear()

    def _found(self) -> dict[str, Any]:
        return {
            "polls": [asdict(each) for each in self._polls.take()],
            "changed": self._written[str(EVENT_STATE_CHANGED)],
            "reported": self._written[str(EVENT_STATE_REPORTED)],
        }

    def _move_clocks(self, seconds: float) -> None:
        if seconds:
            for port in self._clocks:
                self._socket.sendto(str(seconds).encode(), (LOOPBACK, port))

    async def _let_recorder_write(self) -> None:
        """Wait for what goes on beside the loop, which has idle time for it in life."""
        # A thread does it, without a signal at its end.
        while self._has_recorder and get_instance(self.hass).backlog:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


_DOMAINS: Final = {"binary_sensor", "sensor", "switch"}


async def main(kind: str, folder: Path, loop: SkippingLoop) -> None:
    """Serve calls until the parent process closes."""
    await answer_all(_Home(kind, loop, folder))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        skipping = runner.get_loop()
        if isinstance(skipping, SkippingLoop):
            runner.run(main(sys.argv[1], Path(sys.argv[2]), skipping))

"""Lets work in hand end before Home Assistant has stopped."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant


@contextmanager
def finish_before_stop(
    hass: HomeAssistant, end: Callable[[], object] | None = None
) -> Iterator[None]:
    """Let Home Assistant's stop call `end`, then wait for the current task.

    Home Assistant waits for what its stop event starts. A task that ran before is
    cancelled in the end, and both that and a cancelled set-up are logged as faults.
    """
    task = asyncio.current_task()

    async def stop(_: Event) -> None:
        if end is not None:
            end()
        if task is not None:
            await asyncio.wait((task,))

    remove = hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stop)
    try:
        yield
    finally:
        remove()

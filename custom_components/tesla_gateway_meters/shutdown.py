"""Context manager that lets a running task finish before Home Assistant stops."""

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

    Home Assistant waits for the tasks that its stop event starts. It cancels those that
    ran before, and logs that, or a cancelled set-up, as an error.
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

"""The base of coordinators: one that reports the end of every refresh."""

from collections.abc import Callable
from functools import cached_property
from typing import override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator


class RefreshCoordinator[DataT](DataUpdateCoordinator[DataT]):
    """A coordinator whose refresh listeners are called after each refresh.

    Home Assistant's own listeners miss a failure that follows another, even one that
    has a different cause.
    """

    @cached_property
    def _refresh_listeners(self) -> list[CALLBACK_TYPE]:
        return []

    @callback
    def async_add_refresh_listener(self, update: CALLBACK_TYPE) -> Callable[[], None]:
        """Call back after each refresh, whether it succeeded or failed."""
        self._refresh_listeners.append(update)
        return lambda: self._refresh_listeners.remove(update)

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        for update in self._refresh_listeners:
            update()

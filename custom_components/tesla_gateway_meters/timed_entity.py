"""Entities whose value changes with time, also between polls."""

from collections.abc import Callable, Mapping
from datetime import datetime
import time
from typing import override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.device_registry import ChildDeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.event import async_call_later

from .entity import GatewayEntity, Source
from .processing.snapshot import LiveSnapshot
from .processing.timed_value import TimedValue
from .runtime_data import GatewayData


class TimedEntity[PartT, ValueT](GatewayEntity[LiveSnapshot, PartT]):
    """An entity that schedules an update for when its value next changes."""

    def __init__(
        self,
        data: GatewayData,
        device: ChildDeviceInfo,
        source: Source[LiveSnapshot, PartT],
        find_timed: Callable[[PartT], TimedValue[ValueT]],
        *,
        key: str,
        description: EntityDescription,
        placeholders: Mapping[str, str] | None = None,
    ) -> None:
        """Initialize the entity; `find_timed` gives the value that a part has over time."""
        self._find_timed = find_timed
        self._timed: TimedValue[ValueT] | None = None
        self._cancel: CALLBACK_TYPE | None = None
        super().__init__(
            data,
            device,
            source,
            key=key,
            description=description,
            placeholders=placeholders,
        )

    def _value(self, part: PartT) -> ValueT | None:
        """Return the present value."""
        self._timed = self._find_timed(part)
        return self._timed.at(time.monotonic())

    @override
    async def async_added_to_hass(self) -> None:
        """Schedule the first update."""
        await super().async_added_to_hass()
        self._schedule()

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Cancel the update."""
        await super().async_will_remove_from_hass()
        self._unschedule()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        super()._handle_coordinator_update()
        self._schedule()

    @callback
    def _handle_change_due(self, _: datetime) -> None:
        self._cancel = None
        self._handle_coordinator_update()

    def _schedule(self) -> None:
        self._unschedule()
        if self._timed is None:
            return
        now = time.monotonic()
        if (change_at := self._timed.next_change(now)) is not None:
            self._cancel = async_call_later(
                self.hass, max(change_at - now, 0), self._handle_change_due
            )

    def _unschedule(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

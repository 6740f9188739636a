"""Entities whose value changes with time, also between polls."""

from collections.abc import Mapping
from datetime import datetime
import time
from typing import override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.device_registry import ChildDeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.event import async_call_later

from .entity import GatewayEntity, Source
from .processing.snapshot import LiveSnapshot
from .processing.surplus import Timed
from .runtime_data import GatewayData


class TimedEntity[PartT, ValueT](GatewayEntity[LiveSnapshot, PartT]):
    """An entity that schedules an update for when its value next changes."""

    def __init__(
        self,
        data: GatewayData,
        device: ChildDeviceInfo,
        source: Source[LiveSnapshot, PartT],
        timed: Timed[ValueT],
        *,
        key: str,
        description: EntityDescription,
        placeholders: Mapping[str, str] | None = None,
    ) -> None:
        """Initialize the entity; `timed` gives its value while the source has its part."""
        self._timed = timed
        self._cancel: CALLBACK_TYPE | None = None
        super().__init__(
            data,
            device,
            source,
            key=key,
            description=description,
            placeholders=placeholders,
        )

    def _value(self) -> ValueT | None:
        """Return the present value."""
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
        now = time.monotonic()
        if (change_at := self._timed.turn(now)) is not None:
            self._cancel = async_call_later(
                self.hass, max(change_at - now, 0), self._handle_change_due
            )

    def _unschedule(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

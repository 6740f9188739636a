"""Entities whose value changes between polls, by time alone."""

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
    """Asks again at the moment when there is something new to see.

    Polls that change nothing leave that moment where it was, save that a reading holds
    for longer: whoever asks too early is told the next moment.
    """

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
        """Show this, as long as there is the part that it is made of."""
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
        """Return what is to be shown now."""
        self._timed = self._find_timed(part)
        return self._timed.at(time.monotonic())

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to wait."""
        await super().async_added_to_hass()
        self._wait()

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Wait no longer."""
        await super().async_will_remove_from_hass()
        if self._cancel is not None:
            self._cancel()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        super()._handle_coordinator_update()
        self._wait()

    @callback
    def _look_again(self, _: datetime) -> None:
        self._cancel = None
        if self._refresh():
            self.async_write_ha_state()
        self._wait()

    def _wait(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        if self._timed is None:
            return
        now = time.monotonic()
        if (moment := self._timed.next_change(now)) is not None:
            self._cancel = async_call_later(
                self.hass, max(moment - now, 0), self._look_again
            )

"""The base of all entities: a device, and a part of a snapshot."""

from abc import abstractmethod
import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
import time
from typing import override

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    EntityPlatform,
)
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.util import slugify

from .coordinator import GatewayCoordinator
from .gateway import Endpoint
from .processing.counter_writes import WrittenCounter
from .processing.snapshot import LiveSnapshot, Snapshot
from .processing.timed_value import TimedValue
from .runtime_data import GatewayConfigEntry, GatewayData

# The time between two searches for entities of late values, in seconds.
_SEARCH_INTERVAL = 60


@dataclass(frozen=True, slots=True)
class Source[SnapshotT: Snapshot, PartT]:
    """The source of an entity's value: a part of a coordinator's snapshot.

    `find` returns the part, or None if the endpoint answered without it.
    """

    coordinator: GatewayCoordinator[SnapshotT]
    endpoint: Endpoint
    find: Callable[[SnapshotT], PartT | None]

    def part(self) -> PartT | None:
        """Return the part of the last poll, None if it failed or lacks the part."""
        if not self.coordinator.last_update_success:
            return None
        snapshot = self.coordinator.data
        return None if self.endpoint in snapshot.failed else self.find(snapshot)


class GatewayEntity[SnapshotT: Snapshot, PartT](
    CoordinatorEntity[GatewayCoordinator[SnapshotT]]
):
    """An entity of one part of a snapshot; writes a state only when it changes.

    Unavailable if the poll or the endpoint failed or the answer lacks the part;
    unknown if the part lacks the value.
    """

    _attr_has_entity_name = True
    _cancel: CALLBACK_TYPE | None = None

    def __init__(
        self,
        data: GatewayData,
        device: DeviceInfo | ChildDeviceInfo,
        source: Source[SnapshotT, PartT],
        *,
        key: str,
        description: EntityDescription,
        placeholders: Mapping[str, str] | None = None,
    ) -> None:
        """Initialize the entity; `key` ends its unique id, `placeholders` are its name's."""
        super().__init__(source.coordinator)
        self.entity_description = description
        if placeholders:
            self._attr_translation_placeholders = placeholders
        self._known_ids = data.known_entities
        self._source = source
        self._key = key
        self._attr_unique_id = f"{data.identity}_{key}"
        self._attr_device_info = device
        self._part: PartT | None = None
        self._published: object = None
        self._update()

    @callback
    @override
    def add_to_platform_start(
        self,
        hass: HomeAssistant,
        platform: EntityPlatform,
        parallel_updates: asyncio.Semaphore | None,
    ) -> None:
        """Suggest an entity id with the gateway's name for a new entity of a meter.

        Home Assistant does so by itself for the parts of a gateway.
        """
        super().add_to_platform_start(hass, platform, parallel_updates)
        info = self._attr_device_info or {}
        via = info.get("via_device_id")
        gateway = dr.async_get(hass).async_get(via) if isinstance(via, str) else None
        if gateway is None:
            return
        names = (
            gateway.name_by_user or gateway.name,
            info.get("name"),
            self.suggested_object_id,
        )
        object_id = slugify(" ".join(str(name) for name in names if name))
        self.entity_id = f"{platform.domain}.{object_id}"

    @abstractmethod
    def _update_from(self, part: PartT) -> object:
        """Set the state and attributes from the part; return both for comparison."""

    @property
    @override
    def available(self) -> bool:
        """Return whether the last poll brought this entity's part."""
        return self._attr_available

    @override
    async def async_removed_from_registry(self) -> None:
        """Let the entity be added again, if a deleted meter returns."""
        self._known_ids.discard(self.unique_id)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if the new snapshot changes it."""
        if self._update():
            self.async_write_ha_state()

    def _update(self) -> bool:
        """Update from the snapshot; return whether anything published changes."""
        before, part = (self._attr_available, self._published), self._source.part()
        if part is not None and part is self._part:
            return False
        self._part = part
        self._attr_available = part is not None
        if part is not None:
            self._published = self._update_from(part)
        return before != (self._attr_available, self._published)

    @callback
    def _unschedule(self) -> None:
        """Cancel what is scheduled, if anything is."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None


@callback
def add_as_found(
    entry: GatewayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    find: Callable[[GatewayData], Iterable[Entity]],
) -> None:
    """Add the entities of the present snapshots, and others as they appear.

    `find` makes the entities of the present snapshots. It takes too long for each live
    poll, so it is called with each slow poll that changes something, with a live poll
    that adds a location, a meter or a phase, and otherwise once a minute.
    """
    data = entry.runtime_data
    structure: object = None
    next_search = 0.0

    @callback
    def add_new() -> None:
        located = (each for some in data.live.data.meters.values() for each in some)
        data.meter_names.add((*data.slow.data.listed.values(), *located))
        # The first of several parts that hold a value shows it.
        found: dict[str | None, Entity] = {}
        for entity in find(data):
            if entity.unique_id not in data.known_entities:
                found.setdefault(entity.unique_id, entity)
        if found:
            data.known_entities.update(found)
            async_add_entities(found.values())

    @callback
    def add_if_due() -> None:
        nonlocal structure, next_search
        now, before = time.monotonic(), structure
        structure = data.live.data.structure
        if structure != before or now >= next_search:
            next_search = now + _SEARCH_INTERVAL
            add_new()

    add_if_due()
    # Other listeners fall silent after the last change.
    entry.async_on_unload(data.live.async_add_refresh_listener(add_if_due))
    entry.async_on_unload(data.slow.async_add_listener(add_new))


class TimedEntity[ValueT](GatewayEntity[LiveSnapshot, TimedValue[ValueT]]):
    """An entity of a value over time, which updates also when that changes by itself."""

    @override
    async def async_added_to_hass(self) -> None:
        """Schedule the first update."""
        await super().async_added_to_hass()
        self._schedule()
        self.async_on_remove(self._unschedule)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        super()._handle_coordinator_update()
        self._schedule()

    @callback
    def _handle_change_due(self, _: datetime) -> None:
        self._cancel = None
        # The same part has another value at another time.
        self._part = None
        self._handle_coordinator_update()

    def _schedule(self) -> None:
        self._unschedule()
        if self._part is None:
            return
        now = time.monotonic()
        if (change_at := self._part.next_change(now)) is not None:
            self._cancel = async_call_later(
                self.hass, max(change_at - now, 0), self._handle_change_due
            )


class CounterEntity[SnapshotT: Snapshot, PartT](GatewayEntity[SnapshotT, PartT]):
    """An entity of an energy counter, written as often as statistics need it.

    `WrittenCounter` decides when; also at once if the counter follows its readings again
    or becomes available. Pending energy is written before the entity becomes unavailable,
    and when Home Assistant stops. A reload reads it again.
    """

    @override
    async def async_added_to_hass(self) -> None:
        """Record the first state, which Home Assistant writes next."""
        await super().async_added_to_hass()
        self._note_written()
        self.async_on_remove(
            self.hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._write_pending)
        )
        self.async_on_remove(self._unschedule)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if it is due, or schedule that."""
        if self._cancel is not None and self._source.part() is None:
            self._write()
        if not self._update() and self._cancel is None:
            return
        now, snapshot = time.monotonic(), self.coordinator.data
        has_resumed = (
            isinstance(snapshot, LiveSnapshot) and self._key in snapshot.resumed
        )
        if (
            has_resumed
            or self.hass.is_stopping
            or self._written.is_due(self._energy, now)
        ):
            self._write()
        elif self._cancel is None:
            self._cancel = async_call_later(
                self.hass, self._written.due_at - now, self._write_pending
            )

    @property
    def _energy(self) -> float | None:
        """The energy (Wh) to show, None if there is none."""
        value = self._published if self.available else None
        return value if isinstance(value, int | float) else None

    @callback
    def _write_pending(self, _: Event | datetime | None = None) -> None:
        """Write the state if a write is pending."""
        if self._cancel is not None:
            self._write()

    def _write(self) -> None:
        self._note_written()
        self.async_write_ha_state()

    def _note_written(self) -> None:
        self._unschedule()
        self._written = WrittenCounter(self._energy, time.monotonic())

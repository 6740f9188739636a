"""What all entities have in common: a device, and a part of a snapshot.

Devices: the gateway; Site, Solar, Battery, Load ... as its parts; the physical
meters, linked to it. All identities start with the gateway's.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN, LOGGER
from .coordinator import GatewayCoordinator
from .gateway import KNOWN_LOCATIONS, Endpoint, LocationMeter, Meter
from .meter_names import readable_name, translation_key
from .processing.snapshot import Snapshot
from .runtime_data import GatewayConfigEntry, GatewayData

# How often entities are looked for that a live poll may have brought, in seconds.
_SEARCH_COOLDOWN = 60

# The endpoints that list a location's meters.
METER_ENDPOINTS = {"site": Endpoint.SITE, "solar": Endpoint.SOLAR}


def gateway_device(data: GatewayData) -> DeviceInfo:
    """Return the gateway's device, which setting up the entry has registered."""
    return DeviceInfo(identifiers={(DOMAIN, data.identity)})


def location_device(data: GatewayData, location: str) -> ChildDeviceInfo:
    """Describe a location as a part of the gateway."""
    return ChildDeviceInfo(
        identifiers={(DOMAIN, f"{data.identity}_{location}")},
        parent_device_id=data.device_id,
        translation_key=location if location in KNOWN_LOCATIONS else None,
        name=location.replace("_", " ").capitalize(),
    )


def meter_device(data: GatewayData, meter: Meter | LocationMeter) -> DeviceInfo:
    """Describe a physical meter, linked to the gateway.

    A further entry of a meter at a location is a device of its own, called by its CTs.
    """
    reading = data.slow.data.readings.get(meter.key)
    key, name = translation_key(meter.type), readable_name(meter.type)
    placeholders = None
    identity = meter.key
    if isinstance(meter, LocationMeter) and meter.part:
        identity = meter.name
        cts = [f"CT{ct}" for ct, is_used in enumerate(meter.cts, 1) if is_used]
        part = ", ".join(cts) or meter.part
        placeholders = {"part": part}
        key, name = key and f"{key}_part", f"{name} {part}"
    return DeviceInfo(
        identifiers={(DOMAIN, f"{data.identity}_{identity}")},
        translation_key=key,
        translation_placeholders=placeholders,
        name=name,
        model=meter.type,
        serial_number=meter.board_serial,
        sw_version=None if reading is None else reading.firmware,
        via_device_id=data.device_id,
    )


@dataclass(frozen=True, slots=True)
class Source[SnapshotT: Snapshot, PartT]:
    """Where an entity reads: a part of a coordinator's snapshot.

    `find` returns the part, or None where the endpoint answered without it.
    """

    coordinator: GatewayCoordinator[SnapshotT]
    endpoint: Endpoint
    find: Callable[[SnapshotT], PartT | None]


class GatewayEntity[SnapshotT: Snapshot, PartT](
    CoordinatorEntity[GatewayCoordinator[SnapshotT]]
):
    """Shows one part of a snapshot; writes a state only when it changes.

    Unavailable where the endpoint failed or answered without the part;
    unknown where the part came without this value.
    """

    _attr_has_entity_name = True

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
        """Identify the entity by this key; the placeholders go into its name."""
        super().__init__(source.coordinator)
        self.entity_description = description
        if placeholders:
            self._attr_translation_placeholders = placeholders
        self._source = source
        self._attr_unique_id = f"{data.identity}_{key}"
        self._attr_device_info = device
        self._shown: object = None
        self._refresh()

    @abstractmethod
    def _show(self, part: PartT) -> object:
        """Set the entity's value from its part, and return all that it shows."""

    @property
    @override
    def available(self) -> bool:
        """Whether the gateway answered with this entity's part."""
        return self._attr_available

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show the new snapshot, where it differs from the last."""
        if self._refresh():
            self.async_write_ha_state()

    def _refresh(self) -> bool:
        """Take over the snapshot; return whether what is shown has changed."""
        source, before = self._source, (self._attr_available, self._shown)
        part = None
        if self.coordinator.last_update_success:
            snapshot = self.coordinator.data
            if source.endpoint not in snapshot.failed:
                part = source.find(snapshot)
        self._attr_available = part is not None
        if part is not None:
            self._shown = self._show(part)
        return before != (self._attr_available, self._shown)


@callback
def add_as_found(
    entry: GatewayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    find: Callable[[GatewayData], Iterable[Entity]],
    known: set[str | None] | None = None,
) -> None:
    """Add the entities that are there now, and others as they turn up.

    `find` alone knows what a snapshot makes. It is called with each slow poll that
    brings something new, as soon as a live poll brings a location, a meter or a phase
    that was not there before, and else once a minute while live polls bring anything
    new: it takes too long for each of them, and a value may come at any time. `known`
    gathers the unique ids of all that were found, which need not be found again.
    """
    data = entry.runtime_data
    known = set() if known is None else known
    structure: object = None

    @callback
    def look() -> None:
        # A value that several parts hold is shown by the first.
        found: dict[str | None, Entity] = {}
        for entity in find(data):
            if entity.unique_id not in known:
                found.setdefault(entity.unique_id, entity)
        if found:
            known.update(found)
            async_add_entities(found.values())

    @callback
    def look_if_changed() -> None:
        nonlocal structure
        if structure != (structure := data.live.data.structure):
            look()

    # A coordinator is silent while nothing changes: what came last is found all the same.
    debouncer = Debouncer(
        data.live.hass, LOGGER, cooldown=_SEARCH_COOLDOWN, immediate=True, function=look
    )
    look_if_changed()
    entry.async_on_unload(debouncer.async_shutdown)
    entry.async_on_unload(data.live.async_add_listener(look_if_changed))
    entry.async_on_unload(data.live.async_add_listener(debouncer.async_schedule_call))
    entry.async_on_unload(data.slow.async_add_listener(look))

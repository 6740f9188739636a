"""Sensors of each location, meter, phase and CT."""

from collections.abc import Container, Iterable, Iterator, Mapping
import time
from typing import override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .connection_sensor import ConnectionSensor
from .devices import METER_ENDPOINTS, gateway_device, location_device, meter_device
from .entity import CounterEntity, GatewayEntity, Source, TimedEntity, add_as_found
from .gateway import (
    CtReading,
    Endpoint,
    LocationMeter,
    Meter,
    MeterReading,
    Phase,
    PhaseReading,
    Totals,
)
from .measure import Measure
from .processing import duplicates
from .processing.rolling_mean import RollingMean
from .processing.snapshot import LiveSnapshot, MeterSnapshot, Snapshot
from .processing.timed_value import TimedValue
from .runtime_data import GatewayConfigEntry, GatewayData
from .sensor_descriptions import (
    GRID_STATUS,
    MEANS,
    OF_CT_READING,
    OF_LOCATION_METERS,
    OF_PHASE,
    OF_PHASES,
    OF_READING,
    READING_STATUS,
    STATE_OF_CHARGE,
    SURPLUS,
    VOLTAGE_REFERENCE,
    of_location,
    of_meter,
    of_meter_role,
)

# Only the coordinators send requests.
PARALLEL_UPDATES = 0

# A CT input while its meter cannot be read: without a value, but available.
NOT_READ = CtReading(
    voltage=None,
    power=None,
    reactive_power=None,
    current=None,
    energy_exported=None,
    energy_imported=None,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GatewayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of a gateway."""
    async_add_entities([ConnectionSensor(entry.runtime_data)])
    add_as_found(entry, async_add_entities, _find)


class GatewaySensor[SnapshotT: Snapshot, PartT](
    GatewayEntity[SnapshotT, PartT], SensorEntity
):
    """A sensor of one value of one part."""

    entity_description: Measure[PartT]

    @override
    def _update_from(self, part: PartT) -> object:
        self._attr_native_value = self.entity_description.value_of(part)
        return self._attr_native_value


class CounterSensor[SnapshotT: Snapshot, PartT](
    CounterEntity[SnapshotT, PartT], RestoreSensor, GatewaySensor[SnapshotT, PartT]
):
    """An energy counter whose last state Home Assistant restores."""


class MeanSensor(TimedEntity[float], SensorEntity):
    """A mean power over the last minute."""

    @override
    def _update_from(self, part: TimedValue[float]) -> object:
        mean = part.at(time.monotonic())
        self._attr_native_value = None if mean is None else round(mean)
        return self._attr_native_value


class GridStatusSensor(GatewayEntity[LiveSnapshot, LiveSnapshot], SensorEntity):
    """The state of the grid connection; unknown for an unknown word."""

    @override
    def _update_from(self, part: LiveSnapshot) -> object:
        self._attr_native_value = part.grid_status
        return part.grid_status


class ReadingStatusSensor(GatewayEntity[MeterSnapshot, MeterReading], SensorEntity):
    """The status of a meter's own reading, with the gateway's text as an attribute."""

    @override
    def _update_from(self, part: MeterReading) -> object:
        self._attr_native_value = part.status
        self._attr_extra_state_attributes = {"error": part.error}
        return part.status, part.error


def _find(data: GatewayData) -> Iterator[SensorEntity]:
    """Yield all sensors of the present snapshots."""
    live, slow = data.live.data, data.slow.data
    yield from _of_gateway(data)
    for location, totals in live.totals.items():
        if not totals.is_empty:
            yield from _of_location(data, location)
    if "site" in live.totals:
        yield from _of_export(data)
    for location, endpoint in METER_ENDPOINTS.items():
        if not (meters := live.meters.get(location, ())):
            continue
        yield from _of_location_meters(data, location, endpoint)
        yield from _of_phases(data, location, endpoint)
        for phase in live.phases[location]:
            yield from _of_phase(data, location, endpoint, phase)
        for meter in meters:
            yield from _of_meter_role(data, meter, endpoint)
    for key, reading in slow.readings.items():
        yield from _of_reading(data, slow.listed[key], reading)


def _of_gateway(data: GatewayData) -> Iterator[SensorEntity]:
    live = data.live.data
    if Endpoint.GRID_STATUS not in live.failed:
        yield GridStatusSensor(
            data,
            gateway_device(data),
            Source(data.live, Endpoint.GRID_STATUS, lambda live: live),
            key=GRID_STATUS.key,
            description=GRID_STATUS,
        )
    if live.state_of_charge is not None:
        device, endpoint = location_device(data, "battery"), Endpoint.STATE_OF_CHARGE
        source = Source(data.live, endpoint, lambda live: live.state_of_charge)
        yield from _sensors(data, device, source, "battery", (STATE_OF_CHARGE,))


def _of_location(data: GatewayData, location: str) -> Iterator[SensorEntity]:
    return _of_totals(
        data,
        location_device(data, location),
        location,
        of_location(location),
        fresh=Source(
            data.live, Endpoint.AGGREGATES, lambda live: live.fresh_totals(location)
        ),
        last=Source(
            data.live, Endpoint.AGGREGATES, lambda live: live.totals.get(location)
        ),
        off=duplicates.of_location(data.live.data, location),
    )


def _of_export(data: GatewayData) -> Iterator[SensorEntity]:
    """Yield the solar surplus, and the means of it and of the site's power."""
    device = location_device(data, "site")
    source = Source(data.live, Endpoint.AGGREGATES, LiveSnapshot.site_export)
    known = duplicates.of_surplus(data.live.data)
    yield from _sensors(data, device, source, "site", (SURPLUS,), off=known)
    for key, description in MEANS.items():

        def find_mean(live: LiveSnapshot, key: str = key) -> RollingMean | None:
            export = live.site_export()
            return None if export is None else export.means[key]

        yield MeanSensor(
            data,
            device,
            Source(data.live, Endpoint.AGGREGATES, find_mean),
            key=f"site_{description.key}",
            description=description,
        )


def _of_location_meters(
    data: GatewayData, location: str, endpoint: Endpoint
) -> Iterator[SensorEntity]:
    return _sensors(
        data,
        location_device(data, location),
        Source(data.live, endpoint, lambda live: live.fresh_meters(location)),
        location,
        OF_LOCATION_METERS,
    )


def _of_phases(
    data: GatewayData, location: str, endpoint: Endpoint
) -> Iterator[SensorEntity]:
    return _sensors(
        data,
        location_device(data, location),
        Source(data.live, endpoint, lambda live: live.phases.get(location)),
        location,
        OF_PHASES,
    )


def _of_phase(
    data: GatewayData, location: str, endpoint: Endpoint, phase: Phase
) -> Iterator[SensorEntity]:
    def find(live: LiveSnapshot) -> PhaseReading | None:
        return live.phases.get(location, {}).get(phase)

    return _sensors(
        data,
        location_device(data, location),
        Source(data.live, endpoint, find),
        location,
        OF_PHASE,
        suffix=f"_{phase}",
        placeholders={"phase": phase.upper()},
        off=duplicates.of_phase(data.live.data, location, phase),
    )


def _of_meter_role(
    data: GatewayData, meter: LocationMeter, endpoint: Endpoint
) -> Iterator[SensorEntity]:
    """Yield the sensors of a meter in its role at one location."""
    device = meter_device(data, meter)
    location, key, name = meter.location, meter.key, meter.name

    def find(live: LiveSnapshot) -> Totals | None:
        found = live.meter(location, name)
        return None if found is None else found.totals

    def find_fresh(live: LiveSnapshot) -> Totals | None:
        found = live.fresh_meter(location, name)
        return None if found is None else found.totals

    yield from _of_totals(
        data,
        device,
        meter.name,
        of_meter(location),
        fresh=Source(data.live, endpoint, find_fresh),
        last=Source(data.live, endpoint, find),
        off=duplicates.of_meter(data.live.data, meter),
    )
    yield from _sensors(
        data,
        device,
        Source(data.live, endpoint, lambda live: live.meter(location, name)),
        meter.name,
        of_meter_role(location),
    )
    for ct in meter.voltage_references:

        def find_reference(live: LiveSnapshot, ct: int = ct) -> Phase | None:
            found = live.meter(location, name)
            return None if found is None else found.voltage_references.get(ct)

        yield from _sensors(
            data,
            device,
            Source(data.live, endpoint, find_reference),
            f"{key}_ct{ct}",
            (VOLTAGE_REFERENCE,),
            placeholders={"ct": str(ct)},
        )


def _of_reading(
    data: GatewayData, meter: Meter, reading: MeterReading
) -> Iterator[SensorEntity]:
    """Yield the sensors of a meter's own reading."""
    device = meter_device(data, meter)
    key = meter.key

    def find(slow: MeterSnapshot) -> MeterReading | None:
        return slow.readings.get(key)

    source = Source(data.slow, Endpoint.READINGS, find)
    yield ReadingStatusSensor(
        data,
        device,
        source,
        key=f"{key}_{READING_STATUS.key}",
        description=READING_STATUS,
    )
    yield from _sensors(data, device, source, key, OF_READING)
    for ct in range(1, reading.inputs + 1):

        def find_ct(slow: MeterSnapshot, ct: int = ct) -> CtReading | None:
            found = slow.readings.get(key)
            return None if found is None else found.cts.get(ct, NOT_READ)

        yield from _sensors(
            data,
            device,
            Source(data.slow, Endpoint.READINGS, find_ct),
            f"{key}_ct{ct}",
            OF_CT_READING,
            placeholders={"ct": str(ct)},
        )


def _of_totals(
    data: GatewayData,
    device: DeviceInfo | ChildDeviceInfo,
    prefix: str,
    measures: tuple[Measure[Totals], ...],
    *,
    fresh: Source[LiveSnapshot, Totals],
    last: Source[LiveSnapshot, Totals],
    off: Container[str],
) -> Iterator[SensorEntity]:
    """Yield the sensors of a location or a meter; most need fresh totals."""
    for when_stale, source in ((False, fresh), (True, last)):
        chosen = (each for each in measures if each.available_when_stale is when_stale)
        yield from _sensors(data, device, source, prefix, chosen, off=off)


def _sensors[SnapshotT: Snapshot, PartT](
    data: GatewayData,
    device: DeviceInfo | ChildDeviceInfo,
    source: Source[SnapshotT, PartT],
    prefix: str,
    measures: Iterable[Measure[PartT]],
    *,
    suffix: str = "",
    placeholders: Mapping[str, str] | None = None,
    off: Container[str] = (),
) -> Iterator[SensorEntity]:
    """Yield a sensor of each measure, except those that still need a value.

    Those whose key is in `off` are disabled by default.
    """
    part = source.part()
    for measure in measures:
        key = f"{prefix}_{measure.key}{suffix}"
        # Creating a sensor is slow, and this runs once a minute.
        if data.is_known(key):
            continue
        if measure.only_if_given and (part is None or measure.value_of(part) is None):
            continue
        is_counter = measure.state_class is SensorStateClass.TOTAL_INCREASING
        sensor_type = CounterSensor if is_counter else GatewaySensor
        yield sensor_type(
            data,
            device,
            source,
            key=key,
            description=measure.off_if(measure.key in off),
            placeholders=placeholders,
        )

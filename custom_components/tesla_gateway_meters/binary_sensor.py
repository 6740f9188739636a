"""Binary sensors: sustained export, wiring problems, flags of each CT."""

from collections.abc import Iterator
import time
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .checks.model import Check, CheckResult, CheckTarget
from .ct_texts import role_key
from .devices import METER_ENDPOINTS, location_device, meter_device
from .entity import GatewayEntity, Source, TimedEntity, add_as_found
from .gateway import CtRole, Endpoint, Meter, MeterReading
from .processing.snapshot import LiveSnapshot, MeterSnapshot
from .processing.timed_value import TimedValue
from .runtime_data import GatewayConfigEntry, GatewayData

# Only the coordinators send requests.
PARALLEL_UPDATES = 0

READING_PROBLEM = BinarySensorEntityDescription(
    key="reading_problem",
    translation_key="reading_problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
)

SUSTAINED_EXPORT = BinarySensorEntityDescription(
    key="sustained_export",
    translation_key="sustained_export",
    # The selectors of blueprints find this sensor by its device class.
    device_class=BinarySensorDeviceClass.POWER,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GatewayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of a gateway."""
    add_as_found(entry, async_add_entities, _find)


class ReadingProblemSensor(
    GatewayEntity[MeterSnapshot, MeterReading], BinarySensorEntity
):
    """A problem sensor of a meter's reading; being blocked is no problem."""

    @override
    def _update_from(self, part: MeterReading) -> object:
        self._attr_is_on = part.status.is_fault
        return self._attr_is_on


class SustainedExportSensor(TimedEntity[bool], BinarySensorEntity):
    """A sensor that is on while export or surplus is sustained."""

    @override
    def _update_from(self, part: TimedValue[bool]) -> object:
        self._attr_is_on = part.at(time.monotonic())
        return self._attr_is_on


class CtFlagSensor(GatewayEntity[MeterSnapshot, bool], BinarySensorEntity):
    """A flag of one CT in one role, as configured in the gateway."""

    @override
    def _update_from(self, part: bool) -> object:
        self._attr_is_on = part
        return part


class WiringSensor(GatewayEntity[LiveSnapshot, CheckResult], BinarySensorEntity):
    """A problem sensor of a wiring check, with the evidence as attributes."""

    @override
    def _update_from(self, part: CheckResult) -> object:
        # An undecided check is no problem: evidence may take hours, or sunshine.
        self._attr_is_on = part.problem is True
        self._attr_extra_state_attributes = {
            key: round(value, 2) for key, value in part.evidence.items()
        }
        # The evidence changes with each poll: that alone writes no state.
        return self._attr_is_on, part.raises_issue


def _find_sustained(live: LiveSnapshot) -> TimedValue[bool] | None:
    export = live.site_export()
    return None if export is None else export.sustained


def _find(data: GatewayData) -> Iterator[BinarySensorEntity]:
    """Yield all binary sensors of the present snapshots."""
    slow = data.slow.data
    if "site" in data.live.data.totals:
        yield SustainedExportSensor(
            data,
            location_device(data, "site"),
            Source(data.live, Endpoint.AGGREGATES, _find_sustained),
            key=f"site_{SUSTAINED_EXPORT.key}",
            description=SUSTAINED_EXPORT,
        )
    for target in data.live.data.check_results:
        if not data.is_known(target.key):
            yield _wiring(data, target)
    for meter in slow.listed_now.values():
        if meter.key in slow.readings:
            yield _reading_problem(data, meter)
        for role in meter.roles:
            yield from _of_role(data, meter, role)


def _wiring(data: GatewayData, target: CheckTarget) -> WiringSensor:
    name = target.check if target.phase is None else f"{target.check}_phase"
    return WiringSensor(
        data,
        location_device(data, target.location),
        Source(
            data.live, _endpoint_of(target), lambda live: live.check_results.get(target)
        ),
        key=target.key,
        description=BinarySensorEntityDescription(
            key=target.check,
            translation_key=name,
            device_class=BinarySensorDeviceClass.PROBLEM,
            entity_category=EntityCategory.DIAGNOSTIC,
        ),
        placeholders={"phase": "" if target.phase is None else target.phase.upper()},
    )


def _endpoint_of(target: CheckTarget) -> Endpoint:
    """Return the endpoint that a wiring check depends on."""
    if target.phase is None and target.check is not Check.VOLTAGES_APART:
        return Endpoint.AGGREGATES
    return METER_ENDPOINTS[target.location]


def _reading_problem(data: GatewayData, meter: Meter) -> ReadingProblemSensor:
    return ReadingProblemSensor(
        data,
        meter_device(data, meter),
        Source(data.slow, Endpoint.READINGS, lambda slow: slow.readings.get(meter.key)),
        key=f"{meter.key}_{READING_PROBLEM.key}",
        description=READING_PROBLEM,
    )


def _of_role(
    data: GatewayData, meter: Meter, role: CtRole
) -> Iterator[BinarySensorEntity]:
    device = meter_device(data, meter)
    for kind, flags in (("valid", role.valid), ("inverted", role.inverted)):
        for ct, flag in enumerate(flags, 1):
            key = f"{meter.key}_{role.role}_ct{ct}_{kind}"
            # As for sensors: this runs once a minute.
            if data.is_known(key):
                continue

            def find(
                slow: MeterSnapshot, ct: int = ct, kind: str = kind
            ) -> bool | None:
                found = slow.role(meter.key, role.role)
                if found is None:
                    return None
                now = found.valid if kind == "valid" else found.inverted
                return now[ct - 1] if ct <= len(now) else None

            yield CtFlagSensor(
                data,
                device,
                Source(data.slow, Endpoint.METERS, find),
                key=key,
                description=_ct_flag(kind, role.role, enabled=flag),
                placeholders={"ct": str(ct), "role": role.role},
            )


def _ct_flag(kind: str, role: str, *, enabled: bool) -> BinarySensorEntityDescription:
    """Return the description of a CT's flag; one that is off is disabled by default."""
    return BinarySensorEntityDescription(
        key=f"ct_{kind}",
        translation_key=f"ct_{kind}_{role_key(role)}",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=enabled,
    )

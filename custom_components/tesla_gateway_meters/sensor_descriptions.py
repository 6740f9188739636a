"""Descriptions of the sensors of each part of a snapshot.

One description per value; locations, meters, phases and CTs multiply them in
`sensor`. Units are the gateway's; digits are the significant ones.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from math import isfinite
from typing import Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    EntityCategory,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfRatio,
    UnitOfReactivePower,
    UnitOfTime,
)

from .gateway import (
    CtReading,
    GridStatus,
    LocationMeter,
    MeterReading,
    Phase,
    PhaseReading,
    ReadingStatus,
    Totals,
    current_imbalance,
    current_spread,
    total,
)
from .measure import Measure, Quantity, Value
from .processing.surplus import AVERAGED, Export

_CLASS = SensorDeviceClass
_VAR = UnitOfReactivePower.VOLT_AMPERE_REACTIVE
_POWER: Final = Quantity(_CLASS.POWER, UnitOfPower.WATT, 0, 0)
_REACTIVE: Final = Quantity(_CLASS.REACTIVE_POWER, _VAR, 0, 0)
_APPARENT: Final = Quantity(
    _CLASS.APPARENT_POWER, UnitOfApparentPower.VOLT_AMPERE, 0, 0
)
_FACTOR: Final = Quantity(_CLASS.POWER_FACTOR, None, 2, 2)
_VOLTAGE: Final = Quantity(_CLASS.VOLTAGE, UnitOfElectricPotential.VOLT, 1, 1)
_CURRENT: Final = Quantity(_CLASS.CURRENT, UnitOfElectricCurrent.AMPERE, 2, 2)
_FREQUENCY: Final = Quantity(_CLASS.FREQUENCY, UnitOfFrequency.HERTZ, 2, 2)
_SOC: Final = Quantity(_CLASS.BATTERY, UnitOfRatio.PERCENTAGE, 1, 0)
_RATIO: Final = Quantity(None, UnitOfRatio.PERCENTAGE, 1, 0)


def _measured[PartT](
    quantity: Quantity,
    key: str,
    value_fn: Callable[[PartT], Value] | None = None,
    *,
    name: str | None = None,
    enabled: bool = True,
    only_if_given: bool = False,
) -> Measure[PartT]:
    """Return a measurement; its name is translated, not that of its device class."""
    return Measure(
        key=key,
        translation_key=name or key,
        device_class=quantity.device_class,
        native_unit_of_measurement=quantity.unit,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=quantity.displayed,
        entity_registry_enabled_default=enabled,
        value_fn=value_fn,
        digits=quantity.digits,
        only_if_given=only_if_given,
    )


def _counter[PartT](
    key: str, *, name: str | None = None, enabled: bool = True
) -> Measure[PartT]:
    """Return an energy counter."""
    return Measure(
        key=key,
        translation_key=name or key,
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_registry_enabled_default=enabled,
        digits=0,
    )


def _diagnostic[PartT](
    key: str,
    value_fn: Callable[[PartT], Value] | None = None,
    *,
    device_class: SensorDeviceClass | None = None,
    only_if_given: bool = True,
) -> Measure[PartT]:
    """Return a diagnostic value that is disabled by default."""
    return Measure(
        key=key,
        translation_key=key,
        device_class=device_class,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=value_fn,
        only_if_given=only_if_given,
        # A time of the last communication says since when a part is stale.
        available_when_stale=device_class is SensorDeviceClass.TIMESTAMP,
    )


STATE_OF_CHARGE: Final[Measure[float]] = _measured(_SOC, "charge", lambda soc: soc)

_LAST_OF_PHASES: Final = ("last_phase_voltage", "last_phase_power", "last_phase_energy")

# Of a location as of a meter.
_TOTALS: Final[tuple[Measure[Totals], ...]] = (
    _measured(_POWER, "power"),
    _measured(_REACTIVE, "reactive_power", enabled=False),
    _measured(_APPARENT, "apparent_power", enabled=False),
    _measured(_FACTOR, "power_factor", enabled=False),
    _measured(_FREQUENCY, "frequency", enabled=False, only_if_given=True),
    *(
        _diagnostic(
            key,
            device_class=SensorDeviceClass.TIMESTAMP,
            only_if_given=key != "last_communication",
        )
        for key in ("last_communication", *_LAST_OF_PHASES)
    ),
    replace(
        _diagnostic("timeout", device_class=SensorDeviceClass.DURATION),
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=1,
    ),
)

# As reported: true at a battery alone, computed from a nominal value on synchrometers.
_AVERAGE_VOLTAGE: Final[Measure[Totals]] = _measured(
    _VOLTAGE, "average_voltage", enabled=False
)

# As reported: DC at a battery, computed from that voltage at the load.
_REPORTED_CURRENTS: Final[tuple[Measure[Totals], ...]] = tuple(
    _measured(_CURRENT, key, value_fn, name=name, enabled=False, only_if_given=True)
    for key, name, value_fn in (
        ("current", "reported_current", lambda totals: totals.total_current),
        ("average_current", "reported_average_current", None),
        *((f"current_{line}", f"reported_current_{line}", None) for line in "abc"),
    )
)


def _energies(
    exported: str | None = None, imported: str | None = None, *off: str
) -> tuple[Measure[Totals], ...]:
    """Return both counters under the names that fit the location."""
    return tuple(
        _counter(f"energy_{direction}", name=name, enabled=direction not in off)
        for direction, name in (("exported", exported), ("imported", imported))
    )


def _split(
    positive: str, negative: str, *, enabled: bool = True
) -> tuple[Measure[Totals], ...]:
    """Return the two directions of a signed power, neither ever negative."""

    def part_of(sign: int) -> Callable[[Totals], float | None]:
        return lambda each: None if each.power is None else max(sign * each.power, 0)

    return (
        _measured(_POWER, positive, part_of(1), enabled=enabled),
        _measured(_POWER, negative, part_of(-1), enabled=enabled),
    )


# Solar power that the load does not use.
SURPLUS: Final[Measure[Export]] = _measured(
    _POWER, "solar_surplus", lambda export: export.surplus
)

# Means over the last minute.
MEANS: Final[dict[str, Measure[Export]]] = {
    key: _measured(_POWER, f"{key}_mean", enabled=False) for key in AVERAGED
}

_OF_LOCATION: Final[dict[str, tuple[Measure[Totals], ...]]] = {
    "site": (*_split("import_power", "export_power"), *_energies(), _AVERAGE_VOLTAGE),
    "solar": (
        *_energies("energy_produced", "energy_consumed", "imported"),
        _AVERAGE_VOLTAGE,
    ),
    "battery": (
        *_split("discharge_power", "charge_power", enabled=False),
        *_energies("energy_discharged", "energy_charged"),
        _measured(_VOLTAGE, "voltage", lambda totals: totals.average_voltage),
        *_REPORTED_CURRENTS,
    ),
    "load": (
        *_energies("energy_exported", "energy_consumed", "exported"),
        _AVERAGE_VOLTAGE,
        *_REPORTED_CURRENTS,
    ),
}


@cache
def of_location(location: str) -> tuple[Measure[Totals], ...]:
    """Return the measures of a location's totals, also of one of an unknown name."""
    return (
        *_TOTALS,
        _diagnostic("meters_aggregated"),
        *_OF_LOCATION.get(
            location, (*_energies(), _AVERAGE_VOLTAGE, *_REPORTED_CURRENTS)
        ),
    )


# Of a location whose meters the gateway lists: their currents are measured,
# except by a Neurio.
OF_LOCATION_METERS: Final[tuple[Measure[tuple[LocationMeter, ...]], ...]] = (
    _measured(
        _CURRENT,
        "current",
        lambda meters: total(meter.totals.total_current for meter in meters),
        enabled=False,
        only_if_given=True,
    ),
    _measured(
        _CURRENT,
        "average_current",
        lambda meters: total(meter.totals.average_current for meter in meters),
        enabled=False,
        only_if_given=True,
    ),
)

# Of all phases of a location together.
OF_PHASES: Final[tuple[Measure[Mapping[Phase, PhaseReading]], ...]] = tuple(
    _measured(quantity, key, value_fn, enabled=False, only_if_given=True)
    for quantity, key, value_fn in (
        (_CURRENT, "current_imbalance", current_spread),
        (_RATIO, "current_imbalance_ratio", current_imbalance),
    )
)

OF_PHASE: Final[tuple[Measure[PhaseReading], ...]] = tuple(
    _measured(
        quantity,
        key,
        name=f"phase_{key}",
        enabled=key not in ("reactive_power", "power_factor"),
        only_if_given=key == "current",
    )
    for quantity, key in (
        (_VOLTAGE, "voltage"),
        (_CURRENT, "current"),
        (_POWER, "power"),
        (_REACTIVE, "reactive_power"),
        (_FACTOR, "power_factor"),
    )
)


# Enabled for a meter that measures only a part of its location.
_OF_SHARE: Final = {
    "site": ("power", "energy_exported", "energy_imported"),
    "solar": ("power", "energy_exported"),
}


@cache
def of_meter(location: str) -> tuple[Measure[Totals], ...]:
    """Return the measures of a meter in its role at a location."""
    enabled = _OF_SHARE.get(location, ())
    currents = _REPORTED_CURRENTS[:2]
    return tuple(
        replace(
            measure,
            translation_key=f"{location}_{measure.key}",
            entity_registry_enabled_default=measure.key in enabled,
        )
        for measure in (*_TOTALS, *_energies(), *currents, _AVERAGE_VOLTAGE)
    )


@cache
def of_meter_role(location: str) -> tuple[Measure[LocationMeter], ...]:
    """Return the measures of a meter's configuration at a location."""
    return (
        Measure(
            key="scale_factor",
            translation_key=f"{location}_scale_factor",
            entity_category=EntityCategory.DIAGNOSTIC,
            only_if_given=True,
        ),
    )


VOLTAGE_REFERENCE: Final = Measure[str](
    key="voltage_reference",
    translation_key="voltage_reference",
    device_class=SensorDeviceClass.ENUM,
    entity_category=EntityCategory.DIAGNOSTIC,
    options=["l1", "l2", "l3"],
    value_fn=lambda phase: phase,
)


def _version(version: str | None) -> str | None:
    """Return a version, unless it reads as a number that is not finite."""
    with suppress(ValueError):
        if version is not None and not isfinite(float(version)):
            return None
    return version


OF_READING: Final[tuple[Measure[MeterReading], ...]] = (
    _diagnostic(
        "firmware", lambda reading: _version(reading.firmware), only_if_given=False
    ),
    replace(
        _measured(
            _FREQUENCY,
            "raw_frequency",
            lambda reading: reading.frequency,
            enabled=False,
            only_if_given=True,
        ),
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
)

_CT_READING: Final[tuple[Measure[CtReading], ...]] = (
    _measured(_VOLTAGE, "voltage"),
    _measured(_CURRENT, "current"),
    _measured(_POWER, "power"),
    _measured(_REACTIVE, "reactive_power"),
    _counter("energy_exported"),
    _counter("energy_imported"),
)

# Before any scale factor; only remote meters give energies.
OF_CT_READING: Final = tuple(
    replace(
        measure,
        translation_key=f"raw_{measure.key}",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )
    for measure in _CT_READING
)

GRID_STATUS = SensorEntityDescription(
    key="grid_status",
    translation_key="grid_status",
    device_class=SensorDeviceClass.ENUM,
    options=list(GridStatus),
)

READING_STATUS = SensorEntityDescription(
    key="reading_status",
    translation_key="reading_status",
    device_class=SensorDeviceClass.ENUM,
    entity_category=EntityCategory.DIAGNOSTIC,
    options=list(ReadingStatus),
)

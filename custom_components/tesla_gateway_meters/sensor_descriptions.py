"""What is shown of each part of a snapshot: the tables behind the sensors.

One description per value; locations, meters, phases and CTs multiply them in
`sensor`. Units are the gateway's. `digits` cuts the noise behind what a meter
can mean.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
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
    LocationMeter,
    MeterReading,
    Phase,
    PhaseReading,
    Totals,
    current_imbalance,
    current_spread,
    total,
)
from .processing.surplus import AVERAGED, Export

type Value = float | str | datetime | None


@dataclass(frozen=True, kw_only=True)
class Measure[PartT](SensorEntityDescription):
    """How a sensor is made of a part of a snapshot.

    With `only_if_given` there is no sensor before the gateway gave the value.
    With `of_silent` it is shown also of a part that has fallen silent.
    """

    value_fn: Callable[[PartT], Value]
    digits: int | None = None
    only_if_given: bool = False
    of_silent: bool = False


def _measured[PartT](
    quantity: tuple[SensorDeviceClass, str | None, int, int],
    key: str,
    value_fn: Callable[[PartT], Value],
    *,
    name: str | None = None,
    enabled: bool = True,
    only_if_given: bool = False,
) -> Measure[PartT]:
    device_class, unit, digits, shown_digits = quantity
    return Measure(
        key=key,
        translation_key=name,
        device_class=device_class,
        native_unit_of_measurement=unit,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=shown_digits,
        entity_registry_enabled_default=enabled,
        value_fn=value_fn,
        digits=digits,
        only_if_given=only_if_given,
    )


def _counter[PartT](
    key: str,
    value_fn: Callable[[PartT], Value],
    *,
    name: str | None = None,
    enabled: bool = True,
) -> Measure[PartT]:
    return Measure(
        key=key,
        translation_key=name or key,
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_registry_enabled_default=enabled,
        value_fn=value_fn,
        digits=0,
    )


def _moment[PartT](
    key: str, value_fn: Callable[[PartT], Value], *, only_if_given: bool = False
) -> Measure[PartT]:
    return Measure(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=value_fn,
        only_if_given=only_if_given,
        # It says since when.
        of_silent=True,
    )


# Device class, unit, digits kept, digits shown.
_POWER: Final = (SensorDeviceClass.POWER, UnitOfPower.WATT, 0, 0)
_REACTIVE: Final = (
    SensorDeviceClass.REACTIVE_POWER,
    UnitOfReactivePower.VOLT_AMPERE_REACTIVE,
    0,
    0,
)
_APPARENT: Final = (
    SensorDeviceClass.APPARENT_POWER,
    UnitOfApparentPower.VOLT_AMPERE,
    0,
    0,
)
_FACTOR: Final = (SensorDeviceClass.POWER_FACTOR, None, 3, 2)
_VOLTAGE: Final = (SensorDeviceClass.VOLTAGE, UnitOfElectricPotential.VOLT, 1, 1)
_CURRENT: Final = (SensorDeviceClass.CURRENT, UnitOfElectricCurrent.AMPERE, 3, 2)
_FREQUENCY: Final = (SensorDeviceClass.FREQUENCY, UnitOfFrequency.HERTZ, 3, 2)

CHARGE: Final = Measure[float](
    key="charge",
    translation_key="charge",
    device_class=SensorDeviceClass.BATTERY,
    native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
    value_fn=lambda charge: charge,
    digits=1,
)

# Of a location as of a meter.
_TOTALS: Final[tuple[Measure[Totals], ...]] = (
    _measured(_POWER, "power", lambda totals: totals.power),
    _measured(_REACTIVE, "reactive_power", lambda t: t.reactive_power, enabled=False),
    _measured(_APPARENT, "apparent_power", lambda t: t.apparent_power, enabled=False),
    _measured(_FACTOR, "power_factor", lambda t: t.power_factor, enabled=False),
    _measured(_FREQUENCY, "frequency", lambda t: t.frequency, only_if_given=True),
    _moment("last_communication", lambda t: t.last_communication),
    _moment("last_phase_voltage", lambda t: t.last_phase_voltage, only_if_given=True),
    _moment("last_phase_power", lambda t: t.last_phase_power, only_if_given=True),
    _moment("last_phase_energy", lambda t: t.last_phase_energy, only_if_given=True),
    Measure(
        key="timeout",
        translation_key="timeout",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda t: t.timeout,
        only_if_given=True,
    ),
)

_METERS_AGGREGATED: Final = Measure[Totals](
    key="meters_aggregated",
    translation_key="meters_aggregated",
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    value_fn=lambda totals: totals.meters_aggregated,
    only_if_given=True,
)

# As reported: true at a battery alone, a fiction on synchrometers.
_AVERAGE_VOLTAGE: Final[Measure[Totals]] = _measured(
    _VOLTAGE,
    "average_voltage",
    lambda totals: totals.average_voltage,
    name="average_voltage",
    enabled=False,
)


# As reported: DC at a battery, computed from a fiction at the load.
def _reported_current(key: str, value_fn: Callable[[Totals], Value]) -> Measure[Totals]:
    return _measured(
        _CURRENT,
        key,
        value_fn,
        name=f"reported_{key}",
        enabled=False,
        only_if_given=True,
    )


_REPORTED_CURRENTS: Final = tuple(
    _reported_current(key, value_fn)
    for key, value_fn in (
        ("current", lambda totals: totals.total_current),
        ("average_current", lambda totals: totals.average_current),
        ("current_a", lambda totals: totals.current_a),
        ("current_b", lambda totals: totals.current_b),
        ("current_c", lambda totals: totals.current_c),
    )
)


def _energies(
    exported: str | None = None, imported: str | None = None, *off: str
) -> tuple[Measure[Totals], ...]:
    """Return both counters under the names that fit the location."""
    return (
        _counter(
            "energy_exported",
            lambda totals: totals.energy_exported,
            name=exported,
            enabled="exported" not in off,
        ),
        _counter(
            "energy_imported",
            lambda totals: totals.energy_imported,
            name=imported,
            enabled="imported" not in off,
        ),
    )


def _split(positive: str, negative: str) -> tuple[Measure[Totals], ...]:
    """Return the two directions of a signed power, neither ever negative."""
    return (
        _measured(
            _POWER,
            positive,
            lambda totals: None if totals.power is None else max(totals.power, 0),
            name=positive,
        ),
        _measured(
            _POWER,
            negative,
            lambda totals: None if totals.power is None else max(-totals.power, 0),
            name=negative,
        ),
    )


# What solar makes and the load does not take.
SURPLUS: Final[Measure[Export]] = _measured(
    _POWER, "solar_surplus", lambda export: export.surplus, name="solar_surplus"
)

# Over the last minute, whatever came in between.
MEANS: Final = {
    key: SensorEntityDescription(
        key=f"{key}_mean",
        translation_key=f"{key}_mean",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
    )
    for key in AVERAGED
}

_OF_LOCATION: Final[dict[str, tuple[Measure[Totals], ...]]] = {
    "site": (
        *_split("import_power", "export_power"),
        *_energies(),
        _AVERAGE_VOLTAGE,
    ),
    "solar": (
        *_energies("energy_produced", "energy_consumed", "imported"),
        _AVERAGE_VOLTAGE,
    ),
    "battery": (
        *_split("discharge_power", "charge_power"),
        *_energies("energy_discharged", "energy_charged"),
        # A battery's is true, and goes by its device class's name.
        replace(
            _AVERAGE_VOLTAGE,
            key="voltage",
            translation_key=None,
            entity_registry_enabled_default=True,
        ),
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
    """Return what is shown of a location's totals; any name will do."""
    return (
        *_TOTALS,
        _METERS_AGGREGATED,
        *_OF_LOCATION.get(
            location, (*_energies(), _AVERAGE_VOLTAGE, *_REPORTED_CURRENTS)
        ),
    )


# Of a location whose meters the gateway lists: their currents are measured,
# save by a Neurio.
OF_LOCATION_METERS: Final[tuple[Measure[tuple[LocationMeter, ...]], ...]] = (
    _measured(
        _CURRENT,
        "current",
        lambda meters: total(meter.totals.total_current for meter in meters),
        only_if_given=True,
    ),
    _measured(
        _CURRENT,
        "average_current",
        lambda meters: total(meter.totals.average_current for meter in meters),
        name="average_current",
        enabled=False,
        only_if_given=True,
    ),
)

# Of a location's phases together: how unequally they are loaded.
OF_PHASES: Final[tuple[Measure[Mapping[Phase, PhaseReading]], ...]] = (
    _measured(
        _CURRENT,
        "current_imbalance",
        current_spread,
        name="current_imbalance",
        enabled=False,
        only_if_given=True,
    ),
    Measure(
        key="current_imbalance_ratio",
        translation_key="current_imbalance_ratio",
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=current_imbalance,
        digits=1,
        only_if_given=True,
    ),
)

OF_PHASE: Final[tuple[Measure[PhaseReading], ...]] = (
    _measured(_VOLTAGE, "voltage", lambda p: p.voltage, name="phase_voltage"),
    _measured(
        _CURRENT,
        "current",
        lambda p: p.current,
        name="phase_current",
        only_if_given=True,
    ),
    _measured(_POWER, "power", lambda p: p.power, name="phase_power"),
    _measured(
        _REACTIVE,
        "reactive_power",
        lambda p: p.reactive_power,
        name="phase_reactive_power",
        enabled=False,
    ),
    _measured(
        _FACTOR,
        "power_factor",
        lambda p: p.power_factor,
        name="phase_power_factor",
        enabled=False,
    ),
)


@cache
def of_meter(location: str, *, alone: bool) -> tuple[Measure[Totals], ...]:
    """Return what is shown of a meter in its role at a location.

    Off where it is the location's only one: the location shows the same.
    """
    currents = tuple(
        replace(measure, translation_key=measure.key)
        for measure in _REPORTED_CURRENTS
        if measure.key in ("current", "average_current")
    )
    return tuple(
        replace(
            measure,
            translation_key=f"{location}_{measure.key}",
            entity_registry_enabled_default=not alone
            and measure.key
            in ("power", "energy_exported", "energy_imported", "current"),
        )
        for measure in (*_TOTALS, *_energies(), *currents, _AVERAGE_VOLTAGE)
    )


@cache
def of_meter_role(location: str) -> tuple[Measure[LocationMeter], ...]:
    """Return what is shown of a meter's configuration at a location."""
    return (
        Measure(
            key="scale_factor",
            translation_key=f"{location}_scale_factor",
            entity_category=EntityCategory.DIAGNOSTIC,
            value_fn=lambda meter: meter.scale_factor,
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
    Measure(
        key="firmware",
        translation_key="firmware",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: _version(reading.firmware),
    ),
    replace(
        _measured(
            _FREQUENCY,
            "raw_frequency",
            lambda reading: reading.frequency,
            name="raw_frequency",
            enabled=False,
            only_if_given=True,
        ),
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
)


def _of_ct_reading(measure: Measure[CtReading]) -> Measure[CtReading]:
    """Make a measure one of a CT's own reading: diagnostic, off."""
    return replace(
        measure,
        translation_key=f"raw_{measure.key}",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


# Before any scale factor; energies come from remote meters alone.
_CT_READING: Final[tuple[Measure[CtReading], ...]] = (
    _measured(_VOLTAGE, "voltage", lambda ct: ct.voltage),
    _measured(_CURRENT, "current", lambda ct: ct.current),
    _measured(_POWER, "power", lambda ct: ct.power),
    _measured(_REACTIVE, "reactive_power", lambda ct: ct.reactive_power),
    _counter("energy_exported", lambda ct: ct.energy_exported),
    _counter("energy_imported", lambda ct: ct.energy_imported),
)

OF_CT_READING: Final[tuple[Measure[CtReading], ...]] = tuple(
    _of_ct_reading(measure) for measure in _CT_READING
)

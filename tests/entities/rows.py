"""All rows, by the table of the page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.helpers.entity import EntityDescription

from custom_components.tesla_gateway_meters import (
    binary_sensor,
    connection_sensor,
    ct_texts,
    sensor,
    sensor_descriptions,
)
from custom_components.tesla_gateway_meters.checks.model import Check
from custom_components.tesla_gateway_meters.devices import METER_ENDPOINTS
from custom_components.tesla_gateway_meters.gateway import Endpoint

from . import facts
from .row import Fact, Row

_LOCATIONS = ("site", "solar", "battery", "load")
# Stands for all that have no table of their own.
_OTHER = "generator"
_BOTH = tuple(METER_ENDPOINTS.values())


def _sensors(
    descriptions: Iterable[EntityDescription],
    known: Mapping[str, Fact],
    *endpoints: Endpoint,
    part: str = "",
    default: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Row, ...]:
    """Return the rows of sensors; `default` says when those are on that some homes have off."""
    return tuple(
        Row(
            platform="sensor",
            descriptions=_on_and_off(description)
            if description.key in default
            else (description,),
            endpoints=endpoints,
            fact=known[description.key],
            part=part,
            default=default.get(description.key, ""),
        )
        for description in descriptions
    )


def _on_and_off(description: EntityDescription) -> tuple[EntityDescription, ...]:
    """Return a description as it is, and as a home has it that shows the same elsewhere."""
    return description, replace(description, entity_registry_enabled_default=False)


def _of_every_location() -> tuple[EntityDescription, ...]:
    first, *others = (
        sensor_descriptions.of_location(name) for name in (*_LOCATIONS, _OTHER)
    )
    # What locations share but not all of them is shown with each.
    return tuple(each for each in first if all(each in other for other in others))


def _of_location(location: str) -> tuple[Row, ...]:
    shared = _of_every_location()
    own = (
        each for each in sensor_descriptions.of_location(location) if each not in shared
    )
    return _sensors(
        own,
        facts.LOCATION,
        Endpoint.AGGREGATES,
        part=f"{location}_",
        default={"voltage": "on, unless it is that of a phase of the site"},
    )


def _of_location_meters(location: str) -> tuple[Row, ...]:
    return _sensors(
        sensor_descriptions.OF_LOCATION_METERS,
        facts.METER[location],
        METER_ENDPOINTS[location],
        part=f"{location}_",
    )


def _of_other_location() -> tuple[Row, ...]:
    """Return the rows of any other location; the simulator has none."""
    return tuple(
        Row(
            platform=row.platform,
            descriptions=row.descriptions,
            endpoints=row.endpoints,
            fact=Fact(fields=row.fact.fields, sign=row.fact.sign, simulated=False),
            part=row.part,
        )
        for row in _of_location(_OTHER)
    )


def _of_meter(location: str) -> Iterator[Row]:
    yield from _sensors(
        sensor_descriptions.of_meter(location),
        facts.METER[location],
        METER_ENDPOINTS[location],
        default=dict.fromkeys(
            ("power", "energy_exported", "energy_imported"),
            "on if several meters measure the location",
        ),
    )
    yield from _sensors(
        sensor_descriptions.of_meter_role(location),
        facts.METER[location],
        METER_ENDPOINTS[location],
    )


def _ct_flag(kind: str) -> Row:
    # An unknown role comes first: its name has a placeholder for all others.
    roles = ("unheard of", *sorted(ct_texts.ROLES))
    return Row(
        platform="binary_sensor",
        descriptions=tuple(
            binary_sensor._ct_flag(kind, role, enabled=enabled)
            for role in roles
            for enabled in (True, False)
        ),
        endpoints=(Endpoint.METERS,),
        fact=facts.CT_FLAG[f"ct_{kind}"],
        default="on if its first value is on",
    )


def _wiring(at: str, check: Check, *endpoints: Endpoint, suffix: str = "") -> Row:
    name = f"{check}{suffix}"
    return Row(
        platform="binary_sensor",
        descriptions=(
            BinarySensorEntityDescription(
                key=check,
                translation_key=name,
                device_class=BinarySensorDeviceClass.PROBLEM,
                entity_category=EntityCategory.DIAGNOSTIC,
            ),
        ),
        endpoints=endpoints,
        fact=facts.WIRING[name],
        at=at,
    )


TABLES = {
    "gateway": (
        *_sensors((connection_sensor.CONNECTION,), {"connection": facts.CONNECTION}),
        *_sensors(
            (sensor.GRID_STATUS,),
            {"grid_status": facts.GRID_STATUS},
            Endpoint.GRID_STATUS,
        ),
    ),
    "every location": _sensors(
        _of_every_location(),
        facts.LOCATION,
        Endpoint.AGGREGATES,
    ),
    "site": (
        *_of_location("site"),
        *_of_location_meters("site"),
        *_sensors(
            (sensor_descriptions.SURPLUS, *sensor_descriptions.MEANS.values()),
            facts.EXPORT,
            Endpoint.AGGREGATES,
            default={"solar_surplus": "on with a battery or a generator"},
        ),
        Row(
            platform="binary_sensor",
            descriptions=(binary_sensor.SUSTAINED_EXPORT,),
            endpoints=(Endpoint.AGGREGATES,),
            fact=facts.EXPORT["sustained_export"],
        ),
    ),
    "solar": (*_of_location("solar"), *_of_location_meters("solar")),
    "battery": (
        *_sensors(
            (sensor_descriptions.STATE_OF_CHARGE,),
            {"charge": facts.STATE_OF_CHARGE},
            Endpoint.STATE_OF_CHARGE,
        ),
        *_of_location("battery"),
    ),
    "load": _of_location("load"),
    "other location": _of_other_location(),
    "phase": _sensors(
        sensor_descriptions.OF_PHASE,
        facts.PHASE,
        *_BOTH,
        default={
            "power": "on if the location has several phases",
            "current": "on at the site; at solar if it has several phases",
            "voltage": "on; at solar only for a phase that the site does not have",
        },
    ),
    "phases": _sensors(sensor_descriptions.OF_PHASES, facts.PHASES, *_BOTH),
    "wiring": (
        _wiring("Grid, Solar", Check.WRONG_PHASE, *_BOTH, suffix="_phase"),
        _wiring("Solar", Check.NEGATIVE_SOLAR, Endpoint.SOLAR, suffix="_phase"),
        _wiring("Solar", Check.NEGATIVE_SOLAR, Endpoint.AGGREGATES),
        _wiring(
            "Grid",
            Check.REVERSED_SITE,
            Endpoint.AGGREGATES,
            Endpoint.SITE,
            suffix="_phase",
        ),
        _wiring("Grid", Check.MEASURES_NOTHING, Endpoint.SITE, suffix="_phase"),
        _wiring("Home", Check.NEGATIVE_LOAD, Endpoint.AGGREGATES),
        _wiring("Grid", Check.VOLTAGES_APART, Endpoint.SITE),
    ),
    "every meter": (
        *_sensors(
            (sensor.READING_STATUS,),
            {"reading_status": facts.READING_STATUS},
            Endpoint.READINGS,
        ),
        Row(
            platform="binary_sensor",
            descriptions=(binary_sensor.READING_PROBLEM,),
            endpoints=(Endpoint.READINGS,),
            fact=facts.READING_PROBLEM,
        ),
        *_sensors(sensor_descriptions.OF_READING, facts.READING, Endpoint.READINGS),
    ),
    "site meter": tuple(_of_meter("site")),
    "solar meter": tuple(_of_meter("solar")),
    "ct": (
        _ct_flag("valid"),
        _ct_flag("inverted"),
        *_sensors(
            (sensor_descriptions.VOLTAGE_REFERENCE,),
            {"voltage_reference": facts.VOLTAGE_REFERENCE},
            *_BOTH,
        ),
        *_sensors(
            sensor_descriptions.OF_CT_READING, facts.CT_READING, Endpoint.READINGS
        ),
    ),
}

ROWS = tuple(row for rows in TABLES.values() for row in rows)

"""Parse the JSON of each endpoint into models.

An answer of the wrong shape as a whole raises PayloadError. Anything wrong
inside costs that one value, or that one item of a list.
"""

from collections.abc import Iterable
from dataclasses import replace
from heapq import nsmallest
from itertools import zip_longest
import re
from typing import Final

from .errors import PayloadError
from .fields import (
    JsonObject,
    count,
    expect_object,
    flags,
    json_object,
    json_objects,
    number,
    numbers,
    time,
)
from .limits import (
    LONGEST_NAME,
    LONGEST_PART,
    LONGEST_STATE,
    MAX_CTS,
    MAX_LOCATIONS,
    MAX_METERS,
    MAX_NEW_LOCATIONS,
    MAX_ROLES,
    Kind,
    Limits,
)
from .models import (
    CtRole,
    GatewayStatus,
    GridStatus,
    LocationMeter,
    Meter,
    Totals,
)
from .phases import (
    ct_phases,
    is_neurio,
    is_synchrometer,
    measured_phases,
    read_phases,
    voltage_references,
)
from .reading_status import without_serials
from .readings import parse_readings
from .vocabulary import KNOWN_LOCATIONS

__all__ = [
    "is_din",
    "parse_aggregates",
    "parse_grid_status",
    "parse_meters",
    "parse_readings",
    "parse_site_meters",
    "parse_solar_meters",
    "parse_state_of_charge",
    "parse_status",
    "union",
]

_DIN = re.compile(r"\d+-\w+-\w+--\w+")
_NANOSECONDS = 1e9

_UNNAMED: Final = "unknown"

_ENERGIES: Final = ("energy_exported", "energy_imported")
_CURRENTS: Final = (
    *("instant_average_current", "instant_total_current"),
    *("i_a_current", "i_b_current", "i_c_current"),
)
_NO_CURRENTS: Final = (None,) * len(_CURRENTS)
_TOTALS: Final = (
    *("instant_power", "instant_reactive_power", "instant_apparent_power"),
    *("frequency", "instant_average_voltage", "timeout"),
)
_FIELDS: Final = (*_TOTALS, *_ENERGIES, *_CURRENTS)
_FIELDS_SWAPPED: Final = (*_TOTALS, *_ENERGIES[::-1], *_CURRENTS)

_GRID_STATUS: Final = {
    "SystemGridConnected": GridStatus.CONNECTED,
    "SystemIslandedActive": GridStatus.ISLANDED,
    "SystemIslandedReady": GridStatus.ISLANDED,
    "SystemTransitionToGrid": GridStatus.TRANSITION,
    "SystemTransitionToIsland": GridStatus.TRANSITION,
    "SystemWaitForUser": GridStatus.WAITING,
    "SystemMicroGridFaulted": GridStatus.FAULTED,
}


def _expect_list(data: object) -> list[JsonObject]:
    if data is not None and not isinstance(data, list):
        raise PayloadError("neither a list nor null")
    return json_objects(data)


def _meter_key(meter_type: str, short_id: str | None) -> str:
    """Return the key that identifies a meter of a gateway, for good.

    A gateway has one synchrometer of a kind, and its `short_id` is the
    gateway's DIN. Of remote meters there can be several: theirs is their own.
    """
    if meter_type in KNOWN_LOCATIONS:
        # A location's device has this name.
        meter_type = f"{meter_type}_meter"
    if is_synchrometer(meter_type) or short_id is None:
        return meter_type
    return f"{meter_type}_{short_id}"


def _totals(
    data: JsonObject, *, swapped: bool = False, currents: bool = True
) -> Totals:
    power, reactive_power, apparent_power, frequency, voltage, timeout, *others = (
        numbers(data, _FIELDS_SWAPPED if swapped else _FIELDS)
    )
    exported, imported, *measured = others
    average_current, total_current, current_a, current_b, current_c = (
        measured if currents else _NO_CURRENTS
    )
    return Totals(
        power=power,
        reactive_power=reactive_power,
        apparent_power=apparent_power,
        # 0 Hz is "not measured".
        frequency=frequency or None,
        energy_exported=exported,
        energy_imported=imported,
        average_voltage=voltage,
        average_current=average_current,
        total_current=total_current,
        current_a=current_a,
        current_b=current_b,
        current_c=current_c,
        last_communication=time(data, "last_communication_time"),
        last_phase_voltage=time(data, "last_phase_voltage_communication_time"),
        last_phase_power=time(data, "last_phase_power_communication_time"),
        last_phase_energy=time(data, "last_phase_energy_communication_time"),
        timeout=None if timeout is None else timeout / _NANOSECONDS,
        meters_aggregated=count(data, "num_meters_aggregated"),
    )


def parse_aggregates(data: object, limits: Limits | None = None) -> dict[str, Totals]:
    """Parse `/api/meters/aggregates` into the totals of each location, by its name.

    A location that never communicated and has only zeros does not exist: old firmwares
    list those. A known one that is null or no object, or whose power is, exists and
    has no value.
    """
    limits = limits or Limits()
    answer = expect_object(data)
    chosen = _chosen_locations(answer, limits)
    locations: dict[str, Totals] = {}
    for key in chosen:
        location = key
        if key not in KNOWN_LOCATIONS:
            location = limits.cleaned(key, LONGEST_NAME, "location") or _UNNAMED
        # Of two with one name once cleaned, the one that came with it counts.
        if location in locations or (location != key and location in chosen):
            continue
        totals = _totals(json_object(answer, key))
        if not _is_present(location, totals):
            continue
        if location in KNOWN_LOCATIONS or limits.admit(
            Kind.LOCATION, location, MAX_NEW_LOCATIONS
        ):
            locations[location] = totals
    return locations


def _is_present(location: str, totals: Totals) -> bool:
    """Return whether the site has a location, going by its totals."""
    return (
        totals.last_communication is not None
        or any((totals.power, totals.energy_exported, totals.energy_imported))
        or (totals.power is None and location in KNOWN_LOCATIONS)
    )


def _chosen_locations(answer: JsonObject, limits: Limits) -> list[str]:
    """Return the keys of the locations to parse: a bounded number of them, in order."""
    keys = [
        key
        for key, value in answer.items()
        if isinstance(value, dict) or key in KNOWN_LOCATIONS
    ]
    if len(keys) <= MAX_LOCATIONS:
        return keys
    limits.note_excess(Kind.LOCATION, MAX_LOCATIONS)
    # Independent of the order of the answer.
    first = set(nsmallest(MAX_LOCATIONS, keys))
    return [
        key
        for key in keys
        if key in KNOWN_LOCATIONS
        or key in first
        or limits.is_admitted(Kind.LOCATION, key)
    ]


def _location_meter(
    data: JsonObject, limits: Limits, location: str, *, swapped: bool
) -> LocationMeter:
    meter_type = limits.text(data, "type") or _UNNAMED
    cts = _flags(data, "cts", limits)
    references = voltage_references(json_object(data, "ct_voltage_references"))
    # The capital C is the gateway's.
    cached = json_object(data, "Cached_readings")
    assigned = ct_phases(meter_type, cts, references, measured_phases(cached))
    # A Neurio measures no current and reports 0 A.
    totals = _totals(cached, swapped=swapped, currents=not is_neurio(meter_type))
    return LocationMeter(
        key=_meter_key(
            meter_type, limits.text(json_object(data, "connection"), "short_id")
        ),
        id=count(data, "id"),
        location=limits.text(data, "location", LONGEST_PART) or location,
        type=meter_type,
        cts=cts,
        inverted=_flags(data, "inverted", limits),
        scale_factor=number(data, "real_power_scale_factor"),
        voltage_references=references,
        totals=totals,
        ct_phases=assigned,
        phases=read_phases(cached, totals, meter_type, cts, assigned),
        board_serial=limits.text(cached, "serial_number"),
        version=limits.text(cached, "version", LONGEST_STATE),
    )


def _flags(data: JsonObject, key: str, limits: Limits) -> tuple[bool, ...]:
    return tuple(limits.first(flags(data, key), MAX_CTS, "CTs of a meter"))


def parse_site_meters(
    data: object, limits: Limits | None = None
) -> tuple[LocationMeter, ...]:
    """Parse `/api/meters/site`; null is no meter."""
    return _location_meters(data, limits or Limits(), "site", swapped=False)


def parse_solar_meters(
    data: object, limits: Limits | None = None
) -> tuple[LocationMeter, ...]:
    """Parse `/api/meters/solar`; null is no meter.

    The gateway swaps the two energies there (gateway API, section 0.1). The models
    have them as aggregates does: `energy_exported` is production.
    """
    return _location_meters(data, limits or Limits(), "solar", swapped=True)


def _location_meters(
    data: object, limits: Limits, location: str, *, swapped: bool
) -> tuple[LocationMeter, ...]:
    meters = (
        _location_meter(item, limits, location, swapped=swapped)
        for item in limits.first(_expect_list(data), MAX_METERS, "meters")
    )
    return tuple(
        each for each in meters if limits.admit(Kind.METER, each.key, MAX_METERS)
    )


def parse_meters(data: object, limits: Limits | None = None) -> tuple[Meter, ...]:
    """Parse `/api/meters`; null is no meter, and `cts` may be missing in one.

    A meter that is listed more than once has the roles of all its entries.
    """
    limits = limits or Limits()
    meters: dict[str, Meter] = {}
    for item in limits.first(_expect_list(data), MAX_METERS, "meters"):
        meter = _meter(item, limits)
        if (known := meters.get(meter.key)) is not None:
            roles = _merged((*known.roles, *meter.roles))
            meter = replace(min(known, meter, key=_serial_order), roles=roles)
        if limits.admit(Kind.METER, meter.key, MAX_METERS):
            meters[meter.key] = meter
    return tuple(meters.values())


def _serial_order(meter: Meter) -> tuple[bool, str]:
    return meter.serial is None, meter.serial or ""


def _meter(data: JsonObject, limits: Limits) -> Meter:
    meter_type = limits.text(data, "type") or _UNNAMED
    short_id = limits.text(data, "short_id")
    connected = data.get("connected")
    roles = limits.first(json_objects(data.get("cts")), MAX_ROLES, "roles of a meter")
    return Meter(
        key=_meter_key(meter_type, short_id),
        type=meter_type,
        serial=limits.text(data, "serial"),
        din=short_id if is_synchrometer(meter_type) else None,
        connected=connected if isinstance(connected, bool) else None,
        roles=_merged(
            CtRole(
                role=limits.text(role, "type", LONGEST_PART) or _UNNAMED,
                valid=_flags(role, "valid", limits),
                inverted=_flags(role, "inverted", limits),
                scale_factor=number(role, "real_power_scale_factor"),
            )
            for role in roles
        ),
    )


def _merged(roles: Iterable[CtRole]) -> tuple[CtRole, ...]:
    """Merge roles of one name, as a meter has them that is split over arrays."""
    merged: dict[str, CtRole] = {}
    for role in roles:
        known = merged.setdefault(role.role, role)
        if known is not role:
            factor = known.scale_factor
            merged[role.role] = CtRole(
                role=role.role,
                valid=union(known.valid, role.valid),
                inverted=union(known.inverted, role.inverted),
                scale_factor=factor if factor == role.scale_factor else None,
            )
    return tuple(merged.values())


def union(*flags: tuple[bool, ...]) -> tuple[bool, ...]:
    """Return the flags, one per CT, that are set in any of these."""
    return tuple(map(any, zip_longest(*flags, fillvalue=False)))


def is_din(identity: str | None) -> bool:
    """Return whether this is a DIN: a part number, two dashes, a serial number."""
    return identity is not None and bool(_DIN.fullmatch(identity))


def parse_status(data: object, limits: Limits | None = None) -> GatewayStatus:
    """Parse `/api/status`, which needs no login. Old firmwares give no DIN."""
    limits = limits or Limits()
    status = expect_object(data)
    return GatewayStatus(
        din=limits.text(status, "din"),
        version=limits.text(status, "version", LONGEST_STATE),
        device_type=limits.text(status, "device_type"),
    )


def parse_state_of_charge(data: object, limits: Limits | None = None) -> float | None:
    """Parse `/api/system_status/soe`: the batteries' state of charge in %."""
    return number(expect_object(data), "percentage")


def parse_grid_status(data: object, limits: Limits | None = None) -> GridStatus | None:
    """Parse `/api/system_status/grid_status`; an unknown word is None."""
    limits = limits or Limits()
    word = limits.text(expect_object(data), "grid_status")
    status = None if word is None else _GRID_STATUS.get(word)
    if word is not None and status is None:
        limits.note_unknown("grid status", without_serials(word))
    return status

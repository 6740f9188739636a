"""JSON of each endpoint to models: the one place that knows the wire's keys.

An answer of the wrong shape as a whole raises PayloadError. Anything wrong
inside costs that one value, or that one item of a list.
"""

from collections.abc import Mapping
import re

from .errors import EmptyAnswerError, PayloadError
from .fields import (
    JsonObject,
    count,
    flags,
    json_object,
    json_objects,
    number,
    text,
    time,
)
from .models import (
    CtReading,
    CtRole,
    GatewayStatus,
    GridStatus,
    LocationMeter,
    Meter,
    MeterReading,
    Totals,
)
from .phases import ct_phases, is_neurio, read_phases, voltage_references
from .reading_status import classify, error_text

# What is null under another name need not be a location.
_LOCATIONS = frozenset({"site", "solar", "battery", "load", "generator", "busway"})
_SYNCHROMETER = "synchrometer"
_SYNCHROMETER_CTS = 3
_DIN = re.compile(r"\d+-\w+-\w+--\w+")
_NANOSECONDS = 1e9
_WATTSECONDS = 3600

_GRID_STATUS = {
    "SystemGridConnected": GridStatus.CONNECTED,
    "SystemIslandedActive": GridStatus.ISLANDED,
    "SystemIslandedReady": GridStatus.ISLANDED,
    "SystemTransitionToGrid": GridStatus.TRANSITION,
    "SystemTransitionToIsland": GridStatus.TRANSITION,
    "SystemWaitForUser": GridStatus.WAITING,
}


def _expect_object(data: object) -> JsonObject:
    if not isinstance(data, dict):
        error = EmptyAnswerError if data is None else PayloadError
        raise error("not an object")
    return data


def _expect_list(data: object) -> list[JsonObject]:
    if data is not None and not isinstance(data, list):
        raise PayloadError("neither a list nor null")
    return json_objects(data)


def is_synchrometer(meter_type: str) -> bool:
    """Whether this is one of the meters that are built into the gateway."""
    return meter_type.startswith(_SYNCHROMETER)


def _meter_key(meter_type: str, short_id: str | None) -> str:
    """Return what tells a meter from the gateway's others, for good.

    A gateway has one synchrometer of a kind, and its `short_id` is the
    gateway's DIN. Of remote meters there can be several: theirs is their own.
    """
    if is_synchrometer(meter_type) or short_id is None:
        return meter_type
    return f"{meter_type}_{short_id}"


def _totals(
    data: JsonObject, *, swapped: bool = False, currents: bool = True
) -> Totals:
    timeout = number(data, "timeout")
    exported, imported = (
        number(data, "energy_exported"),
        number(data, "energy_imported"),
    )
    if swapped:
        exported, imported = imported, exported
    return Totals(
        power=number(data, "instant_power"),
        reactive_power=number(data, "instant_reactive_power"),
        apparent_power=number(data, "instant_apparent_power"),
        # 0 Hz is "not measured".
        frequency=number(data, "frequency") or None,
        energy_exported=exported,
        energy_imported=imported,
        average_voltage=number(data, "instant_average_voltage"),
        average_current=number(data, "instant_average_current") if currents else None,
        total_current=number(data, "instant_total_current") if currents else None,
        current_a=number(data, "i_a_current") if currents else None,
        current_b=number(data, "i_b_current") if currents else None,
        current_c=number(data, "i_c_current") if currents else None,
        last_communication=time(data, "last_communication_time"),
        last_phase_voltage=time(data, "last_phase_voltage_communication_time"),
        last_phase_power=time(data, "last_phase_power_communication_time"),
        last_phase_energy=time(data, "last_phase_energy_communication_time"),
        timeout=None if timeout is None else timeout / _NANOSECONDS,
        meters_aggregated=count(data, "num_meters_aggregated"),
    )


def parse_aggregates(data: object) -> dict[str, Totals]:
    """Read `/api/meters/aggregates`: the totals of each location.

    A location that never communicated and holds nothing but zeros is one that
    the site does not have; old firmwares list those. One that is null, or whose
    power is, is there and gives no value.
    """
    locations = {}
    for location, item in _expect_object(data).items():
        is_known = location in _LOCATIONS
        if isinstance(item, dict) or (item is None and is_known):
            totals = _totals(item or {})
            if (
                totals.last_communication is not None
                or any((totals.power, totals.energy_exported, totals.energy_imported))
                or (totals.power is None and is_known)
            ):
                locations[location] = totals
    return locations


def _location_meter(data: JsonObject, *, swapped: bool) -> LocationMeter:
    meter_type = text(data, "type") or "unknown"
    cts = flags(data, "cts")
    references = voltage_references(json_object(data, "ct_voltage_references"))
    assigned = ct_phases(meter_type, cts, references)
    # The capital C is the gateway's.
    cached = json_object(data, "Cached_readings")
    # A Neurio measures no current and reports 0 A.
    totals = _totals(cached, swapped=swapped, currents=not is_neurio(meter_type))
    return LocationMeter(
        key=_meter_key(meter_type, text(json_object(data, "connection"), "short_id")),
        id=count(data, "id"),
        location=text(data, "location") or "unknown",
        type=meter_type,
        cts=cts,
        inverted=flags(data, "inverted"),
        scale_factor=number(data, "real_power_scale_factor"),
        voltage_references=references,
        totals=totals,
        ct_phases=assigned,
        phases=read_phases(cached, totals, meter_type, assigned),
        board_serial=text(cached, "serial_number"),
        version=text(cached, "version"),
    )


def parse_site_meters(data: object) -> tuple[LocationMeter, ...]:
    """Read `/api/meters/site`. Null is no meter."""
    return tuple(_location_meter(item, swapped=False) for item in _expect_list(data))


def parse_solar_meters(data: object) -> tuple[LocationMeter, ...]:
    """Read `/api/meters/solar`. Null is no meter.

    The two energies are swapped here against aggregates (gateway API, section
    0.1); they come out of this function as aggregates has them.
    """
    return tuple(_location_meter(item, swapped=True) for item in _expect_list(data))


def parse_meters(data: object) -> tuple[Meter, ...]:
    """Read `/api/meters`. Null is no meter; `cts` may be missing in one."""
    return tuple(_meter(item) for item in _expect_list(data))


def _meter(data: JsonObject) -> Meter:
    meter_type = text(data, "type") or "unknown"
    short_id = text(data, "short_id")
    connected = data.get("connected")
    return Meter(
        key=_meter_key(meter_type, short_id),
        type=meter_type,
        serial=text(data, "serial"),
        din=short_id if is_synchrometer(meter_type) else None,
        connected=connected if isinstance(connected, bool) else None,
        roles=tuple(
            CtRole(
                role=text(role, "type") or "unknown",
                valid=flags(role, "valid"),
                inverted=flags(role, "inverted"),
                scale_factor=number(role, "real_power_scale_factor"),
            )
            for role in json_objects(data.get("cts"))
        ),
    )


def parse_readings(data: object) -> dict[str, MeterReading]:
    """Read `/api/meters/readings`: the meters' own answers, by their serial.

    A serial may come with its prefix or without (gateway API, section 0.5);
    `find_reading` knows both.
    """
    if data is None:
        return {}
    return {
        serial: _meter_reading(item, is_synchrometer(_type_in_serial(serial)))
        for serial, item in _expect_object(data).items()
        if isinstance(item, dict)
    }


def _type_in_serial(serial: str) -> str:
    """Return `synchrometerX` of `JBL...synchrometerX`, which ends in its type."""
    start = serial.find(_SYNCHROMETER)
    return serial[start:] if start >= 0 else ""


def find_reading(
    readings: Mapping[str, MeterReading], meter: Meter
) -> MeterReading | None:
    """Find a meter's own answer, whatever prefix its serial has this time."""
    if meter.serial is not None and meter.serial in readings:
        return readings[meter.serial]
    if is_synchrometer(meter.type):
        for serial, reading in readings.items():
            if _type_in_serial(serial) == meter.type:
                return reading
    return None


def _meter_reading(data: JsonObject, synchrometer: bool) -> MeterReading:
    error = error_text(data.get("error"))
    values = json_object(data, "data")
    inputs = json_objects(values.get("cts"))
    return MeterReading(
        error=error,
        status=classify(error),
        firmware=text(values, "firmwareVersion"),
        frequency=number(values, "f_Hz") or None,
        # A synchrometer has three inputs and lists a fourth, always empty.
        inputs=_SYNCHROMETER_CTS if synchrometer else len(inputs),
        cts={
            ct: _ct_reading(item)
            for item in inputs
            # Inputs are counted from 1; 0 is an empty one. An error comes with
            # zeros that nobody measured.
            if error is None and (ct := count(item, "ct"))
        },
    )


def _ct_reading(data: JsonObject) -> CtReading:
    exported, imported = number(data, "eExp_Ws"), number(data, "eImp_Ws")
    return CtReading(
        voltage=number(data, "v_V"),
        power=number(data, "p_W"),
        reactive_power=number(data, "q_VAR"),
        current=number(data, "i_A"),
        energy_exported=None if exported is None else exported / _WATTSECONDS,
        energy_imported=None if imported is None else imported / _WATTSECONDS,
    )


def is_din(identity: str | None) -> bool:
    """Whether this is a DIN: a part number, two dashes, a serial number."""
    return identity is not None and bool(_DIN.fullmatch(identity))


def parse_status(data: object) -> GatewayStatus:
    """Read `/api/status`, which is open to all. Old firmwares give no DIN."""
    status = _expect_object(data)
    return GatewayStatus(
        din=text(status, "din"),
        version=text(status, "version"),
        device_type=text(status, "device_type"),
    )


def parse_charge(data: object) -> float | None:
    """Read `/api/system_status/soe`: the batteries' state of charge in %."""
    return number(_expect_object(data), "percentage")


def parse_grid_status(data: object) -> GridStatus | None:
    """Read `/api/system_status/grid_status`."""
    return _GRID_STATUS.get(text(_expect_object(data), "grid_status") or "")

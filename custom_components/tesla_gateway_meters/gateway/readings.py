"""Parse `/api/meters/readings`, and match the readings with the meters."""

from collections.abc import Iterable, Mapping
from heapq import nsmallest
from typing import Final

from .fields import (
    JsonObject,
    count,
    expect_object,
    json_object,
    json_objects,
    number,
)
from .limits import LONGEST_NAME, LONGEST_STATE, MAX_CTS, MAX_METERS, Limits
from .models import CtReading, Meter, MeterReading
from .phases import SYNCHROMETER, is_synchrometer
from .reading_status import classify, error_text

_SYNCHROMETER_INPUTS: Final = 3
_WATTSECONDS: Final = 3600
_UNNAMED: Final = "unknown"


def parse_readings(
    data: object, limits: Limits | None = None
) -> dict[str, MeterReading]:
    """Parse `/api/meters/readings` into the meters' own readings, by their serial.

    A serial may come with its prefix or without (gateway API, section 0.5);
    `match_readings` knows both.
    """
    if data is None:
        return {}
    limits = limits or Limits()
    answer = expect_object(data)
    keys = [key for key, value in answer.items() if isinstance(value, dict)]
    if len(keys) > MAX_METERS:
        limits.note_excess("readings", MAX_METERS)
        keys = nsmallest(MAX_METERS, keys)
    readings: dict[str, MeterReading] = {}
    for key in keys:
        serial = limits.cleaned(key, LONGEST_NAME, "serial") or _UNNAMED
        is_builtin = is_synchrometer(_type_in_serial(serial))
        readings.setdefault(
            serial, _meter_reading(json_object(answer, key), limits, is_builtin)
        )
    return readings


def _type_in_serial(serial: str) -> str:
    """Return `synchrometerX` of `JBL...synchrometerX`, which ends in its type."""
    start = serial.find(SYNCHROMETER)
    return serial[start:] if start >= 0 else ""


def find_reading(
    readings: Mapping[str, MeterReading], meter: Meter
) -> MeterReading | None:
    """Return a meter's own reading, whatever prefix its serial has this time."""
    if meter.serial is not None and meter.serial in readings:
        return readings[meter.serial]
    if is_synchrometer(meter.type):
        for serial, reading in readings.items():
            if _type_in_serial(serial) == meter.type:
                return reading
    return None


def match_readings(
    readings: Mapping[str, MeterReading], meters: Iterable[Meter]
) -> tuple[dict[str, MeterReading], dict[str, MeterReading]]:
    """Return the readings of these meters by key, and by serial those of no meter.

    One whose serial is not listed is that of the only meter of its kind that has none,
    if it is the only one too. Each type that is built into the gateway is a kind, and
    all remote meters are one.
    """
    matched: dict[str, MeterReading] = {}
    without = []
    used: set[int] = set()
    for meter in meters:
        if (reading := find_reading(readings, meter)) is None:
            without.append(meter)
        else:
            matched[meter.key] = reading
            used.add(id(reading))
    unlisted = {
        serial: reading
        for serial, reading in readings.items()
        if id(reading) not in used
    }
    for kind in {_kind(meter.type) for meter in without}:
        meters_left = [each for each in without if _kind(each.type) == kind]
        serials = [each for each in unlisted if _kind(_type_in_serial(each)) == kind]
        if len(meters_left) == len(serials) == 1:
            matched[meters_left[0].key] = unlisted.pop(serials[0])
    return matched, unlisted


def _kind(meter_type: str) -> str:
    return meter_type if is_synchrometer(meter_type) else ""


def _meter_reading(
    data: JsonObject, limits: Limits, synchrometer: bool
) -> MeterReading:
    error = error_text(data.get("error"), limits)
    values = json_object(data, "data")
    inputs = limits.first(json_objects(values.get("cts")), MAX_CTS, "CTs of a reading")
    return MeterReading(
        error=error,
        status=classify(error),
        firmware=limits.text(values, "firmwareVersion", LONGEST_STATE),
        frequency=number(values, "f_Hz") or None,
        # A synchrometer has three inputs and lists a fourth, always empty.
        inputs=_SYNCHROMETER_INPUTS if synchrometer else len(inputs),
        cts={
            ct: _ct_reading(item)
            for item in inputs
            # Inputs are counted from 1; 0 is an empty one. An error comes with
            # zeros that are not measured.
            if error is None and 0 < (ct := count(item, "ct") or 0) <= MAX_CTS
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

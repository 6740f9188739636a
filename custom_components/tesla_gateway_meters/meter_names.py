"""Readable names of meters, by the type that the gateway gives."""

from collections.abc import Iterable
from typing import Final

from .gateway import LocationMeter, Meter
from .gateway.limits import LONGEST_NAME

# How a type begins, the key of its translation, and its English name in lists.
_KINDS: Final = (
    ("synchrometerX", "meter_x", "Meter X"),
    ("synchrometerY", "meter_y", "Meter Y"),
    ("neurio", "remote_meter", "Remote meter"),
    ("trm", "remote_meter", "Remote meter"),
    ("msa", "backup_switch_meter", "Backup switch meter"),
    ("acuvim", "acuvim_meter", "Acuvim meter"),
)
_SYNCHROMETER: Final = "synchrometer"
_NUMBERED: Final = "Remote meter"
_METER: Final = " meter"


def translation_key(meter_type: str) -> str | None:
    """Return the key of a meter type's translated name, None where it has none."""
    return next((key for start, key, _ in _KINDS if meter_type.startswith(start)), None)


def readable_name(meter_type: str) -> str:
    """Return the English name of any meter type, as `Meter X` of `synchrometerX`."""
    for start, _, name in _KINDS:
        if meter_type.startswith(start):
            return name
    words = " ".join(meter_type.removeprefix(_SYNCHROMETER).replace("_", " ").split())
    if meter_type.startswith(_SYNCHROMETER):
        return f"Meter {words}".rstrip()
    name = words[:1].upper() + words[1:]
    if "meter" in name.lower():
        return name
    return f"{name[: LONGEST_NAME - len(_METER)]}{_METER}" if name else "Meter"


def name_meters(meters: Iterable[Meter | LocationMeter]) -> dict[str, str]:
    """Name meters as their devices are, by key; a remote one's id stays private."""
    names: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for meter in sorted(meters, key=lambda meter: meter.key):
        name = readable_name(meter.type)
        number = numbers[name] = numbers.get(name, 0) + 1
        is_numbered = name == _NUMBERED or number > 1
        names[meter.key] = f"{name} {number}" if is_numbered else name
    return names

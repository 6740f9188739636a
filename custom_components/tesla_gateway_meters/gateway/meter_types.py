"""Names of the gateways' types of meters, such as `synchrometerX`."""

from typing import Final

from .limits import LONGEST_NAME

# The beginning of a type, the key of its translation, and its English name.
_KINDS: Final = (
    ("synchrometerX", "meter_x", "Meter X"),
    ("synchrometerY", "meter_y", "Meter Y"),
    ("neurio", "remote_meter", "Remote meter"),
    ("trm", "remote_meter", "Remote meter"),
    ("msa", "backup_switch_meter", "Backup switch meter"),
    ("acuvim", "acuvim_meter", "Acuvim meter"),
)
# The beginning of a type of each name.
TYPES: Final = {name: start for start, _, name in _KINDS}
_SYNCHROMETER: Final = "synchrometer"
_METER: Final = " meter"


def translation_key(meter_type: str) -> str | None:
    """Return the key of a meter type's translated name, None if it has none."""
    return next((key for start, key, _ in _KINDS if meter_type.startswith(start)), None)


def readable_name(meter_type: str) -> str:
    """Return the English name of any meter type, such as `Meter X` for `synchrometerX`."""
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

"""Changes of CT settings in the language of Home Assistant, as a markdown list."""

from collections.abc import Iterable
from itertools import accumulate
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .checks.ct_configuration import ROLES_AT, CtChange, CtFlag, CtSetting
from .const import DOMAIN
from .gateway import LONGEST_TEXT
from .markdown import as_plain_text
from .meter_names import UNKNOWN, MeterNames

# Roles with a translated name; a gateway may name others.
ROLES: Final = frozenset(
    {
        "site",
        "solar",
        "solarrgm",
        "load",
        "generator",
        "battery",
        "conductor",
        "doubled_solar",
        "none",
    }
)
_ENTITIES: Final = f"component.{DOMAIN}.entity"
_LOCATIONS: Final = {role: at for at, roles in ROLES_AT.items() for role in roles}


def role_key(role: str) -> str:
    """Return the end of the translation key of a CT's flag in a role."""
    return role.lower() if role.lower() in ROLES else "other"


@callback
def list_changes(
    hass: HomeAssistant, names: MeterNames, changes: Iterable[CtChange]
) -> str:
    """Return a line per change, with the names of the meter's device and entity.

    If there are too many lines, the last one has the number of the omitted ones.
    """
    lines = [
        f"- {names.name(each.setting.meter)}: {_label(hass, each.setting)}:"
        f" {_value(hass, each.setting, each.before)}"
        f" → {_value(hass, each.setting, each.after)}"
        for each in changes
    ]
    lengths = accumulate(len(line) + 1 for line in lines)
    shown = sum(length <= LONGEST_TEXT - 20 for length in lengths)
    if shown < len(lines):
        lines[shown:] = [f"- … (+{len(lines) - shown})"]
    return "\n".join(lines)


def _key(setting: CtSetting) -> str:
    """Return the end of the translation key of the entity that shows a setting."""
    match setting.flag:
        case CtFlag.SCALE_FACTOR:
            location = _LOCATIONS.get(setting.role, setting.role)
            return f"sensor.{location}_scale_factor"
        case CtFlag.VOLTAGE_REFERENCE:
            return "sensor.voltage_reference"
    return f"binary_sensor.ct_{setting.flag}_{role_key(setting.role)}"


def _text(hass: HomeAssistant, key: str, default: str) -> str:
    texts = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    return texts.get(f"{_ENTITIES}.{key}", default)


def _label(hass: HomeAssistant, setting: CtSetting) -> str:
    """Return the name of the entity that shows a setting."""
    # A role that has no such entity is shown as the gateway names it.
    text = _text(hass, f"{_key(setting)}.name", setting.role)
    text = text.replace("{ct}", str(setting.ct)).replace("{role}", setting.role)
    return as_plain_text(text)


def _value(
    hass: HomeAssistant, setting: CtSetting, value: bool | float | str | None
) -> str:
    """Return the state of the entity that shows a setting."""
    match setting.flag:
        case CtFlag.VALID | CtFlag.INVERTED:
            state = "on" if value else "off"
            text = _text(hass, f"{_key(setting)}.state.{state}", state)
        case CtFlag.SCALE_FACTOR:
            text = f"{1 if value is None else value:g}"
        case CtFlag.VOLTAGE_REFERENCE:
            text = UNKNOWN if value is None else str(value).upper()
    return as_plain_text(text)

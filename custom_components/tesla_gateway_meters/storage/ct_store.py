"""Storage of the confirmed CT configuration, with which the present one is compared.

Version 2 has settings, or the texts of version 1 until they are converted, which needs
the meters.
"""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..checks.ct_configuration import CtFlag, CtSetting, CtSettings
from ..const import DOMAIN
from .checked_store import CheckedStore

type Stored = Mapping[str, Any]

SETTINGS: Final = "settings"
TEXTS: Final = "texts"


class CtStore(CheckedStore[Stored]):
    """The store of a config entry's CT configuration."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Initialize the store."""
        super().__init__(
            hass, 2, f"{DOMAIN}.{entry.entry_id}.configuration", is_valid=_is_valid
        )

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: Stored
    ) -> Stored:
        """Return the texts of version 1. Raise TypeError if they are none."""
        if not isinstance(old_data, dict) or not all(
            isinstance(text, str) for text in old_data.values()
        ):
            raise TypeError("no texts")
        return {TEXTS: old_data} if old_data else {}


def _is_valid(data: Stored) -> bool:
    if TEXTS in data:
        return all(isinstance(text, str) for text in data[TEXTS].values())
    read_stored(data)
    return True


def read_stored(data: Stored) -> CtSettings:
    """Return stored settings. Raise KeyError, TypeError or ValueError for invalid ones."""
    settings: dict[CtSetting, bool | float | str] = {}
    for each in data[SETTINGS]:
        meter, role, ct, value = (each[key] for key in ("meter", "role", "ct", "value"))
        if not (
            isinstance(meter, str)
            and isinstance(role, str)
            and isinstance(ct, int)
            and isinstance(value, bool | int | float | str)
        ):
            raise TypeError("no setting")
        settings[CtSetting(meter, role, ct, CtFlag(each["flag"]))] = value
    return settings


def as_stored(settings: CtSettings) -> Stored:
    """Return settings as they are stored."""
    return {
        SETTINGS: [
            {
                "meter": setting.meter,
                "role": setting.role,
                "ct": setting.ct,
                "flag": str(setting.flag),
                "value": value,
            }
            for setting, value in sorted(settings.items())
        ]
    }

"""The evidence of the wiring checks, kept over restarts."""

import sys
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .checks.fields import Stored
from .checks.wiring import Wiring
from .const import DOMAIN, LOGGER

# An hour of evidence more or less decides nothing.
_SAVE_DELAY = 60 * 60  # s


class WiringStore:
    """Restores the evidence at the start, and saves it now and then."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, wiring: Wiring) -> None:
        """Keep the evidence of an entry's checks."""
        self._hass = hass
        self._entry = entry
        self._wiring = wiring
        self._store = _store(hass, entry)
        self._is_save_due = False

    async def async_load(self) -> None:
        """Restore what was known before a restart; what is unusable is set aside."""
        if (stored := await self._store.async_load()) is None:
            return
        try:
            self._wiring.restore(stored)
        except ValueError as err:
            LOGGER.warning(
                "%s: ignoring invalid stored evidence on the wiring: %s",
                self._entry.title,
                err,
            )
            await _store(self._hass, self._entry, ".unusable").async_save(stored)

    @callback
    def schedule_save(self) -> None:
        """Save within an hour, unless that is due already."""
        if not self._is_save_due:
            self._is_save_due = True
            self._store.async_delay_save(self._as_dict, _SAVE_DELAY)

    async def async_save(self) -> None:
        """Save what is not saved yet, as the entry is unloaded."""
        if self._is_save_due:
            await self._store.async_save(self._as_dict())

    def _as_dict(self) -> Stored:
        self._is_save_due = False
        return self._wiring.as_dict()


async def async_forget_wiring(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete what is stored for an entry that is removed."""
    await _store(hass, entry).async_remove()
    await _store(hass, entry, ".unusable").async_remove()


class _EvidenceStore(Store[Stored]):
    """Evidence of any version, to be judged by what is in it."""

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: Stored
    ) -> Stored:
        """Return it as it is: the checks refuse what they do not know."""
        return old_data


def _store(hass: HomeAssistant, entry: ConfigEntry, suffix: str = "") -> Store[Stored]:
    return _EvidenceStore(
        hass,
        1,
        f"{DOMAIN}.{entry.entry_id}.wiring{suffix}",
        atomic_writes=True,
        max_readable_version=sys.maxsize,
    )

"""The file of the wiring checks' evidence."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..checks.fields import Stored
from ..checks.wiring import Wiring
from ..const import DOMAIN
from .checked_store import CheckedStore

# The loss of an hour of evidence decides nothing.
_SAVE_DELAY = 60 * 60  # s


class WiringStore:
    """The evidence of an entry's wiring checks, loaded once and saved hourly."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, wiring: Wiring) -> None:
        """Initialize the store with the checks to restore and save."""
        self._wiring = wiring
        self._store = wiring_file(hass, entry, self._is_restored)
        self._is_save_due = False

    async def async_load(self) -> None:
        """Restore the evidence from before a restart; an invalid file is set aside."""
        await self._store.async_load()

    @callback
    def schedule_save(self) -> None:
        """Save within an hour, unless that is due already."""
        if not self._is_save_due:
            self._is_save_due = True
            self._store.async_delay_save(self._as_dict, _SAVE_DELAY)

    async def async_save(self) -> None:
        """Save unsaved evidence when the entry is unloaded."""
        if self._is_save_due:
            await self._store.async_save(self._as_dict())

    def _as_dict(self) -> Stored:
        self._is_save_due = False
        return self._wiring.as_dict()

    def _is_restored(self, stored: Stored) -> bool:
        try:
            self._wiring.restore(stored)
        except ValueError:
            return False
        return True


def wiring_file(
    hass: HomeAssistant, entry: ConfigEntry, is_valid: Callable[[Stored], bool] = bool
) -> CheckedStore[Stored]:
    """Return the store of an entry's evidence."""
    return CheckedStore(hass, 1, f"{DOMAIN}.{entry.entry_id}.wiring", is_valid=is_valid)

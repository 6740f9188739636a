"""The evidence of the wiring checks, kept over restarts."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..checks.fields import Stored
from ..checks.wiring import Wiring
from ..const import DOMAIN
from .checked_store import CheckedStore

# An hour of evidence more or less decides nothing.
_SAVE_DELAY = 60 * 60  # s


class WiringStore:
    """Restores the evidence at the start, and saves it now and then."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, wiring: Wiring) -> None:
        """Keep the evidence of an entry's checks."""
        self._wiring = wiring
        self._store = CheckedStore[Stored](
            hass, 1, _key(entry), is_valid=self._is_restored
        )
        self._is_save_due = False

    async def async_load(self) -> None:
        """Restore what was known before a restart; what is invalid is set aside."""
        await self._store.async_load()

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

    def _is_restored(self, stored: Stored) -> bool:
        try:
            self._wiring.restore(stored)
        except ValueError:
            return False
        return True


async def async_forget_wiring(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete what is stored for an entry that is removed."""
    await CheckedStore[Stored](hass, 1, _key(entry)).async_remove()


def _key(entry: ConfigEntry) -> str:
    return f"{DOMAIN}.{entry.entry_id}.wiring"

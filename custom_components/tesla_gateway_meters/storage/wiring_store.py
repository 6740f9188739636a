"""The file of the wiring checks' evidence."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..checks.fields import Stored
from ..checks.wiring import Wiring
from ..const import DOMAIN
from .checked_store import CheckedStore

# An hour of evidence more or less decides nothing.
_SAVE_DELAY = 60 * 60  # s


class WiringStore:
    """The evidence of an entry's wiring checks, loaded once and saved hourly."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, wiring: Wiring) -> None:
        """Load into these checks, and save from them."""
        self._wiring = wiring
        self._store = CheckedStore[Stored](
            hass, 1, _key(entry), is_valid=self._is_restored
        )
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
        """Save evidence that is not saved yet, as the entry is unloaded."""
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


async def async_remove_wiring(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the evidence of an entry that is removed."""
    await CheckedStore[Stored](hass, 1, _key(entry)).async_remove()


def _key(entry: ConfigEntry) -> str:
    return f"{DOMAIN}.{entry.entry_id}.wiring"

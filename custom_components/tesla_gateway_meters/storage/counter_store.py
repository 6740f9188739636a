"""The file of an entry's energy counters: load, save, and log what the guards do."""

from collections.abc import Iterable, Mapping
from functools import partial
import time
from typing import Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN, LOGGER
from ..processing.counter_guard import Counter, Reset
from ..processing.counters import Counters, HeldReading
from .checked_store import CheckedStore, read_records
from .restored_counters import restored_energy

# A counter restored from an older state catches up: the file need not be the latest.
_SAVE_INTERVAL = 10 * 60  # s
# A counter that alternates for hours is logged once in this time.
_LOG_INTERVAL = 60 * 60  # s

type Stored = dict[str, dict[str, object]]


class CounterStore:
    """The counters of an entry, saved after polls."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        store: CheckedStore[Stored],
        counters: Counters,
    ) -> None:
        """Initialize the store."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self.counters = counters
        self._logged_at: dict[tuple[str, bool], float] = {}
        self._run_saved_at: float | None = None
        self._is_save_due = False

    @classmethod
    async def async_load(cls, hass: HomeAssistant, entry: ConfigEntry) -> Self:
        """Load the counters that were known before a restart."""
        store = counter_file(hass, entry)
        stored = await store.async_load() or {}
        known, invalid = read_records(stored, Counter.from_dict)
        counters = Counters(known, partial(restored_energy, hass, entry))
        loaded = cls(hass, entry, store, counters)
        for key in invalid:
            LOGGER.warning("%s: ignoring invalid stored state", loaded._name(key))
        return loaded

    async def async_save(self) -> None:
        """Save unsaved changes when the entry is unloaded."""
        if self._is_save_due:
            await self._store.async_save(self._as_dict())

    @callback
    def finish_poll(self) -> Mapping[str, Reset]:
        """Log and save the changes of a poll; return the resets by counter."""
        changes = self.counters.take_changes()
        if not changes.has_readings:
            return {}
        now = time.monotonic()
        is_urgent = bool(changes.resets)
        if changes.held:
            self._log_held(changes.held, now)
            saved_at = self._run_saved_at
            if saved_at is None or now - saved_at >= _SAVE_INTERVAL:
                self._run_saved_at = now
                is_urgent = True
        # Another delayed save would postpone the one that is due, poll after poll.
        if is_urgent or not self._is_save_due:
            self._is_save_due = True
            delay = 0 if is_urgent else _SAVE_INTERVAL
            self._store.async_delay_save(self._as_dict, delay)
        return changes.resets

    def _log_held(self, held: Iterable[HeldReading], now: float) -> None:
        """Log the counters that are held back, each kind of run once per interval."""
        texts = []
        for each in held:
            kind = (each.key, each.old is None or each.new < each.old)
            last, self._logged_at[kind] = self._logged_at.get(kind), now
            if last is None or now - last >= _LOG_INTERVAL:
                name = self._name(each.key)
                texts.append(f"{name} went from {each.old} to {each.new} Wh at once")
        if texts:
            LOGGER.info(
                "%s: waiting for what comes next, as %s",
                self._entry.title,
                ", ".join(texts),
            )

    def _name(self, key: str) -> str:
        """Return the entity id of a counter, as its key may contain a serial number."""
        unique_id = f"{self._entry.unique_id or self._entry.entry_id}_{key}"
        registry = er.async_get(self._hass)
        entity_id = registry.async_get_entity_id(Platform.SENSOR, DOMAIN, unique_id)
        return entity_id or "A counter"

    def _as_dict(self) -> Stored:
        self._is_save_due = False
        return {key: each.as_dict() for key, each in self.counters.known.items()}


def counter_file(hass: HomeAssistant, entry: ConfigEntry) -> CheckedStore[Stored]:
    """Return the store of an entry's counters."""
    return CheckedStore(hass, 1, f"{DOMAIN}.{entry.entry_id}")

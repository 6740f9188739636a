"""All energy counters of a gateway behind their guards, kept over restarts."""

from collections.abc import Mapping
from dataclasses import replace
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN, LOGGER
from .processing.counter_guard import Counter
from .gateway import CtReading, Totals
from .issues import counter_name, report_reset

# What is good now is good after a restart: it need not be the very last. Short of
# the longest gap in a run that proves a reset, so that a restart does not end it.
_SAVE_DELAY = 10 * 60  # s

type Stored = dict[str, dict[str, object]]


class Counters:
    """Passes readings of counters on as their guards let them through.

    A counter is known by what its entity's unique id ends in.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Keep the counters of an entry."""
        self._hass = hass
        self._entry = entry
        self._store = _store(hass, entry)
        self._counters: dict[str, Counter] = {}
        self._is_save_due = False

    async def async_load(self) -> None:
        """Read what was known before a restart."""
        for key, data in (await self._store.async_load() or {}).items():
            try:
                self._counters[key] = Counter.from_dict(data)
            except KeyError, TypeError:
                name = counter_name(self._hass, self._entry, key)
                LOGGER.warning("%s: what was stored of it is no use", name)

    async def async_save(self) -> None:
        """Write what is not written yet, as the entry is unloaded."""
        if self._is_save_due:
            await self._store.async_save(self._as_dict())

    @property
    def known(self) -> Mapping[str, Counter]:
        """What is known of each counter."""
        return self._counters

    @callback
    def totals(self, part: str, totals: Totals) -> Totals:
        """Return the totals of a location or a meter with guarded counters."""
        exported, imported = totals.energy_exported, totals.energy_imported
        # The gateway's glitch is to say 0 everywhere.
        zero_is_sure = bool(exported or imported)
        return replace(
            totals,
            energy_exported=self._pass(
                f"{part}_energy_exported", exported, zero_is_sure
            ),
            energy_imported=self._pass(
                f"{part}_energy_imported", imported, zero_is_sure
            ),
        )

    @callback
    def ct_reading(self, part: str, reading: CtReading) -> CtReading:
        """Return a CT's own reading with guarded counters; most never count."""
        return replace(
            reading,
            energy_exported=self._pass(
                f"{part}_energy_exported", reading.energy_exported
            ),
            energy_imported=self._pass(
                f"{part}_energy_imported", reading.energy_imported
            ),
        )

    def _pass(
        self, key: str, value: float | None, zero_is_sure: bool = True
    ) -> float | None:
        if value is None:
            return None
        known = self._counters.get(key, Counter())
        counter, reset = known.following(value, time.time(), zero_is_sure=zero_is_sure)
        self._counters[key] = counter
        is_new_run = counter.is_held and not known.is_held
        if is_new_run:
            LOGGER.info(
                "%s: %s went from %s to %s Wh at once: waiting for what comes next",
                self._entry.title,
                counter_name(self._hass, self._entry, key),
                None if known.good is None else known.good.value,
                value,
            )
        if reset is not None:
            report_reset(self._hass, self._entry, key, reset)
        self._save(at_once=is_new_run or counter.offset != known.offset)
        return counter.published

    def _save(self, *, at_once: bool) -> None:
        """See to it that what is known is written, before the power may fail."""
        # A further delayed save would put off the one that is due, poll after poll.
        if at_once or not self._is_save_due:
            self._is_save_due = True
            self._store.async_delay_save(self._as_dict, 0 if at_once else _SAVE_DELAY)

    def _as_dict(self) -> Stored:
        """Return what is written, as it is written."""
        self._is_save_due = False
        return {key: counter.as_dict() for key, counter in self._counters.items()}


async def async_forget_counters(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete what is stored of the counters of an entry that is removed."""
    await _store(hass, entry).async_remove()


def _store(hass: HomeAssistant, entry: ConfigEntry) -> Store[Stored]:
    return Store(hass, 1, f"{DOMAIN}.{entry.entry_id}", atomic_writes=True)

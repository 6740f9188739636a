"""All energy counters of a gateway behind their guards, kept over restarts."""

from collections.abc import Mapping
from dataclasses import replace
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN, LOGGER
from ..gateway import CtReading, Totals
from ..issues import counter_name, create_reset_issue
from ..processing.counter_evidence import Flow
from ..processing.counter_flows import Flows, ct_flows
from ..processing.counter_guard import Counter, Reading
from .checked_store import CheckedStore, read_records
from .restored_counters import restored_energy

# What is good now is good after a restart: it need not be the very last.
_SAVE_INTERVAL = 10 * 60  # s
# A counter that goes to and fro for hours is told of once.
_LOG_INTERVAL = 60 * 60  # s

type Stored = dict[str, dict[str, object]]


class Counters:
    """Passes readings of counters on as their guards let them through.

    A counter is known by what its entity's unique id ends in. What a poll brought is
    logged and saved when the poll is finished.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Keep the counters of an entry."""
        self._hass = hass
        self._entry = entry
        self._store = _store(hass, entry)
        self._counters: dict[str, Counter] = {}
        # By a clock that nobody sets.
        self._read_at: dict[str, float] = {}
        self._logged_at: dict[tuple[str, bool], float] = {}
        self._run_saved_at: float | None = None
        self._is_save_due = False
        self._has_readings = False
        self._has_reset = False
        self._new_runs: list[tuple[str, float | None, float]] = []

    async def async_load(self) -> None:
        """Read what was known before a restart."""
        stored = await self._store.async_load() or {}
        self._counters, invalid = read_records(stored, Counter.from_dict)
        for key in invalid:
            name = counter_name(self._hass, self._entry, key)
            LOGGER.warning("%s: ignoring invalid stored state", name)

    async def async_save(self) -> None:
        """Write what is not written yet, as the entry is unloaded."""
        if self._is_save_due:
            await self._store.async_save(self._as_dict())

    @property
    def known(self) -> Mapping[str, Counter]:
        """What is known of each counter."""
        return self._counters

    @callback
    def totals(self, part: str, totals: Totals, flows: Flows | None) -> Totals:
        """Return the totals of a location or a meter with guarded counters.

        `flows` is the power that goes with them; None where the part has fallen
        silent and the gateway repeats what it knew.
        """
        exported, imported = totals.energy_exported, totals.energy_imported
        # The gateway's glitch is to say 0 everywhere.
        zero_is_sure = bool(exported or imported)
        return replace(
            totals,
            energy_exported=self._pass(
                f"{part}_energy_exported", exported, flows and flows[:1], zero_is_sure
            ),
            energy_imported=self._pass(
                f"{part}_energy_imported", imported, flows and flows[1:], zero_is_sure
            ),
        )

    @callback
    def ct_reading(self, part: str, reading: CtReading) -> CtReading:
        """Return a CT's own reading with guarded counters; most never count."""
        exported, imported = ct_flows(reading)
        return replace(
            reading,
            energy_exported=self._pass(
                f"{part}_energy_exported", reading.energy_exported, (exported,)
            ),
            energy_imported=self._pass(
                f"{part}_energy_imported", reading.energy_imported, (imported,)
            ),
        )

    @callback
    def finish_poll(self) -> None:
        """Log what was held back since the last poll, and see to it that all is written."""
        if not self._has_readings:
            return
        now = time.monotonic()
        is_urgent = self._has_reset
        if self._new_runs:
            self._log_new_runs(now)
            saved_at = self._run_saved_at
            if saved_at is None or now - saved_at >= _SAVE_INTERVAL:
                self._run_saved_at = now
                is_urgent = True
        # A further delayed save would put off the one that is due, poll after poll.
        if is_urgent or not self._is_save_due:
            self._is_save_due = True
            delay = 0 if is_urgent else _SAVE_INTERVAL
            self._store.async_delay_save(self._as_dict, delay)
        self._has_readings = self._has_reset = False
        self._new_runs = []

    def _pass(
        self,
        key: str,
        value: float | None,
        flow: tuple[Flow | None, ...] | None,
        zero_is_sure: bool = True,
    ) -> float | None:
        if value is None:
            return None
        known = self._counters.get(key)
        if known is None:
            known = self._restored(key)
        elif flow is None:
            return known.published
        power = flow[0] if flow else None
        reading = Reading(value, time.time(), power, self._passed(key))
        counter, reset = known.following(reading, zero_is_sure=zero_is_sure)
        self._counters[key] = counter
        self._has_readings = True
        if counter.is_held and not known.is_held:
            good = None if known.good is None else known.good.value
            self._new_runs.append((key, good, value))
        if reset is not None:
            self._has_reset = True
            create_reset_issue(self._hass, self._entry, key, reset)
        return counter.published

    def _passed(self, key: str) -> float | None:
        """Return the seconds since a counter was read, None for the first time."""
        now = time.monotonic()
        last, self._read_at[key] = self._read_at.get(key), now
        return None if last is None else max(now - last, 0)

    def _restored(self, key: str) -> Counter:
        """Return a counter that we know nothing of, as Home Assistant knows it."""
        shown = restored_energy(self._hass, self._entry, key)
        return Counter() if shown is None else Counter.published_before(shown)

    def _log_new_runs(self, now: float) -> None:
        """Log the counters that are held back, each kind of run once in a while."""
        texts = []
        for key, good, value in self._new_runs:
            kind = (key, good is None or value < good)
            last, self._logged_at[kind] = self._logged_at.get(kind), now
            if last is None or now - last >= _LOG_INTERVAL:
                name = counter_name(self._hass, self._entry, key)
                texts.append(f"{name} went from {good} to {value} Wh at once")
        if texts:
            LOGGER.info(
                "%s: waiting for what comes next, as %s",
                self._entry.title,
                ", ".join(texts),
            )

    def _as_dict(self) -> Stored:
        """Return what is written, as it is written."""
        self._is_save_due = False
        return {key: counter.as_dict() for key, counter in self._counters.items()}


async def async_forget_counters(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete what is stored of the counters of an entry that is removed."""
    await _store(hass, entry).async_remove()


def _store(hass: HomeAssistant, entry: ConfigEntry) -> CheckedStore[Stored]:
    return CheckedStore(hass, 1, f"{DOMAIN}.{entry.entry_id}")

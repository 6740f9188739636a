"""The energy counters of a gateway, with implausible readings held back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
import time

from ..gateway import CtReading, Totals
from .counter_evidence import Flow
from .counter_flows import NOT_MEASURED, Flows, ct_flows
from .counter_guard import Counter, Point, Reading, Reset


@dataclass(frozen=True, slots=True)
class HeldReading:
    """The first reading (Wh) of a run that is held back, and the last good one before."""

    key: str
    old: float | None
    new: float


@dataclass(slots=True)
class CounterChanges:
    """The changes of a poll: readings that are held back, and resets by key."""

    has_readings: bool = False
    held: list[HeldReading] = field(default_factory=list)
    resets: dict[str, Reset] = field(default_factory=dict)
    # The keys of counters that follow their readings again, resets included.
    resumed: set[str] = field(default_factory=set)


class Counters:
    """The state of each counter, by the key that its entity's unique id ends in."""

    def __init__(
        self,
        known: Mapping[str, Counter],
        last_shown: Callable[[str], Point | None],
    ) -> None:
        """Initialize with known counters; `last_shown` returns the last energy (Wh) of others."""
        self._known = dict(known)
        self._last_shown = last_shown
        # By the monotonic clock, which is never set.
        self._read_at: dict[str, float] = {}
        self._changes = CounterChanges()

    @property
    def known(self) -> Mapping[str, Counter]:
        """The state of each counter by its key."""
        return self._known

    @property
    def resumed(self) -> frozenset[str]:
        """The keys of the counters that follow their readings again since `take_changes`."""
        return frozenset(self._changes.resumed)

    def take_changes(self) -> CounterChanges:
        """Return the changes since the last call."""
        changes, self._changes = self._changes, CounterChanges()
        return changes

    def guard_totals(self, part: str, totals: Totals, flows: Flows | None) -> Totals:
        """Return the totals of a location or a meter with guarded counters.

        `flows` is the power that goes with them, None if the part is stale and the
        gateway repeats its last values.
        """
        exported, imported = totals.energy_exported, totals.energy_imported
        flow_out, flow_in = flows or NOT_MEASURED
        # A gateway that fails reports 0 everywhere.
        zero_is_confirmed, is_stale = bool(exported or imported), flows is None
        shown_out = self._guard(
            f"{part}_energy_exported", exported, flow_out, zero_is_confirmed, is_stale
        )
        shown_in = self._guard(
            f"{part}_energy_imported", imported, flow_in, zero_is_confirmed, is_stale
        )
        if (shown_out, shown_in) == (exported, imported):
            return totals
        return replace(totals, energy_exported=shown_out, energy_imported=shown_in)

    def guard_ct(self, part: str, reading: CtReading) -> CtReading:
        """Return a CT's reading with guarded counters; most never count."""
        flow_out, flow_in = ct_flows(reading)
        exported, imported = reading.energy_exported, reading.energy_imported
        return replace(
            reading,
            energy_exported=self._guard(f"{part}_energy_exported", exported, flow_out),
            energy_imported=self._guard(f"{part}_energy_imported", imported, flow_in),
        )

    def _guard(
        self,
        key: str,
        value: float | None,
        flow: Flow | None,
        zero_is_confirmed: bool = True,
        is_stale: bool = False,
    ) -> float | None:
        """Return the energy (Wh) to show for a reading and the power that goes with it."""
        if value is None:
            return None
        before = self._known.get(key)
        if before is not None and is_stale:
            return before.published
        if before is None:
            shown = self._last_shown(key)
            before = Counter() if shown is None else Counter.from_published(shown)
        reading = Reading(value, time.time(), flow, self._elapsed(key))
        counter, reset = before.next_state(reading, zero_is_confirmed=zero_is_confirmed)
        self._known[key] = counter
        changes = self._changes
        changes.has_readings = True
        if counter.is_held and not before.is_held:
            old = None if before.good is None else before.good.value
            changes.held.append(HeldReading(key, old, value))
        if before.is_held and not counter.is_held:
            changes.resumed.add(key)
        if reset is not None:
            changes.resets[key] = reset
        return counter.published

    def _elapsed(self, key: str) -> float | None:
        """Return the time (s) since a counter was read, None for the first time."""
        now = time.monotonic()
        last, self._read_at[key] = self._read_at.get(key), now
        return None if last is None else max(now - last, 0)

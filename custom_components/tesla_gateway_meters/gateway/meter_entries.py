"""Identify the entries of one meter at one location, from poll to poll.

A gateway may list a meter more than once at a location, with other CTs and counters
in each entry. Their order may change, their `id` may be missing or count the places
of the list, and one of them may be missing for a while.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from .fields import JsonObject, count, flags, json_objects
from .limits import LONGEST_NAME, MAX_CTS, MAX_METERS, Kind, Limits
from .models import LocationMeter


@dataclass(slots=True)
class _MeterEntry:
    """An entry as it was last parsed; its `part` never changes."""

    part: str
    id: int | None = None
    cts: tuple[bool, ...] | None = None

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self | None:
        """Parse what `as_dict` returned; None if that is invalid."""
        part, number, cts = data.get("part"), count(data, "id"), flags(data, "cts")
        if not isinstance(part, str) or len(part) > LONGEST_NAME:
            return None
        return cls(part, number, cts[:MAX_CTS]) if cts or number is not None else None

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON data."""
        return {"part": self.part, "id": self.id, "cts": list(self.cts or ())}


class MeterEntries:
    """The entries of each meter at each location, each with a permanent `part`.

    A single entry has no `part`. Of several, the first has none, and each further
    one has its id, or its first CT if it has no id of its own.
    """

    def __init__(self, limits: Limits) -> None:
        """Start with no entry known."""
        self._limits = limits
        self._known: dict[str, list[_MeterEntry]] = {}
        self._stored: dict[str, object] = {}
        self._is_changed = False

    def restore(self, stored: object, parts: Iterable[tuple[str, str]]) -> None:
        """Restore the entries of before a restart.

        `stored` is what `as_dict` returned; `parts` has the names and parts of all
        entries that have entities, in case that was lost.
        """
        groups = stored if isinstance(stored, dict) else {}
        for name, group in list(groups.items())[: 2 * MAX_METERS]:
            entries = map(_MeterEntry.from_dict, json_objects(group)[: 2 * MAX_METERS])
            by_part = {each.part: each for each in entries if each is not None}
            self._known[name] = list(by_part.values())
        for name, part in parts:
            known = self._known.setdefault(name, [])
            if part not in {entry.part for entry in known}:
                known.append(_MeterEntry(part))

    def as_dict(self) -> Mapping[str, object]:
        """Return all entries as JSON data.

        The result is the same object as long as no entry is new and none has other
        CTs: an `id` may change with each poll.
        """
        if self._is_changed:
            self._is_changed = False
            self._stored = {
                name: [entry.as_dict() for entry in group]
                for name, group in self._known.items()
            }
        return self._stored

    def assign_parts(
        self, meters: Iterable[LocationMeter]
    ) -> tuple[LocationMeter, ...]:
        """Return the meters of an answer with their parts."""
        groups: dict[str, list[LocationMeter]] = {}
        for meter in meters:
            if self._is_admitted(meter):
                groups.setdefault(meter.name, []).append(meter)
        return tuple(
            meter
            for name, group in groups.items()
            for meter in self._of_group(name, group)
            if self._is_admitted(meter)
        )

    def _is_admitted(self, meter: LocationMeter) -> bool:
        return self._limits.admit(Kind.METER_ENTRY, meter.name, 2 * MAX_METERS)

    def _of_group(self, name: str, group: list[LocationMeter]) -> list[LocationMeter]:
        known = self._known.setdefault(name, [])
        if (
            len(group) == 1
            and not any(entry.part for entry in known)
            and not (known and _is_another(group[0], known[0]))
        ):
            # There is no other, whatever CTs an installer has changed.
            if not known:
                known.append(_MeterEntry(""))
            return [self._updated(group[0], known[0])]
        # The first of several is the one with the lowest id, or with the first CTs.
        waiting = sorted(
            group, key=lambda each: (each.id is None, each.id or 0, _first_ct(each))
        )
        free = list(known)
        named = []
        for matches in (_is_same, _has_same_cts, _has_same_id):
            for meter in tuple(waiting):
                entry = _match(meter, waiting, free, matches)
                if entry is not None:
                    waiting.remove(meter)
                    free.remove(entry)
                    named.append(self._updated(meter, entry))
        for meter in waiting:
            entry = _MeterEntry(_new_part(meter, {each.part for each in known}))
            known.append(entry)
            named.append(self._updated(meter, entry))
        del known[2 * MAX_METERS :]
        return named

    def _updated(self, meter: LocationMeter, entry: _MeterEntry) -> LocationMeter:
        # A broken list is no change.
        if entry.cts is None or (any(meter.cts) and meter.cts != entry.cts):
            entry.cts = meter.cts
            self._is_changed = True
        if meter.id is not None:
            entry.id = meter.id
        return meter if meter.part == entry.part else replace(meter, part=entry.part)


def _match(
    meter: LocationMeter,
    waiting: list[LocationMeter],
    free: list[_MeterEntry],
    matches: Callable[[LocationMeter, _MeterEntry], bool],
) -> _MeterEntry | None:
    """Return the entry that a meter is, if no other may be meant."""
    found = [entry for entry in free if matches(meter, entry)]
    if not found:
        return None
    rivals = sum(matches(each, found[0]) for each in waiting)
    is_sure = matches is _is_same or (len(found) == 1 and rivals == 1)
    return found[0] if is_sure else None


def _is_another(meter: LocationMeter, entry: _MeterEntry) -> bool:
    """Return whether a meter is another entry, not one with a new id or new CTs."""
    has_other_id = None not in (meter.id, entry.id) and meter.id != entry.id
    known_cts = entry.cts or ()
    both = (used and known for used, known in zip(meter.cts, known_cts, strict=False))
    return has_other_id and any(meter.cts) and any(known_cts) and not any(both)


def _is_same(meter: LocationMeter, entry: _MeterEntry) -> bool:
    return (meter.id, meter.cts) == (entry.id, entry.cts)


def _has_same_cts(meter: LocationMeter, entry: _MeterEntry) -> bool:
    return any(meter.cts) and meter.cts == entry.cts


def _has_same_id(meter: LocationMeter, entry: _MeterEntry) -> bool:
    if entry.cts is None and entry.id is None:
        return entry.part in (str(meter.id), f"ct{_first_ct(meter)}")
    return meter.id is not None and meter.id == entry.id


def _first_ct(meter: LocationMeter) -> int:
    return meter.cts.index(True) + 1 if any(meter.cts) else 0


def _new_part(meter: LocationMeter, taken: set[str]) -> str:
    """Return the part of a new entry, which no other has."""
    options = [
        "",
        f"ct{_first_ct(meter)}",
        *(f"n{n}" for n in range(2, len(taken) + 3)),
    ]
    if meter.id is not None:
        options.insert(1, str(meter.id))
    return next(part for part in options if part not in taken)

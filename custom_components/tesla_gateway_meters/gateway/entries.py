"""Tells several entries of one meter at one location apart, from poll to poll.

A gateway may list a meter more than once at a location, with other CTs and counters
in each entry. Their order may change, their `id` may be missing or count the places
of the list, and one of them may be missing for a while.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .limits import METERS, Limits
from .models import LocationMeter


@dataclass(slots=True)
class _Entry:
    """An entry as it was last seen: its `part` never changes."""

    part: str
    id: int | None = None
    cts: tuple[bool, ...] | None = None


class Entries:
    """Names the entries of each meter at each location, for good.

    One that is alone has no `part`. Of several, the first has none, and each further
    one has its id, or its first CT where it has no id of its own.
    """

    def __init__(self, limits: Limits) -> None:
        """Start with no entry known."""
        self._limits = limits
        self._known: dict[str, list[_Entry]] = {}

    def restore(self, parts: Iterable[tuple[str, str]]) -> None:
        """Take over the names and parts of entries that were known before a restart."""
        for name, part in parts:
            self._known.setdefault(name, []).append(_Entry(part))

    def named(self, meters: Iterable[LocationMeter]) -> tuple[LocationMeter, ...]:
        """Return an answer's meters with their parts."""
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
        return self._limits.admit("meter entries", meter.name, 2 * METERS)

    def _of_group(self, name: str, group: list[LocationMeter]) -> list[LocationMeter]:
        known = self._known.setdefault(name, [])
        if len(group) == 1 and not any(entry.part for entry in known):
            # Whatever an installer made of it, there is no other.
            self._known[name] = [_Entry("", group[0].id, group[0].cts)]
            return group
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
                    named.append(_updated(meter, entry))
        for meter in waiting:
            entry = _Entry(_new_part(meter, {each.part for each in known}))
            known.append(entry)
            named.append(_updated(meter, entry))
        del known[2 * METERS :]
        return named


def _match(
    meter: LocationMeter,
    waiting: list[LocationMeter],
    free: list[_Entry],
    matches: Callable[[LocationMeter, _Entry], bool],
) -> _Entry | None:
    """Return the entry that a meter is, if no other may be meant."""
    found = [entry for entry in free if matches(meter, entry)]
    if not found:
        return None
    rivals = sum(matches(each, found[0]) for each in waiting)
    is_sure = matches is _is_same or (len(found) == 1 and rivals == 1)
    return found[0] if is_sure else None


def _updated(meter: LocationMeter, entry: _Entry) -> LocationMeter:
    entry.cts = meter.cts
    if meter.id is not None:
        entry.id = meter.id
    return replace(meter, part=entry.part)


def _is_same(meter: LocationMeter, entry: _Entry) -> bool:
    return (meter.id, meter.cts) == (entry.id, entry.cts)


def _has_same_cts(meter: LocationMeter, entry: _Entry) -> bool:
    return any(meter.cts) and meter.cts == entry.cts


def _has_same_id(meter: LocationMeter, entry: _Entry) -> bool:
    if entry.cts is None:
        return entry.part in (str(meter.id), f"ct{_first_ct(meter)}")
    return meter.id is not None and meter.id == entry.id


def _first_ct(meter: LocationMeter) -> int:
    return meter.cts.index(True) + 1 if any(meter.cts) else 0


def _new_part(meter: LocationMeter, taken: set[str]) -> str:
    """Return what a new entry is told from the others by."""
    options = [
        "",
        f"ct{_first_ct(meter)}",
        *(f"n{n}" for n in range(2, len(taken) + 3)),
    ]
    if meter.id is not None:
        options.insert(1, str(meter.id))
    return next(part for part in options if part not in taken)

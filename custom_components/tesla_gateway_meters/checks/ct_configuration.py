"""What each CT is set up to do, as facts that can be compared with those of before.

A gateway gives its configuration twice: `/api/meters` has it for all meters, the
site's and the solar system's meters each have their own. Lists come in any order
and serials with their prefix or without, so facts go by meter, role and slot.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..gateway import LocationMeter, Meter, union

# A fact is a text such as "Meter X: site CT1" with what holds for it.
type Facts = Mapping[str, str]

_MISSING: Final = "none"
# Roles that are measured at a location of another name.
_ROLES_AT: Final = {
    "site": ("site", "conductor"),
    "solar": ("solar", "doubled_solar", "solarRGM"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One fact as it was (or as one endpoint has it) and as it is (or as another has)."""

    fact: str
    was: str
    now: str


def read_facts(
    meters: Iterable[Meter],
    location_meters: Iterable[LocationMeter],
    names: Mapping[str, str],
) -> Facts:
    """Return what holds now. `names` has the meters' names, by their keys."""
    facts: dict[str, str] = {}
    for meter in meters:
        name = names[meter.key]
        for role in meter.roles:
            facts |= _cts(name, role.role, role.valid, role.inverted)
            facts |= _scale(name, role.role, role.scale_factor)
    for each in location_meters:
        for ct, phase in each.voltage_references.items():
            name = names.get(each.key, each.type)
            facts[f"{name}: CT{ct} voltage reference"] = phase.upper()
    return facts


def _cts(
    name: str, role: str, valid: tuple[bool, ...], inverted: tuple[bool, ...]
) -> Facts:
    return {
        f"{name}: {role} CT{ct}": "assigned, inverted"
        if ct <= len(inverted) and inverted[ct - 1]
        else "assigned"
        for ct, is_valid in enumerate(valid, 1)
        if is_valid
    }


def _scale(name: str, role: str, factor: float | None) -> Facts:
    """Return a scale factor as a fact; 1 is as good as none."""
    if factor in (None, 1):
        return {}
    return {f"{name}: {role} scale factor": f"{factor:g}"}


def changes(was: Facts, now: Facts) -> tuple[Change, ...]:
    """Return in what two sets of facts differ."""
    return tuple(
        Change(fact, was.get(fact, _MISSING), now.get(fact, _MISSING))
        for fact in sorted(was.keys() | now.keys())
        if was.get(fact) != now.get(fact)
    )


def disagreements(
    meters: Iterable[Meter],
    location_meters: Iterable[LocationMeter],
    names: Mapping[str, str],
) -> tuple[Change, ...]:
    """Return in what a location's meters contradict `/api/meters`.

    Only a meter that both list in such a role is compared: which roles are
    listed at a location differs between firmwares. One that a location lists more
    than once has the CTs of all its entries.
    """
    by_key = {meter.key: meter for meter in meters}
    entries: dict[tuple[str, str], list[LocationMeter]] = {}
    for meter in location_meters:
        entries.setdefault((meter.key, meter.location), []).append(meter)
    found: list[Change] = []
    for (key, location), each in entries.items():
        roles_at = _ROLES_AT.get(location, (location,))
        roles = [
            role
            for role in (by_key[key].roles if key in by_key else ())
            if role.role in roles_at
        ]
        if len(roles) == 1:
            (role,) = roles
            name = names[key]
            found += changes(
                _cts(name, location, role.valid, role.inverted),
                _cts(
                    name,
                    location,
                    union(*(entry.cts for entry in each)),
                    union(*(entry.inverted for entry in each)),
                ),
            )
            factors = {entry.scale_factor for entry in each}
            # Some firmwares leave it out of one of the two; entries may differ in it.
            if len(factors) == 1 and None not in (role.scale_factor, *factors):
                found += changes(
                    _scale(name, location, role.scale_factor),
                    _scale(name, location, factors.pop()),
                )
    return tuple(found)


class Steady:
    """Believes what it is told twice in a row."""

    def __init__(self) -> None:
        """Begin without a word."""
        self._last: object = None

    def is_confirmed(self, told: object) -> bool:
        """Tell whether the last word was the same."""
        confirmed = told == self._last
        self._last = told
        return confirmed

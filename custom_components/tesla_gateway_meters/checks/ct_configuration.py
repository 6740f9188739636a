"""The configuration of the CTs, as settings that can be compared with earlier ones.

A gateway gives its configuration twice: `/api/meters` has it for all meters, the
site's and the solar system's meters each have their own. Lists come in any order
and serials with their prefix or without, so settings go by meter key, role and CT.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..gateway import LocationMeter, Meter, union

# Roles that are measured at a location of another name.
ROLES_AT: Final = {
    "site": ("site", "conductor"),
    "solar": ("solar", "doubled_solar", "solarRGM"),
}


class CtFlag(StrEnum):
    """A kind of setting; the values are stored."""

    VALID = "valid"
    INVERTED = "inverted"
    SCALE_FACTOR = "scale_factor"
    VOLTAGE_REFERENCE = "voltage_reference"


@dataclass(frozen=True, slots=True, order=True)
class CtSetting:
    """A setting of a meter, by the meter's key.

    `role` is empty for a voltage reference, which holds for all roles of a CT; `ct`
    counts from 1, and is 0 for a scale factor, which holds for all CTs of a role.
    """

    meter: str
    role: str
    ct: int
    flag: CtFlag


# Only what is set: a CT that is valid or inverted (True), a scale factor other than 1,
# a phase such as "l1".
type CtSettings = Mapping[CtSetting, bool | float | str]


@dataclass(frozen=True, slots=True)
class CtChange:
    """A setting before and after, or as two endpoints give it; None is not set."""

    setting: CtSetting
    before: bool | float | str | None
    after: bool | float | str | None


def read_settings(
    meters: Iterable[Meter], location_meters: Iterable[LocationMeter]
) -> CtSettings:
    """Return the present settings."""
    settings: dict[CtSetting, bool | float | str] = {}
    for meter in meters:
        for role in meter.roles:
            settings |= _cts(meter.key, role.role, role.valid, role.inverted)
            settings |= _scale(meter.key, role.role, role.scale_factor)
    for each in location_meters:
        for ct, phase in each.voltage_references.items():
            setting = CtSetting(each.key, "", ct, CtFlag.VOLTAGE_REFERENCE)
            settings[setting] = str(phase)
    return settings


def _cts(
    meter: str, role: str, valid: tuple[bool, ...], inverted: tuple[bool, ...]
) -> CtSettings:
    """Return the flags of a role's CTs; only a valid one counts as inverted."""
    settings: dict[CtSetting, bool] = {}
    for ct, is_valid in enumerate(valid, 1):
        if is_valid:
            settings[CtSetting(meter, role, ct, CtFlag.VALID)] = True
            if ct <= len(inverted) and inverted[ct - 1]:
                settings[CtSetting(meter, role, ct, CtFlag.INVERTED)] = True
    return settings


def _scale(meter: str, role: str, factor: float | None) -> CtSettings:
    """Return a scale factor to six digits; 1 is the same as none."""
    if factor in (None, 1):
        return {}
    return {CtSetting(meter, role, 0, CtFlag.SCALE_FACTOR): float(f"{factor:g}")}


def changes(before: CtSettings, after: CtSettings) -> tuple[CtChange, ...]:
    """Return the settings that differ, sorted."""
    return tuple(
        CtChange(setting, before.get(setting), after.get(setting))
        for setting in sorted(before.keys() | after.keys())
        if before.get(setting) != after.get(setting)
    )


def disagreements(
    meters: Iterable[Meter], location_meters: Iterable[LocationMeter]
) -> tuple[CtChange, ...]:
    """Return the settings in which a location's meters contradict `/api/meters`.

    Only a meter that both list in such a role is compared: which roles are
    listed at a location differs between firmwares. One that a location lists more
    than once has the CTs of all its entries.
    """
    by_key = {meter.key: meter for meter in meters}
    entries: dict[tuple[str, str], list[LocationMeter]] = {}
    for meter in location_meters:
        entries.setdefault((meter.key, meter.location), []).append(meter)
    found: list[CtChange] = []
    for (key, location), each in entries.items():
        roles_at = ROLES_AT.get(location, (location,))
        roles = [
            role
            for role in (by_key[key].roles if key in by_key else ())
            if role.role in roles_at
        ]
        if len(roles) == 1:
            (role,) = roles
            found += changes(
                _cts(key, role.role, role.valid, role.inverted),
                _cts(
                    key,
                    role.role,
                    union(*(entry.cts for entry in each)),
                    union(*(entry.inverted for entry in each)),
                ),
            )
            factors = {entry.scale_factor for entry in each}
            # Some firmwares leave it out of one of the two; entries may differ in it.
            if len(factors) == 1 and None not in (role.scale_factor, *factors):
                found += changes(
                    _scale(key, role.role, role.scale_factor),
                    _scale(key, role.role, factors.pop()),
                )
    return tuple(found)


class Confirmation:
    """Confirms a value that two consecutive polls report."""

    def __init__(self) -> None:
        """Start without a value."""
        self._last: object = None

    def update(self, value: object) -> bool:
        """Return whether the value equals the one before."""
        confirmed = value == self._last
        self._last = value
        return confirmed

"""Groups of entities that show the answer of the same endpoint, and fail together."""

from collections.abc import Mapping
import re

# By the end of their unique id; the first that fits holds.
_PATTERNS = {
    "CTs": r"synchrometer\w_(site|solar)_ct\d_(valid|inverted)",
    "reading status": r"synchrometer\w_reading_(status|problem)",
    "state of charge": r"battery_charge",
    "grid status": r"grid_status",
    "solar phases": r"solar_(current|\w+_l\d)|synchrometer\w_solar_\w+",
    "site phases": r"site_(current|voltages_apart|\w+_l\d)|synchrometer\w_(site_\w+|ct\d_voltage_reference)",
    "totals": r"(site|solar|battery|load)_\w+",
}
ALL = tuple(reversed(_PATTERNS))


def group_of(key: str) -> str:
    """Return the group of the entity with this unique id."""
    return next(
        group for group, pattern in _PATTERNS.items() if re.fullmatch(pattern, key)
    )


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Return what changed from one set of states to another, both by unique id.

    Where a whole group has one new state it is named once, in place of its entities.
    """
    changed = {
        key: after.get(key, "gone")
        for key, state in before.items()
        if after.get(key) != state
    }
    found = {}
    for group in ALL:
        keys = [key for key in before if group_of(key) == group]
        states = {changed.get(key) for key in keys}
        if len(states) == 1 and None not in states:
            found[group] = changed[keys[0]]
        else:
            found |= {key: changed[key] for key in keys if key in changed}
    return found

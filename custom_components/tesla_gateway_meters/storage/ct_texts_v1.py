"""Conversion of the CT configuration as version 1 stored it: as English texts.

A text was "Meter X: site CT1" with "assigned" or "assigned, inverted", "Meter X: solar
scale factor" with "2", or "Meter X: CT1 voltage reference" with "L1". Meters of one name
were numbered in the order of their keys, remote meters from the first on and others from
the second, so that a number meant another meter as soon as one was added.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations, islice
import re
from typing import Final

from ..checks.ct_configuration import CtFlag, CtSetting, CtSettings, changes
from ..gateway.meter_types import TYPES, readable_name

_CT: Final = re.compile(r"(?P<meter>.*): (?P<role>.*) CT(?P<ct>\d+)")
_SCALE: Final = re.compile(r"(?P<meter>.*): (?P<role>.*) scale factor")
_REFERENCE: Final = re.compile(r"(?P<meter>.*): CT(?P<ct>\d+) voltage reference")
_NUMBERED: Final = re.compile(r"(?P<name>.+) (?P<number>\d+)")

# The ways to assign names to meters that are compared: more than any home has.
_MOST_WAYS: Final = 2000


def names_v1(types: Mapping[str, str]) -> dict[str, str]:
    """Return the names that version 1 gave to these meters, by key."""
    names: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for key in sorted(types):
        name = readable_name(types[key])
        number = numbers[name] = numbers.get(name, 0) + 1
        is_numbered = name == readable_name("trm") or number > 1
        names[key] = f"{name} {number}" if is_numbered else name
    return names


def keys_by_name(
    texts: Mapping[str, str], present: CtSettings, types: Mapping[str, str]
) -> dict[str, str]:
    """Return the key of the meter that each name in texts of version 1 stood for.

    `types` are those of all known meters by key. A name may have meant one of several
    meters, in the order of their keys: of the ways to assign them, the one with the
    fewest changes to the present settings is chosen.
    """
    settings = dict(_parse(texts))
    named: dict[str, dict[int, str]] = {}
    for name in sorted({setting.meter for setting in settings}):
        base, number = _split(name, types)
        named.setdefault(base, {})[number] = name
    keys: dict[str, str] = {}
    for base, names in named.items():
        ordered = [names[number] for number in sorted(names)]
        candidates = _candidates(base, types, at_least=len(ordered))
        theirs = {
            setting: value
            for setting, value in present.items()
            if setting.meter in candidates
        }
        ways = (
            dict(zip(ordered, way, strict=True))
            for way in combinations(candidates, len(ordered))
        )
        best = min(
            islice(ways, _MOST_WAYS),
            key=lambda way: len(changes(_with_keys(settings, way), theirs)),
        )
        keys.update(best)
    return keys


def settings_from_texts(
    texts: Mapping[str, str], keys: Mapping[str, str]
) -> CtSettings:
    """Return the settings that texts of version 1 stand for, with these keys by name."""
    return _with_keys(dict(_parse(texts)), keys)


def _parse(texts: Mapping[str, str]) -> Iterator[tuple[CtSetting, bool | float | str]]:
    """Yield the settings of texts, with names in place of keys; others are left out."""
    for text, value in texts.items():
        if found := _REFERENCE.fullmatch(text):
            ct = int(found["ct"])
            setting = CtSetting(found["meter"], "", ct, CtFlag.VOLTAGE_REFERENCE)
            yield setting, value.lower()
        elif found := _SCALE.fullmatch(text):
            setting = CtSetting(found["meter"], found["role"], 0, CtFlag.SCALE_FACTOR)
            try:
                yield setting, float(value)
            except ValueError:
                continue
        elif found := _CT.fullmatch(text):
            at = found["meter"], found["role"], int(found["ct"])
            yield CtSetting(*at, CtFlag.VALID), True
            if value.endswith("inverted"):
                yield CtSetting(*at, CtFlag.INVERTED), True


def _split(name: str, types: Mapping[str, str]) -> tuple[str, int]:
    """Return a name without its number, and the number."""
    is_known = name in map(readable_name, types.values())
    if not is_known and (found := _NUMBERED.fullmatch(name)):
        return found["name"], int(found["number"])
    return name, 1


def _candidates(base: str, types: Mapping[str, str], *, at_least: int) -> list[str]:
    """Return the keys that a name may have meant, in their order.

    A meter of a location that `/api/meters` did not list was named by its type. For one
    that is gone, with its device, a key is made up that has the name and no other use.
    """
    keys = sorted(
        key for key, each in types.items() if base in (readable_name(each), each)
    )
    kind = TYPES.get(base, base)
    made_up = (f"{kind}#{number}" for number in range(1, at_least - len(keys) + 1))
    return [*keys, *made_up]


def _with_keys(settings: CtSettings, keys: Mapping[str, str]) -> CtSettings:
    return {
        CtSetting(keys[each.meter], each.role, each.ct, each.flag): value
        for each, value in settings.items()
        if each.meter in keys
    }

"""What the energy dashboard lacks of a gateway: planned here, written in `services`.

Only ever adds sources: what a person has set there is theirs, down to its order.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Reason(StrEnum):
    """Why something is left alone."""

    ALREADY_THERE = "already_there"
    ANOTHER_HOME = "another_home"
    NO_HOME_SOURCE = "no_home_source"
    NO_SENSOR = "no_sensor"
    DISABLED = "disabled"
    NOT_RECORDED = "not_recorded"


_EXPLANATIONS: Final = {
    Reason.ALREADY_THERE: "Already there, with {names}: it stays as it is.",
    Reason.ANOTHER_HOME: (
        "You have a home source already, with {names}: there can be one only."
    ),
    Reason.NO_HOME_SOURCE: (
        "This Home Assistant has no home source: it came with 2026.11."
    ),
    Reason.NO_SENSOR: "This gateway has no sensor for it.",
    Reason.DISABLED: "The entity {names} is disabled, so it has no statistic.",
    Reason.NOT_RECORDED: "The recorder leaves {names} out, so it has no statistic.",
}
_BESIDE: Final = (
    "You have this kind of source already, with {names}: if it measures the same, "
    "that is counted twice, and one of the two has to go."
)


@dataclass(frozen=True, slots=True)
class Statistic:
    """A sensor of the gateway; `problem` is why it has no statistic."""

    id: str
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """All sensors of a gateway, and by their key those that the dashboard knows."""

    statistics: Mapping[str, Statistic]
    entities: Container[str]


@dataclass(frozen=True, slots=True)
class Lack:
    """What is left alone, and why; `names` are the entities that it is about."""

    what: str
    reason: Reason
    names: tuple[str, ...] = ()

    def told(self, what: str) -> dict[str, Any]:
        """Return it for the action's answer, with this name for what it is about."""
        text = _EXPLANATIONS[self.reason].format(names=", ".join(self.names))
        return {what: self.what, "reason": str(self.reason), "explanation": text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A source to add, what it has to do without, and what else is of its kind."""

    source: dict[str, Any]
    without: tuple[Lack, ...] = ()
    beside: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """Return it for the action's answer."""
        answer: dict[str, Any] = {
            "type": self.source["type"],
            **{key: self.source[key] for key in self.source if key.startswith("stat_")},
        }
        if self.without:
            answer["without"] = [lack.told("field") for lack in self.without]
        if self.beside:
            answer["warning"] = _BESIDE.format(names=", ".join(self.beside))
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be added, and what is left alone."""

    additions: tuple[Addition, ...]
    left_alone: tuple[Lack, ...]

    @property
    def sources(self) -> list[dict[str, Any]]:
        """What is to be written behind the sources that are there."""
        return [addition.source for addition in self.additions]

    def told(self) -> dict[str, Any]:
        """Return it for the action's answer."""
        return {
            "added": [addition.told() for addition in self.additions],
            "left_alone": [lack.told("type") for lack in self.left_alone],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A kind of source: our statistics by the source's fields, and what else it holds."""

    type: str
    required: Mapping[str, str]
    optional: Mapping[str, str]
    constant: Mapping[str, Any]


# The signs of the powers are those that Home Assistant expects: nothing to invert.
# No names: the dashboard then shows the sensors' own, in the user's language.
_KINDS: Final = (
    _Kind(
        type="grid",
        required={"stat_energy_from": "site_energy_imported"},
        optional={
            "stat_energy_to": "site_energy_exported",
            "stat_rate": "site_power",
        },
        constant={"cost_adjustment_day": 0.0},
    ),
    _Kind(
        type="solar",
        required={"stat_energy_from": "solar_energy_exported"},
        optional={"stat_rate": "solar_power"},
        # The user's own page stores this where no forecast is chosen.
        constant={"config_entry_solar_forecast": None},
    ),
    _Kind(
        type="battery",
        required={
            "stat_energy_from": "battery_energy_exported",
            "stat_energy_to": "battery_energy_imported",
        },
        optional={"stat_rate": "battery_power", "stat_soc": "battery_charge"},
        constant={},
    ),
    _Kind(
        type="home",
        required={"stat_energy_to": "load_energy_imported"},
        optional={"stat_rate": "load_power"},
        constant={},
    ),
)

# The keys of all sensors that the dashboard has a field for.
KEYS: Final = tuple(
    key for kind in _KINDS for key in (*kind.required.values(), *kind.optional.values())
)


def plan(
    present: Sequence[Mapping[str, Any]], gateway: Gateway, *, has_home: bool
) -> Plan:
    """Compare the present sources with what the gateway can feed.

    `has_home` is whether this Home Assistant knows the source of that name.
    """
    additions: list[Addition] = []
    left_alone: list[Lack] = []
    for kind in _KINDS:
        same = [source for source in present if source.get("type") == kind.type]
        if lack := _obstacle(kind, same, gateway, has_home=has_home):
            left_alone.append(lack)
        else:
            additions.append(_addition(kind, same, gateway))
    return Plan(additions=tuple(additions), left_alone=tuple(left_alone))


def _obstacle(
    kind: _Kind,
    same: Sequence[Mapping[str, Any]],
    gateway: Gateway,
    *,
    has_home: bool,
) -> Lack | None:
    """Return why no source of this kind is to be added, if so.

    A source that uses any sensor of the gateway counts as ours: a person may have
    chosen those of a single meter, and the totals beside them would count it twice.
    """
    for source in same:
        used = tuple(
            name for name in _statistics_of(source) if name in gateway.entities
        )
        if used:
            return Lack(kind.type, Reason.ALREADY_THERE, used)
    if kind.type == "home":
        if not has_home:
            return Lack(kind.type, Reason.NO_HOME_SOURCE)
        if same:
            return Lack(kind.type, Reason.ANOTHER_HOME, _names(same))
    for key in kind.required.values():
        if lack := _lack(kind.type, gateway.statistics.get(key)):
            return lack
    return None


def _addition(
    kind: _Kind, same: Sequence[Mapping[str, Any]], gateway: Gateway
) -> Addition:
    source = {"type": kind.type, **kind.constant}
    without = []
    for field, key in (*kind.required.items(), *kind.optional.items()):
        if lack := _lack(field, gateway.statistics.get(key)):
            without.append(lack)
        else:
            source[field] = gateway.statistics[key].id
    return Addition(source=source, without=tuple(without), beside=_names(same))


def _lack(what: str, statistic: Statistic | None) -> Lack | None:
    """Return why a field cannot be filled, if so."""
    if statistic is None:
        return Lack(what, Reason.NO_SENSOR)
    if statistic.problem is not None:
        return Lack(what, statistic.problem, (statistic.id,))
    return None


def _names(sources: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return by what a person recognises sources: their first statistics."""
    return tuple(next(_statistics_of(source), "no sensor") for source in sources)


def _statistics_of(source: Mapping[str, Any]) -> Iterator[str]:
    """Yield the statistics of a source, also those that a power is made of."""
    for holder in (source, source.get("power_config") or {}):
        for field, value in holder.items():
            if field.startswith("stat_") and isinstance(value, str):
                yield value

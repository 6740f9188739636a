"""Plan of the energy dashboard's sources that a gateway can add; `services` applies it.

The plan only adds sources: those that the user has set up stay as they are.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Reason(StrEnum):
    """Reason why a source or a field is not added."""

    ALREADY_THERE = "already_there"
    ANOTHER_HOME = "another_home"
    NO_HOME_SOURCE = "no_home_source"
    NO_SENSOR = "no_sensor"
    DISABLED = "disabled"
    NOT_RECORDED = "not_recorded"


# Not a reason: the addition may count the same energy twice.
MAY_COUNT_TWICE: Final = "may_count_twice"


@dataclass(frozen=True, slots=True)
class Statistic:
    """Sensor of the gateway; `problem` is set if it has no statistic."""

    id: str
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Entity ids of a gateway, and by key the statistics that the dashboard can use.

    `names` has the name of a source by its type.
    """

    title: str
    names: Mapping[str, str]
    statistics: Mapping[str, Statistic]
    entities: Container[str]


@dataclass(frozen=True, slots=True)
class Lack:
    """Type of source, or field of one, that is not added, and the entities concerned."""

    target: str
    reason: Reason
    entities: tuple[str, ...] = ()

    def as_response(self, name: str, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return the part of the response, with the target under this name."""
        response: dict[str, Any] = {name: self.target, "reason": str(self.reason)}
        if self.entities:
            response["entities"] = list(self.entities)
        return response | {"explanation": texts[self.reason]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Source to add, the fields it lacks, and statistics of other sources of its type."""

    source: dict[str, Any]
    without: tuple[Lack, ...] = ()
    beside: tuple[str, ...] = ()

    def as_response(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return the part of the response about this source."""
        response: dict[str, Any] = {
            "type": self.source["type"],
            "name": self.source["name"],
            **{key: self.source[key] for key in self.source if key.startswith("stat_")},
        }
        if self.without:
            response["without"] = [
                lack.as_response("field", texts) for lack in self.without
            ]
        if self.beside:
            response["beside"] = list(self.beside)
            response["warning"] = texts[MAY_COUNT_TWICE]
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Sources to add, and types of source that are not added."""

    additions: tuple[Addition, ...]
    left_alone: tuple[Lack, ...]

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The sources to append to the present ones."""
        return [addition.source for addition in self.additions]

    def as_response(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return the response of the action.

        `texts` has the text of each reason and of `MAY_COUNT_TWICE`, in the language of
        Home Assistant.
        """
        return {
            "added": [addition.as_response(texts) for addition in self.additions],
            "left_alone": [lack.as_response("type", texts) for lack in self.left_alone],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Type of source: the key of our statistic for each field, and constant fields."""

    type: str
    required: Mapping[str, str]
    optional: Mapping[str, str]
    constant: Mapping[str, Any]


# Powers have the signs that Home Assistant expects.
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
        # The dashboard's settings page stores this if no forecast is selected.
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

# Keys of all sensors that the dashboard has a field for.
KEYS: Final = tuple(
    key for kind in _KINDS for key in (*kind.required.values(), *kind.optional.values())
)


def plan(
    present: Sequence[Mapping[str, Any]], gateway: Gateway, *, has_home: bool
) -> Plan:
    """Return the plan for these present sources.

    `has_home` is whether this Home Assistant supports the source type "home".
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
    """Return the reason not to add a source of this type, or None.

    Any source that uses a sensor of the gateway counts as present: the user may have
    selected those of a single meter, and the totals would count its energy twice.
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
            return Lack(kind.type, Reason.ANOTHER_HOME, _first_statistics(same))
    for key in kind.required.values():
        if lack := _lack(kind.type, gateway.statistics.get(key)):
            return lack
    return None


def _addition(
    kind: _Kind, same: Sequence[Mapping[str, Any]], gateway: Gateway
) -> Addition:
    source = {
        "type": kind.type,
        "name": _name(gateway, kind.type, same),
        **kind.constant,
    }
    without = []
    for field, key in (*kind.required.items(), *kind.optional.items()):
        if lack := _lack(field, gateway.statistics.get(key)):
            without.append(lack)
        else:
            source[field] = gateway.statistics[key].id
    return Addition(
        source=source, without=tuple(without), beside=_first_statistics(same)
    )


def _name(gateway: Gateway, kind: str, same: Sequence[Mapping[str, Any]]) -> str:
    """Return the name for the legends, in which sensors' names are cut to the same text.

    A second source of a type also has the name of its gateway.
    """
    name = gateway.names[kind]
    return f"{name} ({gateway.title})" if same else name


def _lack(target: str, statistic: Statistic | None) -> Lack | None:
    """Return the reason why a field cannot be filled, or None."""
    if statistic is None:
        return Lack(target, Reason.NO_SENSOR)
    if statistic.problem is not None:
        return Lack(target, statistic.problem, (statistic.id,))
    return None


def _first_statistics(sources: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the first statistic of each source, by which the user recognises it."""
    firsts = (next(_statistics_of(source), None) for source in sources)
    return tuple(first for first in firsts if first is not None)


def _statistics_of(source: Mapping[str, Any]) -> Iterator[str]:
    """Yield the statistics of a source, including those of its power."""
    for holder in (source, source.get("power_config") or {}):
        for field, value in holder.items():
            if field.startswith("stat_") and isinstance(value, str):
                yield value

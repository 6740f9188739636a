"""Summary of the outcomes of a trial."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Final

from simulator.homes.faults import FaultKind

from .run import Outcome

_SOLAR: Final = (
    FaultKind.FLIPPED_SOLAR,
    FaultKind.OTHER_LEG_SOLAR,
    FaultKind.WRONG_PHASE_SOLAR,
)
_SUN_ENOUGH: Final = 15 * 60  # s
_SUNNY_DAYS: Final = 2
_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """Times until a kind of fault was found, as shares of the runs that could show it.

    `in_time` is within 15 min of sun for flipped solar CTs, two sunny days for flipped
    site CTs and solar on a wrong phase, two days for the others. Minutes are of sun for
    solar CTs, and None where nothing was found.
    """

    runs: int
    in_time: float | None
    day: float
    week: float
    never: float
    median: float | None
    most: float | None


def by_kind(outcomes: Iterable[Outcome]) -> dict[tuple[FaultKind, str], list[Outcome]]:
    """Return the outcomes of faulty homes by kind of fault and of home."""
    found: dict[tuple[FaultKind, str], list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.fault is not None:
            key = (outcome.fault.kind, outcome.home_kind)
            found.setdefault(key, []).append(outcome)
    return dict(sorted(found.items(), key=lambda each: (str(each[0][0]), each[0][1])))


def times(outcomes: Sequence[Outcome]) -> Time:
    """Return how soon the faults of one kind were found."""
    solar = outcomes[0].fault is not None and outcomes[0].fault.kind in _SOLAR
    minutes = sorted(
        (each.found.sun if solar else each.found.at) / 60
        for each in outcomes
        if each.found
    )
    decided = [was for each in outcomes if (was := in_time(each)) is not None]
    share = 1 / len(outcomes)
    at = [each.found.at for each in outcomes if each.found]
    return Time(
        runs=len(outcomes),
        in_time=sum(decided) / len(decided) if decided else None,
        day=share * sum(each <= _DAY for each in at),
        week=share * sum(each <= _WEEK for each in at),
        never=share * (len(outcomes) - len(at)),
        median=_quantile(minutes, 0.5),
        most=_quantile(minutes, 0.9),
    )


def confusion(outcomes: Iterable[Outcome]) -> dict[FaultKind, Counter[str]]:
    """Return how often each check was first, for each kind of fault."""
    found: dict[FaultKind, Counter[str]] = {}
    for outcome in outcomes:
        if outcome.fault is not None:
            first = found.setdefault(outcome.fault.kind, Counter())
            first[outcome.first] += 1
    return dict(sorted(found.items()))


def named_right(outcomes: Iterable[Outcome]) -> float:
    """Return the part of the runs with any repair in which the fault itself was named."""
    named = [each for each in outcomes if each.fault is not None and each.raised]
    right = sum(each.named_right and each.phases_right for each in named)
    return right / len(named) if named else 1.0


def false_repairs(outcomes: Iterable[Outcome]) -> tuple[int, int]:
    """Return the repairs of sound homes, and the days that these lived."""
    sound = [each for each in outcomes if each.fault is None]
    return sum(len(each.raised) for each in sound), sum(each.days for each in sound)


def withdrawn(outcomes: Iterable[Outcome]) -> tuple[int, float, float, float] | None:
    """Return how many faults were mended, and the shares whose repair went.

    The shares are those of within a day, within two days, and not while the run lasted.
    """
    mended = [each for each in outcomes if each.mended]
    if not mended:
        return None
    after = [each.withdrawn for each in mended if each.withdrawn is not None]
    share = 1 / len(mended)
    return (
        len(mended),
        share * sum(each <= _DAY for each in after),
        share * sum(each <= 2 * _DAY for each in after),
        share * (len(mended) - len(after)),
    )


def in_time(outcome: Outcome) -> bool | None:
    """Return whether a fault was found in time; None where the time was not over, or too dark."""
    kind = None if outcome.fault is None else outcome.fault.kind
    found = outcome.found
    if kind in (FaultKind.FLIPPED_SOLAR, FaultKind.OTHER_LEG_SOLAR):
        passed, limit = outcome.sun, float(_SUN_ENOUGH)
        used = None if found is None else found.sun
    elif kind in (
        FaultKind.FLIPPED_SITE,
        FaultKind.OTHER_LEG_SITE,
        FaultKind.WRONG_PHASE_SOLAR,
    ):
        passed, limit = outcome.sunny_days, _SUNNY_DAYS
        used = None if found is None else found.sunny_days
    else:
        passed, limit = outcome.days * _DAY, 2 * _DAY - 1
        used = None if found is None else found.at
    if used is not None:
        return used <= limit
    return False if passed > limit else None


def _quantile(values: list[float], part: float) -> float | None:
    if not values:
        return None
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=10, method="inclusive")[round(part * 10) - 1]

"""The wiring checks as the trial runs them, and the faults that each stands for."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import import_module
import json
from typing import Any, Final, Protocol

from custom_components.tesla_gateway_meters.gateway import (
    LocationMeter,
    Phase,
    PhaseReading,
)
from simulator.homes.faults import FaultKind

_PACKAGE: Final = "custom_components.tesla_gateway_meters"

# The check and the location that name each kind of fault.
NAMED_BY: Final = {
    FaultKind.FLIPPED_SITE: ("import_follows_solar", "site"),
    FaultKind.OTHER_LEG_SITE: ("import_follows_solar", "site"),
    FaultKind.FLIPPED_SOLAR: ("negative_solar", "solar"),
    FaultKind.OTHER_LEG_SOLAR: ("negative_solar", "solar"),
    FaultKind.WRONG_PHASE_SITE: ("low_power_factor", "site"),
    FaultKind.WRONG_PHASE_SOLAR: ("low_power_factor", "solar"),
    FaultKind.SILENT_SITE: ("measures_nothing", "site"),
    FaultKind.SILENT_SITE_UNFED: ("measures_nothing", "site"),
    FaultKind.LOOSE_NEUTRAL: ("voltages_apart", "site"),
    FaultKind.DEAD_PHASE: ("dead_phase", "site"),
}


@dataclass(frozen=True, slots=True, order=True)
class Repair:
    """What the user is told is wrong, and where."""

    check: str
    location: str
    phase: str

    @property
    def name(self) -> tuple[str, str]:
        """What it says is wrong, and where."""
        return self.check, self.location


class Measured(Protocol):
    """What a poll measured, as the checks take it."""


class Result(Protocol):
    """What a check says of a target."""

    problem: bool | None
    lasting: bool
    evidence: Mapping[str, float]


class Target(Protocol):
    """What a check is about."""

    check: Any
    location: str
    phase: Phase | None


class Wiring(Protocol):
    """The wiring checks of one gateway."""

    def update(self, now: float, measured: Measured) -> Mapping[Target, Result]:
        """Return what the checks say after a poll."""


def _module(*names: str) -> Any:
    for name in names:
        try:
            return import_module(f"{_PACKAGE}.{name}")
        except ModuleNotFoundError as err:
            if name == names[-1] or not (err.name or "").startswith(_PACKAGE):
                raise
    raise AssertionError


_wiring: Final = _module("checks.wiring", "wiring")
_model: Final = _module("checks.model", "checks.wiring", "wiring")
_checks_said: Final = getattr(_module("diagnosis"), "_checks_said", None)
_FIELDS: Final = frozenset(each.name for each in fields(_model.Measured))
GIVES_DEAD_PHASES: Final = "grid_connected" in _FIELDS


def measured(
    *,
    power: Mapping[str, float | None],
    meters: Mapping[str, tuple[LocationMeter, ...]],
    phases: Mapping[str, Mapping[Phase, PhaseReading]],
    has_solar_meters: bool,
    grid_connected: bool,
) -> Measured:
    """Return a poll as the checks take it."""
    more = {"grid_connected": grid_connected} if GIVES_DEAD_PHASES else {}
    result: Measured = _model.Measured(
        power=power,
        meters=meters,
        phases=phases,
        has_solar_meters=has_solar_meters,
        **more,
    )
    return result


def wiring(interval: float) -> Wiring:
    """Return the checks of a gateway that is polled this often, in s."""
    result: Wiring = _wiring.Wiring(interval)
    return result


def restarted(before: Wiring, interval: float) -> Wiring:
    """Return the checks as they are after a restart of Home Assistant."""
    after = wiring(interval)
    after.restore(json.loads(json.dumps(before.as_dict())))  # type: ignore[attr-defined]
    return after


def _name(target: Target, result: Result) -> str:
    """Name what is wrong: by the check, save for a fault that it says apart."""
    wording = getattr(result, "wording", None)
    return "dead_phase" if wording == "dead_phase" else str(target.check)


def repairs(results: Mapping[Target, Result]) -> frozenset[Repair]:
    """Return what the user is told of these results."""
    if not any(result.lasting for result in results.values()):
        return frozenset()
    said = None if _checks_said is None else _checks_said(results, explained=False)
    return frozenset(
        Repair(
            _name(target, result),
            target.location,
            str(target.phase or ""),
        )
        for target, result in results.items()
        if result.lasting
        and result.problem is not False
        and (said is None or target.check in said)
    )

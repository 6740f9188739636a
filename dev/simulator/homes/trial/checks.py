"""The wiring checks in a trial, and the faults that each finds."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from typing import Final

from custom_components.tesla_gateway_meters.checks.model import (
    CheckResult,
    CheckTarget,
)
from custom_components.tesla_gateway_meters.checks.wiring import Wiring
from simulator.homes.faults import FaultKind

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
    """A repair issue: its check and its target."""

    check: str
    location: str
    phase: str

    @property
    def name(self) -> tuple[str, str]:
        """The problem and its location."""
        return self.check, self.location


def restarted(before: Wiring, interval: float) -> Wiring:
    """Return the checks after a restart of Home Assistant."""
    after = Wiring(interval)
    after.restore(json.loads(json.dumps(before.as_dict())))
    return after


def _name(target: CheckTarget, result: CheckResult) -> str:
    """Return the name of a problem: its check, or its variant."""
    return "dead_phase" if result.variant == "dead_phase" else target.check


def repairs(results: Mapping[CheckTarget, CheckResult]) -> frozenset[Repair]:
    """Return the repair issues of these results."""
    return frozenset(
        Repair(_name(target, result), target.location, target.phase or "")
        for target, result in results.items()
        if result.raises_issue and result.problem is not False
    )

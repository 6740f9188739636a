"""Data of the wiring checks: what is measured, and the results."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..gateway import LocationMeter, Phase, PhaseReading


class Check(StrEnum):
    """A check for one kind of wiring fault.

    Unique ids of entities and translation keys are made of the values, so these do not
    change when a check is renamed.
    """

    WRONG_PHASE = "low_power_factor"
    REVERSED_SITE = "import_follows_solar"
    NEGATIVE_SOLAR = "negative_solar"
    NEGATIVE_LOAD = "negative_load"
    VOLTAGES_APART = "voltages_apart"
    MEASURES_NOTHING = "measures_nothing"


@dataclass(frozen=True, slots=True, order=True)
class CheckTarget:
    """The subject of a check: a location, and one of its phases or all."""

    check: Check
    location: str
    phase: Phase | None = None

    @property
    def key(self) -> str:
        """The end of the unique id of its entity."""
        suffix = "" if self.phase is None else f"_{self.phase}"
        return f"{self.location}_{self.check}{suffix}"


@dataclass(frozen=True, slots=True)
class Observation:
    """The outcome of a check for a target so far.

    `problem` is None while the evidence is not sufficient. `raises_issue` is true for a
    problem that raises a repair issue. `evidence` has the figures by name; `variant` is the
    translation key of the issue if it is not the check.
    """

    problem: bool | None = None
    raises_issue: bool = False
    evidence: Mapping[str, float] = field(default_factory=dict)
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """An observation, with the key of the meter concerned and the numbers of its CTs.

    `explained_by` has the targets whose problems explain this one: it then raises no issue
    of its own.
    """

    problem: bool | None = None
    raises_issue: bool = False
    evidence: Mapping[str, float] = field(default_factory=dict)
    variant: str | None = None
    meter: str | None = None
    cts: tuple[int, ...] = ()
    explained_by: tuple[CheckTarget, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One poll: powers in W by location as measured, and what the fresh meters read.

    Signs as in `gateway.models`. `has_solar_meters` and `grid_connected` are None while
    unknown.
    """

    power: Mapping[str, float | None]
    meters: Mapping[str, tuple[LocationMeter, ...]]
    phases: Mapping[str, Mapping[Phase, PhaseReading]]
    has_solar_meters: bool | None
    grid_connected: bool | None = None

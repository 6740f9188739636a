"""The installation of a simulated site, and its flows at one time."""

from dataclasses import dataclass, field
from math import hypot
from typing import Final

LOCATIONS: Final = ("site", "battery", "load", "solar")


@dataclass(frozen=True, slots=True)
class Installation:
    """Service, solar system, battery and house of a site.

    Solar and battery share their power equally over their phases (0 is L1).
    """

    volts: float  # nominal, line to neutral
    hertz: float
    phases: int
    solar_watts: int  # highest AC output
    solar_phases: tuple[int, ...]
    battery_watts: int = 0  # highest charge or discharge power; 0: no battery
    battery_hours: float = 0  # capacity in Wh
    battery_phases: tuple[int, ...] = ()
    batteries: int = 1
    house: float = 1.0  # how much more than an average house this one uses


@dataclass(frozen=True, slots=True)
class Flow:
    """Real power in W and reactive power in var, both whole numbers as meters give them."""

    p: int = 0
    q: int = 0

    @property
    def apparent(self) -> float:
        """Apparent power in VA."""
        return hypot(self.p, self.q)

    def __add__(self, other: Flow) -> Flow:
        """Add two flows."""
        return Flow(self.p + other.p, self.q + other.q)

    def __sub__(self, other: Flow) -> Flow:
        """Subtract a flow."""
        return Flow(self.p - other.p, self.q - other.q)


type Phases = tuple[Flow, ...]


def total(phases: Phases) -> Flow:
    """Sum up the phases."""
    return Flow(sum(flow.p for flow in phases), sum(flow.q for flow in phases))


def shared(watts: int, phases: int) -> Phases:
    """Share real power over the phases, in whole watts that add up to it."""
    return tuple(
        Flow(watts * (phase + 1) // phases - watts * phase // phases)
        for phase in range(phases)
    )


def moved(location: str, watts: int, seconds: int) -> tuple[int, int]:
    """Return the watt-seconds that a location exports and imports at this power."""
    # Site and load import what is positive; battery and solar export it.
    exported = watts if location in {"battery", "solar"} else -watts
    amount = abs(watts) * seconds
    return (amount, 0) if exported > 0 else (0, amount)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The site at one step of the physics.

    Signs as in aggregates: site + imports, battery + discharges, solar + produces, load +
    consumes; so site + battery + solar = load, in each phase. `moved` are the watt-seconds
    since the start that each location has exported and imported.
    """

    step: int
    nanoseconds: int  # the step's beginning, since 1970 UTC
    flows: dict[str, Phases]
    volts: tuple[float, ...]  # line to neutral
    hertz: float
    stored: float  # in the battery, Wh
    charge: float  # of the battery, percent
    moved: dict[str, tuple[int, int]] = field(default_factory=dict)

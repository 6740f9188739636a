"""The data of a simulated home."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

type Array = npt.NDArray[np.float64]

DAY: Final = 86_400  # s

# Degrees from one phase to the next; L2 lags behind L1.
APART: Final = {2: 180, 3: 120}


class VarMode(StrEnum):
    """The control of an inverter's reactive power."""

    UNITY = "unity"
    FIXED_FACTOR = "fixed_factor"
    FIXED_VAR = "fixed_var"
    VOLT_VAR = "volt_var"


class ApplianceKind(StrEnum):
    """The use of an appliance over a day."""

    BASE = "base"
    VARS = "vars"
    FRIDGE = "fridge"
    KETTLE = "kettle"
    OVEN = "oven"
    HOB = "hob"
    DRYER = "dryer"
    TIMED = "timed"
    CYCLING = "cycling"
    HEAT_PUMP = "heat_pump"
    CAR = "car"
    SURPLUS_CAR = "surplus_car"
    DIVERTER = "diverter"
    SURPLUS_RELAY = "surplus_relay"


class BatteryMode(StrEnum):
    """The operation of a battery that is connected to the grid."""

    SELF_CONSUMPTION = "self_consumption"
    TIME_BASED = "time_based"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Connection to the grid: 2 legs (split-phase) or 3 phases, line-to-neutral V, ohm.

    `wander` is the standard deviation of the grid's own voltage in V, `high` by how much
    it is above the nominal one on average. `neighbours` is by how many V the street's
    solar lifts it in full sun; `taps` how often a day a transformer's tap changes.
    """

    legs: int
    volts: float
    ohms: tuple[float, ...]
    neutral_ohms: float
    wander: float = 1.5
    high: float = 0
    neighbours: float = 0
    taps: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inverter:
    """Solar inverter with highest power in W on these phases (0 is L1), shared equally.

    `var` is tan(phi), var, or the highest var as a part of `watts`, by `mode`; positive
    is delivered. `hours` is how much later than noon the panels face the sun.
    """

    watts: float
    phases: tuple[int, ...]
    mode: VarMode = VarMode.UNITY
    var: float = 0
    hours: float = 0
    standby_watts: float = 6
    standby_var: float = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """Batteries under one control of the site's total power, shared over `phases`.

    `grid_charge` and `export` are spans of hours of the day in which the battery charges
    at, or discharges with, its full power; (0, 0) is never. `hours` is the span in which a
    time-based battery discharges. `lag` in s.
    """

    watts: float
    watt_hours: float
    phases: tuple[int, ...]
    lag: int = 3
    mode: BatteryMode = BatteryMode.SELF_CONSUMPTION
    hours: tuple[float, float] = (15, 21)
    grid_charge: tuple[float, float] = (0, 0)
    export: tuple[float, float] = (0, 0)
    reserve: float = 0.2
    idle_var: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Appliance:
    """Load of `watts` on these phases, shared equally; `tan` is Q/P, + is inductive.

    `start` is the hour at which it starts, `hours` how long it runs or may run, `daily`
    how often a day it is used. For VARS, `watts` are var. One that is `between` two
    phases draws the same current from both, in none of them at its voltage's angle.
    """

    kind: ApplianceKind
    watts: float
    phases: tuple[int, ...]
    tan: float = 0
    start: float = 0
    hours: float = 24
    daily: float = 1
    between: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportLimit:
    """Highest export in W, of each phase or of the total, held by curtailment."""

    watts: float
    per_phase: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Latitude in degrees, first day of the year (0 to 364), chances of days' skies."""

    latitude: float = 40
    day: int = 150
    clear: float = 0.4
    broken: float = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Loss of the grid on a day from an hour for some minutes.

    A generator, where there is one, feeds the site in place of the grid.
    """

    day: int
    hour: float
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Metering:
    """The measurement of a gateway: errors of CTs, noise (W), steps, lags (s).

    `site_gains` and `solar_gains` are one factor per phase, `angles` CT errors in degrees.
    `doubled` is one solar CT that stands for both legs. `solar_var_sign` is -1 where the
    gateway gives solar reactive power as drawn rather than delivered. `gaps` is how often
    a day the gateway does not answer for a while.
    """

    site_gains: tuple[float, ...] = (1, 1, 1)
    solar_gains: tuple[float, ...] = (1, 1, 1)
    angles: tuple[float, ...] = (0, 0, 0)
    noise: float = 3
    quantum: float = 1
    solar_lag: int = 1
    battery_lag: int = 1
    solar_meters: bool = True
    doubled: bool = False
    solar_var_sign: int = 1
    gaps: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A simulated home: service, weather, solar, batteries, appliances and metering.

    `solar_circuit` are appliances behind the solar system's CTs, `unmetered` inverters
    that no CT sees, as those of a balcony.
    """

    name: str
    seed: int
    service: Service
    appliances: tuple[Appliance, ...]
    inverters: tuple[Inverter, ...] = ()
    battery: Battery | None = None
    export_limit: ExportLimit | None = None
    weather: Weather = field(default_factory=Weather)
    metering: Metering = field(default_factory=Metering)
    solar_circuit: tuple[Appliance, ...] = ()
    unmetered: tuple[Inverter, ...] = ()
    outages: tuple[Outage, ...] = ()
    generator: bool = False
    interval: int = 10

    @property
    def legs(self) -> int:
        """Number of phases of the service."""
        return self.service.legs

    @property
    def solar_phases(self) -> tuple[int, ...]:
        """Phases that solar feeds."""
        return tuple(sorted({at for each in self.inverters for at in each.phases}))

    @property
    def solar_cts(self) -> tuple[int, ...]:
        """Phases with a solar CT."""
        if not self.metering.solar_meters:
            return ()
        return self.solar_phases[:1] if self.metering.doubled else self.solar_phases

    @property
    def kind(self) -> str:
        """Kind of home, for tables."""
        service = "split-phase" if self.legs == 2 else "three-phase"
        battery = "no battery"
        if self.battery is not None:
            full = len(set(self.battery.phases)) == self.legs
            battery = "battery" if full else "single-phase battery"
        return f"{service}, {'solar' if self.inverters else 'no solar'}, {battery}"

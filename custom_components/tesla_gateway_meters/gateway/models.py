"""Models of a gateway's answers.

Units are the gateway's own: W, var, VA, V, A, Hz, Wh. None is a value that
is missing. Signs of power (gateway API, section 3.2): site + is
import, solar + is production, battery + is discharge, load + is consumption.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from math import hypot


class Phase(StrEnum):
    """A phase of the service; the gateway calls them a, b, c and 1, 2, 3."""

    L1 = "l1"
    L2 = "l2"
    L3 = "l3"


class ReadingStatus(StrEnum):
    """The meaning of the `error` of a meter's reading."""

    OK = "ok"
    BLOCKED_WHILE_RUNNING = "blocked_while_running"
    UNREACHABLE = "unreachable"
    ERROR = "error"

    @property
    def is_fault(self) -> bool:
        """Return whether this is a fault; blocked while running is normal."""
        return self in (ReadingStatus.UNREACHABLE, ReadingStatus.ERROR)


class GridStatus(StrEnum):
    """The state of the grid connection."""

    CONNECTED = "connected"
    ISLANDED = "islanded"
    TRANSITION = "transition"
    WAITING = "waiting"
    FAULTED = "faulted"


def power_factor(power: float | None, reactive_power: float | None) -> float | None:
    """Return |P| / sqrt(P^2 + Q^2), 0 to 1; None if nothing flows.

    V x I is no base for it: a scale factor is in the powers but not in the
    current, and the two differ even without one.
    """
    if power is None or reactive_power is None:
        return None
    apparent = hypot(power, reactive_power)
    return abs(power) / apparent if apparent else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Measurements of a location or a meter as a whole.

    `average_voltage` is as reported: real at a battery, but mean(L-N) x
    sqrt(3) on synchrometers, whatever the wiring. `total_current` at a battery
    is DC, and at the load it is computed from that voltage.
    `energy_exported` of solar is production, everywhere. `timeout` is in
    seconds.
    """

    power: float | None
    reactive_power: float | None
    apparent_power: float | None
    frequency: float | None
    energy_exported: float | None
    energy_imported: float | None
    average_voltage: float | None
    average_current: float | None
    total_current: float | None
    current_a: float | None
    current_b: float | None
    current_c: float | None
    last_communication: datetime | None
    last_phase_voltage: datetime | None
    last_phase_power: datetime | None
    last_phase_energy: datetime | None
    timeout: float | None
    meters_aggregated: int | None

    @property
    def is_empty(self) -> bool:
        """Return whether there is no value at all."""
        return all(getattr(self, field.name) is None for field in fields(self))

    @property
    def power_factor(self) -> float | None:
        """Return the power factor of the whole, 0 to 1."""
        return power_factor(self.power, self.reactive_power)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseReading:
    """One phase: voltage to neutral (V), unsigned current (A), W and var."""

    voltage: float | None
    current: float | None
    power: float | None
    reactive_power: float | None

    @property
    def power_factor(self) -> float | None:
        """Return the power factor of this phase, 0 to 1."""
        return power_factor(self.power, self.reactive_power)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationMeter:
    """An entry of a meter at one location, from `/api/meters/site` or `/solar`.

    `cts` and `inverted` have one flag per CT input, CT1 first.
    `voltage_references` maps a CT's number to the phase it is measured
    against, and `ct_phases` that of an assigned CT to the phase that it
    measures. `scale_factor` is in the powers already, not in the current. `part`
    identifies further entries of one meter at one location (see `MeterEntries`).
    """

    key: str
    part: str = ""
    id: int | None
    location: str
    type: str
    cts: tuple[bool, ...]
    inverted: tuple[bool, ...]
    scale_factor: float | None
    voltage_references: Mapping[int, Phase]
    ct_phases: Mapping[int, Phase]
    totals: Totals
    phases: Mapping[Phase, PhaseReading]
    board_serial: str | None
    version: str | None

    @property
    def name(self) -> str:
        """Return the name that identifies this entry."""
        name = f"{self.key}_{self.location}"
        return f"{name}_{self.part}" if self.part else name


@dataclass(frozen=True, slots=True, kw_only=True)
class CtRole:
    """A role of a meter's CTs, from `/api/meters`.

    `valid` says which CT inputs are assigned to the role (site, solar, ...),
    not that they are healthy. One flag per CT input, CT1 first.
    """

    role: str
    valid: tuple[bool, ...]
    inverted: tuple[bool, ...]
    scale_factor: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A physical meter, from `/api/meters`. `din` is the gateway's, if known."""

    key: str
    type: str
    serial: str | None
    din: str | None
    connected: bool | None
    roles: tuple[CtRole, ...]

    @property
    def board_serial(self) -> str | None:
        """Return the serial of the hardware: a synchrometer's `serial` ends in its type."""
        return (self.serial or "").removesuffix(self.type) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class CtReading:
    """Measurements of one CT input, before any scale factor. Energies in Wh."""

    voltage: float | None
    power: float | None
    reactive_power: float | None
    current: float | None
    energy_exported: float | None
    energy_imported: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterReading:
    """A meter's own reading, from `/api/meters/readings`.

    `inputs` is the number of CT inputs. `cts` maps the number of an input,
    from 1, to what it measures: none at all while `error` is set.
    """

    error: str | None
    status: ReadingStatus
    firmware: str | None
    frequency: float | None
    inputs: int
    cts: Mapping[int, CtReading]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayStatus:
    """The gateway itself, from `/api/status`."""

    din: str | None
    version: str | None
    device_type: str | None

    @property
    def part_number(self) -> str | None:
        """Return the part number of the gateway, which its DIN starts with."""
        return self.din.partition("--")[0] if self.din else None

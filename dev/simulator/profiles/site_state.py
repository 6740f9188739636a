"""The state of a simulated site at one time, and when each meter was last read."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final

from simulator.clock import Clock
from simulator.go_format import NEVER, SECOND, Json
from simulator.physics.installation import Flow, Snapshot, total
from simulator.physics.noise import unit

from .counters import Errors
from .spec import NEURIO, Equipment, Meter, Role
from .wiring import Wiring

_READ_EVERY: Final = SECOND
_EMPTY_ENERGY: Final = (0.000030957669878262095, 0.000014389256648428272)
DEAD_LEG: Final = (
    0.2  # V on the unused second leg of a Neurio at a single-phase service
)


@dataclass(frozen=True, slots=True)
class PhaseReading:
    """One phase as a meter reports it: W and var with the scale factor, A without it, V to neutral."""

    flow: Flow
    amperes: float
    volts: float


@dataclass(frozen=True, slots=True)
class SiteState:
    """The state of a site at one time, as its equipment measures it; a function of time and seed."""

    equipment: Equipment
    clock: Clock
    snapshot: Snapshot
    now: int  # nanoseconds since 1970 UTC
    seed: int
    wiring: Wiring
    errors: Errors
    held: Mapping[str, SiteState]  # of meters that were unplugged, by serial

    def stamp(self, stream: str) -> str:
        """Return when something was last read: within the last second or so."""
        second = self.now // _READ_EVERY
        label = sum(ord(letter) << (n % 8) for n, letter in enumerate(stream))
        jitter = int(unit(self.seed, 1000 + label, second) * 0.2 * SECOND)
        return self.clock.stamp(second * _READ_EVERY - 50_000_000 - jitter)

    def coin(self, stream: int) -> bool:
        """Toss a coin that falls anew every simulated second."""
        return unit(self.seed, 500 + stream, self.now // _READ_EVERY) < 0.5

    def of(self, meter: Meter) -> SiteState:
        """Return the state that a meter last reported: an earlier one, if it is unplugged."""
        return self.held.get(meter.serial, self)

    def roles(self, location: str) -> list[tuple[Meter, Role]]:
        """Return the roles that meters have for a location."""
        return [
            (meter, role)
            for meter in self.wiring.meters
            for role in meter.roles
            if role.location == location
        ]

    def energy(self, location: str, *, exact: bool = False) -> tuple[float, float]:
        """Return the Wh of lifetime that a location has exported and imported.

        As its meters counted, or exactly. The battery counts in tens; the load is
        computed from the other three, as real gateways do, so that it can step back by a few
        Wh.
        """
        if location == "load":
            # In this order: the real ones agree with it to the last bit.
            site_out, site_in = self.energy("site", exact=exact)
            battery_out, battery_in = self.energy("battery", exact=exact)
            solar_out, solar_in = self.energy("solar", exact=exact)
            load = site_in - site_out + battery_out - battery_in + solar_out - solar_in
            return 0, load
        error = (0, 0) if exact else self.errors.at(location)
        exported, imported = self._counted(location, error)
        if location == "battery":
            return exported // 10 * 10, imported // 10 * 10
        if location == "solar" and self.equipment.inverter_solar:
            return exported // 1, imported // 1
        return exported, imported

    def role_energy(self, meter: Meter, role: Role) -> tuple[float, float]:
        """Return the Wh that a meter shows for its role: solar's two are swapped there."""
        error = self.errors.of(self.wiring.counters[meter.serial, role.location])
        if not role.conductor:
            exported, imported = (
                base + ws / 3600 for base, ws in zip(_EMPTY_ENERGY, error, strict=True)
            )
        else:
            exported, imported = self._counted(role.location, error)
        return (
            (imported, exported) if role.location == "solar" else (exported, imported)
        )

    def _counted(self, location: str, error: tuple[int, int]) -> tuple[float, float]:
        start = self.equipment.counters.get(location, (0, 0))
        moved = self.snapshot.moved[location]
        exported, imported = (
            base + (ws + wrong) / 3600
            for base, ws, wrong in zip(start, moved, error, strict=True)
        )
        return exported, imported

    def phases(self, meter: Meter, role: Role) -> dict[int, PhaseReading]:
        """Return what a meter says of each phase that it has a CT on."""
        seen = self.of(meter)
        scale = role.scale or 1
        return {
            phase: seen.ct(meter, slot, phase, scale)
            for slot, phase in enumerate(role.phases)
            if phase is not None
        }

    def ct(
        self, meter: Meter, slot: int, reference: int, scale: int = 1
    ) -> PhaseReading:
        """Return what one CT gives, against the voltage of its reference."""
        volts = self.snapshot.volts
        if reference >= len(volts):
            return PhaseReading(Flow(), 0, DEAD_LEG)
        key = (meter.serial, slot)
        raw = self.wiring.raw(key, reference, self.snapshot.flows, volts)
        clamp = self.wiring.clamps.get(key)
        amperes = 0.0
        # Neurio meters report no current here; others do in steps of half a milliampere.
        if clamp is not None and meter.type != NEURIO:
            carried = clamp.conductor(self.snapshot.flows).apparent
            amperes = round(carried / volts[clamp.phase] * 2000) / 2000
        flow = Flow(raw.p * scale, raw.q * scale)
        return PhaseReading(flow, amperes, volts[reference])

    def flow(self, location: str) -> Flow:
        """Return the whole power of a location, as the gateway knows it."""
        if location == "load":
            return self.flow("site") + self.flow("battery") + self.flow("solar")
        roles = self.roles(location)
        if not roles:  # batteries and solar inverters measure themselves
            return total(self.snapshot.flows[location])
        return total(
            tuple(
                reading.flow
                for pair in roles
                for reading in self.phases(*pair).values()
            )
        )

    def inverter_volts(self) -> float:
        """Return the true voltage that a battery or solar inverter reports, in V.

        Line to line on a split-phase service; elsewhere they sit between L1 and neutral.
        """
        volts = self.snapshot.volts
        return round(sum(volts) if len(volts) == 2 else volts[0], 1)


def average_volts(meter: Meter, phases: dict[int, PhaseReading]) -> float:
    """Return a meter's `instant_average_voltage`.

    On synchrometers the mean of the line-to-neutral voltages times sqrt(3), whatever the
    wiring; on a Neurio their plain mean, a dead leg included.
    """
    if not phases:
        return 0
    mean = sum(reading.volts for reading in phases.values()) / len(phases)
    return mean if meter.type == NEURIO else mean * sqrt(3)


def common(
    stamp: str,
    flow: Flow,
    *,
    energy: tuple[float, float],
    hertz: float = 0,
    volts: float = 0,
    amperes: float = 0,
    phase_amperes: tuple[float, float, float] = (0, 0, 0),
) -> dict[str, Json]:
    """Build the first fields, which aggregates and a meter's cached readings share."""
    return {
        "last_communication_time": stamp,
        "instant_power": flow.p,
        "instant_reactive_power": flow.q,
        "instant_apparent_power": flow.apparent,
        "frequency": hertz,
        "energy_exported": energy[0],
        "energy_imported": energy[1],
        "instant_average_voltage": volts,
        "instant_average_current": amperes,
        "i_a_current": phase_amperes[0],
        "i_b_current": phase_amperes[1],
        "i_c_current": phase_amperes[2],
        "last_phase_voltage_communication_time": NEVER,
        "last_phase_power_communication_time": NEVER,
        "last_phase_energy_communication_time": NEVER,
    }

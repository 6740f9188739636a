"""What the gateway last said, as the entities read it."""

from collections.abc import Mapping
from dataclasses import dataclass

from .checks.model import CheckResult, CheckTarget
from .export import Export
from .gateway import (
    CtRole,
    Endpoint,
    GatewayStatus,
    GridStatus,
    LocationMeter,
    Meter,
    MeterReading,
    Phase,
    PhaseReading,
    Totals,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The last answers. `failed` holds the endpoints that gave none last time."""

    failed: frozenset[Endpoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSnapshot(Snapshot):
    """What flows.

    `totals` is by location. `meters` and `phases` are too, for the locations
    whose meters the gateway lists, site and solar; the phases are those of all
    meters of a location together. Energy counters are guarded, and powers are 0
    where an option says so; `measured_power` (W) is by location too, and has them
    as they came. `stale` has the
    locations and meters (as `LocationMeter.name`) that have fallen silent.
    `findings` are those of the wiring checks; `export` is what is left over.
    """

    totals: Mapping[str, Totals]
    measured_power: Mapping[str, float | None]
    meters: Mapping[str, tuple[LocationMeter, ...]]
    phases: Mapping[str, Mapping[Phase, PhaseReading]]
    charge: float | None
    grid_status: GridStatus | None
    stale: frozenset[str]
    findings: Mapping[CheckTarget, CheckResult]
    export: Export

    @property
    def structure(self) -> object:
        """What entities can be made of: equal as long as nothing new turns up."""
        return (
            tuple(self.totals),
            tuple(
                (location, meter.key, *meter.phases)
                for location, meters in self.meters.items()
                for meter in meters
            ),
            tuple(self.findings),
            self.failed,
        )

    def left_over(self) -> Export | None:
        """Return what the site has left over, None where there is no site."""
        return self.export if "site" in self.totals else None

    def fresh_totals(self, location: str) -> Totals | None:
        """Return a location's totals, unless it has fallen silent."""
        return None if location in self.stale else self.totals.get(location)

    def fresh_meters(self, location: str) -> tuple[LocationMeter, ...] | None:
        """Return all meters of a location, None where it or one of them is silent."""
        meters = self.meters.get(location)
        if meters is None or location in self.stale:
            return None
        return None if any(meter.name in self.stale for meter in meters) else meters

    def fresh_meter(self, location: str, key: str) -> LocationMeter | None:
        """Return a meter in its role at a location, unless it has fallen silent."""
        meter = self.meter(location, key)
        return None if meter is None or meter.name in self.stale else meter

    def meter(self, location: str, key: str) -> LocationMeter | None:
        """Return a meter in its role at a location."""
        for meter in self.meters.get(location, ()):
            if meter.key == key:
                return meter
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterSnapshot(Snapshot):
    """The physical meters and the gateway itself. Meters are by their key."""

    meters: Mapping[str, Meter]
    readings: Mapping[str, MeterReading]
    status: GatewayStatus | None

    def role(self, key: str, role: str) -> CtRole | None:
        """Return what a meter does in a role, such as site or solar."""
        if (meter := self.meters.get(key)) is not None:
            for each in meter.roles:
                if each.role == role:
                    return each
        return None

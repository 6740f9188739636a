"""Snapshots of the gateway's values, from which entities read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..checks.model import CheckResult, CheckTarget
from ..gateway import (
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
from .surplus import Export


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The values of the last answers; `failed` has the endpoints whose request failed."""

    failed: frozenset[Endpoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSnapshot(Snapshot):
    """A snapshot of powers, energies and phases.

    `totals` is by location, and so are `meters` and `phases`, for the locations whose
    meters the gateway lists: site and solar. The phases are those of all meters of a
    location together. Energy counters are guarded, and powers are 0 if an option says
    so; `measured_power` (W), by location, has them as measured. `state_of_charge` is in %.
    `stale` has the locations and meters (as `LocationMeter.name`) that have fallen
    silent. `check_results` are those of the wiring checks; `export` is the surplus.
    `resumed` has the keys of the counters that were held until this poll.
    """

    totals: Mapping[str, Totals]
    measured_power: Mapping[str, float | None]
    meters: Mapping[str, tuple[LocationMeter, ...]]
    phases: Mapping[str, Mapping[Phase, PhaseReading]]
    state_of_charge: float | None
    grid_status: GridStatus | None
    stale: frozenset[str]
    check_results: Mapping[CheckTarget, CheckResult]
    export: Export
    resumed: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def structure(self) -> object:
        """The parts that have entities, to compare: equal as long as no part is new.

        Values that come later are not included; see `add_as_found`.
        """
        return (
            tuple(name for name, each in self.totals.items() if not each.is_empty),
            tuple(
                (location, meter.name, *meter.phases)
                for location, meters in self.meters.items()
                for meter in meters
            ),
            tuple(tuple(phases) for phases in self.phases.values()),
            tuple(self.check_results),
            self.failed,
        )

    def site_export(self) -> Export | None:
        """Return the surplus and export of the site, None if there is no site."""
        return self.export if "site" in self.totals else None

    def fresh_totals(self, location: str) -> Totals | None:
        """Return a location's totals, None if it is stale."""
        return None if location in self.stale else self.totals.get(location)

    def fresh_meters(self, location: str) -> tuple[LocationMeter, ...] | None:
        """Return all meters of a location, None if it or one of them is stale."""
        meters = self.meters.get(location)
        if meters is None or location in self.stale:
            return None
        return None if any(meter.name in self.stale for meter in meters) else meters

    def fresh_meter(self, location: str, name: str) -> LocationMeter | None:
        """Return a meter in its role at a location, None if it is stale."""
        meter = self.meter(location, name)
        return None if meter is None or meter.name in self.stale else meter

    def meter(self, location: str, name: str) -> LocationMeter | None:
        """Return a meter in its role at a location, by `LocationMeter.name`."""
        for meter in self.meters.get(location, ()):
            if meter.name == name:
                return meter
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterSnapshot(Snapshot):
    """A snapshot of the physical meters, by their key, and of the gateway itself.

    `listed` has the meters of the last list, `listed_now` none while the list is missing.
    `readings` are those of listed meters; `unlisted` has the others, by serial number.
    """

    listed: Mapping[str, Meter]
    listed_now: Mapping[str, Meter]
    readings: Mapping[str, MeterReading]
    unlisted: Mapping[str, MeterReading]
    status: GatewayStatus | None

    def role(self, key: str, role: str) -> CtRole | None:
        """Return the CTs of a meter in a role such as site or solar, None without it."""
        if (meter := self.listed_now.get(key)) is not None:
            for each in meter.roles:
                if each.role == role:
                    return each
        return None

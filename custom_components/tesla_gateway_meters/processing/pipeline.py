"""What the answers of a live poll mean together: fresh or silent, guarded, diagnosed."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
import time

from ..checks.model import Measured
from ..checks.wiring import Wiring
from ..gateway import (
    AbsentError,
    Endpoint,
    GatewayError,
    GridStatus,
    LocationMeter,
    Phase,
    PhaseReading,
    Totals,
    sum_phases,
)
from ..storage.counter_store import Counters
from .counter_flows import Flows, location_flows
from .noise_floor import NoiseFloor
from .snapshot import LiveSnapshot
from .soc_guard import ChargeGuard
from .staleness import Freshness, Stamp
from .surplus import ExportWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What is asked for less often than what flows. `charge` is in %."""

    solar: tuple[LocationMeter, ...]
    charge: float | None
    grid_status: GridStatus | None


class LiveView:
    """Sees each poll in the light of those before it."""

    def __init__(
        self,
        counters: Counters,
        noise: NoiseFloor,
        export: ExportWatch,
        *,
        interval: float,
        solar_meters_known: bool,
    ) -> None:
        """Look at polls that are this many seconds apart."""
        self._counters = counters
        self._noise = noise
        self._export = export
        self._charge = ChargeGuard()
        self._freshness = Freshness(interval)
        self.wiring = Wiring(interval)
        self._solar_meters_known = solar_meters_known

    def silent_locations(self, totals: Mapping[str, Totals]) -> frozenset[str]:
        """Return which locations have fallen silent; once for each poll."""
        return self._stale(totals, clock=totals)

    def look(
        self,
        totals: Mapping[str, Totals],
        site: tuple[LocationMeter, ...],
        rest: Rest | None,
        *,
        stale: frozenset[str],
        failed: Mapping[Endpoint, GatewayError],
        last: LiveSnapshot | None,
    ) -> LiveSnapshot:
        """Return what a poll brought.

        `stale` has its silent locations. A `rest` that was not asked for is that
        of the `last` poll.
        """
        now = time.monotonic()
        asked = site if rest is None else site + rest.solar
        stale |= self._stale({each.name: each.totals for each in asked}, clock=())
        guarded = tuple(self._guarded(meter, totals, stale) for meter in asked)
        charge, grid_status = None, None
        if rest is not None:
            charge = self._charge.look(rest.charge, now)
            grid_status = rest.grid_status
        elif last is not None:
            charge, grid_status = last.charge, last.grid_status
            kept = last.meters.get("solar", ())
            guarded += kept
            stale |= last.stale & {each.name for each in kept}
        meters = _by_location(guarded)
        phases = {
            location: _fresh_phases(location, each, stale)
            for location, each in meters.items()
        }
        measured_power = {location: each.power for location, each in totals.items()}
        shown = {
            location: self._noise.applied(
                location,
                self._counters.totals(
                    location,
                    each,
                    None
                    if location in stale
                    else location_flows(
                        location, each, phases.get(location, {}).values(), totals
                    ),
                ),
            )
            for location, each in totals.items()
        }
        self._counters.finish_poll()
        measured = Measured(
            power=_without(measured_power, stale),
            meters={
                location: tuple(meter for meter in each if meter.name not in stale)
                for location, each in meters.items()
            },
            phases=phases,
            has_solar_meters=self._has_solar_meters(meters, failed),
            grid_connected=_is_connected(grid_status),
        )
        return LiveSnapshot(
            totals=shown,
            measured_power=measured_power,
            meters=meters,
            phases=phases,
            charge=charge,
            grid_status=grid_status,
            stale=stale,
            findings=self.wiring.update(time.time(), measured),
            export=self._export.look(now, shown, measured_power, stale),
            failed=frozenset(failed),
        )

    def _stale(
        self, parts: Mapping[str, Totals], clock: Container[str]
    ) -> frozenset[str]:
        """Return which of these locations or meters are silent; see `Freshness`."""
        stamps = {
            key: Stamp(part.last_communication, part.timeout)
            for key, part in parts.items()
            if part.last_communication is not None
        }
        return self._freshness.stale(stamps, clock)

    def _has_solar_meters(
        self, meters: Container[str], failed: Mapping[Endpoint, GatewayError]
    ) -> bool | None:
        """Whether the gateway lists meters of the solar system; None before it told."""
        if "solar" in meters:
            self._solar_meters_known = True
        elif not self._solar_meters_known:
            err = failed.get(Endpoint.SOLAR)
            return None if err and not isinstance(err, AbsentError) else False
        return True

    def _guarded(
        self,
        meter: LocationMeter,
        locations: Mapping[str, Totals],
        stale: Container[str],
    ) -> LocationMeter:
        flows: Flows | None = None
        if meter.location not in stale and meter.name not in stale:
            flows = location_flows(
                meter.location, meter.totals, meter.phases.values(), locations
            )
        totals = self._counters.totals(meter.name, meter.totals, flows)
        return replace(meter, totals=totals)


def _is_connected(status: GridStatus | None) -> bool | None:
    """Return whether the grid feeds the site; None while that is changing or unknown."""
    if status is GridStatus.CONNECTED:
        return True
    is_off = status in (GridStatus.ISLANDED, GridStatus.FAULTED)
    return False if is_off else None


def _without[ValueT](
    values: Mapping[str, ValueT], left_out: Container[str]
) -> dict[str, ValueT]:
    return {key: value for key, value in values.items() if key not in left_out}


def _fresh_phases(
    location: str, meters: Iterable[LocationMeter], stale: Container[str]
) -> dict[Phase, PhaseReading]:
    """Add up the phases, without those that a silent meter has a part in.

    A location that is silent as a whole has none.
    """
    if location in stale:
        return {}
    silent = {
        phase for meter in meters if meter.name in stale for phase in meter.phases
    }
    return {
        phase: reading
        for phase, reading in sum_phases(meters).items()
        if phase not in silent
    }


def _by_location(
    meters: tuple[LocationMeter, ...],
) -> dict[str, tuple[LocationMeter, ...]]:
    locations: dict[str, list[LocationMeter]] = {}
    # Gateways list meters in any order, from poll to poll.
    for meter in sorted(meters, key=attrgetter("name")):
        locations.setdefault(meter.location, []).append(meter)
    return {location: tuple(found) for location, found in locations.items()}

"""Processing of a poll's answers into a snapshot: staleness, guards, checks, surplus."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
import time

from ..checks.model import Measured
from ..checks.wiring import Wiring
from ..gateway import (
    Endpoint,
    GridStatus,
    LocationMeter,
    Phase,
    PhaseReading,
    Totals,
    sum_phases,
)
from .counter_flows import location_flows
from .counters import Counters
from .noise_floor import NoiseFloor
from .snapshot import LiveSnapshot
from .soc_guard import SocGuard
from .staleness import Staleness, Timestamp
from .surplus import SurplusMonitor


@dataclass(frozen=True, slots=True, kw_only=True)
class FullPollData:
    """The answers that only a full poll requests.

    `solar` is None if the request failed, and empty if the gateway lists no
    solar meters. `state_of_charge` is in %.
    """

    solar: tuple[LocationMeter, ...] | None
    state_of_charge: float | None
    grid_status: GridStatus | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollData:
    """The answers of a poll; `full` is None unless it was a full poll.

    `failed` has the endpoints whose last request failed.
    """

    totals: Mapping[str, Totals]
    site: tuple[LocationMeter, ...]
    full: FullPollData | None
    failed: frozenset[Endpoint]


class Pipeline:
    """The processing of polls into snapshots, and the state it keeps between polls."""

    def __init__(
        self,
        counters: Counters,
        noise_floor: NoiseFloor,
        surplus: SurplusMonitor,
        *,
        interval: float,
        has_solar_meters: bool,
    ) -> None:
        """Process polls that are `interval` (s) apart.

        `has_solar_meters` is true if solar meters were known before a restart.
        """
        self._counters = counters
        self._noise_floor = noise_floor
        self._surplus = surplus
        self._soc_guard = SocGuard()
        self._staleness = Staleness(interval)
        # None while unknown, False once the gateway has answered without any.
        self._has_solar_meters: bool | None = has_solar_meters or None
        # As of the last full poll, with guarded values.
        self._full = FullPollData(solar=(), state_of_charge=None, grid_status=None)
        self._stale: frozenset[str] = frozenset()
        self._stale_locations: frozenset[str] = frozenset()
        self.wiring = Wiring(interval)

    def update_stale_locations(self, totals: Mapping[str, Totals]) -> bool:
        """Update which locations are stale; return whether that makes a full poll due.

        It does when solar becomes stale, or is no longer. Call this once for each poll,
        before `update`.
        """
        self._stale_locations = self._find_stale(totals, clock_keys=totals)
        return ("solar" in self._stale_locations) is not ("solar" in self._stale)

    def update(self, poll: PollData) -> LiveSnapshot:
        """Return the snapshot of a poll; the first poll is a full one."""
        now, full = time.monotonic(), poll.full
        received = poll.site if full is None else poll.site + (full.solar or ())
        stale = self._stale_locations | self._find_stale(
            {each.name: each.totals for each in received}, clock_keys=()
        )
        meters = tuple(
            replace(
                each,
                totals=self._guard_counters(
                    each.name,
                    each.totals,
                    stale,
                    location=each.location,
                    phases=each.phases.values(),
                    locations=poll.totals,
                ),
            )
            for each in received
        )
        if full is None:
            meters += self._full.solar or ()
            stale |= self._stale & {each.name for each in self._full.solar or ()}
        else:
            self._update_has_solar_meters(full)
            self._full = FullPollData(
                solar=meters[len(poll.site) :],
                state_of_charge=self._soc_guard.filter(full.state_of_charge, now),
                grid_status=full.grid_status,
            )
        self._stale = stale
        return self._snapshot(poll, meters, now)

    def _snapshot(
        self, poll: PollData, meters: tuple[LocationMeter, ...], now: float
    ) -> LiveSnapshot:
        """Return the snapshot of a poll, from meters with guarded counters."""
        by_location, stale = _by_location(meters), self._stale
        phases = {
            location: _fresh_phases(location, each, stale)
            for location, each in by_location.items()
        }
        guarded = {
            location: self._guard_counters(
                location,
                each,
                stale,
                location=location,
                phases=phases.get(location, {}).values(),
                locations=poll.totals,
            )
            for location, each in poll.totals.items()
        }
        shown = {
            location: self._noise_floor.apply(location, each)
            for location, each in guarded.items()
        }
        power = {location: each.power for location, each in poll.totals.items()}
        measured = Measured(
            power={key: watts for key, watts in power.items() if key not in stale},
            meters={
                location: tuple(meter for meter in each if meter.name not in stale)
                for location, each in by_location.items()
            },
            phases=phases,
            has_solar_meters=self._has_solar_meters,
            grid_connected=_is_connected(self._full.grid_status),
        )
        return LiveSnapshot(
            totals=shown,
            measured_power=power,
            meters=by_location,
            phases=phases,
            state_of_charge=self._full.state_of_charge,
            grid_status=self._full.grid_status,
            stale=stale,
            check_results=self.wiring.update(time.time(), measured),
            export=self._surplus.update(now, shown, power, stale),
            failed=poll.failed,
            resumed=self._counters.resumed,
        )

    def _find_stale(
        self, totals: Mapping[str, Totals], clock_keys: Container[str]
    ) -> frozenset[str]:
        """Return which of these locations or meters are stale; see `Staleness`."""
        timestamps = {
            key: Timestamp(each.last_communication, each.timeout)
            for key, each in totals.items()
            if each.last_communication is not None
        }
        return self._staleness.update(timestamps, clock_keys)

    def _guard_counters(
        self,
        key: str,
        totals: Totals,
        stale: Container[str],
        *,
        location: str,
        phases: Iterable[PhaseReading],
        locations: Mapping[str, Totals],
    ) -> Totals:
        """Return the totals of a location or of a meter there, with guarded counters."""
        flows = None
        if location not in stale and key not in stale:
            flows = location_flows(location, totals, phases, locations)
        return self._counters.guard_totals(key, totals, flows)

    def _update_has_solar_meters(self, full: FullPollData) -> None:
        """Update whether there are solar meters; a failed request does not rule them out."""
        if full.solar:
            self._has_solar_meters = True
        elif not self._has_solar_meters:
            self._has_solar_meters = None if full.solar is None else False


def _is_connected(status: GridStatus | None) -> bool | None:
    """Return whether the grid feeds the site; None while that is changing or unknown."""
    if status is GridStatus.CONNECTED:
        return True
    is_off = status in (GridStatus.ISLANDED, GridStatus.FAULTED)
    return False if is_off else None


def _fresh_phases(
    location: str, meters: Iterable[LocationMeter], stale: Container[str]
) -> dict[Phase, PhaseReading]:
    """Return the phases of a location, added up over its meters.

    A phase that a stale meter contributes to is left out, and so are all phases of a
    location that is stale as a whole.
    """
    if location in stale:
        return {}
    stale_phases = {
        phase for meter in meters if meter.name in stale for phase in meter.phases
    }
    return {
        phase: reading
        for phase, reading in sum_phases(meters).items()
        if phase not in stale_phases
    }


def _by_location(
    meters: tuple[LocationMeter, ...],
) -> dict[str, tuple[LocationMeter, ...]]:
    """Return the meters by location, sorted by name: gateways list them in any order."""
    locations: dict[str, list[LocationMeter]] = {}
    for meter in sorted(meters, key=attrgetter("name")):
        locations.setdefault(meter.location, []).append(meter)
    return {location: tuple(found) for location, found in locations.items()}

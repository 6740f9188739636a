"""Polls of a gateway become snapshots: what is stale, kept between polls, or shown as 0."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import override

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_gateway_meters.checks.model import (
    CheckResult,
    CheckTarget,
    Measured,
)
from custom_components.tesla_gateway_meters.checks.wiring import Wiring
from custom_components.tesla_gateway_meters.gateway import (
    Endpoint,
    GridStatus,
    LocationMeter,
    Phase,
    Totals,
)
from custom_components.tesla_gateway_meters.processing.counters import Counters
from custom_components.tesla_gateway_meters.processing.noise_floor import NoiseFloor
from custom_components.tesla_gateway_meters.processing.pipeline import (
    FullPollData,
    Pipeline,
    PollData,
)
from custom_components.tesla_gateway_meters.processing.snapshot import LiveSnapshot
from custom_components.tesla_gateway_meters.processing.surplus import (
    SurplusMonitor,
    Watched,
)

from .parts import meter, phase, sustained, totals

L1, L2 = Phase.L1, Phase.L2
START = datetime(2026, 6, 21, 19, tzinfo=UTC)
NO_METERS = FullPollData(solar=(), state_of_charge=None, grid_status=None)
FAILED_SOLAR = FullPollData(solar=None, state_of_charge=None, grid_status=None)


class Recorder(Wiring):
    """Checks that keep what they are given and what they return."""

    now: float
    measured: Measured
    results: Mapping[CheckTarget, CheckResult]

    @override
    def update(
        self, now: float, measured: Measured
    ) -> Mapping[CheckTarget, CheckResult]:
        self.now, self.measured = now, measured
        self.results = super().update(now, measured)
        return self.results


class Polls:
    """A pipeline that is given one poll after the other, 10 s apart."""

    def __init__(
        self, noise_floor: NoiseFloor | None = None, *, has_solar_meters: bool = False
    ) -> None:
        """Start with nothing known."""
        self.counters = Counters({}, lambda _key: None)
        self.pipeline = Pipeline(
            self.counters,
            noise_floor or NoiseFloor(),
            SurplusMonitor(sustained(), Watched.EXPORT),
            interval=10,
            has_solar_meters=has_solar_meters,
        )
        self.pipeline.wiring = self.checks = Recorder(10)
        self.makes_full_poll_due = False

    def poll(
        self,
        locations: Mapping[str, Totals] | None = None,
        site: tuple[LocationMeter, ...] = (),
        full: FullPollData | None = NO_METERS,
        failed: frozenset[Endpoint] = frozenset(),
    ) -> LiveSnapshot:
        """Return the snapshot of the next poll."""
        locations = locations or {}
        self.makes_full_poll_due = self.pipeline.update_stale_locations(locations)
        poll = PollData(totals=locations, site=site, full=full, failed=failed)
        return self.pipeline.update(poll)


def power(watts: float | None, seconds: int | None = None) -> Totals:
    """Return a power, read by the gateway this long (s) after the start."""
    at = None if seconds is None else START + timedelta(seconds=seconds)
    return totals(power=watts, last_communication=at)


def measuring(
    key: str,
    location: str,
    phases: Mapping[Phase, float],
    seconds: int | None = None,
) -> LocationMeter:
    """Return a meter and its powers (W) by phase."""
    readings = {name: phase(watts) for name, watts in phases.items()}
    return meter(key, location, readings, power(sum(phases.values()), seconds))


def full_poll(*solar: LocationMeter) -> FullPollData:
    """Return the answers of a full poll with these meters."""
    return FullPollData(solar=solar, state_of_charge=None, grid_status=None)


def test_meters_are_sorted_by_name_at_each_location() -> None:
    """Gateways list them in any order."""
    first, second = measuring("a", "site", {L1: 1}), measuring("b", "site", {L2: 2})
    snapshot = Polls().poll(
        site=(second, first), full=full_poll(measuring("c", "solar", {}))
    )
    assert [each.name for each in snapshot.meters["site"]] == ["a_site", "b_site"]
    assert [each.name for each in snapshot.meters["solar"]] == ["c_solar"]


def test_phases_of_a_location_are_added_up_over_its_meters() -> None:
    """Two meters may share a phase."""
    site = (measuring("a", "site", {L1: 1, L2: 5}), measuring("b", "site", {L1: 2}))
    snapshot = Polls().poll(site=site)
    assert snapshot.phases["site"] == {L1: phase(3), L2: phase(5)}


def test_solar_meters_are_kept_until_the_next_full_poll() -> None:
    """The polls in between do not ask for them."""
    polls, solar = Polls(), measuring("a", "solar", {L1: 7})
    first = polls.poll(full=full_poll(solar))
    between = polls.poll(full=None)
    assert between.meters == first.meters == {"solar": (solar,)}
    assert between.phases == {"solar": {L1: phase(7)}}
    assert polls.poll(full=NO_METERS).meters == {}


def test_charge_and_grid_status_are_kept_until_the_next_full_poll() -> None:
    """A full poll that fails to get them makes them unknown."""
    polls = Polls()
    known = FullPollData(
        solar=(), state_of_charge=40.0, grid_status=GridStatus.ISLANDED
    )
    for full in (known, None):
        snapshot = polls.poll(full=full)
        assert snapshot.state_of_charge == 40.0
        assert snapshot.grid_status is GridStatus.ISLANDED
    snapshot = polls.poll(full=NO_METERS)
    assert snapshot.state_of_charge is None
    assert snapshot.grid_status is None


@pytest.mark.parametrize(
    ("status", "connected"),
    [
        (GridStatus.CONNECTED, True),
        (GridStatus.ISLANDED, False),
        (GridStatus.FAULTED, False),
        (GridStatus.TRANSITION, None),
        (GridStatus.WAITING, None),
        (None, None),
    ],
)
def test_checks_know_whether_the_grid_is_connected(
    status: GridStatus | None, connected: bool | None
) -> None:
    """While it is changing nothing is known."""
    polls = Polls()
    polls.poll(full=FullPollData(solar=(), state_of_charge=None, grid_status=status))
    assert polls.checks.measured.grid_connected is connected
    polls.poll(full=None)
    assert polls.checks.measured.grid_connected is connected


def test_solar_meters_are_known_once_listed_and_ruled_out_by_an_empty_list() -> None:
    """A request that failed says nothing."""
    polls = Polls()
    known = []
    for full in (
        FAILED_SOLAR,
        NO_METERS,
        FAILED_SOLAR,
        full_poll(measuring("a", "solar", {L1: 7})),
        FAILED_SOLAR,
        NO_METERS,
    ):
        polls.poll(full=full)
        known.append(polls.checks.measured.has_solar_meters)
    assert known == [None, False, None, True, True, True]


def test_solar_meters_that_were_known_before_a_restart_are_expected() -> None:
    """An empty list does not rule them out then."""
    polls = Polls(has_solar_meters=True)
    polls.poll(full=NO_METERS)
    assert polls.checks.measured.has_solar_meters is True


def test_location_that_falls_silent_has_no_phases_and_is_not_checked() -> None:
    """The gateway repeats its last values while the others go on."""
    polls = Polls()
    site = measuring("a", "site", {L1: 5})
    for seconds in (0, 10, 20):
        now = {"site": power(5, 0), "load": power(6, seconds)}
        snapshot = polls.poll(now, site=(site,))
    assert snapshot.stale == {"site"}
    assert snapshot.phases["site"] == {}
    assert snapshot.measured_power == {"site": 5, "load": 6}
    assert polls.checks.measured.power == {"load": 6}


def test_location_with_a_long_timeout_falls_silent_later() -> None:
    """The gateway waits for it that long."""
    polls, stale = Polls(), []
    for seconds in (0, 10, 20, 30, 40):
        solar = replace(power(5, 0), timeout=20.0)
        now = {"site": power(5, seconds), "load": power(5, 0), "solar": solar}
        stale.append(polls.poll(now).stale)
    assert stale == [set(), set(), {"load"}, {"load"}, {"load", "solar"}]


def test_phase_of_a_silent_meter_is_left_out_and_other_phases_stay() -> None:
    """The sum would be wrong without it."""
    polls = Polls()
    for seconds in (0, 10, 20):
        silent = measuring("a", "site", {L1: 5}, 0)
        site = (silent, measuring("b", "site", {L1: 1, L2: 3}, seconds))
        snapshot = polls.poll({"site": power(9, seconds)}, site=site)
    assert snapshot.stale == {"a_site"}
    assert snapshot.phases["site"] == {L2: phase(3)}
    assert [each.name for each in snapshot.meters["site"]] == ["a_site", "b_site"]
    measured = polls.checks.measured
    assert [each.name for each in measured.meters["site"]] == ["b_site"]
    assert measured.phases == snapshot.phases
    assert measured.power == {"site": 9}


def test_silent_solar_meter_stays_silent_between_full_polls() -> None:
    """Polls in between bring nothing new of it."""
    polls = Polls()
    solar = full_poll(measuring("a", "solar", {L1: 5}, 0))
    for seconds in (0, 10, 20):
        polls.poll({"site": power(9, seconds)}, full=solar)
    assert polls.poll({"site": power(9, 30)}, full=None).stale == {"a_solar"}
    spoken = full_poll(measuring("a", "solar", {L1: 5}, 40))
    assert polls.poll({"site": power(9, 40)}, full=spoken).stale == frozenset()


def test_full_poll_is_due_when_solar_falls_silent_and_when_it_returns() -> None:
    """Only full polls request the solar meters."""
    polls, due = Polls(), []
    for seconds in (0, 10, 20, 30, 40, 50):
        solar = power(5, seconds if seconds > 30 else 0)
        polls.poll({"site": power(9, seconds), "solar": solar})
        due.append(polls.makes_full_poll_due)
    assert due == [False, False, True, False, True, False]


def test_no_full_poll_is_due_when_the_load_falls_silent() -> None:
    """The load has no meters that a full poll could read."""
    polls = Polls()
    for seconds in (0, 10, 20, 30):
        polls.poll({"site": power(9, seconds), "load": power(5, 0)})
        assert not polls.makes_full_poll_due


def test_small_powers_are_shown_as_zero_and_checked_as_measured() -> None:
    """The sign of small powers reveals faults."""
    polls = Polls(NoiseFloor(solar=20, grid=30))
    snapshot = polls.poll({"site": power(-29), "solar": power(-19), "load": power(3)})
    shown = {location: each.power for location, each in snapshot.totals.items()}
    assert shown == {"site": 0, "solar": 0, "load": 3}
    measured = {"site": -29, "solar": -19, "load": 3}
    assert snapshot.measured_power == polls.checks.measured.power == measured
    snapshot = polls.poll({"site": power(-30), "solar": power(20)})
    shown = {location: each.power for location, each in snapshot.totals.items()}
    assert shown == {"site": -30, "solar": 20}


def test_snapshot_has_the_surplus_the_results_and_what_failed(
    freezer: FrozenDateTimeFactory,
) -> None:
    """Entities read nothing else. The checks store times, so theirs is the wall clock."""
    freezer.move_to(START)
    polls, failed = Polls(), frozenset({Endpoint.STATE_OF_CHARGE})
    site = measuring("a", "site", {L1: -300, L2: -400})
    snapshot = polls.poll({"site": power(-700)}, site=(site,), failed=failed)
    assert snapshot.export.surplus == 700
    assert snapshot.failed == failed
    assert snapshot.check_results
    assert snapshot.check_results == polls.checks.results
    assert polls.checks.now == START.timestamp()


def counting(imported: float, each: Totals) -> Totals:
    """Return totals with an energy (Wh) that was imported."""
    return replace(each, energy_imported=imported, energy_exported=50.0)


def test_counters_of_locations_and_meters_are_guarded_by_their_own_keys() -> None:
    """A zero of each is held back, and the last good value stays."""
    polls = Polls()
    for imported in (1000.0, 0.0):
        site = measuring("a", "site", {L1: 5})
        site = replace(site, totals=counting(imported, site.totals))
        snapshot = polls.poll({"site": counting(imported, power(5))}, site=(site,))
    assert snapshot.totals["site"].energy_imported == 1000
    assert snapshot.meters["site"][0].totals.energy_imported == 1000
    changes = polls.counters.take_changes()
    assert {each.key for each in changes.held} == {
        "site_energy_imported",
        "a_site_energy_imported",
    }
    assert snapshot.resumed == frozenset()
    assert polls.poll({"site": counting(1000, power(5))}).resumed == {
        "site_energy_imported"
    }


@pytest.mark.parametrize("silent", [False, True])
def test_counter_of_a_silent_location_stands_still(silent: bool) -> None:
    """Repeated values of a silent location are no readings."""
    polls = Polls()
    for seconds in (0, 10, 20, 30):
        at = 0 if silent and seconds else seconds
        load = counting(1000 + seconds / 10, power(500, at))
        snapshot = polls.poll({"site": power(9, seconds), "load": load})
    shown = snapshot.totals["load"].energy_imported
    assert shown == (1001 if silent else 1003)


@pytest.mark.parametrize("silent", [False, True])
def test_counter_of_a_silent_meter_stands_still(silent: bool) -> None:
    """The counter of its location continues."""
    polls = Polls()
    for seconds in (0, 10, 20, 30):
        at = 0 if silent and seconds else seconds
        each = measuring("a", "site", {L1: 500}, at)
        each = replace(each, totals=counting(1000 + seconds / 10, each.totals))
        now = {"site": counting(1000 + seconds / 10, power(500, seconds))}
        snapshot = polls.poll(now, site=(each,))
    assert snapshot.totals["site"].energy_imported == 1003
    shown = snapshot.meters["site"][0].totals.energy_imported
    assert shown == (1001 if silent else 1003)


type Meters = tuple[LocationMeter, ...]
BUSY: Meters = (measuring("a", "site", {L1: 4000, L2: -4000}),)
IDLE: Meters = (measuring("a", "site", {L1: 0, L2: 0}),)
OTHERS = {"load": power(4000), "solar": power(4000)}


@pytest.mark.parametrize(
    ("site", "others", "is_explained"),
    [
        (BUSY, {}, True),
        (IDLE, OTHERS, False),
        ((), OTHERS, True),
        ((), {}, False),
    ],
)
def test_what_flows_explains_what_a_counter_of_each_phase_counts(
    freezer: FrozenDateTimeFactory,
    site: Meters,
    others: Mapping[str, Totals],
    is_explained: bool,
) -> None:
    """Import and export both rise then, while the power of the site is 0."""
    polls = Polls()
    for poll in range(60):
        freezer.tick(10)
        now = counting(poll * 4000 * 10 / 3600, power(0))
        meters = tuple(replace(each, totals=now) for each in site)
        snapshot = polls.poll({"site": now} | others, site=meters)
        shown = [snapshot.totals["site"]]
        shown += [each.totals for each in snapshot.meters.get("site", ())]
    if is_explained:
        assert all(each == now for each in shown)
    else:
        assert all(each != now for each in shown)

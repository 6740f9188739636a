"""Samples of polls, steps of load between them, and shares of a source's change."""

from dataclasses import replace

import pytest

from custom_components.tesla_gateway_meters.checks.model import (
    Check,
    CheckTarget,
    Measured,
    Observation,
)
from custom_components.tesla_gateway_meters.checks.pairs import SolarPairs
from custom_components.tesla_gateway_meters.checks.results import result_of
from custom_components.tesla_gateway_meters.checks.samples import (
    Sample,
    Sampler,
    Step,
    StepDetector,
)
from custom_components.tesla_gateway_meters.checks.shares import SourceShares
from custom_components.tesla_gateway_meters.gateway import Phase, PhaseReading

from .polls import L1, L2, L3, METER, START, Home


def measured_of(power: dict[str, float | None] | None = None) -> Measured:
    """Return a poll of a home on one phase, with these powers besides."""
    home = Home(load={L1: (300, 20)}, solar={L1: (100, 0)}, battery={L1: 50})
    plain = home.measured()
    return replace(plain, power={**plain.power, **(power or {})})


def test_first_poll_has_no_time_before_it() -> None:
    """From then on each has that since the one before."""
    sampler = Sampler(10)
    samples = [sampler.update(START + each, measured_of()) for each in (0, 10, 17)]
    assert [each.elapsed for each in samples] == [0, 10, 7]
    assert [each.at for each in samples] == [0, 10, 17]


@pytest.mark.parametrize(
    ("jump", "elapsed"), [(30, 30), (31, 0), (0, 0), (-5, 0), (-86400, 0), (86400, 0)]
)
def test_gap_and_clock_that_is_set_start_a_new_series(
    jump: float, elapsed: float
) -> None:
    """Three intervals are no gap: polls may be missed. What is observed goes on."""
    sampler = Sampler(10)
    sampler.update(START, measured_of())
    sampler.update(START + 10, measured_of())
    sample = sampler.update(START + 10 + jump, measured_of())
    assert (sample.elapsed, sample.at) == (elapsed, 10 + elapsed)
    sample = sampler.update(START + 20 + jump, measured_of())
    assert (sample.elapsed, sample.at) == (10, 20 + elapsed)


def test_sample_has_the_powers_of_locations() -> None:
    """Those of other sources add up, whichever way they flow."""
    poll = measured_of()
    sample = Sampler(10).update(START, poll)
    assert (sample.grid, sample.solar) == (150, 100)
    assert (sample.battery, sample.load) == (50, 300)
    assert sample.site[L1].power == 150
    assert sample.solar_phases[L1].power == 100
    assert sample.other == 0
    poll = measured_of({"generator": -700, "busway": None, "frequency": 30})
    assert Sampler(10).update(START, poll).other == 730


@pytest.mark.parametrize(
    ("connected", "is_island"), [(True, False), (False, True), (None, False)]
)
def test_island_is_only_what_is_known_to_be_one(
    connected: bool | None, is_island: bool
) -> None:
    """While that is unknown, the grid is taken to be there."""
    poll = replace(measured_of(), grid_connected=connected)
    assert Sampler(10).update(START, poll).is_island is is_island


def sample_of(
    at: float,
    site: dict[Phase, tuple[float, float]],
    *,
    volts: float = 230,
    solar: float | None = None,
    battery: float | None = None,
    other: float = 0,
    is_island: bool = False,
) -> Sample:
    """Return a sample, ten seconds after the one before."""
    return Sample(
        at=at,
        elapsed=10,
        site={
            phase: PhaseReading(voltage=volts, current=None, power=p, reactive_power=q)
            for phase, (p, q) in site.items()
        },
        solar_phases={},
        grid=None,
        solar=solar,
        battery=battery,
        load=None,
        other=other,
        is_island=is_island,
    )


def steps_of(*samples: Sample) -> list[Step]:
    """Return all steps of a series."""
    detector = StepDetector()
    return [step for sample in samples for step in detector.update(sample)]


def test_step_is_found_one_poll_later() -> None:
    """With its powers, its size, and what it did to the voltage."""
    detector = StepDetector()
    assert detector.update(sample_of(0, {L1: (200, 50), L2: (5, 5)})) == []
    assert (
        detector.update(sample_of(10, {L1: (800, -750), L2: (5, 5)}, volts=228)) == []
    )
    [step] = detector.update(sample_of(20, {L1: (800, -750), L2: (5, 5)}, volts=228))
    assert step == Step(
        phase=L1,
        power=600,
        reactive_power=-800,
        size=1000,
        voltage=-2,
        volts=228,
        is_level=True,
        is_solar_still=True,
        is_battery_still=True,
        battery=0,
    )
    assert detector.update(sample_of(30, {L1: (800, -750), L2: (5, 5)})) == []


@pytest.mark.parametrize(
    ("change", "count"), [(399, 0), (400, 1), (-400, 1), (-399, 0)]
)
def test_change_below_400_va_is_no_step(change: float, count: int) -> None:
    """Up or down."""
    powers = (1000, 1000 + change, 1000 + change)
    series = (sample_of(10 * at, {L1: (p, 0)}) for at, p in enumerate(powers))
    assert len(steps_of(*series)) == count


@pytest.mark.parametrize(
    ("powers", "is_level"),
    [
        ((0, 0, 1000, 1000), True),
        ((0, 200, 1200, 1200), True),
        ((0, 210, 1210, 1210), False),
        ((0, 0, 1000, 800), True),
        ((0, 0, 1000, 780), False),
        ((0, 0, 1000, 1300), False),
        ((0, 40, 440, 480), True),
        ((0, 0, 2000, 1000), False),
    ],
)
def test_step_is_level_if_little_changes_before_and_after(
    powers: tuple[float, ...], is_level: bool
) -> None:
    """A fifth of the step is little: the inrush of a motor is more."""
    series = (sample_of(10 * at, {L1: (p, 0)}) for at, p in enumerate(powers))
    assert steps_of(*series)[0].is_level is is_level


@pytest.mark.parametrize(
    ("solar", "battery", "still"),
    [
        ((500, 500, 500), (0, 0, 0), (True, True)),
        ((500, 900, 900), (0, 0, 0), (False, True)),
        ((500, 640, 640), (0, 0, 0), (True, True)),
        ((0, 0, 0), (0, -300, -300), (True, False)),
        ((0, 0, 0), (0, 0, 300), (True, False)),
        ((0, 0, 900), (0, 0, 0), (True, True)),
        ((None, None, None), (None, None, None), (True, True)),
    ],
)
def test_step_knows_whether_solar_or_the_battery_had_a_part(
    solar: tuple[float | None, ...],
    battery: tuple[float | None, ...],
    still: tuple[bool, bool],
) -> None:
    """A battery answers a poll later, too."""
    series = (
        sample_of(10 * at, {L1: (p, 0)}, solar=solar[at], battery=battery[at])
        for at, p in enumerate((0, 1000, 1000))
    )
    [step] = steps_of(*series)
    assert (step.is_solar_still, step.is_battery_still) == still


def test_step_has_the_change_of_the_battery_that_stopped_then() -> None:
    """One that goes on is not that of the step."""

    def step(*battery: float) -> Step:
        series = (
            sample_of(10 * at, {L1: (p, 0)}, battery=battery[at])
            for at, p in enumerate((1000, 300, 300))
        )
        [found] = steps_of(*series)
        return found

    assert step(100, 800, 800).battery == 700
    assert step(100, 800, 1300).battery == 0


@pytest.mark.parametrize("interruption", ["gap", "island", "unknown"])
def test_change_over_an_interruption_is_no_step(interruption: str) -> None:
    """Nothing is known of what was in it."""
    before, after = sample_of(0, {L1: (0, 0)}), sample_of(20, {L1: (2000, 0)})
    between = sample_of(10, {L1: (0, 0)})
    if interruption == "gap":
        after = replace(after, elapsed=0.0)
    elif interruption == "island":
        after = replace(after, is_island=True)
    else:
        nothing = replace(between.site[L1], power=None)
        between = replace(between, site={L1: nothing})
    last = replace(after, elapsed=10.0)
    assert steps_of(before, between, after, last) == []


ALL = {L1: (900.0, 0.0), L2: (800.0, 0.0), L3: (0.0, 0.0)}


def share(
    first: float, second: float, *, silent: Phase = L3, after: float = 30, **kind: float
) -> bool | None:
    """Return what is found when solar gives 900 W more, and two phases show so much."""
    shares = SourceShares(10)
    shares.update(sample_of(0, ALL, solar=0, battery=0), silent)
    now = {L1: (900 - first, 0.0), L2: (800 - second, 0.0), L3: (0.0, 0.0)}
    source = {"solar": 900.0, "battery": 0.0} | kind
    return shares.update(sample_of(after, now, **source), silent)  # type: ignore[arg-type]


def test_third_of_a_change_is_missing_where_two_phases_show_one_each() -> None:
    """So is a half, where one shows a half and the other nothing."""
    assert share(300, 300) is True
    assert share(450, 0) is True
    assert share(0, 450) is True
    assert share(330, 270) is True


def test_nothing_is_missing_where_two_phases_show_all() -> None:
    """In equal parts or not."""
    assert share(450, 450) is False
    assert share(900, 0) is False
    assert share(600, 300) is False


@pytest.mark.parametrize("shown", [(300, 0), (150, 150), (900, 900), (450, 225)])
def test_other_shares_say_nothing(shown: tuple[float, float]) -> None:
    """Loads have changed meanwhile."""
    assert share(*shown) is None


def test_change_of_a_battery_counts_as_well() -> None:
    """While solar stands still."""
    assert share(300, 300, solar=0, battery=900) is True
    assert share(-300, -300, solar=0, battery=-900) is True
    assert share(300, 300, battery=-200) is None


@pytest.mark.parametrize(
    "kind", [{"other": 30.0}, {"is_island": True}, {"after": 20}, {"after": 61}]
)
def test_shares_are_not_known_then(kind: dict[str, float]) -> None:
    """A generator, an outage, less than half a minute, or more than two."""
    assert share(300, 300) is True
    assert share(300, 300, **kind) is None


def test_small_change_of_a_source_says_nothing() -> None:
    """600 W of all phases are needed."""
    assert share(200, 200, solar=600) is True
    assert share(199, 199, solar=597) is None


def test_phase_that_was_not_silent_before_shows_a_part_itself() -> None:
    """Nor is anything known where one of the others was not read."""
    shares = SourceShares(10)
    before = ALL | {L3: (300.0, 0.0)}
    now = {L1: (600.0, 0.0), L2: (500.0, 0.0), L3: (0.0, 0.0)}
    shares.update(sample_of(0, before, solar=0), L3)
    assert shares.update(sample_of(30, now, solar=900), L3) is None
    shares.update(sample_of(60, {L1: (900, 0), L3: (0, 0)}, solar=0), L3)
    assert shares.update(sample_of(90, now, solar=900), L3) is None


def test_result_names_the_meter_that_measures_most_of_the_phase() -> None:
    """And its CTs on that phase."""
    observation = Observation(
        problem=True, raises_issue=True, evidence={"watts": 5}, variant="other"
    )
    target = CheckTarget(Check.WRONG_PHASE, "site", L2)

    def meter(key: str, **powers: float | None) -> object:
        readings = {
            Phase(at): PhaseReading(
                voltage=230, current=None, power=p, reactive_power=None
            )
            for at, p in powers.items()
        }
        ct_phases = {1: L1, 2: L2, 4: L2} if key == "b" else {1: L2}
        return replace(METER, key=key, phases=readings, ct_phases=ct_phases)

    meters = (
        meter("unread"),
        meter("a", l1=9000, l2=40),
        meter("b", l1=0, l2=-500),
        meter("c", l2=None),
    )
    poll = replace(measured_of(), meters={"site": meters, "solar": meters[:2]})  # type: ignore[dict-item]
    result = result_of(target, observation, poll)
    assert (result.meter, result.cts) == ("b", (2, 4))
    assert (result.problem, result.raises_issue) == (True, True)
    assert (result.evidence, result.variant) == ({"watts": 5}, "other")
    only = replace(poll, meters={"site": meters[3:]})
    assert result_of(target, observation, only).meter == "c"
    for other in (
        CheckTarget(Check.WRONG_PHASE, "site", L3),
        CheckTarget(Check.WRONG_PHASE, "battery", L2),
        CheckTarget(Check.NEGATIVE_LOAD, "site"),
    ):
        result = result_of(other, observation, poll)
        assert (result.meter, result.cts) == (None, ())


def test_change_of_solar_that_the_phase_does_not_show_has_no_rotation() -> None:
    """The level of a phase may be a share of the meter's total."""
    pairs = SolarPairs(10)
    reading = PhaseReading(voltage=230, current=None, power=500, reactive_power=0)
    samples = [
        replace(sample_of(at, {L1: (0, 0)}), solar_phases={L1: reading})
        for at in (0, 30)
    ]
    assert pairs.update(samples[0], {L1: 500}) == []
    (pair,) = pairs.update(samples[1], {L1: 1000})
    assert (pair.solar, pair.rotation) == (500, None)

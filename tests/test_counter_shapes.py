"""Tests of the guard over days with arbitrary counters and powers.

The error is that of what is published at the end of the day against what was really
measured (kWh). Each shape begins when idle for long, at noon, and when idle for minutes.
"""

from collections.abc import Callable

import pytest

from .counter_day import (
    BEGINS,
    DAY,
    ENERGY,
    HOUR,
    STRONGEST,
    Moment,
    PowerShape,
    Shape,
    counted,
    live,
)

MINUTE = 60.0


def shifted(energy: float) -> Shape:
    """Return a counter that says so many Wh more."""
    return lambda moment: moment.true + energy


def frozen(energy: float, noise: float) -> Shape:
    """Return a counter that stands so far from the truth, with some noise (Wh)."""
    return lambda moment: moment.first + energy + moment.random.uniform(-noise, noise)


def alternating(*energies: float | None) -> Shape:
    """Return a counter that says in turn so many Wh more, or 0 for None."""

    def say(moment: Moment) -> float:
        energy = energies[moment.poll % len(energies)]
        return 0 if energy is None else moment.true + energy

    return say


def silent(seconds: float, energy: float = 0) -> Shape:
    """Return a counter that is not read for a time, and then says so many Wh more."""
    return lambda moment: moment.true + energy if moment.since >= seconds else None


def reset(moment: Moment) -> float:
    """Return a counter that starts at 0."""
    return moment.true - moment.first


def in_bursts(moment: Moment) -> float | None:
    """Return a reset counter that is read for 5 min of 21."""
    return reset(moment) if moment.since % (21 * MINUTE) < 5 * MINUTE else None


def idling(moment: Moment) -> float:
    """Return a small counter that counts nothing."""
    return 40_000 + moment.random.uniform(-0.5, 0.5)


def falling(moment: Moment) -> float:
    """Return a counter that falls 300 Wh a minute for half an hour, and counts on."""
    return moment.true - 300 * min(moment.since, 30 * MINUTE) / MINUTE


def leaking(energy: float, every: float) -> Shape:
    """Return a counter that jumps by so many Wh again and again."""
    return lambda moment: moment.true + energy * (moment.since // every + 1)


GLITCHES: dict[str, tuple[Shape, float]] = {
    "+8 kWh, 3 polls": (shifted(8000), 30),
    "+50 kWh, 1 poll": (shifted(50_000), 10),
    "+100 kWh, 1 poll": (shifted(100_000), 10),
    "+149 kWh, 3 polls": (shifted(149_000), 30),
    "v and v+50 kWh": (alternating(0, 50_000), 10 * MINUTE),
    "0 and +40 kWh": (alternating(None, 40_000), 20 * MINUTE),
    "v and 0": (alternating(0, None), 6 * HOUR),
    "0": (lambda _: 0, 45 * MINUTE),
    "from 0": (reset, 20 * MINUTE),
    "small and idle": (idling, 40 * MINUTE),
    "small and idle for hours": (idling, 6 * HOUR),
    "stuck": (frozen(0, 0), 3 * HOUR),
    "stuck with noise": (frozen(0, 5), 3 * HOUR),
    "frozen, -100 Wh": (frozen(-100, 1), 40 * MINUTE),
    "frozen, +3 kWh": (frozen(3000, 1), 40 * MINUTE),
    "frozen, +50 kWh": (frozen(50_000, 1), 40 * MINUTE),
    "frozen, -500 kWh": (frozen(-500_000, 1), 40 * MINUTE),
    "silent and true": (silent(6 * HOUR), 6 * HOUR),
    "silent, then +12 kWh": (silent(10 * MINUTE, 12_000), 10 * MINUTE + 10),
    "noise": (lambda moment: moment.true + moment.random.uniform(-5, 5), DAY),
    "10 Wh steps": (lambda moment: moment.true // 10 * 10, DAY),
}

RESETS: dict[str, Shape] = {
    "to 0": reset,
    "to 0, in bursts": in_bursts,
    "to a larger meter": shifted(400_000),
    "to a negative one": shifted(-9_000_000),
    "wrap at 2^32 Ws": shifted(-(2**32) / 3600),
    "falling, then counting on": falling,
}


@pytest.mark.parametrize("begins", BEGINS)
@pytest.mark.parametrize("name", GLITCHES)
@pytest.mark.parametrize("poll", [10, 60])
def test_glitch_leaves_no_trace(name: str, begins: float, poll: float) -> None:
    """The day's energy is the measured one, and no issue is created."""
    shape, lasts = GLITCHES[name]
    outcome = live(shape, begins, max(lasts, 3 * poll), poll=poll)
    assert outcome.off == pytest.approx(0, abs=30)
    assert not outcome.resets


@pytest.mark.parametrize("begins", BEGINS)
@pytest.mark.parametrize("name", GLITCHES)
def test_glitch_leaves_no_trace_with_restarts(name: str, begins: float) -> None:
    """A restart every 7 minutes changes nothing of it."""
    shape, lasts = GLITCHES[name]
    outcome = live(shape, begins, lasts, restart_every=7 * MINUTE)
    assert outcome.off == pytest.approx(0, abs=30)
    assert not outcome.resets


@pytest.mark.parametrize("begins", BEGINS)
@pytest.mark.parametrize("name", RESETS)
@pytest.mark.parametrize(("poll", "restart"), [(10, 9 * DAY), (60, 540), (300, DAY)])
def test_reset_loses_nothing(
    name: str, begins: float, poll: float, restart: float
) -> None:
    """Another counter is followed as energy flows; until then the power stands in."""
    shape = RESETS[name]
    outcome = live(shape, begins, 9 * DAY, days=2, poll=poll, restart_every=restart)
    assert outcome.off == pytest.approx(0, abs=30)
    ((at, reset),) = outcome.resets
    assert reset.old > reset.new or "larger" in name
    if begins == 12 * HOUR:
        readings = 2 * HOUR if name == "to 0, in bursts" and poll < 300 else 65 * MINUTE
        assert at - begins < readings or name == "to 0, in bursts"


@pytest.mark.parametrize("begins", BEGINS)
@pytest.mark.parametrize(("hours", "energy"), [(6, 500_000), (2, 200_000), (1, None)])
def test_silence_costs_what_could_have_flowed_in_it(
    begins: float, hours: float, energy: float | None
) -> None:
    """After an outage, another meter is accepted, and an issue is created."""
    shape = silent(hours * HOUR, energy or -4_900_000)
    outcome = live(shape, begins, 9 * DAY, days=2)
    assert abs(outcome.off) <= STRONGEST * hours
    assert len(outcome.resets) == 1
    if hours < 3:
        # The mean of the powers before and after it is a good guess.
        assert outcome.off == pytest.approx(0, abs=300)


@pytest.mark.parametrize("begins", BEGINS)
def test_idle_counter_is_never_followed(begins: float) -> None:
    """A counter that does not count what flows is none, for ever."""
    outcome = live(idling, begins, 9 * DAY, days=2)
    assert not outcome.resets
    assert outcome.off <= 0


def other_power(watts: float | None) -> PowerShape:
    """Return a power that is this one."""
    return lambda *_: watts


POWERS: dict[str, tuple[Shape, float, PowerShape]] = {
    "no power": (shifted(0), DAY, other_power(None)),
    "no power, +8 kWh": (shifted(8000), 30, other_power(None)),
    "no power and 0": (frozen(-5e6, 0), 45 * MINUTE, other_power(None)),
    "all 0": (lambda _: 0, 45 * MINUTE, other_power(0)),
    "all 0 for hours": (lambda _: 0, 3 * HOUR, other_power(0)),
    "all 0 and truth in turn": (
        alternating(0, None),
        HOUR,
        lambda power, moment: 0 if moment.poll % 2 else power,
    ),
    "1 MW and +8 kWh": (shifted(8000), 30, other_power(1e6)),
    "1 MW": (shifted(0), 30, other_power(1e6)),
    "1 MW now and then": (
        shifted(0),
        DAY,
        lambda power, moment: power if moment.poll % 100 else 1e6,
    ),
    "power that is 30 % off": (
        shifted(0),
        DAY,
        lambda power, moment: power * moment.random.uniform(0.7, 1.3),
    ),
}


@pytest.mark.parametrize("begins", BEGINS)
@pytest.mark.parametrize("name", POWERS)
def test_wrong_power_does_no_harm(name: str, begins: float) -> None:
    """A power that is missing or wrong neither stops a counter nor lets a jump in."""
    shape, lasts, powers = POWERS[name]
    outcome = live(shape, begins, lasts, powers=powers)
    assert outcome.off == pytest.approx(0, abs=30)
    assert not outcome.resets


def test_reset_is_followed_without_power() -> None:
    """Where no power is given, a counter that counts for half an hour is believed."""
    outcome = live(reset, 12 * HOUR, DAY, powers=other_power(None))
    assert len(outcome.resets) == 1
    assert outcome.off == pytest.approx(0, abs=30)


@pytest.mark.parametrize("factor", [0.4, 0.95, 1.05, 1.7])
def test_counter_that_disagrees_with_its_power_is_shown(factor: float) -> None:
    """A counter that was never like its power is taken as it is."""
    outcome = live(
        lambda moment: moment.first + (moment.true - moment.first) * factor, 0, 9 * DAY
    )
    assert not outcome.resets
    assert outcome.off == pytest.approx((factor - 1) * 38_197, abs=30)


@pytest.mark.parametrize("factor", [1.7, 2.5])
def test_counter_that_changes_its_mind_is_followed_after_hours(factor: float) -> None:
    """From then on it is taken as it is: what the strongest could bring is no reset."""
    outcome = live(
        lambda moment: moment.first + (moment.true - moment.first) * factor,
        10 * HOUR,
        9 * DAY,
        days=3,
    )
    assert not outcome.resets
    assert outcome.runs <= 2
    risen = 3 * ENERGY - counted(10 * HOUR)
    assert outcome.off == pytest.approx((factor - 1) * risen, abs=30)


@pytest.mark.parametrize("begins", BEGINS)
@pytest.mark.parametrize("lasts", [HOUR, 4 * HOUR])
@pytest.mark.parametrize("step", [(200, 600), (100, 60), (100, 10), (20, 10)])
def test_small_jumps_do_not_add_up(
    begins: float, lasts: float, step: tuple[float, float]
) -> None:
    """An unexplained rise is accepted once, up to the margin."""
    outcome = live(leaking(*step), begins, lasts)
    assert 0 <= outcome.off <= 170


def steps(seconds: float) -> Callable[[Moment], float]:
    """Return a counter that counts only so often."""
    kept: dict[float, float] = {}
    return lambda moment: kept.setdefault(moment.since // seconds, moment.true)


@pytest.mark.parametrize("minutes", [1, 5, 15])
def test_counter_that_counts_in_steps_is_shown(minutes: float) -> None:
    """Energy that was measured meanwhile explains each step."""
    outcome = live(steps(minutes * MINUTE), 0, DAY * 2)
    assert outcome.off == pytest.approx(0, abs=30)
    assert outcome.runs == 0


def some_of_the_time(seconds: float, every: float) -> Shape:
    """Return a counter that is read for so many seconds of each so many."""
    return lambda moment: moment.true if moment.since % every < seconds else None


@pytest.mark.parametrize(
    ("shape", "poll"),
    [
        (some_of_the_time(MINUTE, 15 * MINUTE), 10),
        (steps(HOUR), 60),
        (steps(HOUR), 300),
    ],
    ids=["read 1 min of 15", "hourly at 60 s", "hourly at 300 s"],
)
def test_healthy_counter_never_freezes(shape: Shape, poll: float) -> None:
    """A counter without minutes of continuous power still counts as new on the third day."""
    outcome = live(shape, 0, DAY * 9, poll=poll, days=3)
    assert outcome.off == pytest.approx(0, abs=30)
    assert outcome.runs == 0


@pytest.mark.parametrize("share", [0, 0.4, -1, 0.01])
@pytest.mark.parametrize("lasts", [10 * MINUTE, HOUR, 3 * HOUR])
@pytest.mark.parametrize(("poll", "days"), [(10, 1), (10, 3), (60, 1), (300, 3)])
def test_power_that_is_too_low_costs_no_energy(
    share: float, lasts: float, poll: float, days: int
) -> None:
    """A wrong power, or loads that come and go between polls, and no reset."""
    outcome = live(
        lambda moment: moment.true,
        12 * HOUR + (days - 1) * DAY,
        lasts,
        powers=lambda power, _: max(share * power, 0),
        poll=poll,
        days=days,
    )
    assert outcome.off == pytest.approx(0, abs=30)
    assert not outcome.resets


def test_counter_without_any_power_is_shown_late() -> None:
    """The energy is shown after half a day, and none of it is lost."""
    outcome = live(
        lambda moment: moment.true, 0, DAY * 9, powers=other_power(0), days=4
    )
    assert outcome.off == pytest.approx(0, abs=30)
    assert not outcome.resets

"""The rules of the counter guard, one by one and against arbitrary histories."""

from dataclasses import dataclass, field, replace
import json

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.tesla_gateway_meters.processing.counter_evidence import (
    Block,
    Evidence,
    Flow,
    Strength,
)
from custom_components.tesla_gateway_meters.processing.counter_guard import (
    Counter,
    Point,
    Reading,
    Reset,
)

HOUR = 3600.0
POLL = 10.0
WATTS = 3600.0  # 1 Wh a second
KNOWN = Strength(shown=WATTS, learnt=24 * HOUR, ratio=1, blocks=100)


@dataclass
class Meter:
    """A counter that is read every ten seconds, through its guard."""

    now: float = 1_700_000_000.0
    counter: Counter = field(default_factory=Counter)
    reset: Reset | None = None

    def read(
        self,
        *values: float,
        watts: float | None = 0,
        every: float = POLL,
        zero_is_confirmed: bool = True,
    ) -> float | None:
        """Read these values, one after the other; return what is published then."""
        for value in values:
            self.now += every
            flow = None if watts is None else Flow(watts, watts)
            self.counter, reset = self.counter.next_state(
                Reading(value, self.now, flow), zero_is_confirmed=zero_is_confirmed
            )
            self.reset = reset or self.reset
        return self.counter.published

    def restart(self) -> None:
        """Return the counter as restored from its stored state."""
        self.counter = Counter.from_dict(json.loads(json.dumps(self.counter.as_dict())))


def known_meter(value: float = 5e6, watts: float = 0) -> Meter:
    """Return a meter that was watched for a day, and has been read once."""
    meter = Meter(counter=Counter(strength=KNOWN))
    meter.read(value - watts * POLL / HOUR, value, watts=watts)
    return meter


def counting(start: float, seconds: float, watts: float = WATTS) -> list[float]:
    """Return what a counter says in this time, read every ten seconds."""
    polls = int(seconds / POLL)
    return [start + watts * POLL * poll / HOUR for poll in range(1, polls + 1)]


def test_shown_as_it_is_while_it_counts_what_flows() -> None:
    """A rise that the power explains is published unchanged."""
    meter = Meter()
    assert meter.read(5e6) == 5e6
    assert meter.read(*counting(5e6, 600), watts=WATTS) == 5e6 + 600
    assert not meter.counter.is_held


@pytest.mark.parametrize("glitch", [0, 4e6, 5e6 + 1e9, 5e6 + 200, 5e6 - 201, -5e6])
def test_held_when_power_does_not_explain_a_reading(glitch: float) -> None:
    """The last good value stays, until the counter goes on from there."""
    meter = Meter()
    meter.read(5e6)
    assert meter.read(glitch, glitch) == 5e6
    assert meter.counter.is_held
    meter.restart()
    assert meter.read(glitch) == 5e6
    assert meter.read(5e6 + 9) == 5e6 + 9
    assert not meter.counter.is_held
    assert meter.reset is None


@pytest.mark.parametrize("value", [5e6 - 200, 5e6, 5e6 + 100])
def test_good_within_the_margins(value: float) -> None:
    """A small step back and a small rise are good, with nothing measured."""
    meter = known_meter()
    assert meter.read(value) == max(5e6, value)
    assert not meter.counter.is_held


def test_margin_is_that_of_one_poll_of_the_strongest_power() -> None:
    """100 Wh, and what flows in a poll at 3 kW or what was shown; 10 W are noise."""
    strength = Strength()
    assert strength.margin(0) == 100
    assert strength.margin(60) == 150
    assert replace(strength, shown=6000).margin(60) == 200
    meter = known_meter()
    # A night of what does not show fills it up. One poll in which 3,600 W may have flowed unseen, and 10 W that do not show.
    room = 100 + 10 + 1.1 * 10 * 10 / HOUR
    meter.read(*[5e6] * 400)
    assert meter.read(5e6 + room - 0.01) == 5e6 + room - 0.01
    meter = known_meter()
    meter.read(*[5e6] * 400)
    assert meter.read(5e6 + room + 0.01) == 5e6


def test_margin_is_not_restored_by_time() -> None:
    """An unexplained rise is accepted once, and again after energy has flowed."""
    meter = known_meter()
    assert meter.read(5e6 + 90) == 5e6 + 90
    assert meter.read(*[5e6 + 90] * 100) == 5e6 + 90
    assert meter.read(5e6 + 180) == 5e6 + 90
    meter.read(*counting(5e6 + 90, 900), watts=WATTS)
    assert meter.read(5e6 + 990 + 90, watts=WATTS) == 5e6 + 1080


def test_held_rise_is_good_as_soon_as_energy_explains_it() -> None:
    """A tenth more than was measured may have flowed."""
    meter = known_meter(watts=WATTS)
    polls = 0
    while meter.read(5e6 + 5000, watts=WATTS) == 5e6:
        polls += 1
    assert polls * 11 == pytest.approx(5000 - 110, abs=12)


def test_stuck_counter_catches_up() -> None:
    """The energy measured while the counter was stuck explains its later rise."""
    meter = known_meter(watts=WATTS)
    assert meter.read(*[5e6] * 1080, watts=WATTS) == 5e6
    assert meter.read(5e6 + 10_800, watts=WATTS) == 5e6 + 10_800
    assert meter.counter.seen == Evidence()


def test_credit_ends_when_the_counter_has_caught_up() -> None:
    """Nine tenths are all: the rest was never counted; less may still come."""
    for share, is_good in ((0.91, False), (0.85, True)):
        meter = known_meter(watts=WATTS)
        meter.read(*[5e6] * 1000, watts=WATTS)
        meter.read(5e6 + 10_010 * share, watts=WATTS)
        meter.read(5e6 + 10_010, watts=WATTS)
        assert meter.counter.is_held is not is_good


def test_credit_ends_for_a_slow_counter() -> None:
    """After six hours a quarter of the energy will do; a stuck one may still come."""
    for share, is_kept in ((0.3, False), (0.2, True)):
        meter = known_meter(watts=WATTS)
        meter.read(*(5e6 + 10 * share * poll for poll in range(1, 2200)), watts=WATTS)
        assert (meter.counter.seen.net > 10_000) is is_kept


@pytest.mark.parametrize(("watts", "is_over"), [(1000, True), (1400, False)])
def test_credit_of_a_few_watt_hours_ends_as_the_power_does(
    watts: float, is_over: bool
) -> None:
    """A small remainder expires when the power ends, unless the counter is stuck."""
    meter = known_meter(watts=watts)
    meter.read(*[5e6] * 3, watts=watts)
    assert meter.counter.seen.net > 0
    meter.read(5e6, watts=0)
    # Three and a half polls of power: 10 Wh are the most that is given up.
    assert (meter.counter.seen.net == 0) is is_over


def test_waits_for_a_counter_that_steps_back() -> None:
    """A computed counter that steps back is waited for, however long it takes."""
    meter = known_meter(watts=100)
    assert meter.read(*counting(5e6 - 150, 3600, 100), watts=100) == 5e6
    assert not meter.counter.is_held
    assert meter.read(*counting(5e6 - 50, 3600, 100), watts=100) == pytest.approx(
        5e6 + 50
    )
    assert meter.reset is None


@pytest.mark.parametrize("new", [0, 40_000, 4.9e6, 9e6, -1e6])
def test_reset_is_followed_when_it_counts_what_flows(new: float) -> None:
    """Another counter is followed after 25 minutes, with all that was measured."""
    meter = known_meter(watts=WATTS)
    started = meter.now + POLL
    history = counting(new, 1510)
    assert meter.read(*history[:-1], watts=WATTS) == 5e6
    meter.restart()
    assert meter.read(history[-1], watts=WATTS) == pytest.approx(5e6 + 1510)
    assert meter.reset == Reset(5e6, history[0], started)
    assert meter.read(history[-1] + 10, watts=WATTS) == pytest.approx(5e6 + 1520)


def follows(grown: float, watts: float, seconds: float = 1500) -> bool:
    """Return whether a counter is followed that counts this energy at this flow."""
    meter = known_meter(watts=watts)
    polls = int(seconds / POLL)
    meter.read(*(1e6 + grown * poll / polls for poll in range(polls + 1)), watts=watts)
    return meter.reset is not None


def test_reset_is_proved_by_counting_like_the_power() -> None:
    """From three quarters of what was measured to a tenth more, and 100 Wh at least."""
    measured = 1500.0
    assert follows(measured, WATTS)
    assert not follows(measured, WATTS, seconds=1490)
    assert follows(measured * 0.76, WATTS)
    assert not follows(measured * 0.74, WATTS)
    assert follows(measured * 1.1, WATTS)
    assert not follows(measured * 1.12, WATTS)
    assert follows(102, 102 * 2.4)
    assert not follows(98, 98 * 2.4)
    assert not follows(98, 102 * 2.4)
    assert not follows(102, 98 * 2.4)


@pytest.mark.parametrize(("beyond", "is_same"), [(-1, True), (1, False)])
def test_rise_that_the_strongest_power_could_bring_is_no_reset(
    beyond: float, is_same: bool
) -> None:
    """A proven run is the old counter's, as far as it can have counted so much."""
    meter = known_meter(watts=WATTS / 10)
    meter.read(*[5e6] * 359, watts=WATTS / 10)
    # An hour with the next reading, and the margin of a poll of ten seconds.
    first = 5e6 + WATTS + 110 + beyond
    history = [first, *counting(first, 1500)]
    meter.read(*history[:-1], watts=WATTS)
    assert meter.counter.is_held
    assert meter.reset is None
    published = meter.read(history[-1], watts=WATTS)
    assert not meter.counter.is_held
    assert (meter.reset is None) is is_same
    assert (published == history[-1]) is is_same
    assert published is not None
    assert 5e6 < published <= history[-1]
    assert meter.read(history[-1] + 10, watts=WATTS) == pytest.approx(published + 10)


def test_counter_that_disagrees_is_followed_after_six_hours() -> None:
    """One that counts at least a quarter, and 100 Wh; from then on it is believed."""
    six_hours = 6 * HOUR
    measured = six_hours
    assert follows(measured * 0.26, WATTS, six_hours)
    assert not follows(measured * 0.26, WATTS, six_hours - POLL)
    assert not follows(measured * 0.24, WATTS, six_hours)
    meter = known_meter(watts=WATTS)
    meter.read(*(1e6 + 25 * poll for poll in range(2161)), watts=WATTS)
    assert meter.reset is not None
    assert meter.counter.strength.ratio == 3
    assert meter.counter.strength.blocks == 1
    assert meter.read(*(1e6 + 25 * poll for poll in range(2161, 2400)), watts=WATTS)
    assert not meter.counter.is_held


def test_reset_is_followed_without_power() -> None:
    """Where half of the readings had no power, 100 Wh in 25 minutes will do."""
    meter = known_meter()
    meter.read(*counting(0, 1480), watts=None)
    assert meter.reset is None
    meter.read(1490, 1500, 1510, watts=None)
    assert meter.reset is not None
    meter = known_meter()
    meter.read(*[1e6 + poll / 2 for poll in range(190)], watts=None)
    assert meter.reset is None


def test_run_begins_anew_with_each_lower_reading() -> None:
    """A reading below the first held one, or below the last one, starts a new run."""
    meter = known_meter(watts=WATTS)
    meter.read(1e6, 1e6 + 10, 1e6 - 1, watts=WATTS)
    assert meter.counter.first is not None
    assert meter.counter.first.value == 1e6 - 1
    meter.read(*counting(1e6, 500), watts=WATTS)
    meter.read(1e6 + 300, watts=WATTS)
    assert meter.counter.first.value == 1e6 - 1
    meter.read(1e6 + 99, watts=WATTS)
    assert meter.counter.first.value == 1e6 + 99


def test_run_begins_anew_with_a_jump() -> None:
    """No counter counts three times what flows, the margin apart."""
    for rise, begins_anew in ((32.9, False), (33.5, True)):
        meter = known_meter(watts=WATTS)
        meter.read(1e6, watts=WATTS)
        room = 110 + 3 * 1.1 * 10 * 10 / HOUR
        meter.read(1e6 + room + rise, watts=WATTS)
        assert meter.counter.first is not None
        assert (meter.counter.first.value > 1e6) is begins_anew


def test_what_power_measured_before_the_reset_is_published() -> None:
    """A counter that falls for half an hour and counts on loses nothing."""
    meter = known_meter(watts=WATTS)
    meter.read(*(5e6 - 40 * poll for poll in range(1, 181)), watts=WATTS)
    assert meter.read(*counting(5e6 - 7200, 1700), watts=WATTS) == pytest.approx(
        5e6 + 3500, abs=11
    )
    assert meter.reset is not None


def test_reset_at_night_is_proved_in_the_morning() -> None:
    """A new counter that stands at 0 is believed when energy flows."""
    meter = Meter()
    meter.read(5e6)
    assert meter.read(*[0] * 1000) == 5e6
    assert meter.read(*counting(0, 1600), watts=WATTS) == pytest.approx(
        5e6 + 1600, abs=16
    )
    assert meter.reset is not None


def test_two_readings_prove_no_reset() -> None:
    """Two readings half an hour apart do not prove a reset; a row of them does."""
    meter = known_meter(watts=WATTS)
    meter.read(0, watts=WATTS)
    assert meter.read(1800, watts=WATTS, every=1800) == 5e6
    assert meter.reset is None
    meter.read(*(1800 * hour for hour in range(2, 6)), watts=WATTS, every=1800)
    assert meter.counter.published == pytest.approx(5e6 + 9000, abs=10)


def test_silence_is_bounded_by_the_strongest_power() -> None:
    """The highest power that the counter has shown limits the rise during silence."""
    for rise, is_good in ((36_100, True), (36_200, False)):
        meter = known_meter(watts=100)
        meter.restart()
        assert (meter.read(5e6 + rise, every=10 * HOUR) > 5e6) is is_good
    # A power that was there before counts too, and a new counter is given the benefit.
    assert known_meter(watts=7200).read(5e6 + 7200, watts=0, every=HOUR) == 5e6 + 7200
    new = Meter()
    new.read(5e6)
    assert new.read(5e6 + 15_000, every=HOUR) == 5e6 + 15_000
    new = Meter()
    new.read(5e6)
    assert new.read(5e6 + 15_200, every=HOUR) == 5e6


def test_poll_may_be_a_minute_late() -> None:
    """Polls of up to six minutes are measured, longer ones are a silence."""
    strength = KNOWN
    two = Flow(1000, 1200), Flow(3000, 3000)
    assert strength.step(*two, 360, 0) == Evidence(net=200, most=301, seconds=360)
    assert strength.step(*two, 720, 0) == Evidence(
        guessed=400, unmeasured=720, seconds=360
    )
    strong = Flow(4000, 4000)
    assert strength.step(strong, strong, HOUR, 0) == Evidence(
        guessed=4000, unmeasured=4000, seconds=360
    )
    assert strength.step(Flow(3000, 3000), Flow(7000, 7000), HOUR, 0) == Evidence(
        guessed=3600, unmeasured=3600, seconds=360
    )
    assert strength.step(*two, 3 * HOUR, 0).guessed == 6000
    assert strength.step(*two, 3 * HOUR + 1, 0).guessed == 0


def test_power_that_is_missing_is_bounded_too() -> None:
    """Without a power at either end nothing is measured."""
    blind = Evidence(seconds=100, blind=100, unmeasured=100)
    assert KNOWN.step(None, Flow(1, 1), 100, 0) == blind
    assert KNOWN.step(Flow(1, 1), None, 100, 0) == blind
    assert KNOWN.step(None, None, HOUR, 0) == Evidence(
        seconds=360, blind=360, unmeasured=3600
    )


def test_zeros_in_place_of_an_answer_are_no_measurement() -> None:
    """The power during the zeros is estimated from the power before and after."""
    one = Flow(2000, 2000)
    assert KNOWN.step(one, Flow(1000, 1000), 600, 3000) == Evidence(
        seconds=360, guessed=1000, unmeasured=1.5 * 2010
    )
    meter = known_meter(watts=WATTS)
    meter.read(*[0] * 270, watts=0)
    assert meter.counter.is_held
    meter.restart()
    assert meter.read(5e6 + 2710, watts=WATTS) == 5e6 + 2710
    # A counter that is small, or a power, is an answer.
    for value, watts in ((150.0, 0), (5e6, 5)):
        meter = known_meter(value, watts=WATTS)
        meter.read(0, watts=watts)
        assert meter.counter.zeros == 0
    meter = known_meter(201, watts=WATTS)
    meter.read(0, watts=0)
    assert meter.counter.zeros == POLL


def test_power_that_is_not_plausible_explains_nothing() -> None:
    """One wrong power explains twice that of a large home, or the strongest, at most."""
    spike = Flow(1e6, 1e6)
    for shown, energy in ((0, 3000), (6000, 3000), (20_000, 4000)):
        strength = replace(KNOWN, shown=shown)
        step = strength.step(Flow(0, 0), spike, HOUR / 10, 0)
        assert step.net == energy
        assert strength.explained(step) == pytest.approx(1.1 * energy)
    assert replace(KNOWN, ratio=2).explained(Evidence(most=10, seconds=100)) == 22


def test_learns_the_strongest_power_that_lasts() -> None:
    """Five minutes of a power that is counted, too; the counter need not be good."""
    meter = known_meter()
    meter.read(*counting(5e6, 280, 7200), watts=7200)
    assert meter.counter.strength.shown == WATTS
    meter.read(*counting(5e6 + 560, 400, 7200), watts=7200)
    assert meter.counter.strength.shown == pytest.approx(7200)
    for grown, most, shown in ((500, 900, 6000), (900, 500, 6000), (100, 90, WATTS)):
        seen = Evidence(most=most, seconds=300)
        learnt = KNOWN.learning(Block(1, 1 + grown, seen), is_good=False)
        assert learnt.shown == shown
        assert learnt.ratio == 1
    short = Block(0, 900, Evidence(most=900, seconds=299))
    assert KNOWN.learning(short, is_good=True) == KNOWN


def test_learns_how_much_it_counts_for_its_power() -> None:
    """The mean of all blocks with energy in them; a guess is the first of them."""

    def block(grown: float, net: float) -> Block:
        return Block(0, grown, Evidence(net=net, most=net, seconds=300))

    new = Strength()
    assert new.ratio == 2
    once = new.learning(block(100, 100), is_good=True)
    assert (once.ratio, once.blocks) == (1.5, 2)
    twice = once.learning(block(300, 100), is_good=True)
    assert (twice.ratio, twice.blocks) == (2, 3)
    assert new.learning(block(900, 100), is_good=True).ratio == 2.5
    assert new.learning(block(50, 100), is_good=True).ratio == 1.5
    assert new.learning(block(50, 50), is_good=True).ratio == 1.5
    assert new.learning(block(49, 49), is_good=True).ratio == 2
    assert new.learning(block(100, 100), is_good=False).ratio == 2


def test_block_holds_measured_readings_in_a_row() -> None:
    """A new block begins after a gap, after a fall, and when one is complete."""
    step = Evidence(net=1, most=1, seconds=150)
    block = Block.at(100)
    assert block.grown == 0
    block = block.next_state(100, step).next_state(101, step)
    assert (block.grown, block.is_complete) == (1, True)
    assert block.next_state(102, step) == Block.at(102)
    half = Block.at(100).next_state(101, step)
    assert half.evidence == step
    assert half.next_state(99, step) == Block.at(99)
    assert half.next_state(102, Evidence(seconds=9, blind=9)) == Block.at(102)


def test_new_counter_is_known_after_a_day_of_counting() -> None:
    """Until then a large home is assumed; one that idles or is in doubt stays new."""
    new = Strength(shown=1000)
    assert new.strongest == 15_000
    assert replace(new, shown=20_000).strongest == 20_000
    almost = replace(new, learnt=24 * HOUR - 300)
    assert almost.strongest == 15_000
    block = Block(1, 80, Evidence(net=80, most=80, seconds=300))
    assert almost.learning(block, is_good=False).strongest == 15_000
    assert almost.learning(replace(block, end=1), is_good=True).strongest == 15_000
    known = almost.learning(block, is_good=True)
    assert known.strongest == 1000
    assert known.learning(block, is_good=True).learnt == 24 * HOUR


def test_stronger_power_than_ever_is_believed() -> None:
    """A car that is charged for the first time does not freeze the counter."""
    meter = known_meter(watts=0)
    meter.read(*counting(5e6, 60, 22_000), watts=22_000)
    assert not meter.counter.is_held
    meter = known_meter(watts=0)
    assert meter.read(*counting(5e6, 600, 22_000), watts=22_000) == pytest.approx(
        5e6 + 22_000 / 6
    )
    assert meter.reset is None


def test_negative_counter_starts_at_0() -> None:
    """The counter's differences are correct, and nothing negative is published."""
    meter = Meter()
    assert meter.read(-9_817_000) == 0
    assert meter.read(-9_816_990) == 10
    meter.restart()
    assert meter.read(0, watts=5) == 10
    assert meter.read(-9_816_980) == 20


def test_first_zero_is_held_back() -> None:
    """A first 0 that nothing vouches for waits; what counts is taken at once."""
    meter = Meter()
    assert meter.read(0, 0, zero_is_confirmed=False) is None
    assert meter.counter.is_held
    meter.restart()
    assert meter.read(5e6, zero_is_confirmed=False) == 5e6
    assert not meter.counter.is_held
    assert meter.reset is None


def test_counter_that_never_counts_stays_at_zero() -> None:
    """A 0 that stays is one; a 0 that is vouched for is one at once."""
    meter = Meter()
    assert meter.read(*[0] * 150, zero_is_confirmed=False) is None
    assert meter.read(0, zero_is_confirmed=False) == 0
    assert Meter().read(0) == 0


def test_good_when_the_clock_is_set_back() -> None:
    """Time that goes backwards explains nothing, and hurts nothing."""
    meter = Meter()
    meter.read(5e6)
    meter.now -= 24 * HOUR
    assert meter.read(5e6 + 3) == 5e6 + 3
    assert meter.read(6e6) == 5e6 + 3
    meter.now -= 24 * HOUR
    assert meter.read(*[6e6] * 1000) == 5e6 + 3


def test_monotonic_time_is_used_where_given() -> None:
    """A clock that is set tells nothing of how long it was."""
    counter, _ = Counter().next_state(Reading(5e6, 0, Flow(0, 0), None))
    counter, _ = counter.next_state(Reading(5e6 + 9000, 1e6, Flow(0, 0), 10))
    assert counter.is_held
    assert counter.seen.seconds == 10


def test_published_value_replaces_a_lost_file() -> None:
    """The counter goes on if it can have counted so far; else it has to prove itself."""
    shown = Point(5e6, Meter().now)
    meter = Meter(counter=Counter.from_published(shown))
    assert meter.counter.published == 5e6
    assert meter.read(5e6 + 10_000, every=HOUR) == 5e6 + 10_000
    meter = Meter(counter=Counter.from_published(shown))
    assert meter.read(33_000, watts=WATTS) == 5e6
    assert meter.read(*counting(33_000, 1600), watts=WATTS) == pytest.approx(
        5e6 + 1600, abs=16
    )


def test_stored_form_of_version_1() -> None:
    """Data of version 1 is continued: last good reading, offset and run."""
    old = {
        "good": {"value": 5e6, "at": 1000},
        "grown_at": 900,
        "first": {"value": 0, "at": 1100},
        "last": {"value": 0, "at": 1200},
        "offset": 77,
    }
    counter = Counter.from_dict(old)
    assert counter.published == 5e6 + 77
    assert counter.is_held
    assert (counter.at, counter.base, counter.margin) == (1200, 5e6, 100)
    meter = Meter(now=1210, counter=counter)
    assert meter.read(5e6 + 3) == 5e6 + 80
    empty = Counter.from_dict(old | {"good": None, "first": None, "last": None})
    assert (empty.published, empty.at, empty.is_held) == (None, None, False)
    assert Counter.from_dict(old | {"first": None, "last": None}).at == 1000


def test_all_state_is_stored() -> None:
    """A counter is the same after a restart; what it was just learning is not kept."""
    meter = known_meter(watts=WATTS)
    meter.read(*counting(5e6, 55), 0, 1, watts=WATTS)
    meter.read(*[0] * 3)
    before = meter.counter
    assert before.is_held
    assert before.block is not None
    meter.restart()
    assert meter.counter == before
    assert meter.counter.block is None
    assert "block" not in before.as_dict()
    fresh = Counter()
    assert Counter.from_dict(fresh.as_dict()) == fresh


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"good": 1},
        {"good": {"value": "x", "at": 1}, "grown_at": 0},
        Counter().as_dict() | {"seen": 1},
        Counter().as_dict() | {"flow": {"net": "x", "most": 1}},
        Counter().as_dict() | {"margin": None},
    ],
)
def test_broken_storage_is_refused(broken: dict[str, object]) -> None:
    """Invalid data is refused."""
    with pytest.raises((KeyError, TypeError), match=r"not a|good|first"):
        Counter.from_dict(broken)


# Up to 20 kW between two polls; now and then a glitch, in between or for a while.
steps = st.lists(st.floats(0, 55), min_size=1, max_size=60)
glitches = st.dictionaries(
    st.integers(0, 59),
    st.one_of(st.just(0.0), st.floats(-1e12, 1e12), st.floats(-190, 0)),
    max_size=20,
)


@settings(max_examples=400)
@given(start=st.floats(2000, 1e9), steps=steps, glitches=glitches, data=st.data())
def test_published_energy_never_falls_in_any_history(
    start: float, steps: list[float], glitches: dict[int, float], data: st.DataObject
) -> None:
    """Published never falls, is never ahead by more than the margin, ends at the truth.

    A glitch is another value in place of the true one, or a small step back from it.
    """
    meter, truth = Meter(), start
    meter.read(start)
    before = start
    for poll, step in enumerate(steps):
        truth += step
        value = truth
        if (glitch := glitches.get(poll)) is not None:
            value = truth + glitch if -190 <= glitch < 0 else glitch
        published = meter.read(value, watts=step * HOUR / POLL)
        assert published is not None
        # Twice what was measured, until it is known how it counts.
        assert before <= published <= start + 2.3 * (truth - start) + 170
        before = published
        if data.draw(st.booleans()):
            meter.restart()
    ahead = max(before - truth, 0)
    assert meter.read(truth + ahead + 10, watts=WATTS) == pytest.approx(
        truth + ahead + 10
    )
    assert meter.reset is None


@settings(max_examples=200)
@given(
    old=st.floats(10_000, 1e9),
    new=st.floats(0, 1e9),
    watts=st.floats(500, 20_000),
    glitches=st.dictionaries(st.integers(200, 230), st.just(0.0), max_size=5),
)
def test_any_reset_is_followed(
    old: float, new: float, watts: float, glitches: dict[int, float]
) -> None:
    """A swapped meter is followed once; the sum is the truth within one poll."""
    meter = Meter()
    meter.read(*counting(old, 600, watts), watts=watts)
    before = meter.counter.published
    assert before is not None
    history = counting(new, 2400, watts)
    readings = [glitches.get(poll, value) for poll, value in enumerate(history)]
    published = [meter.read(value, watts=watts) for value in readings]
    assert published == sorted(published)
    if abs(history[0] - before) > 200_000:
        assert meter.reset is not None
        one_poll = watts * POLL / HOUR
        truth = before + history[-1] - new
        assert published[-1] == pytest.approx(truth, abs=one_poll + 1)

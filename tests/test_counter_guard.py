"""The rules of the counter guard, one by one and against arbitrary histories."""

from dataclasses import dataclass, field
import json

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.tesla_gateway_meters.processing.counter_guard import (
    Counter,
    Reset,
)

HOUR = 3600.0
POLL = 10.0


@dataclass
class Meter:
    """A counter that is read every ten seconds, through its guard."""

    now: float = 1_700_000_000.0
    counter: Counter = field(default_factory=Counter)
    reset: Reset | None = None

    def read(
        self, *values: float, every: float = POLL, zero_is_sure: bool = True
    ) -> float | None:
        """Read these values, one after the other; return what is published then."""
        for value in values:
            self.now += every
            self.counter, reset = self.counter.following(
                value, self.now, zero_is_sure=zero_is_sure
            )
            self.reset = reset or self.reset
        return self.counter.published

    def restart(self) -> None:
        """Lose all but what is stored."""
        self.counter = Counter.from_dict(json.loads(json.dumps(self.counter.as_dict())))


def counting(start: float, seconds: float, watts: float = 1000) -> list[float]:
    """Return what a counter says in this time, read every ten seconds."""
    polls = int(seconds / POLL)
    return [start + watts * POLL * poll / HOUR for poll in range(1, polls + 1)]


def test_counts() -> None:
    """What counts is published as it is."""
    meter = Meter()
    assert meter.read(5e6) == 5e6
    assert meter.read(5e6 + 3) == 5e6 + 3
    assert not meter.counter.is_held


@pytest.mark.parametrize("glitch", [0, 4e6, 5e6 + 1e9, 5e6 + 10_000, -5e6])
def test_a_glitch_is_held(glitch: float) -> None:
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


@pytest.mark.parametrize("glitch", [0, 5e6 + 1e9])
def test_a_glitch_that_lasts(glitch: float) -> None:
    """What does not count is no meter, however long it stays."""
    meter = Meter()
    meter.read(5e6)
    assert meter.read(*[glitch] * 1000) == 5e6
    assert meter.read(5e6 + 900) == 5e6 + 900
    assert meter.reset is None


def test_a_small_step_back() -> None:
    """A computed counter that steps back is waited for, however long it takes."""
    meter = Meter()
    meter.read(5e6)
    assert meter.read(*counting(5e6 - 500, 1700)) == 5e6
    assert not meter.counter.is_held
    assert meter.read(*counting(5e6 - 500 + 1700 / 3.6, 200)) == pytest.approx(
        5e6 - 500 + 1900 / 3.6
    )
    assert meter.reset is None


@pytest.mark.parametrize("new", [0, 40_000, 4.9e6, 9e6, -1e6])
def test_a_real_reset(new: float) -> None:
    """Another counter that counts is followed, from its first reading on, at half an hour."""
    meter = Meter()
    meter.read(5e6)
    started = meter.now + POLL
    history = counting(new, 1800)
    assert meter.read(*history) == 5e6
    meter.restart()
    assert meter.read(history[-1] + 3) == pytest.approx(
        5e6 + history[-1] + 3 - history[0]
    )
    assert meter.reset == Reset(5e6, history[0], started)
    assert meter.read(history[-1] + 13) == pytest.approx(
        5e6 + history[-1] + 13 - history[0]
    )


def test_a_reset_at_night() -> None:
    """A new counter that stands at 0 is believed as soon as it counts."""
    meter = Meter()
    meter.read(5e6)
    assert meter.read(*[0] * 1000) == 5e6
    assert meter.read(2) == 5e6 + 2
    assert meter.reset is not None


def test_a_gap_is_no_proof() -> None:
    """Two readings half an hour apart do not prove a reset; a row of them does."""
    meter = Meter()
    meter.read(5e6)
    meter.read(0)
    assert meter.read(100, every=HOUR) == 5e6
    assert meter.reset is None


def test_an_outage_of_days() -> None:
    """What a site can bring in that time is taken; what it cannot is not."""
    meter = Meter()
    meter.read(5e6)
    meter.restart()
    assert meter.read(5.2e6, every=72 * HOUR) == 5.2e6
    assert meter.read(50e6, every=72 * HOUR) == 5.2e6


def test_a_counter_that_counts_in_steps() -> None:
    """A firmware that counts only now and then is no glitch."""
    meter = Meter()
    meter.read(*[5e6] * 200)
    assert meter.read(5e6 + 6000) == 5e6 + 6000


def test_a_negative_counter() -> None:
    """Its deltas are right, and nothing negative is published."""
    meter = Meter()
    assert meter.read(-9_817_000) == 0
    assert meter.read(-9_816_990) == 10
    meter.restart()
    assert meter.read(0) == 10
    assert meter.read(-9_816_980) == 20


def test_first_start_in_a_glitch() -> None:
    """A first 0 that nothing vouches for waits; what counts is taken at once."""
    meter = Meter()
    assert meter.read(0, 0, zero_is_sure=False) is None
    meter.restart()
    assert meter.read(5e6) == 5e6
    assert meter.reset is None


def test_a_counter_that_never_counts() -> None:
    """A 0 that stays is one; a 0 that is vouched for is one at once."""
    meter = Meter()
    assert meter.read(*[0] * 180, zero_is_sure=False) is None
    assert meter.read(0, zero_is_sure=False) == 0
    assert Meter().read(0) == 0


def test_a_clock_that_is_set_back() -> None:
    """Time that goes backwards explains nothing, and hurts nothing."""
    meter = Meter()
    meter.read(5e6)
    meter.now -= 24 * HOUR
    assert meter.read(5e6 + 3) == 5e6 + 3
    assert meter.read(6e6) == 5e6 + 3
    meter.now -= 24 * HOUR
    assert meter.read(*counting(6e6, 1000)) == 5e6 + 3


@pytest.mark.parametrize(
    "broken", [{}, {"good": 1}, {"good": {"value": "x", "at": 1}, "grown_at": 0}]
)
def test_broken_storage(broken: dict[str, object]) -> None:
    """What is not ours is refused."""
    with pytest.raises((KeyError, TypeError)):
        Counter.from_dict(broken)


# Up to 20 kW between two polls; now and then a glitch, in between or for a while.
steps = st.lists(st.floats(0, 55), min_size=1, max_size=60)
glitches = st.dictionaries(
    st.integers(0, 59),
    st.one_of(st.just(0.0), st.floats(-1e12, 1e12), st.floats(-900, 0)),
    max_size=20,
)


@settings(max_examples=400)
@given(start=st.floats(2000, 1e9), steps=steps, glitches=glitches, data=st.data())
def test_any_history(
    start: float, steps: list[float], glitches: dict[int, float], data: st.DataObject
) -> None:
    """Published never falls, never runs ahead of what a site can do, ends at the truth.

    A glitch is another value in place of the true one, or a small step back from
    it. One that a meter could have counted to is not to be told from the truth.
    """
    meter, truth, highest = Meter(), start, start
    published = meter.read(start)
    for poll, step in enumerate(steps):
        truth += step
        value = truth
        if (glitch := glitches.get(poll)) is not None:
            value = truth + glitch if -900 <= glitch < 0 else glitch
            if highest < value < highest + 100_000:
                value = 0
        highest = max(highest, truth)
        before, published = published, meter.read(value)
        assert before <= published <= highest
        if data.draw(st.booleans()):
            meter.restart()
    assert meter.read(truth + 60) == truth + 60
    assert meter.reset is None


@settings(max_examples=200)
@given(
    old=st.floats(10_000, 1e9),
    new=st.floats(0, 1e9),
    watts=st.floats(100, 20_000),
    glitches=st.dictionaries(st.integers(200, 230), st.just(0.0), max_size=5),
)
def test_any_reset(
    old: float, new: float, watts: float, glitches: dict[int, float]
) -> None:
    """A swapped meter is followed once; the sum is the truth within one poll."""
    meter = Meter()
    meter.read(*counting(old, 600, watts))
    before = meter.counter.published
    history = counting(new, 2400, watts)
    readings = [glitches.get(poll, value) for poll, value in enumerate(history)]
    published = [meter.read(value) for value in readings]
    assert published == sorted(published)
    if abs(history[0] - before) > 200_000:
        assert meter.reset is not None
        one_poll = watts * POLL / HOUR
        truth = before + history[-1] - new
        assert published[-1] == pytest.approx(truth, abs=one_poll + 1)

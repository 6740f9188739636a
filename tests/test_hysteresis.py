"""Hysteresis of sustained export: examples, and a comparison with its definition."""

from collections.abc import Iterator
from itertools import accumulate, pairwise
import math

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.tesla_gateway_meters.processing.hysteresis import Hysteresis

# Not a whole number, as times of day are not.
START = 1_700_000_000.3
START_STATE = Hysteresis(
    on_above=1000, off_below=200, on_delay=300, off_delay=120, longest_gap=60
)
HIGH, BETWEEN, LOW = 2000, 600, 0


class Site:
    """A site that is polled every ten seconds."""

    def __init__(self, sustained: Hysteresis = START_STATE) -> None:
        """Start without samples."""
        self.now = START
        self.sustained = sustained

    def poll(self, power: float | None, seconds: float = 10) -> bool | None:
        """Read this power for so long; return the state at the end of it."""
        for _ in range(int(seconds // 10)):
            self.add_sample(power)
            self.now += 10
        return self.state

    def add_sample(self, power: float | None) -> None:
        """Read this power now."""
        self.sustained = self.sustained.add_sample(self.now, power)

    @property
    def state(self) -> bool | None:
        """The state now."""
        return self.sustained.at(self.now)


def switched(*, on: bool) -> Site:
    """Return a site whose state has just switched."""
    site = Site()
    assert site.poll(HIGH if on else LOW, 300 if on else 120) is on
    return site


def test_switches_after_the_delay_of_each_state() -> None:
    """Each state waits for its own delay, from nothing known on."""
    site = Site()
    assert site.poll(HIGH, 290) is None
    assert site.poll(HIGH) is True
    assert site.poll(LOW, 110) is True
    assert site.poll(LOW) is False
    assert site.poll(HIGH, 290) is False
    assert site.poll(HIGH) is True


def test_switches_above_and_at_or_below_the_thresholds() -> None:
    """Above turns on, at or below turns off; at the upper one nothing turns."""
    site = switched(on=False)
    assert site.poll(1000, 900) is False
    assert site.poll(1000.1, 300) is True
    assert site.poll(200.1, 900) is True
    assert site.poll(200, 120) is False


def test_single_low_sample_costs_twice_its_time() -> None:
    """A kettle does not restart the delay, whenever it is switched on."""
    for before in (10, 150, 290):
        site = switched(on=False)
        site.poll(HIGH, before)
        site.poll(LOW)
        assert site.poll(HIGH, 300 - before) is False
        assert site.poll(HIGH, 10) is True


def test_single_high_sample_costs_twice_its_time() -> None:
    """Switching off follows the same rule."""
    site = switched(on=True)
    site.poll(LOW, 60)
    site.poll(HIGH)
    assert site.poll(LOW, 60) is True
    assert site.poll(LOW) is False


def test_state_kept_when_clouds_take_half_of_the_time() -> None:
    """Nothing switches, however long that goes on."""
    for site in (switched(on=False), switched(on=True)):
        state = site.state
        for _ in range(100):
            assert site.poll(HIGH, 60) is state
            assert site.poll(LOW, 60) is state


def test_state_kept_between_the_thresholds() -> None:
    """A load that is switched on takes its power from the export, and keeps running."""
    assert switched(on=True).poll(BETWEEN, 7200) is True
    assert switched(on=False).poll(BETWEEN, 7200) is False


def test_unknown_after_a_start_between_the_thresholds() -> None:
    """The state before the start is not known."""
    site = Site()
    assert site.poll(BETWEEN, 7200) is None
    assert site.poll(LOW, 120) is False


def test_failed_poll_costs_its_own_time_only() -> None:
    """The state is unknown meanwhile, and goes on from where it was."""
    site = switched(on=True)
    assert site.poll(None, 40) is None
    assert site.poll(HIGH) is True
    site = switched(on=False)
    site.poll(HIGH, 200)
    assert site.poll(None, 20) is None
    assert site.poll(HIGH, 90) is False
    assert site.poll(HIGH) is True


@pytest.mark.parametrize("has_failed_polls", [True, False])
def test_unknown_after_a_gap(*, has_failed_polls: bool) -> None:
    """Nothing from before counts, whether polls failed or were missing."""
    site = switched(on=True)
    if has_failed_polls:
        site.poll(None, 60)
    else:
        site.now += 50
    assert site.state is None
    assert site.poll(HIGH, 290) is None
    assert site.poll(HIGH) is True


def test_unknown_after_time_jumps() -> None:
    """Time that goes back or ahead is a gap."""
    for jump in (-3600, 3600):
        site = switched(on=True)
        site.now += jump
        assert site.state is None
        assert site.poll(HIGH, 290) is None
        assert site.poll(HIGH) is True


def test_switches_at_once_without_a_delay() -> None:
    """The first sample decides."""
    site = Site(
        Hysteresis(on_above=0, off_below=0, on_delay=0, off_delay=0, longest_gap=60)
    )
    assert site.state is None
    for power, state in ((1, True), (0, False), (0, False), (1, True)):
        site.add_sample(power)
        assert site.state is state


def test_next_change_is_the_end_of_a_delay_or_of_a_gap() -> None:
    """The entity is updated then."""
    site = Site()
    assert site.sustained.next_change(site.now) is None
    site.poll(HIGH, 280)
    site.add_sample(HIGH)
    assert site.sustained.next_change(site.now) == pytest.approx(site.now + 20)
    site.now += 20
    assert site.state is True
    assert site.sustained.next_change(site.now) == pytest.approx(site.now + 40)
    site.now += 40
    assert site.state is None
    assert site.sustained.next_change(site.now) is None


Trace = dict[int, float | None]


def is_sustained(seconds: list[bool], delay: int, *, now: bool) -> bool:
    """Return whether a period up to now satisfies the delay, by definition.

    `seconds` tells of each second since the last change whether it spoke for this.
    """
    if delay == 0:
        return now
    weights = accumulate(1 if each else -1 for each in reversed(seconds))
    return bool(seconds) and seconds[-1] and max(weights) >= delay


def verdict(
    rule: Hysteresis, state: bool | None, known: list[float], power: float | None
) -> bool | None:
    """Return the state after the powers of these seconds, and under this one."""
    if power is None:
        return state
    high = [each > rule.on_above for each in known]
    low = [each <= rule.off_below for each in known]
    goes_on = is_sustained(high, int(rule.on_delay), now=power > rule.on_above)
    goes_off = is_sustained(low, int(rule.off_delay), now=power <= rule.off_below)
    if goes_on and state is not True:
        return True
    if goes_off and state is not False:
        return False
    return state


def by_definition(rule: Hysteresis, trace: Trace, until: int) -> Iterator[bool | None]:
    """Yield what is shown at each second, by looking back over all the seconds.

    A state comes when, in some stretch of known seconds since the last change that
    ends now, those that speak for it outnumber the others by its delay.
    """
    state: bool | None = None
    known: list[float] = []
    power: float | None = None
    read_at: int | None = None

    for second in range(until + 1):
        if read_at is not None and second - read_at >= rule.longest_gap:
            state, known, power, read_at = None, [], None, None
        # First what has passed, then what is new.
        for is_new in (False, True):
            if is_new and second in trace:
                power = trace[second]
                read_at = second if power is not None else read_at
            if (switched := verdict(rule, state, known, power)) is not state:
                state, known = switched, []
        yield None if power is None else state
        if power is not None:
            known.append(power)


powers = st.one_of(
    st.sampled_from([0.0, 200.0, 201.0, 600.0, 1000.0, 1001.0, 5000.0]),
    st.floats(0, 2000),
)
# Steady weather, with some readings that stand out and some that fail.
weather = st.lists(
    st.tuples(st.integers(1, 12), powers, st.integers(1, 8)), min_size=1, max_size=8
)
glitches = st.dictionaries(
    st.integers(0, 60), st.one_of(st.none(), powers), max_size=15
)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Draw what is read at which second."""
    at, poll, trace = draw(st.integers(0, 5)), 0, {}
    odd = draw(glitches)
    late = draw(st.dictionaries(st.integers(0, 60), st.integers(5, 60), max_size=2))
    for every, power, times in draw(weather):
        for _ in range(times):
            trace[at] = odd.get(poll, power)
            at += late.get(poll, every)
            poll += 1
    return trace


rules = st.builds(
    Hysteresis,
    on_above=st.just(1000.0),
    off_below=st.sampled_from([0.0, 200.0, 1000.0]),
    on_delay=st.integers(0, 40),
    off_delay=st.integers(0, 40),
    longest_gap=st.integers(10, 40),
)


@settings(max_examples=500)
@given(rule=rules, trace=traces(), asked=st.sets(st.integers(0, 700), max_size=40))
def test_state_follows_the_definition(
    rule: Hysteresis, trace: Trace, asked: set[int]
) -> None:
    """At each second the state and the next change are those of the definition."""
    until = max(trace) + 100
    expected = list(by_definition(rule, trace, until))
    polls = sorted(trace)
    sustained = rule
    for second in range(until + 1):
        if second in trace:
            sustained = sustained.add_sample(START + second, trace[second])
        # Asking or not makes no difference to what comes later.
        if second not in asked and second % 3:
            continue
        assert sustained.at(START + second) is expected[second], second
        change = sustained.next_change(START + second)
        change = math.inf if change is None else round(change - START, 3)
        news = min((each for each in polls if each > second), default=until + 1)
        same = expected[second : math.ceil(min(change, news))]
        assert set(same) == {expected[second]}
        if change < news and expected[second] is not None:
            assert expected[int(change)] is not expected[second]
    for seconds, delay in (
        (lengths(expected, state=True), rule.off_delay),
        (lengths(expected, state=False), rule.on_delay),
    ):
        assert all(each >= delay for each in seconds)


def lengths(shown: list[bool | None], *, state: bool) -> Iterator[int]:
    """Yield for how many seconds a state lasted that turned into the other."""
    since: int | None = None
    for second, (before, now) in enumerate(pairwise(shown), 1):
        if now is state and before is (not state):
            since = second
        elif before is state and now is (not state) and since is not None:
            yield second - since
        if now is None:
            since = None

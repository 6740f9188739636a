"""The mean over a minute, by examples and against one of each second."""

from collections import deque
import math

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.tesla_gateway_meters.processing.rolling_mean import MinuteMean

START = 1_700_000_000.3


def after(*readings: tuple[float, float | None]) -> MinuteMean:
    """Return the mean that has heard these readings."""
    mean = MinuteMean(90)
    for at, power in readings:
        mean.hear(START + at, power)
    return mean


def test_by_time() -> None:
    """A reading weighs as long as it held, however many there were."""
    mean = after((0, 600), (50, 0), (51, 0), (52, 0), (55, 1200))
    assert mean.at(START + 60) == pytest.approx((50 * 600 + 5 * 1200) / 60)
    assert mean.at(START + 115) == pytest.approx(1200)


def test_a_minute_of_evidence() -> None:
    """Before it there is no mean."""
    mean = after((0, 600), (30, 0))
    assert mean.at(START + 59) is None
    assert mean.at(START + 60) == pytest.approx(300)


def test_missing() -> None:
    """It is shown, and has no weight later."""
    mean = after((0, 600), (40, None))
    assert mean.at(START + 60) is None
    mean.hear(START + 60, 0)
    assert mean.at(START + 80) == pytest.approx(300)


@pytest.mark.parametrize("missing", [((50, None),), ()])
def test_a_gap(missing: tuple[tuple[float, None], ...]) -> None:
    """A minute of new evidence is asked for."""
    mean = after((0, 600), *missing, (90, 300))
    assert mean.at(START + 149) is None
    assert mean.at(START + 150) == pytest.approx(300)


def test_no_more_readings() -> None:
    """What nobody has read for long is not known."""
    mean = after((0, 600))
    assert mean.at(START + 89) == pytest.approx(600)
    assert mean.at(START + 90) is None


def test_a_clock_that_is_set_back() -> None:
    """It begins anew."""
    mean = after((0, 600), (60, 600), (-3600, 100))
    assert mean.at(START - 3541) is None
    assert mean.at(START - 3540) == pytest.approx(100)


@settings(max_examples=300)
@given(
    trace=st.dictionaries(
        st.integers(0, 300),
        st.one_of(st.none(), st.floats(0, 20_000)),
        min_size=1,
        max_size=40,
    ),
    gap=st.integers(61, 120),
)
def test_any_trace(trace: dict[int, float | None], gap: int) -> None:
    """It is the mean of what each of the last sixty seconds had, where one is known."""
    mean = MinuteMean(gap)
    power: float | None = None
    last: deque[float | None] = deque(maxlen=60)
    since = read_at = math.inf
    turn: float | None = None
    before: float | None = None
    for second in range(420):
        now = START + second
        if second - read_at >= gap:
            last.clear()
            power, since, read_at = None, math.inf, math.inf
        if second in trace:
            mean.hear(now, trace[second])
            power = trace[second]
            if power is not None:
                since, read_at = min(since, second), second
        known = [each for each in last if each is not None]
        expected = None
        if power is not None and known and second - since >= 60:
            expected = sum(known) / len(known)
        shown = mean.at(now)
        if expected is None:
            assert shown is None
        else:
            assert shown == pytest.approx(expected, abs=1e-3)
        # What is known comes or goes with a poll, or when it said it would.
        if (shown is None) is not (before is None) and second not in trace:
            assert turn == pytest.approx(now)
        before, turn = shown, mean.turn(now)
        last.append(power)

"""The rolling mean: examples, and a comparison with the mean of single seconds."""

from collections import deque
import math

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.tesla_gateway_meters.processing.rolling_mean import RollingMean

START = 1_700_000_000.3


def after(*samples: tuple[float, float | None]) -> RollingMean:
    """Return the mean of these samples (s, W)."""
    mean = RollingMean(longest_gap=90)
    for at, power in samples:
        mean = mean.add_sample(START + at, power)
    return mean


def test_samples_are_weighted_by_time() -> None:
    """A sample counts for as long as it held, however many there are."""
    mean = after((0, 600), (50, 0), (51, 0), (52, 0), (55, 1200))
    assert mean.at(START + 60) == pytest.approx((50 * 600 + 5 * 1200) / 60)
    assert mean.at(START + 115) == pytest.approx(1200)


def test_unknown_until_a_minute_is_known() -> None:
    """Then the mean of that minute is shown."""
    mean = after((0, 600), (30, 0))
    assert mean.at(START + 59) is None
    assert mean.at(START + 60) == pytest.approx(300)


def test_missing_sample_has_no_weight() -> None:
    """The mean is unknown meanwhile, and of the other seconds afterwards."""
    mean = after((0, 600), (40, None))
    assert mean.at(START + 60) is None
    mean = mean.add_sample(START + 60, 0)
    assert mean.at(START + 80) == pytest.approx(300)


@pytest.mark.parametrize("missing", [((50, None),), ()])
def test_unknown_for_a_minute_after_a_gap(
    missing: tuple[tuple[float, None], ...],
) -> None:
    """The mean starts anew."""
    mean = after((0, 600), *missing, (90, 300))
    assert mean.at(START + 149) is None
    assert mean.at(START + 150) == pytest.approx(300)


def test_unknown_without_samples_for_long() -> None:
    """The last sample holds no longer than the longest gap."""
    mean = after((0, 600))
    assert mean.at(START + 89) == pytest.approx(600)
    assert mean.at(START + 90) is None


def test_unknown_after_time_goes_back() -> None:
    """The mean starts anew."""
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
def test_mean_follows_the_definition(trace: dict[int, float | None], gap: int) -> None:
    """The mean is that of the last sixty seconds, of those that are known."""
    mean = RollingMean(longest_gap=gap)
    power: float | None = None
    last: deque[float | None] = deque(maxlen=60)
    since = read_at = math.inf
    change: float | None = None
    before: float | None = None
    for second in range(420):
        now = START + second
        if second - read_at >= gap:
            last.clear()
            power, since, read_at = None, math.inf, math.inf
        if second in trace:
            mean = mean.add_sample(now, trace[second])
            power = trace[second]
            if power is not None:
                since, read_at = min(since, second), second
        known = [each for each in last if each is not None]
        expected = None
        if power is not None and second - since >= 60:
            expected = sum(known) / len(known) if known else power
        shown = mean.at(now)
        if expected is None:
            assert shown is None
        else:
            assert shown == pytest.approx(expected, abs=1e-3)
        # The mean becomes known or unknown with a sample, or when it said so.
        if (shown is None) is not (before is None) and second not in trace:
            assert change == pytest.approx(now)
        before, change = shown, mean.next_change(now)
        last.append(power)

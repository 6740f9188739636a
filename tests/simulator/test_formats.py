"""Tests of numbers, times and durations in Go's formats."""

from datetime import UTC, datetime, timedelta, timezone
import json

from hypothesis import given, strategies as st
import pytest

from simulator.clock import Clock, format_stamp, parse_stamp
from simulator.go_format import NEVER, SECOND, dumps, duration, number

DENVER = timezone(timedelta(hours=-6))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (701.0, "701"),
        (-4, "-4"),
        (0.0, "0"),
        (-0.0, "-0"),
        (121.35000000000001, "121.35000000000001"),
        (0.000030957669878262095, "0.000030957669878262095"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (-1.5e-10, "-1.5e-10"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (2.5e100, "2.5e+100"),
        (1500000000, "1500000000"),
    ],
)
def test_number(value: float, text: str) -> None:
    """Whole floats have no fraction, and exponents begin where Go's do."""
    assert number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_keeps_the_value(value: float) -> None:
    """A formatted number is parsed as the same number."""
    assert float(number(value)) == value


def test_dumps() -> None:
    """Compact, keys in order, and safe to put into a page."""
    payload = {"b": [True, None, 1.0], "a": 'é<&>"'}
    assert dumps(payload) == '{"b":[true,null,1],"a":"é\\u003c\\u0026\\u003e\\""}'
    assert json.loads(dumps(payload)) == payload


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (355954089, "1970-01-01T00:00:00.355954089Z"),
        (SECOND + 900_000_000, "1970-01-01T00:00:01.9Z"),
        (10, "1970-01-01T00:00:00.00000001Z"),
    ],
)
def test_stamp(nanoseconds: int, text: str) -> None:
    """Up to nine digits, trailing zeros cut, Z for no offset."""
    assert format_stamp(nanoseconds, UTC) == text
    assert parse_stamp(text) == nanoseconds


@given(st.integers(min_value=0, max_value=10**19))
def test_stamp_round_trip(nanoseconds: int) -> None:
    """No nanosecond is lost, in any zone."""
    text = format_stamp(nanoseconds, DENVER)
    assert text.endswith("-06:00")
    assert parse_stamp(text) == nanoseconds


@pytest.mark.parametrize("text", ["", "synchrometerX", "2023-99-30T04:24:54Z"])
def test_no_stamp(text: str) -> None:
    """Other texts are no times."""
    assert parse_stamp(text) is None


def test_never_is_a_time() -> None:
    """The zero time parses: who moves stamps has to leave it out."""
    assert parse_stamp(NEVER) is not None


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0s"),
        (20_990_000_000, "20.99s"),
        (61 * SECOND, "1m1s"),
        ((1541 * 3600 + 38 * 60) * SECOND + 20_990_000_000, "1541h38m20.99s"),
    ],
)
def test_duration(nanoseconds: int, text: str) -> None:
    """As in up_time_seconds."""
    assert duration(nanoseconds) == text


def test_clock() -> None:
    """A frozen clock moves by hand only, and keeps the zone it was started in."""
    start = datetime.fromisoformat("2026-06-21T10:00:00+02:00")
    clock = Clock(start=start, frozen=True)
    assert clock.now() == start
    clock.advance(90.5)
    assert clock.now() - start == timedelta(seconds=90.5)
    assert clock.stamp(clock.nanoseconds()) == "2026-06-21T10:01:30.5+02:00"


def test_clock_runs_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speed 60 makes a minute of a second."""
    now = 5 * SECOND
    monkeypatch.setattr("simulator.clock.time.monotonic_ns", lambda: now)
    clock = Clock(speed=60)
    start = clock.nanoseconds()
    now += SECOND
    assert clock.nanoseconds() - start == 60 * SECOND


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e9])
def test_clock_refuses(seconds: float) -> None:
    """Time neither runs back nor for ever."""
    with pytest.raises(ValueError, match="moves ahead"):
        Clock().advance(seconds)


def test_clock_needs_an_offset() -> None:
    """A start without its offset could be any time."""
    with pytest.raises(ValueError, match="offset"):
        Clock(start=datetime(2026, 6, 21))  # noqa: DTZ001 - that is what is refused
    with pytest.raises(ValueError, match="speed"):
        Clock(speed=0)

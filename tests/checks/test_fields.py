"""Validation of stored evidence, and the line that is fitted to changes."""

from math import inf, nan, sqrt
from typing import Any

import pytest

from custom_components.tesla_gateway_meters.checks.fields import (
    mapping,
    number,
    numbers,
)
from custom_components.tesla_gateway_meters.checks.line import Line


@pytest.mark.parametrize("value", [0, -3, 2.5, 1e300])
def test_finite_number_is_read(value: float) -> None:
    """Whole or not, of any size."""
    assert number(value) == value


@pytest.mark.parametrize("value", [True, False, None, "1", nan, inf, -inf, [1], {}])
def test_anything_but_a_finite_number_is_refused(value: Any) -> None:
    """JSON has booleans and texts in place of numbers, too."""
    with pytest.raises(ValueError, match="no finite number"):
        number(value)
    with pytest.raises(ValueError, match="no finite number"):
        numbers([1, value], 2)


def test_list_is_read_if_it_has_the_count() -> None:
    """Any count will do where none is asked for."""
    assert numbers([1, 2.5], 2) == [1, 2.5]
    assert numbers([], 0) == []
    assert numbers([1, 2, 3], None) == [1, 2, 3]


@pytest.mark.parametrize(
    ("value", "count"),
    [([1], 2), ([1, 2, 3], 2), ([], 1), ({}, None), ("12", 2), (None, None), (5, 1)],
)
def test_list_of_another_count_is_refused(value: Any, count: int | None) -> None:
    """So is what is no list."""
    with pytest.raises(ValueError, match="no list of numbers"):
        numbers(value, count)


def test_object_is_read_and_nothing_else() -> None:
    """An empty one is an object, too."""
    assert mapping({}) == {}
    assert mapping({"a": 1}) == {"a": 1}
    for value in (None, [], "a", 5):
        with pytest.raises(ValueError, match="no object"):
            mapping(value)


CHANGES = [(1.0, 2.2), (2.0, 3.7), (-3.0, -6.5), (0.5, 1.6)]


def line_of(changes: list[tuple[float, float]], memory: float = 1) -> Line:
    """Return a line through changes."""
    line = Line(memory)
    for x, y in changes:
        line.add(x, y)
    return line


def test_slope_and_its_error_are_those_of_least_squares() -> None:
    """Through 0, over all changes alike."""
    line = line_of(CHANGES)
    squares = sum(x * x for x, _ in CHANGES)
    slope = sum(x * y for x, y in CHANGES) / squares
    variance = sum((y - slope * x) ** 2 for x, y in CHANGES) / len(CHANGES)
    assert line.count == 4
    assert line.squares == pytest.approx(squares)
    assert line.slope == pytest.approx(slope)
    assert line.t == pytest.approx(slope / sqrt(variance / squares))


def test_line_without_a_change_has_no_slope() -> None:
    """Nor has one of changes of y alone."""
    for line in (Line(), line_of([(0, 3)])):
        assert line.slope == 0
        assert line.t == 0


def test_exact_line_is_as_sure_as_the_resolution_of_a_meter() -> None:
    """Its error is 0.03, and not nothing."""
    line = line_of([(1, -2), (2, -4)])
    assert line.t == pytest.approx(-2 * sqrt(5) / 0.03)


def test_each_change_weighs_less_after_the_next() -> None:
    """The count too, so that it never grows without end."""
    line = line_of([(1, 1), (1, 3)], 0.5)
    assert line.count == 1.5
    assert line.squares == 1.5
    assert line.slope == pytest.approx((0.5 + 3) / 1.5)
    forgotten = line_of([(1, 1)] * 1000 + [(1, -1)] * 1000)
    assert forgotten.slope == pytest.approx(0)
    remembered = line_of([(1, 1)] * 1000 + [(1, -1)] * 1000, 0.985)
    assert remembered.slope == pytest.approx(-1, abs=1e-4)
    assert remembered.count == pytest.approx(1 / 0.015, abs=1e-4)


def test_line_is_restored_as_it_was_stored() -> None:
    """It goes on from there."""
    before, line = line_of(CHANGES), Line(1)
    line.restore(before.as_list())
    for each in (before, line):
        each.add(4, 1)
    assert (line.count, line.squares) == (before.count, before.squares)
    assert line.slope == pytest.approx(before.slope, abs=1e-3)
    assert line.t == pytest.approx(before.t, rel=1e-3)


@pytest.mark.parametrize(
    "stored",
    [
        [1, 1, 1],
        [-1, 1, 1, 1],
        [1, -1, 0, 1],
        [1, 1, 0, -1],
        [3, 2, 10, 2],
        [3, 2, -10, 2],
        None,
    ],
)
def test_sums_that_no_changes_have_are_refused(stored: Any) -> None:
    """What there was stays."""
    line = line_of(CHANGES)
    before = line.as_list()
    with pytest.raises(ValueError, match="no "):
        line.restore(stored)
    assert line.as_list() == before


def test_line_without_a_change_is_restored() -> None:
    """All its sums are 0."""
    line = line_of(CHANGES)
    line.restore(Line().as_list())
    assert line.as_list() == [0, 0, 0, 0]

"""Tests of the benchmark's medians, bars and tables."""

import pytest

from bench.pairs import Figure, percentile
from bench.rows import MARGIN, Row, Unit, cells
from bench.table import table


def test_a_ratio_is_of_pairs() -> None:
    """A machine that is twice as slow for one pair changes nothing."""
    steady = Figure.ratio([2, 2, 2, 2, 2], [4, 4, 4, 4, 4])
    busy = Figure.ratio([2, 4, 2, 20, 2], [4, 8, 4, 40, 4])
    assert steady == busy == Figure(0.5, 0.5, 0.5)
    # The ratio of the medians would be 1.
    assert Figure.ratio([1, 2, 9], [3, 1, 1]).median == 2


def test_a_spread_is_the_middle_half() -> None:
    """One pair that went wrong is no part of it."""
    assert Figure.of([5, 1, 4, 2, 1000]) == Figure(4, 2, 5)
    assert Figure.of([3]) == Figure.exactly(3)


def test_pairs_belong_together() -> None:
    """A measurement without its partner is a mistake, and so is none at all."""
    with pytest.raises(ValueError, match="shorter"):
        Figure.ratio([1, 2], [1])
    with pytest.raises(ValueError, match="nothing"):
        Figure.of([])


def test_percentile() -> None:
    """The 99th of a hundred is one of the two largest."""
    assert percentile([float(value) for value in range(100)], 0.99) == 99
    assert percentile([1.0], 0.99) == 1


def _row(value: float, unit: Unit = Unit.RATIO, **limits: float) -> Row:
    return Row(section="S", name="N", figure=Figure.exactly(value), unit=unit, **limits)


def test_a_bar_is_met_at_the_bar() -> None:
    """A figure without a bar is neither met nor missed."""
    assert _row(0.5, bar=0.5).is_met
    assert _row(0.501, bar=0.5).is_met is False
    assert _row(0.5).is_met is None


def test_only_ratios_have_a_margin() -> None:
    """A second handshake is one too many, however busy the machine is."""
    assert not _row(0.4 * MARGIN, bar=0.4).is_missed_by_far
    assert _row(0.41 * MARGIN, bar=0.4).is_missed_by_far
    assert _row(2, Unit.COUNT, bar=1).is_missed_by_far
    assert not _row(1e9).is_missed_by_far


def test_reached_value_is_kept_and_not_marked_as_met() -> None:
    """A bar that is out of reach does not let everything through."""
    row = _row(7, bar=4, reached=7)
    assert row.is_met is False
    assert not row.is_missed_by_far
    assert _row(7.1 * MARGIN, bar=4, reached=7).is_missed_by_far
    # What is better than its bar is held against the bar.
    assert not _row(0.5, bar=0.4, reached=0.1).is_missed_by_far


def test_cells() -> None:
    """Figure, spread, bar and whether it is met, as the page has them."""
    row = Row(
        section="S",
        name="N",
        figure=Figure(12.345, 11, 1234.5),
        unit=Unit.MILLISECONDS,
        bar=10,
    )
    assert cells(row) == ("12.3 ms", "11 to 1,234", "≤ 10 ms", "**not met**")
    assert cells(_row(3)) == ("3", "", "", "")


@pytest.mark.parametrize(
    ("high", "met"), [(4, "met"), (4.1, "**barely met**")], ids=["by most", "by chance"]
)
def test_result_by_chance_is_marked(high: float, met: str) -> None:
    """A median below the bar says little if many pairs are above it."""
    row = Row(section="S", name="N", figure=Figure(3.9, 3.8, high), bar=4)
    assert row.is_met
    assert cells(row)[-1] == met


def test_rows_with_a_bar_come_first() -> None:
    """Each row is in the table once, in its own section."""
    text = table([_row(1), _row(2, bar=3)])
    assert [line.split()[0] for line in text.splitlines() if line] == [
        "Bars",
        "N",
        "S",
        "N",
    ]
    assert text.splitlines()[1].split() == ["N", "2", "≤", "3", "met"]

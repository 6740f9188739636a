"""The plot: each ratio as a bar, beside what it is held against."""

from collections.abc import Iterable
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

from .rows import Row, Unit, number


def draw(rows: Iterable[Row], file: Path) -> None:
    """Draw the ratios that have a bar, those of ours to theirs."""
    known = [row for row in rows if row.bar is not None and row.unit is Unit.RATIO]
    figure, axes = plt.subplots(figsize=(9, 0.5 * len(known) + 1.4))
    places = range(len(known), 0, -1)
    for place, row in zip(places, known, strict=True):
        assert row.bar is not None  # noqa: S101 - for mypy
        found = row.figure
        color = "#2a9d8f" if row.is_met else "#e76f51"
        axes.barh(place, found.median / row.bar, height=0.6, color=color)
        axes.plot(
            [found.low / row.bar, found.high / row.bar],
            [place, place],
            color="#264653",
            linewidth=2,
        )
        axes.text(
            # Clear of the line.
            max(found.median / row.bar, found.high / row.bar, 1) + 0.02,
            place,
            f"{number(found.median)} (bar {number(row.bar)})",
            va="center",
            fontsize=9,
        )
    axes.axvline(1, color="#264653", linestyle="--", linewidth=1)
    axes.set_yticks(list(places), [row.name for row in known], fontsize=9)
    axes.set_xlabel("share of the bar: left of the line is met")
    axes.set_xlim(0, max(1.4, 1.3 * max(r.figure.high / (r.bar or 1) for r in known)))
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    # A date in the file would make another file of the same figures.
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)

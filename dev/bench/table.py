"""The table on the terminal."""

from collections.abc import Iterable

from .rows import Row, cells, sections


def table(rows: Iterable[Row]) -> str:
    """Write all rows, those with a bar first."""
    known = list(rows)
    lines = []
    for title, part in {
        "Bars": [row for row in known if row.bar is not None],
        **{
            section: [row for row in each if row.bar is None]
            for section, each in sections(known).items()
        },
    }.items():
        lines += ["", title]
        for row in part:
            figure, spread, bar, met = cells(row)
            lines.append(
                f"  {row.name:62}{figure:>14}  {spread:20}{bar:14}{met.strip('*')}".rstrip()
            )
    return "\n".join(lines[1:]) + "\n"

"""The recorder's rows in a busy hour: ours at two intervals beside core's integration.

Each is in a Home Assistant of its own, and reads the same hour around noon.
"""

from dataclasses import dataclass
from typing import Final

from custom_components.tesla_gateway_meters.const import CONF_LIVE_INTERVAL, DOMAIN

from .database import KINDS, OTHER
from .home import CORE
from .pairs import Figure
from .rows import Row, Unit
from .runner import Runner

SECTION: Final = "In the recorder's database"
_MOST_ROWS: Final = 3900
_MOST_OF_CORES: Final = 1.1
_DAY: Final = 86_400  # s
_MEBIBYTE: Final = 2**20


@dataclass(frozen=True, slots=True)
class _Recorded:
    """Additions to the database in an hour: rows by kind, and total bytes."""

    rows: dict[str, int]
    size: int

    @property
    def total(self) -> int:
        """The number of all rows."""
        return sum(self.rows.values())


async def measure(runner: Runner) -> list[Row]:
    """Count the rows of an hour, by the kind of the entity."""
    sides = {
        "ours, 10 s": await _hour(runner, "rows_10", DOMAIN, 10),
        "ours, 30 s": await _hour(runner, "rows_30", DOMAIN, 30),
        "core's, 30 s": await _hour(runner, "rows_core", CORE),
    }
    ten, thirty, core = sides.values()
    hours = runner.length.recorder_seconds / 3600
    rows = [
        _row("rows in a busy hour, defaults (10 s)", ten.total / hours, _MOST_ROWS),
        _row(
            "rows in a busy hour at 30 s / core's",
            thirty.total / core.total,
            _MOST_OF_CORES,
            unit=Unit.RATIO,
        ),
    ]
    for name, side in sides.items():
        rows += [
            _row(f"rows per hour: {kind}: {name}", side.rows.get(kind, 0) / hours)
            for kind in (*KINDS, OTHER)
        ]
        rows += [
            _row(f"rows per hour: all: {name}", side.total / hours),
            _row(
                f"MiB per day, if every hour were like this: {name}",
                side.size * _DAY / runner.length.recorder_seconds / _MEBIBYTE,
            ),
        ]
    return rows


async def _hour(
    runner: Runner, name: str, kind: str, interval: int | None = None
) -> _Recorded:
    runner.report(f"the recorder's rows: {kind}, {interval or 30} s")
    home = await runner.home(name, kind)
    (gateway,) = await runner.gateways()
    options = {} if interval is None else {CONF_LIVE_INTERVAL: interval}
    await home.ask("add", gateways=[gateway], clocks=True, options=options)
    # What is written once, as entities are added, is no part of an hour.
    before, size = await home.ask("rows"), await home.ask("database_size")
    await home.ask("skip", seconds=runner.length.recorder_seconds)
    after, grown = await home.ask("rows"), await home.ask("database_size")
    return _Recorded(
        {key: count - before.get(key, 0) for key, count in after.items()}, grown - size
    )


def _row(
    name: str, value: float, bar: float | None = None, unit: Unit = Unit.COUNT
) -> Row:
    return Row(
        section=SECTION, name=name, figure=Figure.exactly(value), unit=unit, bar=bar
    )

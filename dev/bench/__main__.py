"""The command line: `python -m bench`, which `scripts/bench` runs in its environment."""

import argparse
import asyncio
from contextlib import AsyncExitStack
import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory

from . import alone, growth, in_home, recorded
from .machine import describe
from .page import IMAGE, PAGE, page
from .plot import draw
from .rows import Row
from .runner import FULL, SHORT, Length, Runner
from .table import table


async def _measure(length: Length) -> list[Row]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        runner = Runner(stack, Path(folder), length)
        rows = []
        for part in (in_home, recorded, alone, growth):
            rows += await part.measure(runner)
        return rows


def main() -> int:
    """Measure and print the results; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="What a poll costs, beside core's integration and other clients.",
    )
    add = parser.add_argument
    add("--short", action="store_true", help="a few pairs; fail where a bar is far off")
    add("--json", type=Path, metavar="FILE", help="write all figures to a file")
    add("--write", action="store_true", help=f"write {PAGE} and its plot anew")
    options = parser.parse_args()
    if options.short and options.write:
        parser.error("--short measures too little to be written down")

    rows = asyncio.run(_measure(SHORT if options.short else FULL))
    sys.stdout.write(table(rows))
    if options.json is not None:
        found = {"machine": describe(), "rows": [row.as_dict() for row in rows]}
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    if options.write:
        draw(rows, Path(IMAGE))
        Path(PAGE).write_text(page(rows))
    if options.short and (far := [row for row in rows if row.is_missed_by_far]):
        for row in far:
            sys.stderr.write(f"missed by far: {row.section}: {row.name}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The command of `scripts/wiring-trial`."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
import random
import sys
from typing import Final

from simulator.homes.draw import draw
from simulator.homes.faults import FaultKind
from simulator.homes.home import Home
from simulator.homes.hostile import HOSTILE, UNMETERED
from simulator.homes.presets import FAULTY, PRESETS

from .pool import FAULT_DAYS, run
from .table import placed, report

_PAGE: Final = Path(__file__).parents[4] / "docs" / "wiring-checks.md"


def _arguments() -> Namespace:
    parser = ArgumentParser(
        prog="scripts/wiring-trial",
        description="Draw homes, run each sound and with faults in its wiring, and say "
        "what the wiring checks make of them.",
    )
    parser.add_argument("--homes", type=int, default=20, metavar="N")
    parser.add_argument("--days", type=int, default=3, metavar="D")
    parser.add_argument("--seed", type=int, help="of the draw; a new one if left out")
    parser.add_argument(
        "--faults",
        choices=["none", "kinds", "all"],
        default="kinds",
        help="run each home with no fault, one of each kind (default), or all it can have",
    )
    parser.add_argument(
        "--kind",
        action="append",
        type=FaultKind,
        choices=list(FaultKind),
        help="run these kinds of faults only",
    )
    parser.add_argument(
        "--late",
        type=int,
        default=0,
        metavar="D",
        help="plant the faults after so many sound days",
    )
    parser.add_argument(
        "--hour",
        type=float,
        default=0,
        metavar="H",
        help="plant the faults at this hour; without --late, the checks start then too",
    )
    parser.add_argument(
        "--mend",
        action="store_true",
        help="mend a fault that was found, and say how soon that is noticed",
    )
    parser.add_argument("--named", action="store_true", help="run the named homes too")
    parser.add_argument("--home", action="append", help="a name, or a seed of one home")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", action="store_true", help=f"into {_PAGE.name}")
    return parser.parse_args()


def homes_of(arguments: Namespace, seed: int) -> Iterator[Home]:
    """Yield the homes of a trial."""
    faulty = {name: of for name, (of, _) in FAULTY.items()}
    named = PRESETS | HOSTILE | UNMETERED | faulty
    if arguments.home:
        for name in arguments.home:
            if name in named:
                yield named[name]
            else:
                yield draw(int(name))
        return
    for number in range(arguments.homes):
        yield draw(seed * 100_000 + number)
    if arguments.named:
        yield from (PRESETS | HOSTILE | faulty).values()


def main() -> None:
    """Run a trial and print its figures."""
    arguments = _arguments()
    seed = arguments.seed
    if seed is None:
        seed = random.randrange(10_000)  # noqa: S311
    homes = list(homes_of(arguments, seed))
    found = run(
        homes,
        arguments.days,
        arguments.faults,
        processes=arguments.processes,
        kinds=frozenset(arguments.kind or FaultKind),
        late=arguments.late,
        hour=arguments.hour,
        mend=arguments.mend,
    )
    title = (
        f"{len(homes)} homes for {arguments.days} days each, seed {seed}; those with a "
        f"fault for {min(arguments.days, FAULT_DAYS)} at most."
    )
    text = report(found, title)
    sys.stdout.write(text)
    if arguments.write:
        page = _PAGE.read_text(encoding="utf-8")
        _PAGE.write_text(placed(page, text), encoding="utf-8")


if __name__ == "__main__":
    main()

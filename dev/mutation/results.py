"""Read the results of a run, and write them as a page that keeps its reasons."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import re
from typing import Final

from . import samples
from .rooms import PACKAGE, ROOMS

# Exit codes of the tests: they passed, and there were none.
_SURVIVED: Final = (0, 33)
_NO_REASON: Final = "?"
_ROW: Final = re.compile(r"^\| `([^`]+)` \| \d+ \| (.+) \|$", re.MULTILINE)
_TOTAL: Final = re.compile(r"^\| `(\w+)/` \| (.+) \|$", re.MULTILINE)
_TABLE: Final = re.compile(r"^### (\w+)/\n\n((?:\|.*\n)*)", re.MULTILINE)
_BEGIN: Final = "## Survivors"


@dataclass(frozen=True, slots=True)
class Result:
    """The names of the mutants of a room, by what became of them.

    Of a sample only those that were drawn count: `seed` draws them again. There are
    `mutants` in all.
    """

    mutants: int
    tried: int
    untried: tuple[str, ...]
    survivors: tuple[str, ...]
    seed: int | None

    @property
    def share(self) -> float:
        """Return the share of the mutants that survived, in %."""
        return 100 * len(self.survivors) / self.tried if self.tried else 0

    def by_function(self) -> Mapping[str, int]:
        """Return the number of survivors of each function, the most first."""
        counts = Counter(map(readable, self.survivors))
        return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def readable(mutant: str) -> str:
    """Return `room.module.Class.method` of a mutant's name."""
    name = mutant.removeprefix(PACKAGE.replace("/", ".") + ".")
    name = re.sub(r"__mutmut_\d+$", "", name)
    return name.replace(".xǁ", ".").replace("ǁ", ".").replace(".x_", ".")


def read(work: Path) -> Result:
    """Return the results in a room's working directory."""
    codes, sample = _exit_codes(work), samples.read(work)
    chosen = {
        name: code
        for name, code in codes.items()
        if sample is None or name in sample.names
    }
    untried = tuple(name for name, code in chosen.items() if code is None)
    return Result(
        mutants=len(codes),
        tried=len(chosen) - len(untried),
        untried=untried,
        survivors=tuple(name for name, code in chosen.items() if code in _SURVIVED),
        seed=None if sample is None else sample.seed,
    )


def names(work: Path) -> Iterable[str]:
    """Return the names of all mutants in a room's working directory."""
    return _exit_codes(work).keys()


def _exit_codes(work: Path) -> dict[str, int | None]:
    """Return what the tests of each mutant exited with, None of one not tried yet."""
    codes: dict[str, int | None] = {}
    mutants = work / "mutants"
    for path in sorted((mutants / PACKAGE).rglob("*.meta")):
        if not (work / path.relative_to(mutants)).with_suffix("").is_file():
            # Of a module that was removed since.
            continue
        codes |= json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    return codes


def write(page: Path, results: Mapping[str, Result]) -> None:
    """Write the tables of a page; a function that is listed already keeps its reason.

    A room without results keeps its table.
    """
    before = page.read_text("utf-8")
    reasons = dict(_ROW.findall(before))
    totals = dict(_TOTAL.findall(before))
    tables = dict(_TABLE.findall(before))
    for room, result in results.items():
        totals[room] = _total(result)
        tables[room] = "\n".join(_table(result, reasons)) + "\n"
    rooms = [room for room in ROOMS if room in totals]
    lines = [
        _BEGIN,
        "",
        "| package | mutants | tried | survivors | share |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(f"| `{room}/` | {totals[room]} |" for room in rooms),
    ]
    for room in rooms:
        lines += ["", f"### {room}/", "", tables[room].rstrip("\n")]
    page.write_text(before.partition(_BEGIN)[0] + "\n".join(lines) + "\n", "utf-8")


def _total(result: Result) -> str:
    drawn = "" if result.seed is None else f" at random (seed {result.seed})"
    return (
        f"{result.mutants:,} | {result.tried:,}{drawn}"
        f" | {len(result.survivors)} | {result.share:.1f} %"
    )


def _table(result: Result, reasons: Mapping[str, str]) -> Iterable[str]:
    yield "| function | survivors | reason |"
    yield "| --- | ---: | --- |"
    for name, count in result.by_function().items():
        yield f"| `{name}` | {count} | {reasons.get(name, _NO_REASON)} |"

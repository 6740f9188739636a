"""Read the results of a run, and write them as a page that keeps its reasons."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import re
from typing import Final

from .rooms import PACKAGE

# Exit codes of the tests: they passed, and there were none.
_SURVIVED: Final = (0, 33)
_NO_REASON: Final = "?"
_ROW: Final = re.compile(r"^\| `([^`]+)` \| \d+ \| (.+) \|$", re.MULTILINE)
_BEGIN: Final = "## Survivors"


@dataclass(frozen=True, slots=True)
class Result:
    """The mutants of a room: how many were tried, and the names of the survivors."""

    tried: int
    untried: int
    survivors: tuple[str, ...]

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
    codes: dict[str, int | None] = {}
    mutants = work / "mutants"
    for path in sorted((mutants / PACKAGE).rglob("*.meta")):
        if not (work / path.relative_to(mutants)).with_suffix("").is_file():
            # Of a module that was removed since.
            continue
        codes |= json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    tried = {name: code for name, code in codes.items() if code is not None}
    survivors = tuple(name for name, code in tried.items() if code in _SURVIVED)
    return Result(len(tried), len(codes) - len(tried), survivors)


def write(page: Path, results: Mapping[str, Result]) -> None:
    """Write the tables of a page; a function that is listed already keeps its reason."""
    before = page.read_text("utf-8")
    reasons = dict(_ROW.findall(before))
    lines = [
        _BEGIN,
        "",
        "| package | mutants | tried | survivors | share |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(
            f"| `{room}/` | {each.tried + each.untried:,} | {each.tried:,}"
            f" | {len(each.survivors)} | {each.share:.1f} % |"
            for room, each in results.items()
        ),
    ]
    for room, each in results.items():
        lines += ["", f"### {room}/", ""]
        lines += _table(each, reasons)
    page.write_text(before.partition(_BEGIN)[0] + "\n".join(lines) + "\n", "utf-8")


def _table(result: Result, reasons: Mapping[str, str]) -> Iterable[str]:
    yield "| function | survivors | reason |"
    yield "| --- | ---: | --- |"
    for name, count in result.by_function().items():
        yield f"| `{name}` | {count} | {reasons.get(name, _NO_REASON)} |"

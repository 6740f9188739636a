"""Draw mutants at random, so that the share of a part is an honest guess of the whole."""

from collections.abc import Iterable
from dataclasses import dataclass
import json
from pathlib import Path
import random
from typing import Final

_FILE: Final = "sample.json"


@dataclass(frozen=True, slots=True)
class Sample:
    """The mutants that were drawn, and the seed that draws them again."""

    seed: int
    names: frozenset[str]


def draw(work: Path, names: Iterable[str], size: int, seed: int) -> None:
    """Draw mutants of a working directory; a larger sample includes a smaller one."""
    ordered = sorted(names)
    random.Random(seed).shuffle(ordered)  # noqa: S311 - no secret
    drawn = {"seed": seed, "names": ordered[:size]}
    (work / _FILE).write_text(json.dumps(drawn), "utf-8")


def read(work: Path) -> Sample | None:
    """Return the sample of a working directory, None if all mutants are tried."""
    if not (work / _FILE).is_file():
        return None
    drawn = json.loads((work / _FILE).read_text("utf-8"))
    return Sample(drawn["seed"], frozenset(drawn["names"]))


def forget(work: Path) -> None:
    """Forget the sample of a working directory."""
    (work / _FILE).unlink(missing_ok=True)

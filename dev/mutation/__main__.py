"""Run the mutation tool over rooms of the integration."""

import argparse
import os
from pathlib import Path
import shutil
import subprocess
import sys

from . import results
from .rooms import PACKAGE, ROOMS, Room

ROOT = Path(__file__).parents[2]
TOOL = ROOT / ".envs/mutate/bin/mutmut"
WORK = ROOT / ".envs/mutants"
PAGE = ROOT / "docs/mutation.md"
COPIED = ("blueprints", "custom_components", "dev", "tests", "pyproject.toml")


def prepare(room: Room) -> Path:
    """Copy what the tool alters into a room's working directory, and return that."""
    work = WORK / room.name
    shutil.rmtree(work / "mutants/tests", ignore_errors=True)
    for name in COPIED:
        shutil.rmtree(work / name, ignore_errors=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, work / name)
        else:
            shutil.copy(ROOT / name, work / name)
    arguments = [f"--ignore={each}" for each in room.skipped]
    if room.deselected:
        arguments.append(f"-k=not ({room.deselected})")
    lists = {
        "pytest_add_cli_args_test_selection": room.tests,
        "pytest_add_cli_args": arguments,
        "also_copy": COPIED,
    }
    lines = [
        "[mutmut]",
        f"source_paths={PACKAGE}",
        f"only_mutate={PACKAGE}/{room.name}/*",
        *(f"{key}=\n  " + "\n  ".join(each) for key, each in lists.items() if each),
    ]
    (work / "setup.cfg").write_text("\n".join(lines) + "\n", "utf-8")
    return work


def run(work: Path, *arguments: str) -> None:
    """Run the tool in a working directory, whose copy of `dev/` is on the path."""
    environment = os.environ | {
        "PYTHONPATH": str(work / "dev"),
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
    }
    subprocess.run([TOOL, *arguments], cwd=work, env=environment, check=True)  # noqa: S603 - nothing here comes from outside


def main() -> None:
    """Mutate rooms, or show or write the results of earlier runs."""
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=main.__doc__)
    parser.add_argument("rooms", nargs="*", help=", ".join(ROOMS), metavar="ROOM")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--anew", action="store_true", help="forget earlier results")
    parser.add_argument(
        "--survivors", action="store_true", help="try only those that survived"
    )
    parser.add_argument("--show", action="store_true", help="show the survivors")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args()
    if unknown := set(options.rooms) - ROOMS.keys():
        parser.error(f"no such room: {', '.join(sorted(unknown))}")
    for name in options.rooms:
        work = WORK / name
        if options.show:
            for mutant in results.read(work).survivors:
                run(work, "show", mutant)
            continue
        if options.anew:
            shutil.rmtree(work, ignore_errors=True)
        survivors = results.read(work).survivors if options.survivors else ()
        run(
            prepare(ROOMS[name]),
            *("run", f"--max-children={options.children}", *survivors),
        )
    found = {
        name: results.read(WORK / name) for name in ROOMS if (WORK / name).is_dir()
    }
    for name, result in found.items():
        sys.stdout.write(
            f"{name}: {len(result.survivors)} of {result.tried} survived,"
            f" {result.share:.1f} % ({result.untried} were not tried)\n"
        )
    if options.write:
        results.write(PAGE, found)


if __name__ == "__main__":
    main()

"""Run the mutation tool over rooms of the integration."""

import argparse
import os
from pathlib import Path
import shutil
import subprocess
import sys

from . import results, samples
from .rooms import PACKAGE, ROOMS, Room

ROOT = Path(__file__).parents[2]
TOOL = ROOT / ".envs/mutate/bin/mutmut"
PYTHON = ROOT / ".envs/mutate/bin/python"
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
    arguments = ["-pmutation.plugin"]
    arguments += [f"--ignore={each}" for each in room.skipped]
    if room.deselected:
        arguments.append(f"-k=not ({room.deselected})")
    if room.without_home_assistant:
        arguments.append("--without-home-assistant")
    lists = {
        "pytest_add_cli_args_test_selection": room.tests,
        "pytest_add_cli_args": arguments,
        "also_copy": COPIED,
    }
    lines = [
        "[mutmut]",
        f"source_paths={PACKAGE}",
        f"only_mutate={PACKAGE}/{room.name}/*",
        # (s): a mutant without an end costs a minute, and a busy machine ends no other.
        "timeout_multiplier=3",
        "timeout_constant=15",
        *(f"{key}=\n  " + "\n  ".join(each) for key, each in lists.items() if each),
    ]
    (work / "setup.cfg").write_text("\n".join(lines) + "\n", "utf-8")
    return work


def run(work: Path, *arguments: str | Path) -> None:
    """Run a command in a working directory, whose copy of `dev/` is on the path."""
    environment = os.environ | {
        "PYTHONPATH": str(work / "dev"),
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
    }
    subprocess.run(arguments, cwd=work, env=environment, check=True)  # noqa: S603 - nothing here comes from outside


def generate(work: Path) -> None:
    """Make the mutants of a working directory, and try none."""
    (work / "mutants").mkdir(exist_ok=True)
    steps = "copy_src_dir(); copy_also_copy_files(); create_mutants(1)"
    run(work, PYTHON, "-c", f"from mutmut.__main__ import *; {steps}")


def mutate(room: Room, options: argparse.Namespace) -> None:
    """Try mutants of a room, as the options say which."""
    work = prepare(room)
    chosen: tuple[str, ...] = ()
    if options.sample:
        generate(work)
        samples.draw(work, results.names(work), options.sample, options.seed)
        if not (chosen := results.read(work).untried):
            return
    elif options.survivors:
        chosen = results.read(work).survivors
    else:
        samples.forget(work)
    run(work, TOOL, "run", f"--max-children={options.children}", *chosen)


def main() -> None:
    """Mutate rooms, or show or write the results of earlier runs."""
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=main.__doc__)
    parser.add_argument("rooms", nargs="*", help=", ".join(ROOMS), metavar="ROOM")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--anew", action="store_true", help="forget earlier results")
    parser.add_argument(
        "--survivors", action="store_true", help="try only those that survived"
    )
    parser.add_argument(
        "--sample", type=int, metavar="N", help="try only N, drawn at random"
    )
    parser.add_argument("--seed", type=int, default=0, help="the seed of the sample")
    parser.add_argument("--show", action="store_true", help="show the survivors")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args()
    if unknown := set(options.rooms) - ROOMS.keys():
        parser.error(f"no such room: {', '.join(sorted(unknown))}")
    for name in options.rooms:
        work = WORK / name
        if options.show:
            for mutant in results.read(work).survivors:
                run(work, TOOL, "show", mutant)
            continue
        if options.anew:
            shutil.rmtree(work, ignore_errors=True)
        mutate(ROOMS[name], options)
    found = {
        name: results.read(WORK / name) for name in ROOMS if (WORK / name).is_dir()
    }
    for name, result in found.items():
        sys.stdout.write(
            f"{name}: {len(result.survivors)} of {result.tried} survived,"
            f" {result.share:.1f} % ({len(result.untried)} were not tried)\n"
        )
    if options.write:
        results.write(PAGE, found)


if __name__ == "__main__":
    main()

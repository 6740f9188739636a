"""Runs of many homes in several processes."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
import random
import sys
import time
from typing import Final

from simulator.homes.faults import Fault, FaultKind, faults_of
from simulator.homes.home import Home
from simulator.homes.presets import FAULTY

from .run import Outcome, try_home
from .table import listing

# A fault that is not found in a week is not found.
FAULT_DAYS: Final = 7


def faults_for(
    home: Home, which: str, only: frozenset[FaultKind] = frozenset(FaultKind)
) -> list[Fault]:
    """Return the faults of these kinds that a home is run with."""
    if which == "none":
        return []
    every = [fault for fault in faults_of(home) if fault.kind in only]
    if home.name in FAULTY:
        return [fault for fault in every if fault.name == FAULTY[home.name][1]]
    if which == "all":
        return every
    chooser = random.Random(home.seed)  # noqa: S311
    kinds = dict.fromkeys(fault.kind for fault in every)
    return [
        chooser.choice([fault for fault in every if fault.kind == kind])
        for kind in kinds
    ]


def _job(
    home: Home,
    days: int,
    which: str,
    kinds: frozenset[FaultKind],
    *,
    late: int,
    hour: float,
    mend: bool,
) -> list[Outcome]:
    faults = faults_for(home, which, kinds)
    fault_days = min(days, late + FAULT_DAYS)
    return try_home(
        home, days, faults, fault_days=fault_days, late=late, hour=hour, mend=mend
    )


def run(
    homes: Sequence[Home],
    days: int,
    which: str,
    *,
    processes: int,
    kinds: frozenset[FaultKind] = frozenset(FaultKind),
    late: int = 0,
    hour: float = 0,
    mend: bool = False,
) -> list[Outcome]:
    """Run homes in processes, and write the progress to stderr."""
    started = time.monotonic()
    found: list[Outcome] = []
    with ProcessPoolExecutor(processes) as pool:
        jobs = [
            pool.submit(_job, home, days, which, kinds, late=late, hour=hour, mend=mend)
            for home in homes
        ]
        for number, job in enumerate(as_completed(jobs), 1):
            outcomes = job.result()
            found += outcomes
            minutes = (time.monotonic() - started) / 60
            sys.stderr.write(f"{number}/{len(jobs)} homes, {minutes:.1f} min\n")
            sys.stderr.write(listing(outcomes))
    return found

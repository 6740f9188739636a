"""Compare the steps of all phases with each possible order of three CTs.

Two swapped CTs are rotated in opposite directions, three CTs that are each moved by one
phase in the same direction. So the steps of all phases count together if each has few.
"""

from collections.abc import Mapping
from itertools import chain, permutations
from typing import Final

from ..gateway import Phase
from .thresholds import (
    ORDER_STEPS,
    RIGHT_PART,
    ROTATED_PART,
    ROTATED_SIZES,
    ROTATED_STEPS,
)
from .wrong_phase import RIGHT, StepAngles, count_sizes

_PHASES: Final = tuple(Phase)
# The rotation of each phase: a CT around the conductor of the next phase shows 120 degrees,
# one around that of the previous phase -120, which is 60 modulo 180.
_ORDERS: Final = tuple(
    tuple(2 * (around - at) % 3 for at, around in enumerate(order))
    for order in permutations(range(len(_PHASES)))
    if order != tuple(range(len(_PHASES)))
)


def rotations_by_order(angles: Mapping[Phase, StepAngles]) -> Mapping[Phase, int]:
    """Return the rotations by the order of CTs that explains the steps; empty if none does.

    Phases without steps of their own are left out.
    """
    if len(angles) != len(_PHASES):
        return {}
    counts = [angles[phase].counts() for phase in _PHASES]
    for rotations in _ORDERS:
        moved = [at for at, rotation in enumerate(rotations) if rotation != RIGHT]
        shown = [at for at in moved if counts[at][rotations[at]] >= ORDER_STEPS]
        if len(shown) < 2 or any(
            counts[at][RIGHT] < counts[at][1] + counts[at][2]
            for at, rotation in enumerate(rotations)
            if rotation == RIGHT
        ):
            continue
        agree = sum(counts[at][rotations[at]] for at in moved)
        against = sum(sum(counts[at][:3]) for at in moved) - agree
        if (
            agree < ROTATED_STEPS
            or against > RIGHT_PART * agree
            or agree < ROTATED_PART * sum(sum(counts[at]) for at in moved)
        ):
            continue
        sizes = chain.from_iterable(
            angles[_PHASES[at]].sizes(rotations[at]) for at in shown
        )
        if count_sizes(sizes) >= ROTATED_SIZES:
            return {_PHASES[at]: rotations[at] for at in shown}
    return {}

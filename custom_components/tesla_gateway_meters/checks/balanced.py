"""Compare the CTs of three phases with each other, by steps that all phases share.

Whatever takes the same of all three phases (a cooker, a car, an inverter) changes them by
the same power and reactive power, at whatever power factor. CTs that show it turned against
each other are not all where they belong.

A battery on three phases that makes up for an appliance between two of them leaves steps
that look so too, and solar under an export limit does: those of one size, in which either
moved, prove nothing.
"""

from cmath import phase as angle_of
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import degrees

from ..gateway import Phase
from .fields import numbers
from .samples import Step
from .thresholds import (
    BALANCED_ANGLE,
    BALANCED_KEPT,
    BALANCED_PART,
    BALANCED_SIZE,
    BALANCED_STEPS,
    KIND_RATIO,
    OFFSET_PART,
)

_PHASES = tuple(Phase)


class BalancedSteps:
    """The turns of L2 and L3 against L1, in steps that are the same on all phases."""

    def __init__(self) -> None:
        """Start without a step."""
        # In multiples of 60 degrees, 0 to 5, and the size in VA, 0 where battery and solar stood
        # still.
        self._turns: list[tuple[int, int, int]] = []
        self._against: tuple[int, int] | None = None

    def add(self, steps: Iterable[Step]) -> None:
        """Add the steps between two polls, unless they differ between the phases."""
        steps = tuple(steps)
        changes = {
            step.phase: complex(step.power, step.reactive_power) for step in steps
        }
        if not is_of_all_phases(steps):
            return
        first, *others = (changes[phase] for phase in _PHASES)
        sizes = [abs(change) for change in changes.values()]
        if max(sizes) > BALANCED_SIZE * min(sizes):
            return
        turns = []
        for other in others:
            turn = degrees(angle_of(other / first)) / 60
            if abs(turn - round(turn)) * 60 > BALANCED_ANGLE:
                return
            turns.append(round(turn) % 6)
        is_still = all(step.is_battery_still and step.is_solar_still for step in steps)
        size = 0 if is_still else round(max(sizes))
        self._turns = [*self._turns[1 - BALANCED_KEPT :], (turns[0], turns[1], size)]
        self._decide()

    def _decide(self) -> None:
        self._against = None
        if self._turns:
            ((turns, count),) = Counter(each[:2] for each in self._turns).most_common(1)
            if count < BALANCED_STEPS or count < BALANCED_PART * len(self._turns):
                return
            sizes = [size for *each, size in self._turns if tuple(each) == turns]
            if (
                turns == (0, 0)
                or not min(sizes)
                or max(sizes) > KIND_RATIO * min(sizes)
            ):
                self._against = turns

    @property
    def steps(self) -> int:
        """Number of steps that are known."""
        return len(self._turns)

    def turns(self, known: Mapping[Phase, int]) -> Mapping[Phase, int] | None:
        """Return by how many times 60 degrees each phase is turned, without direction.

        0, 1 or 2, since the two ways round a CT are one here. `known` has that of phases
        where it is known otherwise. Without, two that agree against the third are right;
        nothing is returned where that does not decide, and None where `known` contradicts.
        """
        if self._against is None:
            return {}
        apart = dict(zip(_PHASES, (0, *self._against), strict=True))
        offsets = {(turn - apart[phase]) % 3 for phase, turn in known.items()}
        if len(offsets) > 1:
            return None
        if not offsets:
            ((most, count),) = Counter(turn % 3 for turn in apart.values()).most_common(
                1
            )
            if count != 2:
                # All alike may be all wrong.
                return {}
            offsets = {-most % 3}
        (offset,) = offsets
        return {phase: (turn + offset) % 3 for phase, turn in apart.items()}

    def directions(self, known: Mapping[Phase, int]) -> Mapping[Phase, int]:
        """Return 1 for each phase that is the wrong way round, -1 for right.

        `known` has that of phases with other evidence; nothing is returned where
        there is none, or some that contradicts.
        """
        if self._against is None:
            return {}
        # One that is turned by 60 or 300 degrees is on another phase, and reversed.
        signs = {
            phase: -1 if turn % 2 else 1
            for phase, turn in zip(_PHASES, (0, *self._against), strict=True)
        }
        wholes = {signs[phase] * direction for phase, direction in known.items()}
        if len(wholes) != 1:
            return {}
        (whole,) = wholes
        return {phase: sign * whole for phase, sign in signs.items()}

    def as_list(self) -> list[list[int]]:
        """Return the turns, for JSON."""
        return [[*each] for each in self._turns]

    def restore(self, stored: object) -> None:
        """Take over what `as_list` has returned; raises ValueError for anything else."""
        if not isinstance(stored, list):
            raise ValueError("no list of turns")  # noqa: TRY004 - a value like others
        turns = []
        for row in stored[-BALANCED_KEPT:]:
            # Steps were once stored without a size, and prove nothing so.
            if not isinstance(row, list) or len(row) != 2:
                second, third, size = (int(each) for each in numbers(row, 3))
                turns.append((second % 6, third % 6, size))
        self._turns = turns
        self._decide()


def is_of_all_phases(steps: Sequence[Step]) -> bool:
    """Return whether each of three phases has changed at once."""
    return len(steps) == len(_PHASES)


def is_offset_by_battery(steps: Sequence[Step]) -> bool:
    """Return whether a battery on three phases gave what else has changed in a step.

    The site's power is as before then. Where that was an appliance between two phases, or
    solar with reactive power on one or two, each phase's change is turned.
    """
    if not is_of_all_phases(steps) or all(step.is_battery_still for step in steps):
        return False
    total = sum(step.power for step in steps)
    return abs(total) <= OFFSET_PART * max(step.size for step in steps)

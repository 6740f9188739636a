"""Compare the CTs of three phases with each other, by steps that all phases share.

A balanced load or source (a cooker, a car, an inverter) changes all three phases by the
same power and reactive power, at any power factor. If CTs show these changes rotated against
each other, not all are on their phases.

A three-phase battery that compensates an appliance between two phases leaves such steps,
too, and so does solar under an export limit. Steps of one size in which the battery or solar
changed are therefore no evidence.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ..gateway import Phase
from .fields import numbers
from .samples import Step
from .thresholds import (
    BALANCED_ANGLE,
    BALANCED_KEPT,
    BALANCED_PART,
    BALANCED_SIZE,
    BALANCED_STEPS,
    OFFSET_PART,
    SIZE_RATIO,
)
from .wrong_phase import rotation_between

_PHASES = tuple(Phase)


class BalancedSteps:
    """The rotation of L2 and L3 against L1, in steps that are the same on all phases."""

    def __init__(self) -> None:
        """Start without a step."""
        # The rotations in multiples of 60 degrees, 0 to 5, and the size in VA, which is 0 if
        # neither battery nor solar changed.
        self._steps: list[tuple[int, int, int]] = []
        self._against: tuple[int, int] | None = None

    def add(self, steps: Iterable[Step]) -> None:
        """Add the steps between two polls, unless they differ between the phases."""
        steps = tuple(steps)
        if not is_of_all_phases(steps):
            return
        changes = {
            step.phase: complex(step.power, step.reactive_power) for step in steps
        }
        first, *others = (changes[phase] for phase in _PHASES)
        sizes = [abs(change) for change in changes.values()]
        if max(sizes) > BALANCED_SIZE * min(sizes):
            return
        rotations = []
        for other in others:
            rotation = rotation_between(other / first, BALANCED_ANGLE)
            if rotation is None:
                return
            rotations.append(rotation)
        is_still = all(step.is_battery_still and step.is_solar_still for step in steps)
        size = 0 if is_still else round(max(sizes))
        second, third = rotations
        self._steps = [*self._steps[1 - BALANCED_KEPT :], (second, third, size)]
        self._decide()

    def _decide(self) -> None:
        self._against = None
        if self._steps:
            counts = Counter(each[:2] for each in self._steps)
            ((against, count),) = counts.most_common(1)
            if count < BALANCED_STEPS or count < BALANCED_PART * len(self._steps):
                return
            sizes = [size for *each, size in self._steps if tuple(each) == against]
            if (
                against == (0, 0)
                or not min(sizes)
                or max(sizes) > SIZE_RATIO * min(sizes)
            ):
                self._against = against

    @property
    def steps(self) -> int:
        """Number of steps that are known."""
        return len(self._steps)

    def rotations(self, known: Mapping[Phase, int]) -> Mapping[Phase, int] | None:
        """Return the rotation of each phase, in multiples of 60 degrees modulo 180.

        0, 1 or 2, whether the CT is reversed or not. `known` has the rotations that other
        evidence gives. If it is empty, two phases that agree are right. The result is empty
        if nothing can be decided, and None if `known` contradicts the steps.
        """
        if self._against is None:
            return {}
        apart = dict(zip(_PHASES, (0, *self._against), strict=True))
        offsets = {(rotation - apart[phase]) % 3 for phase, rotation in known.items()}
        if len(offsets) > 1:
            return None
        if not offsets:
            counts = Counter(rotation % 3 for rotation in apart.values())
            ((most, count),) = counts.most_common(1)
            if count != 2:
                # If all agree, all may be wrong.
                return {}
            offsets = {-most % 3}
        (offset,) = offsets
        return {phase: (rotation + offset) % 3 for phase, rotation in apart.items()}

    def directions(self, known: Mapping[Phase, int]) -> Mapping[Phase, int]:
        """Return 1 for each phase that is reversed, -1 for each that is right.

        `known` has the directions that other evidence gives; the result is empty if there
        are none, or if they contradict the steps.
        """
        if self._against is None:
            return {}
        # A rotation by 60, 180 or 300 degrees is one by 240, 0 or 120 of a reversed CT.
        signs = {
            phase: -1 if rotation % 2 else 1
            for phase, rotation in zip(_PHASES, (0, *self._against), strict=True)
        }
        wholes = {signs[phase] * direction for phase, direction in known.items()}
        if len(wholes) != 1:
            return {}
        (whole,) = wholes
        return {phase: sign * whole for phase, sign in signs.items()}

    def as_list(self) -> list[list[int]]:
        """Return the rotations and sizes of the steps, for JSON."""
        return [[*each] for each in self._steps]

    def restore(self, stored: object) -> None:
        """Take over what `as_list` has returned; raises ValueError for anything else."""
        if not isinstance(stored, list):
            raise ValueError("no list of steps")  # noqa: TRY004 - a value like others
        steps = []
        for row in stored[-BALANCED_KEPT:]:
            # Earlier versions stored steps without a size, which are no evidence.
            if not isinstance(row, list) or len(row) != 2:
                second, third, size = (int(each) for each in numbers(row, 3))
                steps.append((second % 6, third % 6, size))
        self._steps = steps
        self._decide()


def is_of_all_phases(steps: Sequence[Step]) -> bool:
    """Return whether all three phases changed at the same time."""
    return len(steps) == len(_PHASES)


def is_offset_by_battery(steps: Sequence[Step]) -> bool:
    """Return whether a three-phase battery compensated what else changed in a step.

    The site's total power is unchanged then. If the other change was of an appliance between
    two phases, or of solar with reactive power on one or two, each phase shows it rotated.
    """
    if not is_of_all_phases(steps) or all(step.is_battery_still for step in steps):
        return False
    total = sum(step.power for step in steps)
    return abs(total) <= OFFSET_PART * max(step.size for step in steps)

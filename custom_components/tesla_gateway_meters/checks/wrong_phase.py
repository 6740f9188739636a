"""Check for a CT that is measured against another phase than its own (three phases).

Such a CT shows every change rotated by 120 degrees, or by 60 if it is reversed as well.
Angles are modulo 180 degrees, since a step goes up and down. Heaters change power and next
to no reactive power: on the right phase some steps are at 0 degrees, on a wrong one none
is, and they are at 60 or 120 degrees.
"""

from cmath import phase as angle_of
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import atan2, degrees
from typing import Final

from .fields import Stored, numbers
from .model import Observation
from .production import Production
from .samples import Step
from .thresholds import (
    NEWEST,
    NEWEST_RIGHT,
    OTHER_WAY_SIZES,
    OTHER_WAY_STEPS,
    PAIRS,
    PAIRS_KEPT,
    PAIRS_PART,
    RIGHT_ANGLE,
    RIGHT_PART,
    RIGHT_SIZES,
    RIGHT_STEPS,
    ROTATED_ANGLE,
    ROTATED_PART,
    ROTATED_SIZES,
    ROTATED_STEPS,
    SIZE_RATIO,
    STEPS_KEPT,
    STEPS_OF_SIZE,
    STEPS_OLDEST,
)

# A step's rotation as a multiple of 60 degrees; OTHER is any angle in between.
RIGHT: Final = 0
OTHER_WAY: Final = 2  # 120 or -60 degrees, where no motor is
OTHER: Final = 3


@dataclass(frozen=True, slots=True)
class _SeenStep:
    at: float
    size: float
    rotation: int


class StepAngles:
    """The angles of a site phase's steps of load."""

    def __init__(self) -> None:
        """Start without a step."""
        self._seen: list[_SeenStep] = []
        self._newest: list[int] = []
        # Rotation as a multiple of 60 degrees, and the change of solar in W.
        self._pairs: list[tuple[int, int]] = []
        # Distinguishes a heater that is rotated by -120 degrees from a motor at 60.
        self.production = Production()

    def add_step(self, step: Step, at: float) -> None:
        """Add a step that was seen at this time, in s of observation."""
        rotation = rotation_of(step.power, step.reactive_power)
        # An inrush has another angle than the load that it starts.
        if rotation != RIGHT and not step.is_level:
            return
        self._newest = [*self._newest[1 - NEWEST :], rotation]
        alike = [
            each
            for each in self._seen
            if each.rotation == rotation
            and step.size / SIZE_RATIO < each.size < step.size * SIZE_RATIO
        ]
        if len(alike) >= STEPS_OF_SIZE:
            self._seen.remove(alike[0])
        self._seen.append(_SeenStep(at, step.size, rotation))
        oldest = at - STEPS_OLDEST
        while len(self._seen) > STEPS_KEPT or self._seen[0].at < oldest:
            del self._seen[0]
        if self._is_changed():
            # The CTs were changed: earlier steps are from before that.
            self._seen = self._seen[-NEWEST_RIGHT:]

    def add_pair(self, rotation: int, solar: float) -> None:
        """Add the rotation of a change of solar, in multiples of 60 degrees from 0 to 5.

        `solar` is that change in W.
        """
        pair = (rotation % 3, round(abs(solar)))
        self._pairs = [*self._pairs[1 - PAIRS_KEPT :], pair]

    @property
    def paired_rotation(self) -> int | None:
        """Rotation of solar's changes in multiples of 60 degrees; None is not known.

        Solar under an export limit follows the load: if that is an appliance between two
        phases, all changes are rotated, and of one size.
        """
        count = len(self._pairs)
        if count < PAIRS:
            return None
        rotations = [rotation for rotation, _ in self._pairs]
        most = max(set(rotations), key=rotations.count)
        if rotations.count(most) < PAIRS_PART * count:
            return None
        sizes = (size for rotation, size in self._pairs if rotation == most)
        return most if most == RIGHT or count_sizes(sizes) >= ROTATED_SIZES else None

    def counts(self) -> list[int]:
        """Return the number of steps and pairs for each rotation."""
        return _counts(
            [*(each.rotation for each in self._seen), *(by for by, _ in self._pairs)]
        )

    @property
    def size_count(self) -> int:
        """Number of different sizes among all steps."""
        return count_sizes(each.size for each in self._seen)

    def agreeing_pairs(self, rotation: int) -> int:
        """Return the number of pairs if all have this rotation, else 0."""
        rotations = [pair for pair, _ in self._pairs]
        return len(rotations) if rotations.count(rotation) == len(rotations) else 0

    def sizes(self, rotation: int) -> list[float]:
        """Return the sizes of the steps and pairs with a rotation, in VA and W."""
        return [
            *(each.size for each in self._seen if each.rotation == rotation),
            *(size for pair, size in self._pairs if pair == rotation),
        ]

    def supports(self, rotation: int) -> bool:
        """Return whether the phase's own steps are compatible with a rotation."""
        counts = _counts(each.rotation for each in self._seen)
        return rotation == RIGHT or counts[rotation] > counts[RIGHT]

    def _is_changed(self) -> bool:
        counts = _counts(self._newest)
        older = _counts(each.rotation for each in self._seen[:-NEWEST])
        most = max((RIGHT, 1, 2), key=older.__getitem__)
        if older[most] < ROTATED_STEPS or counts[most]:
            return False
        return any(
            counts[each] >= NEWEST_RIGHT for each in (RIGHT, 1, 2) if each != most
        )

    @property
    def rotation(self) -> int | None:
        """Rotation in multiples of 60 degrees; 0 is right, None is not known."""
        counts = _counts(each.rotation for each in self._seen)
        most = max((1, 2), key=counts.__getitem__)
        all_ = sum(counts)
        steps, sizes = ROTATED_STEPS, ROTATED_SIZES
        if most == OTHER_WAY:
            steps, sizes = OTHER_WAY_STEPS, OTHER_WAY_SIZES
        if (
            counts[most] >= max(steps, ROTATED_PART * all_)
            and counts[RIGHT] <= RIGHT_PART * counts[most]
            and self._count_sizes(most) >= sizes
        ):
            return most
        if (
            counts[RIGHT] >= RIGHT_STEPS
            and counts[RIGHT] >= 3 * counts[most]
            and (counts[RIGHT] == all_ or self._count_sizes(RIGHT) >= RIGHT_SIZES)
        ):
            return RIGHT
        return None

    def observation(self, rotation: int | None, balanced_steps: int) -> Observation:
        """Return the observation for a phase with this rotation.

        It may follow from other phases; `balanced_steps` counts steps of all three phases.
        """
        counts = _counts(each.rotation for each in self._seen)
        problem = None if rotation is None else rotation != RIGHT
        return Observation(
            problem=problem,
            raises_issue=problem is True,
            evidence={
                "steps": sum(counts),
                "steps_turned": max(counts[1], counts[2]),
                "steps_right": counts[RIGHT],
                "sizes": self._count_sizes(rotation or RIGHT),
                "degrees": 60 * (rotation or 0),
                "balanced_steps": balanced_steps,
                "solar_steps": len(self._pairs),
                "hours": self._hours(),
            },
        )

    def _hours(self) -> float:
        if not self._seen:
            return 0
        return round((self._seen[-1].at - self._seen[0].at) / 3600, 1)

    def _count_sizes(self, rotation: int) -> int:
        """Return the number of different sizes among the steps with a rotation."""
        seen = (each for each in self._seen if each.rotation == rotation)
        return count_sizes(each.size for each in seen)

    def as_dict(self) -> Stored:
        """Return the steps as JSON."""
        return {
            "seen": [
                [round(each.at), round(each.size), each.rotation] for each in self._seen
            ],
            "newest": [*self._newest],
            "pairs": [[*each] for each in self._pairs],
            "production": self.production.as_number(),
        }

    def restore(self, stored: Mapping[str, object]) -> None:
        """Take over what `as_dict` has returned; raises ValueError for anything else."""
        rows = stored.get("seen")
        if not isinstance(rows, list) or len(rows) > STEPS_KEPT:
            raise ValueError("no list of steps")
        seen = []
        for row in rows:
            at, size, rotation = numbers(row, 3)
            seen.append(_SeenStep(at, size, _known_rotation(rotation)))
        newest = numbers(stored.get("newest"), None)
        pairs = stored.get("pairs")
        if not isinstance(pairs, list):
            raise ValueError("no list of pairs")  # noqa: TRY004 - a value like others
        read = []
        for row in pairs[-PAIRS_KEPT:]:
            # Pairs were once stored without a size.
            if isinstance(row, list):
                rotation, watts = numbers(row, 2)
                read.append((_known_rotation(rotation), round(watts)))
        if "production" in stored:
            self.production.restore(stored["production"])
        self._newest = [_known_rotation(each) for each in newest[-NEWEST:]]
        self._pairs = read
        self._seen = seen


def _known_rotation(value: float) -> int:
    if value not in (RIGHT, 1, 2, OTHER):
        raise ValueError("no angle of a step")
    return int(value)


def rotation_of(power: float, reactive_power: float) -> int:
    """Return the rotation of a change as a multiple of 60 degrees: 0 to 2; 3 is none."""
    angle = degrees(atan2(reactive_power, power)) % 180
    if angle <= RIGHT_ANGLE or angle >= 180 - RIGHT_ANGLE:
        return RIGHT
    if abs(angle - 60) <= ROTATED_ANGLE:
        return 1
    if abs(angle - 120) <= ROTATED_ANGLE:
        return 2
    return OTHER


def rotation_between(ratio: complex, tolerance: float) -> int | None:
    """Return a ratio's multiple of 60 degrees, 0 to 5; None beyond `tolerance` degrees."""
    rotation = degrees(angle_of(ratio)) / 60
    error = abs(rotation - round(rotation)) * 60
    return None if error > tolerance else round(rotation) % 6


def count_sizes(sizes: Iterable[float]) -> int:
    """Return the number of sizes that differ by SIZE_RATIO or more."""
    count, last = 0, 0.0
    for size in sorted(sizes):
        if size > last * SIZE_RATIO:
            count += 1
            last = size
    return count


def _counts(rotations: Iterable[int]) -> list[int]:
    counts = [0, 0, 0, 0]
    for rotation in rotations:
        counts[rotation] += 1
    return counts

"""Check for a CT that is measured against another phase than its own (three phases).

Such a CT sees every change turned by 60 or 120 degrees (120, or 60 where it is the wrong
way round too; both ways of counting are one here, since a step goes up and down). Heaters
of all kinds change power and next to no reactive power: in a right phase some steps lie at
0 degrees, in a wrong one none does, and they lie at one of the two other angles.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import atan2, degrees
from typing import Final

from .fields import Stored, numbers
from .model import Observation
from .production import Production
from .samples import Step
from .thresholds import (
    KIND_RATIO,
    NEWEST,
    NEWEST_RIGHT,
    OTHER_WAY_KINDS,
    OTHER_WAY_STEPS,
    PAIRS,
    PAIRS_KEPT,
    PAIRS_PART,
    RIGHT_ANGLE,
    RIGHT_KINDS,
    RIGHT_PART,
    RIGHT_STEPS,
    STEPS_KEPT,
    STEPS_OF_KIND,
    STEPS_OLDEST,
    TURNED_ANGLE,
    TURNED_KINDS,
    TURNED_PART,
    TURNED_STEPS,
)

# A step's angle, as a multiple of 60 degrees; another angle is none of them.
RIGHT: Final = 0
OTHER_WAY: Final = 2  # 120, or 60 backwards, as no motor is
OTHER: Final = 3


@dataclass(frozen=True, slots=True)
class _Seen:
    at: float
    size: float
    turned: int


class StepAngles:
    """The angles of a site phase's steps of load."""

    def __init__(self) -> None:
        """Start without a step."""
        self._seen: list[_Seen] = []
        self._newest: list[int] = []
        # Multiple of 60 degrees, and W of solar.
        self._pairs: list[tuple[int, int]] = []
        # Distinguishes a heater that is turned by -120 degrees from a motor at 60.
        self.production = Production()

    def add_step(self, step: Step, at: float) -> None:
        """Add a step that was seen at this time, in s of observation."""
        turned = turned_by(step.power, step.reactive_power)
        # What starts with an inrush shows its own angle only when it has settled.
        if turned != RIGHT and not step.is_level:
            return
        self._newest = [*self._newest[1 - NEWEST :], turned]
        alike = [
            each
            for each in self._seen
            if each.turned == turned
            and step.size / KIND_RATIO < each.size < step.size * KIND_RATIO
        ]
        if len(alike) >= STEPS_OF_KIND:
            self._seen.remove(alike[0])
        self._seen.append(_Seen(at, step.size, turned))
        oldest = at - STEPS_OLDEST
        while len(self._seen) > STEPS_KEPT or self._seen[0].at < oldest:
            del self._seen[0]
        if self._is_changed():
            # The CTs were changed: earlier steps are of another wiring.
            self._seen = self._seen[-NEWEST_RIGHT:]

    def add_pair(self, turn: int, solar: float) -> None:
        """Add by how many times 60 degrees a change of solar is turned here, 0 to 5.

        `solar` is that change, in W.
        """
        pair = (turn % 3, round(abs(solar)))
        self._pairs = [*self._pairs[1 - PAIRS_KEPT :], pair]

    @property
    def paired_turn(self) -> int | None:
        """Multiple of 60 degrees by which solar's changes are turned; None is not known.

        What solar gives under an export limit follows the load: where that is an appliance
        between two phases, all changes are turned, and of one size.
        """
        count = len(self._pairs)
        if count < PAIRS:
            return None
        turns = [turn for turn, _ in self._pairs]
        most = max(set(turns), key=turns.count)
        if turns.count(most) < PAIRS_PART * count:
            return None
        sizes = (size for turn, size in self._pairs if turn == most)
        return most if most == RIGHT or kinds_of(sizes) >= TURNED_KINDS else None

    def counts(self) -> list[int]:
        """Return the number of steps and pairs by their multiple of 60 degrees."""
        return _counts(
            [*(each.turned for each in self._seen), *(turn for turn, _ in self._pairs)]
        )

    @property
    def kinds(self) -> int:
        """Number of sizes that differ among all steps."""
        return kinds_of(each.size for each in self._seen)

    def agreeing_pairs(self, turn: int) -> int:
        """Return the number of pairs where all are of this angle, else 0."""
        turns = [pair for pair, _ in self._pairs]
        return len(turns) if turns.count(turn) == len(turns) else 0

    def sizes(self, turn: int) -> list[float]:
        """Return the sizes of the steps and pairs of an angle, in VA and W."""
        return [
            *(each.size for each in self._seen if each.turned == turn),
            *(size for pair, size in self._pairs if pair == turn),
        ]

    def supports(self, turn: int) -> bool:
        """Return whether the phase's own steps are compatible with a turn."""
        counts = _counts(each.turned for each in self._seen)
        return turn == RIGHT or counts[turn] > counts[RIGHT]

    def _is_changed(self) -> bool:
        counts = _counts(self._newest)
        older = _counts(each.turned for each in self._seen[:-NEWEST])
        most = max((RIGHT, 1, 2), key=older.__getitem__)
        if older[most] < TURNED_STEPS or counts[most]:
            return False
        return any(
            counts[turned] >= NEWEST_RIGHT for turned in (RIGHT, 1, 2) if turned != most
        )

    @property
    def turned(self) -> int | None:
        """Multiple of 60 degrees by which all is turned; 0 is right, None is not known."""
        counts = _counts(each.turned for each in self._seen)
        most = max((1, 2), key=counts.__getitem__)
        all_ = sum(counts)
        # No motor does so.
        is_other_way = most == OTHER_WAY
        if (
            counts[most] >= (OTHER_WAY_STEPS if is_other_way else TURNED_STEPS)
            and counts[most] >= TURNED_PART * all_
            and counts[RIGHT] <= RIGHT_PART * counts[most]
            and self._kinds(most) >= (OTHER_WAY_KINDS if is_other_way else TURNED_KINDS)
        ):
            return most
        if (
            counts[RIGHT] >= RIGHT_STEPS
            and counts[RIGHT] >= 3 * counts[most]
            and (counts[RIGHT] == all_ or self._kinds(RIGHT) >= RIGHT_KINDS)
        ):
            return RIGHT
        return None

    def observation(self, turned: int | None, balanced_steps: int) -> Observation:
        """Return the evidence for a phase that is so turned, by its own steps or others.

        `balanced_steps` is the number of those of all three phases.
        """
        counts = _counts(each.turned for each in self._seen)
        problem = None if turned is None else turned != RIGHT
        return Observation(
            problem=problem,
            lasting=problem is True,
            evidence={
                "steps": sum(counts),
                "steps_turned": max(counts[1], counts[2]),
                "steps_right": counts[RIGHT],
                "sizes": self._kinds(turned or RIGHT),
                "degrees": 60 * (turned or 0),
                "balanced_steps": balanced_steps,
                "solar_steps": len(self._pairs),
                "hours": self._hours(),
            },
        )

    def _hours(self) -> float:
        if not self._seen:
            return 0
        return round((self._seen[-1].at - self._seen[0].at) / 3600, 1)

    def _kinds(self, turned: int) -> int:
        """Count how many sizes that differ there are among the steps of an angle."""
        return kinds_of(each.size for each in self._seen if each.turned == turned)

    def as_dict(self) -> Stored:
        """Return the steps as JSON."""
        return {
            "seen": [
                [round(each.at), round(each.size), each.turned] for each in self._seen
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
            at, size, turned = numbers(row, 3)
            seen.append(_Seen(at, size, _known_turn(turned)))
        newest = numbers(stored.get("newest"), None)
        pairs = stored.get("pairs")
        if not isinstance(pairs, list):
            raise ValueError("no list of pairs")  # noqa: TRY004 - a value like others
        read = []
        for row in pairs[-PAIRS_KEPT:]:
            # Pairs were once stored without a size.
            if isinstance(row, list):
                turn, watts = numbers(row, 2)
                read.append((_known_turn(turn), round(watts)))
        if "production" in stored:
            self.production.restore(stored["production"])
        self._newest = [_known_turn(each) for each in newest[-NEWEST:]]
        self._pairs = read
        self._seen = seen


def _known_turn(value: float) -> int:
    if value not in (RIGHT, 1, 2, OTHER):
        raise ValueError("no angle of a step")
    return int(value)


def turned_by(power: float, reactive_power: float) -> int:
    """Return the multiple of 60 degrees that a change is turned by: 0 to 2; 3 is none."""
    angle = degrees(atan2(reactive_power, power)) % 180
    if angle <= RIGHT_ANGLE or angle >= 180 - RIGHT_ANGLE:
        return RIGHT
    if abs(angle - 60) <= TURNED_ANGLE:
        return 1
    if abs(angle - 120) <= TURNED_ANGLE:
        return 2
    return OTHER


def kinds_of(sizes: Iterable[float]) -> int:
    """Count the sizes that differ."""
    kinds, last = 0, 0.0
    for size in sorted(sizes):
        if size > last * KIND_RATIO:
            kinds += 1
            last = size
    return kinds


def _counts(turns: Iterable[int]) -> list[int]:
    counts = [0, 0, 0, 0]
    for turned in turns:
        counts[turned] += 1
    return counts

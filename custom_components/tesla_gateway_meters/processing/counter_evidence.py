"""What the measured power says of an energy counter: the guard's witness.

Energies are in Wh, powers in W and times in s, all in the counter's direction.
All margins of the guard that have to do with power are here, with their reasons.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

# Polls are up to 300 s apart, and up to a minute late. Longer is an outage, the ends
# of which are worth no more than two polls.
_LONGEST_INTERVAL: Final = 360  # s
# Between two powers some hours apart their mean is a guess, later it is none.
_LONGEST_GUESS: Final = 3 * 3600  # s
# Counters and powers are said to differ by up to 3 %, over hours.
_TOLERANCE: Final = 1.1
# What a CT that measures nothing may say, and a counter may count.
_RESOLUTION: Final = 10  # W
# A load is computed from counters that count in tens, read at other moments.
_BASE_MARGIN: Final = 100  # Wh
# A kettle that nobody saw between two polls.
_UNSEEN: Final = 3000  # W
# One power that is wrong is not to explain a jump.
_PLAUSIBLE: Final = 2
# What zeros in place of an answer hide is like what flowed before and after.
_HIDDEN: Final = 1.5
# Until a counter has counted for a day and a night: a large home. One that idles, or
# is read in snatches, shows nothing and stays new.
_STRONGEST_OF_NEW: Final = 15_000  # W
_ENOUGH: Final = 24 * 3600  # s
# Power that lasts this long, and is counted, is no glitch.
_BLOCK: Final = 300  # s
# Less than this in a block says nothing of the ratio: batteries count in tens.
_ENERGY_OF_BLOCK: Final = 50  # Wh
# How much a counter may count for each Wh of power: not known at first, then learnt.
_FIRST_RATIO: Final = 2.0
_HIGHEST_RATIO: Final = 3.0


@dataclass(frozen=True, slots=True)
class Flow:
    """Power (W) in a counter's direction, never negative.

    `net` is that of the whole. `most` is what a counter that counts each phase
    for itself may count: import and export at once.
    """

    net: float
    most: float

    @property
    def is_idle(self) -> bool:
        """Whether nothing flows that a CT can tell from noise."""
        return self.net <= _RESOLUTION

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read what `asdict` wrote. Raises TypeError, KeyError for anything else."""
        return cls(number(data["net"]), number(data["most"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Energy (Wh) that flowed in a time, as far as it was measured.

    `net` and `most` go with those of `Flow`, over `seconds` of readings, in
    `blind` ones of which no power was given. `guessed` may have flowed in gaps, and
    `unmeasured` is the most that can have.
    """

    net: float = 0
    most: float = 0
    seconds: float = 0
    blind: float = 0
    guessed: float = 0
    unmeasured: float = 0

    @property
    def estimate(self) -> float:
        """What flowed, to the best of our knowledge (Wh)."""
        return self.net + self.guessed

    @property
    def is_idle(self) -> bool:
        """Whether nothing flowed that a CT can tell from noise."""
        return self.net <= _RESOLUTION * self.seconds / 3600

    def plus(self, other: Evidence) -> Evidence:
        """Return the evidence of two times, one after the other."""
        return Evidence(
            net=self.net + other.net,
            most=self.most + other.most,
            seconds=self.seconds + other.seconds,
            blind=self.blind + other.blind,
            guessed=self.guessed + other.guessed,
            unmeasured=self.unmeasured + other.unmeasured,
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read what `asdict` wrote. Raises TypeError, KeyError for anything else."""
        return cls(
            net=number(data["net"]),
            most=number(data["most"]),
            seconds=number(data["seconds"]),
            blind=number(data["blind"]),
            guessed=number(data["guessed"]),
            unmeasured=number(data["unmeasured"]),
        )


@dataclass(frozen=True, slots=True)
class Block:
    """Some minutes of readings, to learn from: from `start` to `end` (Wh).

    It lasts until the counter has counted: some count once an hour.
    """

    start: float
    end: float
    evidence: Evidence = Evidence()

    @classmethod
    def at(cls, value: float) -> Self:
        """Begin a block at a reading."""
        return cls(value, value)

    @property
    def grown(self) -> float:
        """What the counter has counted (Wh)."""
        return self.end - self.start

    def following(self, value: float, step: Evidence) -> Block:
        """Return the block with another reading, or the next block."""
        is_measured = step.most > 0
        if not is_measured or value < self.start or self.is_complete:
            return Block.at(value)
        return Block(self.start, value, self.evidence.plus(step))

    @property
    def is_complete(self) -> bool:
        """Whether there is something to learn from it."""
        return self.evidence.seconds >= _BLOCK and self.grown > 0


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong a counter is: what its power and its readings have shown so far.

    `shown` is the strongest power (W) that lasted, `learnt` how long it was seen to
    count (s), `ratio` how much it counts for each Wh of power, 1 at least: the mean
    of so many `blocks`, as which a guess counts too.
    """

    shown: float = 0
    learnt: float = 0
    ratio: float = _FIRST_RATIO
    blocks: float = 1

    @property
    def strongest(self) -> float:
        """The strongest power (W) that can have flowed unseen."""
        is_known = self.learnt >= _ENOUGH and self.shown > 2 * _RESOLUTION
        return self.shown if is_known else max(self.shown, _STRONGEST_OF_NEW)

    @property
    def _plausible(self) -> float:
        # A generator, or the first car, may be the strongest for the first time.
        return _PLAUSIBLE * max(self.strongest, _STRONGEST_OF_NEW)

    def margin(self, seconds: float) -> float:
        """Return what a counter may rise beyond the power (Wh), polled that often."""
        return _BASE_MARGIN + max(self.shown, _UNSEEN) * seconds / 3600

    def explained(self, seen: Evidence) -> float:
        """Return the most that a counter can have counted (Wh), margin apart."""
        measured = min(seen.most, self._plausible * seen.seconds / 3600)
        return _TOLERANCE * self.ratio * measured + seen.unmeasured

    def loosely_explained(self, seen: Evidence) -> float:
        """Return it (Wh) for a counter that does not agree with its power."""
        return replace(self, ratio=_HIGHEST_RATIO).explained(seen)

    def most(self, seen: Evidence) -> float:
        """Return the most that can have flowed (Wh), whatever the power was."""
        return self.strongest * seen.seconds / 3600 + seen.unmeasured

    def step(
        self, before: Flow | None, after: Flow | None, passed: float, zeros: float
    ) -> Evidence:
        """Return what flowed between two readings `passed` seconds apart.

        Before that, zeros took the place of answers for so many seconds.
        """
        hours = (passed + zeros) / 3600
        seconds = min(passed, _LONGEST_INTERVAL)
        if before is None or after is None:
            return Evidence(
                seconds=seconds, blind=seconds, unmeasured=self.strongest * hours
            )
        mean = min((before.net + after.net) / 2, self._plausible) * hours
        most = (max(before.most, after.most) + _RESOLUTION) * hours
        if zeros == 0 and seconds == passed:
            return Evidence(net=mean, most=most, seconds=seconds)
        strongest = max(self.strongest, before.net) * hours
        guess = min(before.net, after.net) * hours if zeros else min(mean, strongest)
        return Evidence(
            seconds=seconds,
            guessed=guess if passed + zeros <= _LONGEST_GUESS else 0,
            unmeasured=_HIDDEN * most if zeros else strongest,
        )

    def learning(self, block: Block, *, is_good: bool) -> Strength:
        """Return what is known after a block; a counter in doubt teaches no ratio."""
        if not block.is_complete:
            return self
        seen = block.evidence
        power = min(block.grown, seen.most) * 3600 / seen.seconds
        learnt = replace(self, shown=max(self.shown, power))
        if not is_good:
            return learnt
        learnt = replace(learnt, learnt=min(self.learnt + seen.seconds, _ENOUGH))
        if seen.net < _ENERGY_OF_BLOCK:
            return learnt
        ratio = min(max(block.grown / seen.net, 1), _HIGHEST_RATIO)
        blocks = self.blocks + 1
        mean = self.ratio + (ratio - self.ratio) / blocks
        return replace(learnt, ratio=mean, blocks=blocks)

    def in_doubt(self) -> Strength:
        """Return the strength of a counter that has been proved to count otherwise."""
        return replace(self, ratio=_HIGHEST_RATIO, blocks=1)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read what `asdict` wrote. Raises TypeError, KeyError for anything else."""
        return cls(
            shown=number(data["shown"]),
            learnt=number(data["learnt"]),
            ratio=number(data["ratio"]),
            blocks=number(data["blocks"]),
        )


def number(data: object) -> float:
    """Return a number as it is. Raises TypeError for anything else."""
    if not isinstance(data, int | float):
        raise TypeError("not a number")
    return data


def mapping(data: object) -> Mapping[str, object]:
    """Return a mapping as it is. Raises TypeError for anything else."""
    if not isinstance(data, Mapping):
        raise TypeError("not an object")
    return data

"""Evidence for or against a counter: the energy that measured power explains.

Energies are in Wh, powers in W and times in s, all in the counter's direction.
All margins of the guard that have to do with power are here, with their reasons.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

# Polls are up to 300 s apart, and up to a minute late. Anything longer is an outage,
# whose ends count no more than two polls.
_LONGEST_INTERVAL: Final = 360  # s
# Up to this, the mean of two powers is a guess of what flowed between them.
_LONGEST_GUESS: Final = 3 * 3600  # s
# Counters and powers differ by up to 3 % (reported), over hours.
_TOLERANCE: Final = 1.1
# The noise of a CT without current, which a counter may count.
_RESOLUTION: Final = 10  # W
# A load is computed from counters that count in tens, read at other times.
_BASE_MARGIN: Final = 100  # Wh
# A kettle that ran between two polls.
_UNSEEN: Final = 3000  # W
# A single wrong power must not explain a jump.
_PLAUSIBLE: Final = 2
# What flows while zeros replace the values is similar to before and after.
_HIDDEN: Final = 1.5
# The strongest power of a large home, assumed until a counter has counted for a day. A
# counter that idles, or is read in short runs, stays new.
_STRONGEST_OF_NEW: Final = 15_000  # W
_ENOUGH: Final = 24 * 3600  # s
# Power that lasts this long and is counted is real.
_BLOCK: Final = 300  # s
# Less than this in a block does not teach the ratio: batteries count in tens.
_ENERGY_OF_BLOCK: Final = 50  # Wh
# How much a counter may count for each Wh of power: an assumption, then learnt.
_FIRST_RATIO: Final = 2.0
_HIGHEST_RATIO: Final = 3.0


@dataclass(frozen=True, slots=True)
class Flow:
    """Power (W) in a counter's direction, never negative.

    `net` is that of all phases together. `most` is what a counter that counts each
    phase separately may count: import and export at once.
    """

    net: float
    most: float

    @property
    def is_idle(self) -> bool:
        """Return whether the power is no more than the noise of a CT."""
        return self.net <= _RESOLUTION

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Parse what `asdict` returns. Raises TypeError or KeyError if it is invalid."""
        return cls(number(data["net"]), number(data["most"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Energy (Wh) that flowed in a period, as far as it was measured.

    `net` and `most` are the integrals of those of `Flow`, over `seconds` of readings;
    for `blind` of these no power was given. `guessed` probably flowed in gaps, and
    `unmeasured` is the most that can have flowed in them.
    """

    net: float = 0
    most: float = 0
    seconds: float = 0
    blind: float = 0
    guessed: float = 0
    unmeasured: float = 0

    @property
    def estimate(self) -> float:
        """The best estimate of the energy that flowed (Wh)."""
        return self.net + self.guessed

    @property
    def is_idle(self) -> bool:
        """Return whether the energy is no more than the noise of a CT."""
        return self.net <= _RESOLUTION * self.seconds / 3600

    def plus(self, other: Evidence) -> Evidence:
        """Return the evidence of two successive periods."""
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
        """Parse what `asdict` returns. Raises TypeError or KeyError if it is invalid."""
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
    """Some minutes of readings, from `start` to `end` (Wh), from which a ratio is learnt.

    It goes on until the counter has counted: some count once an hour.
    """

    start: float
    end: float
    evidence: Evidence = Evidence()

    @classmethod
    def at(cls, value: float) -> Self:
        """Return the block that begins with a reading."""
        return cls(value, value)

    @property
    def grown(self) -> float:
        """The energy that the counter has counted (Wh)."""
        return self.end - self.start

    def next_state(self, value: float, step: Evidence) -> Block:
        """Return the block with another reading, or a new one."""
        is_measured = step.most > 0
        if not is_measured or value < self.start or self.is_complete:
            return Block.at(value)
        return Block(self.start, value, self.evidence.plus(step))

    @property
    def is_complete(self) -> bool:
        """Return whether it is long enough to learn from."""
        return self.evidence.seconds >= _BLOCK and self.grown > 0


@dataclass(frozen=True, slots=True)
class Strength:
    """The strength of a counter, as its power and its readings have shown it so far.

    `shown` is the strongest power (W) that lasted, `learnt` the time (s) for which it
    was seen to count. `ratio` is how much it counts for each Wh of power, 1 at least: the
    mean of so many `blocks`, the first of which is an assumption.
    """

    shown: float = 0
    learnt: float = 0
    ratio: float = _FIRST_RATIO
    blocks: float = 1

    @property
    def strongest(self) -> float:
        """The strongest power (W) that can have flowed between readings."""
        is_known = self.learnt >= _ENOUGH and self.shown > 2 * _RESOLUTION
        return self.shown if is_known else max(self.shown, _STRONGEST_OF_NEW)

    @property
    def _plausible(self) -> float:
        # A generator, or the first car, may be the strongest for the first time.
        return _PLAUSIBLE * max(self.strongest, _STRONGEST_OF_NEW)

    def margin(self, seconds: float) -> float:
        """Return the energy (Wh) a counter may rise beyond its power between two polls."""
        return _BASE_MARGIN + max(self.shown, _UNSEEN) * seconds / 3600

    def explained(self, seen: Evidence) -> float:
        """Return the most that a counter can have counted (Wh), without the margin."""
        measured = min(seen.most, self._plausible * seen.seconds / 3600)
        return _TOLERANCE * self.ratio * measured + seen.unmeasured

    def loosely_explained(self, seen: Evidence) -> float:
        """Return the same (Wh) for a counter that does not agree with its power."""
        return replace(self, ratio=_HIGHEST_RATIO).explained(seen)

    def most(self, seen: Evidence) -> float:
        """Return the most that can have flowed (Wh), whatever power was measured."""
        return self.strongest * seen.seconds / 3600 + seen.unmeasured

    def step(
        self, before: Flow | None, after: Flow | None, passed: float, zeros: float
    ) -> Evidence:
        """Return what flowed between two readings that are `passed` (s) apart.

        Before that, zeros replaced the values for `zeros` (s).
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
        """Return the strength after a block; a counter in doubt teaches no ratio."""
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
        """Return the strength of a counter that was proved to differ from its power."""
        return replace(self, ratio=_HIGHEST_RATIO, blocks=1)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Parse what `asdict` returns. Raises TypeError or KeyError if it is invalid."""
        return cls(
            shown=number(data["shown"]),
            learnt=number(data["learnt"]),
            ratio=number(data["ratio"]),
            blocks=number(data["blocks"]),
        )


def number(data: object) -> float:
    """Return a number unchanged. Raises TypeError for anything else."""
    if not isinstance(data, int | float):
        raise TypeError("not a number")
    return data


def mapping(data: object) -> Mapping[str, object]:
    """Return a mapping unchanged. Raises TypeError for anything else."""
    if not isinstance(data, Mapping):
        raise TypeError("not an object")
    return data

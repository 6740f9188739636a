"""A filter that keeps glitches of an energy counter from statistics, and follows resets.

Gateways sometimes report 0 for a poll or more, step back, or jump; statistics take
any of that for energy. The measured power is the evidence. The rules, for readings
in Wh:

- A reading is good if it is no lower than the last good one and no higher than
  the energy measured since then explains, with a margin. The margin is used up
  by what power does not explain, and is restored by measured energy alone: so
  many small jumps are no better than a large one, and standing still earns
  nothing. A counter that stood still while power flowed may catch up with it.
- Where nothing was measured (a restart, an outage, no power given) the strongest
  power that the counter has shown bounds the rise.
- A small step back is a counter that is computed from others: the last good
  value stays until the counter has caught up.
- Any other reading is held back; the last good value stays.
- Readings held back that continue each other are a run. It is followed once it has
  lasted and has counted what was measured, no less and no more: the counter was
  reset or replaced. What was measured before the first of them is published too,
  so that a reset loses nothing. At night nothing is proved, as nothing flows.
- If the strongest power could have brought the first of them since the counter
  agreed with it, no counter was reset: the power was wrong, or too seldom read.
- A counter that disagrees with its power for hours is followed all the same, one
  that counts without any power after half a day.
- A negative counter (they exist) gets an offset: published, it starts at 0.
- A first 0 that no other counter of the part confirms is held back.
- A reading of 0 Wh and 0 W from a counter that was higher is not a measurement.

So what is published never falls, and rises by what was measured.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Final

from .counter_evidence import Block, Evidence, Flow, Strength, mapping, number

# A load is computed from counters that count in tens, and steps back by some of them.
# A permanent step back of this much loses as much.
_SMALL_FALL: Final = 200  # Wh
# Glitches of 20 min are known; bursts of 5 min, 16 min apart, are proof within 2 h.
_PROOF: Final = 25 * 60  # s of readings
# For a counter that always disagrees with its power.
_LONG_PROOF: Final = 6 * 3600  # s of readings
# For one that counts without any power: longer than what leaks at night.
_LONGEST_PROOF: Final = 12 * 3600  # s of readings
# More than the noise of a counter that idles, or a few of its steps.
_ENERGY_OF_PROOF: Final = 100  # Wh
# A counter that counts every 15 min has counted most of the energy in due course.
_LEAST_COUNTED: Final = 0.75
# Having counted this much of the measured energy, a counter has caught up.
_CAUGHT_UP: Final = 0.9
# Nor is less than this still to come when nothing flows any more: a battery's step.
_REMAINDER: Final = 10  # Wh
# A counter that counts less than this share stands still.
_STANDS_STILL: Final = 0.25


@dataclass(frozen=True, slots=True)
class Point:
    """A reading (Wh) and its Unix time."""

    value: float
    at: float


@dataclass(frozen=True, slots=True)
class Reset:
    """A reset of a counter: the readings (Wh) before and after, and the time of the latter."""

    old: float
    new: float
    at: float


@dataclass(frozen=True, slots=True)
class Reading(Point):
    """A reading with the power at it, None if none was given.

    `passed` (s) is the time since the last reading by the monotonic clock; if it is
    None, as after a restart, the times of the readings are used.
    """

    flow: Flow | None = None
    passed: float | None = None

    @property
    def point(self) -> Point:
        """The reading without power."""
        return Point(self.value, self.at)


@dataclass(frozen=True, slots=True)
class Counter:
    """The state of a counter, which is stored.

    `good` is the last good reading. `base` (Wh) is the reading up to which the
    counter is known to have counted all, `seen` what flowed since then, `margin`
    (Wh) what is left of the margin. `first` and `last` are the ends of a run of
    readings that are held back, `seen_in_run` is what flowed between them. `offset`
    (Wh) is added to a reading before it is published. `flow` is the power at the last
    reading, whose time is `at`; since then zeros replaced the values for `zeros` (s).
    `block` is what the strength is learnt from; it is not stored.
    """

    good: Point | None = None
    base: float = 0
    seen: Evidence = field(default_factory=Evidence)
    margin: float = 0
    first: Point | None = None
    last: Point | None = None
    seen_in_run: Evidence = field(default_factory=Evidence)
    offset: float = 0
    at: float | None = None
    flow: Flow | None = None
    zeros: float = 0
    strength: Strength = field(default_factory=Strength)
    block: Block | None = field(default=None, compare=False)

    @classmethod
    def from_published(cls, shown: Point) -> Counter:
        """Return the state of a counter of which only the published value is known."""
        return _anchored(cls(), shown, offset=0)

    @property
    def published(self) -> float | None:
        """The energy to show (Wh), None before the first good reading."""
        return None if self.good is None else self.good.value + self.offset

    @property
    def is_held(self) -> bool:
        """Return whether the last reading was held back."""
        return self.first is not None

    def next_state(
        self, reading: Reading, *, zero_is_confirmed: bool = True
    ) -> tuple[Counter, Reset | None]:
        """Return the state after another reading, and the reset that it proves.

        `zero_is_confirmed` says that another counter of the part confirms a 0.
        """
        counter, step = _measured(self, reading)
        now, margin = reading.point, counter.strength.margin(step.seconds)
        reset = None
        if self.good is None:
            is_valid = zero_is_confirmed or now.value != 0
            judged = _begun(counter, now, margin, is_valid=is_valid)
        elif _explains(counter, self.good, now):
            judged = _continued(counter, self.good, now, margin)
        else:
            judged = _held(counter, now, margin)
            if _is_proof(judged, margin):
                judged, reset = _followed(judged, self.good, now, margin)
        return _learned(judged, now, is_same_run=judged.is_held is self.is_held), reset

    def as_dict(self) -> dict[str, object]:
        """Return the state as JSON-compatible data."""
        data = asdict(self)
        del data["block"]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Counter:
        """Parse what `as_dict` returns, in this version or an earlier one.

        Raises TypeError or KeyError if it is invalid.
        """
        good, first, last = (_point(data[key]) for key in ("good", "first", "last"))
        offset = number(data["offset"])
        if "seen" not in data:
            read_at = max((each.at for each in (good, last) if each), default=None)
            counter = cls() if good is None else _anchored(cls(), good, offset=offset)
            return replace(counter, first=first, last=last, at=read_at)
        at, flow = data["at"], data["flow"]
        return cls(
            good=good,
            base=number(data["base"]),
            seen=Evidence.from_dict(mapping(data["seen"])),
            margin=number(data["margin"]),
            first=first,
            last=last,
            seen_in_run=Evidence.from_dict(mapping(data["seen_in_run"])),
            offset=offset,
            at=None if at is None else number(at),
            flow=None if flow is None else Flow.from_dict(mapping(flow)),
            zeros=number(data["zeros"]),
            strength=Strength.from_dict(mapping(data["strength"])),
        )


def _measured(counter: Counter, reading: Reading) -> tuple[Counter, Evidence]:
    """Return the state at the time of a reading, and what flowed until then."""
    passed = reading.passed
    if passed is None:
        passed = 0 if counter.at is None else max(reading.at - counter.at, 0)
    if _is_no_answer(counter, reading):
        zeros, step = counter.zeros + passed, Evidence()
        block = _next_block(counter, reading, step)
        return replace(counter, at=reading.at, zeros=zeros, block=block), step
    step = counter.strength.step(counter.flow, reading.flow, passed, counter.zeros)
    counter = replace(
        counter,
        seen=counter.seen.plus(step),
        seen_in_run=counter.seen_in_run.plus(step),
        at=reading.at,
        flow=reading.flow,
        zeros=0,
        block=_next_block(counter, reading, step),
    )
    return counter, step


def _next_block(counter: Counter, now: Point, step: Evidence) -> Block:
    if counter.block is None:
        return Block.at(now.value)
    return counter.block.next_state(now.value, step)


def _is_no_answer(counter: Counter, reading: Reading) -> bool:
    """Return whether zeros replace the values of a reading."""
    return (
        counter.good is not None
        and abs(counter.good.value) > _SMALL_FALL
        and reading.value == 0
        and reading.flow is not None
        and reading.flow.net == 0
    )


def _explains(counter: Counter, good: Point, now: Point) -> bool:
    """Return whether a reading continues the last good one."""
    credit = counter.margin + counter.strength.explained(counter.seen)
    return now.value >= good.value - _SMALL_FALL and now.value <= counter.base + credit


def _anchored(counter: Counter, good: Point, *, offset: float) -> Counter:
    """Return the state that begins with this reading as a good one."""
    return replace(
        counter,
        good=good,
        base=good.value,
        seen=Evidence(),
        margin=counter.strength.margin(0),
        first=None,
        last=None,
        seen_in_run=Evidence(),
        offset=offset,
        at=good.at,
    )


def _begun(counter: Counter, now: Point, margin: float, *, is_valid: bool) -> Counter:
    counter = _held(counter, now, margin)
    if is_valid or counter.seen_in_run.seconds >= _PROOF:
        return _anchored(counter, now, offset=max(-now.value, 0))
    return counter


def _continued(counter: Counter, good: Point, now: Point, margin: float) -> Counter:
    good = Point(max(good.value, now.value), now.at)
    base, seen, left = counter.base, counter.seen, counter.margin
    risen = good.value - base
    share = _CAUGHT_UP if seen.seconds < _LONG_PROOF else _STANDS_STILL
    is_idle = counter.flow is not None and counter.flow.is_idle
    has_caught_up = risen >= share * seen.estimate
    if has_caught_up or (is_idle and risen >= seen.estimate - _REMAINDER):
        left = min(left + counter.strength.explained(seen) - risen, margin)
        base, seen = good.value, Evidence()
    return replace(
        counter,
        good=good,
        base=base,
        seen=seen,
        margin=left,
        first=None,
        last=None,
        seen_in_run=Evidence(),
    )


def _held(counter: Counter, now: Point, margin: float) -> Counter:
    """Return the state with a reading that prolongs the run, or begins a new one."""
    if counter.first is not None and counter.last is not None:
        lowest = max(counter.first.value, counter.last.value - _SMALL_FALL)
        highest = counter.first.value + margin
        highest += counter.strength.loosely_explained(counter.seen_in_run)
        if counter.seen_in_run.is_idle:
            highest += counter.strength.most(counter.seen_in_run)
        if lowest <= now.value <= highest:
            return replace(counter, last=now)
    return replace(counter, first=now, last=now, seen_in_run=Evidence())


def _is_proof(counter: Counter, margin: float) -> bool:
    """Return whether the run has lasted, and has counted what flowed."""
    seen = counter.seen_in_run
    if counter.first is None or counter.last is None or seen.seconds < _PROOF:
        return False
    grown = counter.last.value - counter.first.value
    if grown < _ENERGY_OF_PROOF:
        return False
    if grown > margin + counter.strength.loosely_explained(seen):
        return seen.seconds >= _LONGEST_PROOF
    if seen.seconds >= _LONG_PROOF or seen.blind > seen.seconds / 2:
        return grown >= _STANDS_STILL * seen.estimate
    return (
        seen.estimate >= _ENERGY_OF_PROOF
        and grown >= _LEAST_COUNTED * seen.estimate
        and grown <= counter.strength.explained(seen)
    )


def _followed(
    counter: Counter, good: Point, now: Point, margin: float
) -> tuple[Counter, Reset | None]:
    """Return the state that follows the run, and the reset unless none took place."""
    first, seen = counter.first or now, counter.seen_in_run
    if seen.seconds >= _LONG_PROOF:
        counter = replace(counter, strength=counter.strength.in_doubt())
    most = counter.strength.most(counter.seen) - counter.strength.most(seen)
    if good.value <= first.value <= counter.base + most + margin:
        return _anchored(counter, now, offset=counter.offset), None
    before = max(counter.seen.estimate - seen.estimate, good.value - counter.base)
    offset = counter.offset + counter.base + before - first.value
    reset = Reset(good.value, first.value, first.at)
    return _anchored(counter, now, offset=offset), reset


def _learned(counter: Counter, now: Point, *, is_same_run: bool) -> Counter:
    """Return the state with what its block teaches, once that is complete."""
    if not is_same_run:
        return replace(counter, block=Block.at(now.value))
    if counter.block is None or not counter.block.is_complete:
        return counter
    strength = counter.strength.learning(counter.block, is_good=not counter.is_held)
    return replace(counter, strength=strength)


def _point(data: object) -> Point | None:
    if data is None:
        return None
    data = mapping(data)
    return Point(number(data["value"]), number(data["at"]))

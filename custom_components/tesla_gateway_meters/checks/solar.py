"""Whether a CT of the solar system is the wrong way round, or on another phase.

Negative by itself is neither: a load on the solar circuit makes it negative too, at night.
So it has to be the sun's. Then

- the load changes by twice of it (see `answer`), or
- the inverter's other phases give as much at the same time, or
- the house would produce: site, solar and battery add up to less than nothing, and to
  something sensible once this CT is turned round.
"""

from collections.abc import Mapping
from math import atan2, degrees, hypot

from ..gateway import Phase, PhaseReading
from .answer import LoadAnswer
from .fields import Stored, number, numbers
from .model import Observation
from .samples import Sample
from .thresholds import (
    DARK,
    DAWN_LEVEL,
    DAWN_LONGEST_POLL,
    DAWN_STEP,
    NEGATIVE,
    NOISE,
    SOLAR_CHANGE,
    SOLAR_CHANGE_PART,
    SOLAR_CHANGE_TIME,
    SOLAR_CHANGES,
    SOLAR_CHANGES_KEPT,
    SOLAR_CHANGES_PART,
    SOLAR_CHANGES_STAY,
    SOLAR_LASTING,
    SOLAR_NEGATIVE,
    SOLAR_PROBLEM,
    SOLAR_RIGHT_ANGLE,
    SOLAR_TURNED_ANGLE,
    SOLAR_TURNED_NEWEST,
    SOLAR_UPRIGHT_SURE,
    SUN_LEVEL,
    SUN_LEVEL_EVERY,
    SUN_LEVEL_PART,
    SUN_LEVELS,
    SUN_LEVELS_KEPT,
    SUN_MEMORY,
    SUN_SEEN,
    SUN_SEEN_RATIO,
    SUN_SEEN_TIME,
    TWIN_ANGLE,
    TWIN_LEAST,
    TWIN_MOST,
)


class SolarDirection:
    """The evidence on one solar CT, or on solar as a whole."""

    def __init__(self) -> None:
        """Start without evidence."""
        self._reversed = 0.0
        self._positive = 0.0
        self._power = 0.0
        self._sun = Sun()
        self.angles = ChangeAngles()

    def add_reading(
        self,
        reading: PhaseReading,
        others: list[tuple[PhaseReading, bool]],
        sample: Sample,
        elapsed: float,
        *,
        is_three_phase: bool,
        negatives: float,
        answer: LoadAnswer,
        right: frozenset[Phase],
    ) -> None:
        """Add a new reading, `elapsed` seconds after the one before (0: after a gap).

        `others` are those of the solar system's other phases, and whether each is the
        sun's; `negatives` is what all its negative phases add up to, in W, and `answer`
        what the load does at that; `right` has the site's phases whose CTs are known to be
        right.
        """
        power, vars_ = reading.power, reading.reactive_power
        if power is None:
            return
        if is_three_phase and vars_ is not None:
            self.angles.add_level(power, vars_, sample.at)
        self._sun.add_level(power, sample.at, elapsed)
        if power > -SOLAR_NEGATIVE:
            self._positive += elapsed
            if self._positive >= SOLAR_PROBLEM:
                self._reversed = 0.0
        elif power < SOLAR_NEGATIVE:
            self._power = power
            self._positive = 0.0
            if self._is_reversed(
                power,
                vars_ or 0,
                others,
                sample,
                is_three_phase=is_three_phase,
                negatives=negatives,
                answer=answer,
                right=right,
            ):
                self._reversed += elapsed

    def _is_reversed(
        self,
        power: float,
        vars_: float,
        others: list[tuple[PhaseReading, bool]],
        sample: Sample,
        *,
        is_three_phase: bool,
        negatives: float,
        answer: LoadAnswer,
        right: frozenset[Phase],
    ) -> bool:
        """Return whether what is negative is the sun's, on the CT's own phase."""
        if answer.is_load or (is_three_phase and self.angles.looks_turned):
            return False
        if answer.is_sun(came_from_dark=self._sun.came_from_dark):
            return True
        is_sun = self.is_sun
        if is_three_phase and not answer.hints_at_direction:
            # It may be on another phase: more changes will tell.
            return False
        twin = _twin(power, vars_, others)
        if twin is not None and (is_sun or twin):
            return True
        # It may be a CT of the site that makes the house produce.
        return _house_would_produce(sample, negatives) and (
            is_sun
            or (right.issuperset(sample.site) and not self._sun.was_seen(sample.at))
        )

    @property
    def is_sun(self) -> bool:
        """Whether what this CT measures now is the sun's, whatever its sign."""
        return self._sun.came_from_dark or self._sun.is_varied

    @property
    def state(self) -> object:
        """All that the observations' outcome depends on; figures aside."""
        return (
            self._reversed >= SOLAR_PROBLEM,
            self._reversed >= SOLAR_LASTING,
            self._positive >= SOLAR_PROBLEM,
            self.is_turned,
        )

    @property
    def is_turned(self) -> bool | None:
        """Whether the CT is on another phase; None is not known."""
        if self.angles.is_turned:
            return True
        return False if self.angles.is_right else None

    def is_decided(self, at: float, *, is_three_phase: bool) -> bool:
        """Return whether this CT cannot be what makes the load negative."""
        if not self._power:
            return True
        return self._sun.was_seen(at) and (not is_three_phase or self.angles.is_right)

    @property
    def is_suspect(self) -> bool:
        """Whether anything speaks against this CT: then it proves nothing of others."""
        return bool(self._reversed or self.angles.is_turned)

    def reversed_observation(self) -> Observation:
        """Return what the evidence says of the direction."""
        problem: bool | None = None
        if self._reversed >= SOLAR_PROBLEM and not self.is_turned:
            problem = True
        elif self._positive >= SOLAR_PROBLEM:
            problem = False
        return Observation(
            problem=problem,
            lasting=problem is True and self._reversed >= SOLAR_LASTING,
            evidence={
                "minutes": round(self._reversed / 60),
                "power": round(self._power),
            },
        )

    def turned_observation(self) -> Observation:
        """Return what the evidence says of the phase."""
        is_turned = self.is_turned
        return Observation(
            problem=is_turned,
            lasting=is_turned is True,
            evidence=self.angles.evidence(),
        )

    def as_dict(self) -> Stored:
        """Return the evidence as JSON."""
        return {
            "reversed": round(self._reversed),
            "positive": round(self._positive),
            "power": round(self._power),
            "sun_seen": [round(each) for each in self._sun.seen],
            "angles": [round(each, 1) for each in self.angles.seen],
            "is_turned": int(self.angles.is_turned),
        }

    def restore(self, stored: Mapping[str, object]) -> None:
        """Take over what `as_dict` has returned; raises ValueError for anything else."""
        reversed_ = number(stored.get("reversed"))
        positive = number(stored.get("positive"))
        power = number(stored.get("power"))
        time, at = numbers(stored.get("sun_seen"), 2)
        angles = numbers(stored.get("angles"), None)
        is_turned = number(stored.get("is_turned"))
        self._reversed, self._positive, self._power = reversed_, positive, power
        self._sun.seen = (time, at)
        self.angles.is_turned = bool(is_turned)
        self.angles.seen = angles


def _twin(
    power: float, vars_: float, others: list[tuple[PhaseReading, bool]]
) -> bool | None:
    """Return whether another phase that gives as much as this one takes is the sun's.

    None where there is no such phase. The phases of one inverter give the same power and
    reactive power.
    """
    size, found = hypot(power, vars_), None
    for other, is_sun in others:
        if other.power is None or other.power < -SOLAR_NEGATIVE:
            continue
        theirs = other.reactive_power or 0
        if TWIN_LEAST * size <= hypot(other.power, theirs) <= TWIN_MOST * size:
            angle = degrees(atan2(vars_, power) - atan2(theirs, other.power)) % 360
            if abs(angle - 180) <= TWIN_ANGLE:
                found = found or is_sun
    return found


def _house_would_produce(sample: Sample, negatives: float) -> bool:
    """Return whether the load is negative, and is not once solar is turned round."""
    load = sample.load
    return (
        load is not None
        and load < NEGATIVE
        and load - 2 * negatives >= 0
        and not sample.is_island
    )


class Sun:
    """Tells the sun from a load on the solar circuit, whatever the CT's direction."""

    def __init__(self) -> None:
        """Start without a reading."""
        self._power: float | None = None
        self._dark = 0.0
        self._levels: list[float] = []
        self._level_at = 0.0
        # The lowest and highest level of a stretch of positive ones.
        self._low = self._high = 0.0
        self.came_from_dark = False
        # For how long in s there was sun for sure, and when that was last.
        self.seen = (0.0, 0.0)

    def add_level(self, power: float, at: float, elapsed: float) -> None:
        """Add a level in W, `elapsed` seconds after the one before."""
        before, self._power = self._power, power
        if at - self._level_at >= SUN_LEVEL_EVERY or not self._levels:
            self._level_at = at
            self._levels = [*self._levels[1 - SUN_LEVELS_KEPT :], power]
        self._add_seen(power, at, elapsed)
        if before is None or not elapsed or elapsed > DAWN_LONGEST_POLL:
            self._dark, self.came_from_dark = 0.0, False
        elif -NOISE <= power <= NOISE:
            self._dark += elapsed
            if self._dark >= DARK:
                self.came_from_dark = True
        elif (
            # The sun does not change its sign, nor comes at once.
            before * power < 0 and not -NOISE <= before <= NOISE
        ) or (
            -DAWN_LEVEL < before < DAWN_LEVEL
            and abs(power - before) > DAWN_STEP * max(1.0, elapsed / 30)
        ):
            self._dark, self.came_from_dark = 0.0, False
        elif not -2 * NOISE <= power <= 2 * NOISE:
            self._dark = 0.0
            if power < 0 and self.was_seen(at):
                self.came_from_dark = False

    def _add_seen(self, power: float, at: float, elapsed: float) -> None:
        if power < SUN_SEEN:
            self._low = self._high = 0.0
            return
        self._low = min(self._low or power, power)
        self._high = max(self._high, power)
        # A load has one level.
        if self._high >= SUN_SEEN_RATIO * self._low:
            time, last = self.seen
            self.seen = (time + elapsed if at - last <= SUN_MEMORY else elapsed, at)

    def was_seen(self, at: float) -> bool:
        """Return whether the CT has measured sun the right way, not long before."""
        time, last = self.seen
        return time >= SUN_SEEN_TIME and at - last <= SUN_MEMORY

    @property
    def is_varied(self) -> bool:
        """Whether there were many levels lately, of one sign."""
        if self._power is None:
            return False
        levels = [each for each in self._levels if each * self._power > 0]
        width = max(SUN_LEVEL, SUN_LEVEL_PART * max(map(abs, levels), default=0))
        return len({each // width for each in levels}) >= SUN_LEVELS


class ChangeAngles:
    """The angles by which solar changes, in degrees from 0 to 180."""

    def __init__(self) -> None:
        """Start without a change."""
        self._seen: list[float] = []
        self._anchor: tuple[float, float, float] | None = None
        self._most = 0.0
        self.is_turned = False
        self.is_right = False
        self.looks_turned = False

    def add_level(self, power: float, vars_: float, at: float) -> None:
        """Add a level in W and var at this time, in s of observation."""
        self._most = max(self._most, abs(power), abs(vars_))
        if self._anchor is None or at - self._anchor[2] > SOLAR_CHANGE_TIME:
            self._anchor = (power, vars_, at)
            return
        dp, dq = power - self._anchor[0], vars_ - self._anchor[1]
        least = max(SOLAR_CHANGE, SOLAR_CHANGE_PART * self._most)
        if -least < dp < least and -least < dq < least:
            return
        self.seen = [*self._seen, degrees(atan2(dq, dp)) % 180]
        self._anchor = (power, vars_, at)

    @property
    def seen(self) -> list[float]:
        """The newest angles."""
        return self._seen

    @seen.setter
    def seen(self, seen: list[float]) -> None:
        self._seen = seen[-SOLAR_CHANGES_KEPT:]
        enough = SOLAR_CHANGES_PART * max(len(self._seen), SOLAR_CHANGES)
        turned = self._count_turned()
        # At noon there is little but what the inverter does at the grid's voltage.
        upright = self._count(0, SOLAR_UPRIGHT_SURE)
        self.is_turned = turned >= enough or (
            self.is_turned and upright < SOLAR_CHANGES_STAY * len(self._seen)
        )
        self.is_right = (
            not self.is_turned and self._count(0, SOLAR_RIGHT_ANGLE) >= enough
        )
        newest = self._seen[-SOLAR_TURNED_NEWEST:]
        self.looks_turned = self.is_turned or (
            len(newest) == SOLAR_TURNED_NEWEST
            and any(
                all(abs(each - middle) <= SOLAR_TURNED_ANGLE for each in newest)
                for middle in (60, 120)
            )
        )

    def _count(self, middle: float, width: float) -> int:
        return sum(
            min(abs(each - middle), 180 - abs(each - middle)) <= width
            for each in self._seen
        )

    def _count_turned(self) -> int:
        return max(self._count(middle, SOLAR_TURNED_ANGLE) for middle in (60, 120))

    def evidence(self) -> dict[str, float]:
        """Return what is known of them."""
        return {"changes": len(self._seen), "changes_turned": self._count_turned()}

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
from .solar_angles import ChangeAngles
from .sun import Sun
from .thresholds import (
    NEGATIVE,
    SOFT_LEVEL,
    SOLAR_LASTING,
    SOLAR_NEGATIVE,
    SOLAR_PROBLEM,
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
        if power <= SOFT_LEVEL and self._sun.is_soft:
            return True
        if answer.is_sun(came_from_dark=self._sun.came_from_dark):
            return True
        is_sun = self.is_sun
        if answer.leans_to_load or (is_three_phase and not answer.hints_at_direction):
            # It may be a load, or on another phase: more changes will tell.
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
            "angles": self.angles.as_list(),
        }

    def restore(self, stored: Mapping[str, object]) -> None:
        """Take over what `as_dict` has returned; raises ValueError for anything else."""
        reversed_ = number(stored.get("reversed"))
        positive = number(stored.get("positive"))
        power = number(stored.get("power"))
        time, at = numbers(stored.get("sun_seen"), 2)
        self.angles.restore(stored.get("angles"))
        self._reversed, self._positive, self._power = reversed_, positive, power
        self._sun.seen = (time, at)


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

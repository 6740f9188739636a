"""Check for a solar CT that is reversed or on another phase.

Negative power alone is no evidence: a load on the solar circuit also makes it negative, at
night. So the negative power has to be production. Then

- the load changes by twice as much (see `answer`), or
- the inverter's other phases produce the same at the same time, or
- the house would produce: site, solar and battery add up to a negative load, which becomes
  plausible if this CT is reversed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import atan2, degrees, hypot

from ..gateway import Phase, PhaseReading
from .answer import LoadAnswer
from .fields import Stored, number, numbers
from .model import Observation
from .samples import Sample
from .solar_angles import ChangeAngles
from .sun import Sun
from .thresholds import (
    DAWN_SEEN,
    DAWN_SURE,
    NEGATIVE,
    SOFT_LEVEL,
    SOLAR_LASTING,
    SOLAR_NEGATIVE,
    SOLAR_NO_LOAD,
    SOLAR_NO_LOAD_TWIN,
    SOLAR_PROBLEM,
    SOLAR_PURE,
    SOLAR_PURE_VARS,
    SOLAR_READING,
    SOLAR_RIGHT_FROM,
    SOLAR_RIGHT_LASTING,
    SOLAR_UNEXPLAINED,
    SOLAR_VARS_IN_PHASE,
    SOLAR_VARS_MOST,
    SOLAR_VARS_UNROTATED,
    TWIN_ANGLE,
    TWIN_FROM,
    TWIN_GROWTH,
    TWIN_LEAST,
    TWIN_MOST,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolarContext:
    """The context of a solar CT's reading, `elapsed` seconds after the one before.

    `elapsed` is 0 after a gap. `negatives` is the sum of all negative solar phases in W, and
    `answer` how the load changes with it. `right` has the site phases whose CTs are known to
    be right; `is_site_wrong` is the result of the function of that name.
    """

    sample: Sample
    elapsed: float
    is_three_phase: bool
    negatives: float
    answer: LoadAnswer
    right: frozenset[Phase]
    is_site_wrong: bool


class SolarDirection:
    """The evidence on one solar CT, or on solar as a whole."""

    def __init__(self) -> None:
        """Start without evidence."""
        self._reversed = 0.0
        self._positive = 0.0
        # Seconds of positive power above SOLAR_RIGHT_FROM without a break.
        self._right = 0.0
        self._power = 0.0
        self._sun = Sun()
        # Power and reactive power in the dark, in W and var.
        self._dark = (0.0, 0.0)
        self._is_rotated: bool | None = None
        self.angles = ChangeAngles()

    def add_reading(
        self,
        reading: PhaseReading,
        others: list[tuple[PhaseReading, bool]],
        context: SolarContext,
        *,
        is_rotated: bool | None,
    ) -> None:
        """Add a new reading.

        `others` are the readings of the other solar phases, each with whether it is
        production; `is_rotated` is whether they show that this CT is on another phase.
        """
        power, vars_ = reading.power, reading.reactive_power
        if power is None:
            return
        at, elapsed = context.sample.at, context.elapsed
        self._is_rotated = is_rotated
        if context.is_three_phase and vars_ is not None:
            self.angles.add_level(power, vars_, at, elapsed)
        self._sun.add_level(power, at, elapsed)
        if self._sun.is_dark:
            self._dark = (power, vars_ or 0)
        if power > -SOLAR_NEGATIVE:
            self._positive += elapsed
            self._add_right(power, elapsed)
        elif power < SOLAR_NEGATIVE:
            self._power = power
            self._positive = self._right = 0.0
            if (
                is_rotated is None
                and not context.is_site_wrong
                and self._is_reversed(power, vars_ or 0, others, context)
            ):
                self._reversed += min(elapsed, SOLAR_READING)

    def _add_right(self, power: float, elapsed: float) -> None:
        """Add a positive level, which withdraws the evidence of a reversed CT.

        This takes a minute if the level is as large as the negative one before, as after the
        CT was corrected, and longer otherwise: at a reversed CT the inverter's consumption at
        night is positive, and so is a load on its circuit for a while.
        """
        if power <= SOLAR_RIGHT_FROM:
            self._right = 0.0
            return
        self._right += elapsed
        is_same_size = TWIN_LEAST <= power / max(-self._power, 1) <= TWIN_MOST
        least = SOLAR_PROBLEM if is_same_size else SOLAR_RIGHT_LASTING
        if self._right >= least:
            self._reversed = 0.0

    def _is_reversed(
        self,
        power: float,
        vars_: float,
        others: list[tuple[PhaseReading, bool]],
        context: SolarContext,
    ) -> bool:
        """Return whether negative power is production, measured on the CT's own phase."""
        answer = context.answer
        twin = _twin(power, vars_, others)
        is_in_phase = not context.is_three_phase or self._is_in_phase(power, vars_)
        may_lack_load = (
            is_in_phase or twin is not None or self._is_unrotated(power, vars_)
        )
        if may_lack_load and _no_load_explains(context, has_twin=twin is not None):
            return True
        # If it was positive by day, a load may remain after sunset. After a night, the load's
        # changes decide.
        was_seen = self._sun.was_seen(context.sample.at) and not (
            self._sun.came_from_night and answer.suggests_sun
        )
        may_be_twin = self._sun.came_from_dark or answer.fits_sun
        is_twin = (
            twin is not None
            and not was_seen
            and not answer.suggests_load
            and (
                (self._sun.is_varied and may_be_twin)
                or (self._sun.is_soft and power <= TWIN_FROM)
            )
        )
        if answer.is_load or (
            self.angles.looks_rotated and not is_in_phase and not is_twin
        ):
            return False
        # More reactive power than this is only seen by a CT on another phase.
        may_be_reversed = is_in_phase or abs(vars_) <= SOLAR_VARS_MOST * -power
        if is_twin or (is_in_phase and not was_seen and self._is_dawn(power, context)):
            return True
        # The load matches an inverter's consumption at night by chance, and two changes of a
        # heat pump on the circuit of a CT that has shown positive production.
        if (
            context.negatives <= -DAWN_SEEN
            and may_be_reversed
            and answer.is_sun(
                may_be_few=not was_seen, came_from_dark=self._sun.came_from_dark
            )
        ):
            return True
        if (
            was_seen
            or answer.suggests_load
            or not may_be_reversed
            or not (is_in_phase or answer.suggests_reversed)
        ):
            # It may be a load, or a CT on another phase: wait for more changes.
            return False
        return self._is_plausible(power, twin, context)

    def _is_unrotated(self, power: float, vars_: float) -> bool:
        """Return whether a CT on another phase would probably show more reactive power."""
        return (
            self.angles.none_rotated
            and power <= SOLAR_NO_LOAD
            and abs(vars_) <= SOLAR_VARS_UNROTATED * -power
        )

    def _is_plausible(
        self, power: float, twin: bool | None, context: SolarContext
    ) -> bool:
        """Return whether a reversed CT explains all powers; `twin` as of `_twin`."""
        # Constant power is a load or an inverter's consumption at night; another phase's
        # production may match it for a moment.
        has_grown = self._sun.came_from_dark and power <= self._dark[0] - TWIN_GROWTH
        if twin is not None and (
            has_grown
            or (
                context.answer.fits_sun
                and (self._sun.is_varied or (twin and self._sun.changes))
            )
        ):
            return True
        # The house may seem to produce because of a site CT.
        return _house_would_produce(context.sample, context.negatives) and (
            self.is_sun
            or self._sun.changes
            or context.right.issuperset(context.sample.site)
        )

    def _is_dawn(self, power: float, context: SolarContext) -> bool:
        """Return whether it grew from the dark as only production does."""
        negatives = context.negatives
        if context.answer.indicates_load:
            return False
        if self._sun.is_soft and (
            power <= SOFT_LEVEL or (negatives <= SOFT_LEVEL and self._sun.is_varied)
        ):
            return True
        # A heat pump on the circuit may grow like this, but the load does not change with it.
        return (
            self._sun.has_grown
            and negatives <= DAWN_SURE
            and not context.answer.suggests_load
        )

    def _is_in_phase(self, power: float, vars_: float) -> bool:
        """Return whether the CT is on its own phase, by its changes or its angle since dark."""
        if self.angles.is_right or self.angles.looks_right:
            return True
        if (
            self.angles.none_rotated
            and power <= SOLAR_PURE
            and abs(vars_) <= SOLAR_PURE_VARS * -power
        ):
            return True
        change = abs(power - self._dark[0])
        return (
            self._sun.came_from_dark
            and abs(vars_ - self._dark[1]) <= SOLAR_VARS_IN_PHASE * change
        )

    @property
    def is_sun(self) -> bool:
        """True if this CT measures solar production now, of either sign."""
        return self._sun.came_from_dark or self._sun.is_varied

    @property
    def is_dark(self) -> bool:
        """True if it has been dark for long."""
        return self._sun.is_dark

    @property
    def state(self) -> object:
        """The state that decides the observations, without their figures."""
        return (
            self._reversed >= SOLAR_PROBLEM,
            self._reversed >= SOLAR_LASTING,
            self._positive >= SOLAR_PROBLEM,
            self.is_rotated,
        )

    @property
    def is_rotated(self) -> bool | None:
        """True if the CT is on another phase; None is not known."""
        if self.angles.is_level_right:
            return False
        if self.angles.is_rotated or self._is_rotated:
            return True
        return False if self.angles.is_right else None

    def is_decided(self, at: float, *, is_three_phase: bool) -> bool:
        """Return whether this CT cannot be the cause of a negative load."""
        if not self._power:
            return True
        if not self._positive and (self.is_sun or self._power <= -DAWN_SEEN):
            # It may have been reversed since it was positive by day.
            return False
        return self._sun.was_seen(at) and (not is_three_phase or self.angles.is_right)

    @property
    def is_suspect(self) -> bool:
        """True if this CT may be wrong: then it is no evidence on others."""
        return bool(self._reversed or self.is_rotated)

    def reversed_observation(self) -> Observation:
        """Return the observation of the direction."""
        problem: bool | None = None
        if self._reversed >= SOLAR_PROBLEM and not self.is_rotated:
            problem = True
        elif self._positive >= SOLAR_PROBLEM:
            problem = False
        return Observation(
            problem=problem,
            raises_issue=problem is True and self._reversed >= SOLAR_LASTING,
            evidence={
                "minutes": round(self._reversed / 60),
                "power": round(self._power),
            },
        )

    def rotated_observation(self) -> Observation:
        """Return the observation of the phase."""
        is_rotated = self.is_rotated
        return Observation(
            problem=is_rotated,
            raises_issue=is_rotated is True,
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
    """Return whether a phase that produces what this one seems to consume is production.

    None if there is no such phase. All phases of one inverter produce the same power and
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


def _no_load_explains(context: SolarContext, *, has_twin: bool) -> bool:
    """Return whether negative solar power cannot be a load on the solar circuit.

    Such a load is supplied by the site or the battery, so that the house's load would only
    be negative with reversed site CTs as well. Either no choice of these explains it, or the
    load would have to equal what another phase produces.
    """
    sample = context.sample
    # Solar without a CT also makes a house produce.
    is_doubtful = context.answer.suggests_load
    least = SOLAR_NO_LOAD_TWIN if has_twin and not is_doubtful else SOLAR_NO_LOAD
    if context.negatives > least or not _house_would_produce(sample, context.negatives):
        return False
    most = (sample.solar or 0) + (sample.battery or 0)
    for phase, reading in sample.site.items():
        power = reading.power or 0
        is_right = phase in context.right and not is_doubtful
        most += power if is_right else abs(power)
    lacks = bool(sample.site) and most < SOLAR_UNEXPLAINED
    if sample.load is not None and sample.load <= SOLAR_NO_LOAD:
        return lacks or has_twin
    return lacks and has_twin and not is_doubtful


def _house_would_produce(sample: Sample, negatives: float) -> bool:
    """Return whether the load is negative, and is not with solar's sign reversed."""
    load = sample.load
    return (
        load is not None
        and load < NEGATIVE
        and load - 2 * negatives >= 0
        and not sample.is_island
    )

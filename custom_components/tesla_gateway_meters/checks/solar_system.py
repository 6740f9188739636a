"""All checks of the CTs of a solar system."""

from collections.abc import Mapping
from typing import Final

from ..gateway import Phase, PhaseReading
from .answer import LoadAnswer
from .fields import Stored, mapping, number
from .model import Check, CheckTarget, Measured, Observation
from .pairs import Pair, SolarPairs, fed_phases
from .samples import Sample
from .site_export import is_site_wrong
from .solar import SolarContext, SolarDirection
from .solar_rotation import SolarRotation
from .thresholds import SOLAR_NEGATIVE, SUN_SEEN

# Unchanged solar readings count again after this time.
_SOLAR_AGAIN: Final = 30  # s


class SolarSystem:
    """The evidence on solar, by phase, and as a whole where there are no solar meters."""

    def __init__(self, interval: float) -> None:
        """Expect polls at this interval in s."""
        self._longest_gap = max(120, 3 * interval)
        self._steps = SolarPairs(interval)
        self._answer = LoadAnswer()
        self._rotations = SolarRotation()
        self._directions: dict[Phase | None, SolarDirection] = {}
        self._seen: list[float | None] = []
        self._seen_at: float | None = None
        self.checks_total = False
        # Whether there was any solar production so far.
        self.is_seen = False
        # Solar power on each phase of the site, in W.
        self.fed: Mapping[Phase, float] = {}
        # Changes of solar and site that the last poll has completed.
        self.pairs: list[Pair] = []

    def update(
        self,
        sample: Sample,
        measured: Measured,
        right: frozenset[Phase],
        is_three_phase: bool,
    ) -> bool:
        """Add a poll; return whether the outcome may differ.

        `right` has the site's phases whose CTs are known to be right.
        """
        is_total = measured.has_solar_meters is False
        if is_total:
            self.checks_total = True
            seen = [sample.solar]
        else:
            seen = [each.power for each in sample.solar_phases.values()]
        is_new = seen != self._seen
        elapsed = 0.0 if self._seen_at is None else sample.at - self._seen_at
        if not is_new and 0 < elapsed < _SOLAR_AGAIN:
            self._steps.update(sample, None)
            self.pairs = []
            return False
        self._seen, self._seen_at = seen, sample.at
        if elapsed > self._longest_gap:
            elapsed = 0.0
        readings = _readings(sample, is_total=is_total)
        if sample.solar is not None and abs(sample.solar) >= SUN_SEEN:
            self.is_seen = True
        negatives = sum(min(each.power or 0, 0) for each in readings.values())
        # The load matches an inverter's consumption at night by chance.
        is_dark = bool(self._directions) and all(
            each.is_dark for each in self._directions.values()
        )
        is_wrong = negatives < SOLAR_NEGATIVE and is_site_wrong(sample)
        self._answer.update(
            0.0 if is_dark or is_wrong else negatives, sample.load, elapsed
        )
        if is_three_phase and not is_total:
            self._rotations.update(sample.solar_phases, elapsed)
        context = SolarContext(
            sample=sample,
            elapsed=elapsed,
            is_three_phase=is_three_phase and not is_total,
            negatives=negatives,
            answer=self._answer,
            right=right,
            is_site_wrong=is_wrong,
        )
        differs = self._add_readings(readings, context)
        fed = fed_phases(measured, sample)
        if fed is not None:
            self.fed = fed
        self.pairs = [
            pair
            for pair in self._steps.update(sample, fed if is_new else None)
            if self._is_right_pair(pair, measured)
        ]
        return differs

    def _add_readings(
        self, readings: Mapping[Phase | None, PhaseReading], context: SolarContext
    ) -> bool:
        for phase in readings:
            if phase not in self._directions:
                self._directions[phase] = SolarDirection()
        differs = False
        for phase, reading in readings.items():
            solar = self._directions[phase]
            before = solar.state
            others = [
                (other, self._directions[at].is_sun)
                for at, other in readings.items()
                if at != phase and context.negatives < SOLAR_NEGATIVE
            ]
            solar.add_reading(
                reading,
                others,
                context,
                is_rotated=None if phase is None else self._rotations.is_rotated(phase),
            )
            differs |= solar.state != before
        return differs

    def _is_right_pair(self, pair: Pair, measured: Measured) -> bool:
        """Return whether there is no evidence against a pair's solar CT."""
        solar = self._directions.get(pair.phase if measured.has_solar_meters else None)
        if solar is None:
            # One CT for both legs.
            solar = next(iter(self._directions.values()))
        return pair.level > -SOLAR_NEGATIVE and not solar.is_suspect

    def is_decided(self, at: float, *, is_three_phase: bool) -> bool:
        """Return whether no solar CT can be the cause of a negative load."""
        return all(
            solar.is_decided(at, is_three_phase=is_three_phase and phase is not None)
            for phase, solar in self._directions.items()
        )

    def observations(
        self, sample: Sample, *, is_three_phase: bool
    ) -> dict[CheckTarget, Observation]:
        """Return the observations of each phase, or of the total."""
        found: dict[CheckTarget, Observation] = {}
        for phase in sample.solar_phases:
            solar = self._directions.get(phase) or SolarDirection()
            found[CheckTarget(Check.WRONG_PHASE, "solar", phase)] = (
                solar.rotated_observation() if is_three_phase else Observation()
            )
            found[CheckTarget(Check.NEGATIVE_SOLAR, "solar", phase)] = (
                solar.reversed_observation()
            )
        if self.checks_total and sample.solar is not None:
            total = self._directions.get(None)
            found[CheckTarget(Check.NEGATIVE_SOLAR, "solar")] = (
                Observation()
                if total is None or sample.solar_phases
                else total.reversed_observation()
            )
        return found

    def as_dict(self) -> Stored:
        """Return the evidence as JSON."""
        return {
            "directions": {
                "total" if key is None else str(key): each.as_dict()
                for key, each in self._directions.items()
            },
            "answers": self._answer.as_list(),
            "turns": self._rotations.as_dict(),
            "is_seen": int(self.is_seen),
        }

    def restore(self, stored: Mapping[str, object]) -> None:
        """Take over what `as_dict` has returned.

        Raises ValueError for anything else, and takes none of it then.
        """
        directions: dict[Phase | None, SolarDirection] = {}
        for key, content in mapping(stored.get("directions")).items():
            each = directions[None if key == "total" else Phase(key)] = SolarDirection()
            each.restore(mapping(content))
        answer, rotations = LoadAnswer(), SolarRotation()
        answer.restore(stored.get("answers", []))
        rotations.restore(stored.get("turns"))
        is_seen = bool(number(stored.get("is_seen")))
        self._directions, self._answer, self._rotations = directions, answer, rotations
        self.is_seen = is_seen


def _readings(sample: Sample, *, is_total: bool) -> Mapping[Phase | None, PhaseReading]:
    """Return the readings of solar by phase; None stands for all phases together."""
    if not is_total:
        return dict[Phase | None, PhaseReading](sample.solar_phases.items())
    total = PhaseReading(
        voltage=None, current=None, power=sample.solar, reactive_power=None
    )
    return {None: total}

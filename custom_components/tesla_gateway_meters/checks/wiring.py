"""All wiring checks of a gateway together: what each has observed, and which one counts."""

from collections.abc import Mapping
from typing import Final

from ..gateway import LocationMeter, Phase, PhaseReading
from .answer import LoadAnswer
from .balanced import BalancedSteps
from .fields import Stored, mapping, number
from .model import Check, CheckResult, CheckTarget, Measured, Observation
from .negative_load import NegativeLoad
from .pairs import SolarPairs, fed_phases
from .reversed_site import Mirror, SiteDirection, is_idle
from .samples import Sample, Sampler, StepDetector
from .silent_ct import SilentCT
from .solar import SolarDirection
from .thresholds import SOLAR_NEGATIVE
from .voltages import Voltages
from .wrong_phase import OTHER_WAY, RIGHT, StepAngles

# Solar that does not change is read again after that long.
_SOLAR_AGAIN: Final = 30  # s
# Figures that change slowly are shown as they were that long ago at most.
_FIGURES: Final = 15 * 60  # s
_VERSION: Final = 1


class Wiring:
    """Checks each poll in the light of those before it."""

    def __init__(self, interval: float) -> None:
        """Expect polls that are this many seconds apart."""
        self._sampler = Sampler(interval)
        self._steps = StepDetector()
        self._pairs = SolarPairs(interval)
        self._solar_gap = max(120, 3 * interval)
        self._angles: dict[Phase, StepAngles] = {}
        self._directions: dict[Phase, SiteDirection] = {}
        self._silent: dict[Phase, SilentCT] = {}
        self._solar: dict[Phase | None, SolarDirection] = {}
        self._voltages = Voltages()
        self._answer = LoadAnswer()
        self._balanced = BalancedSteps()
        self._still = BalancedSteps()
        # What each phase of the site is found to be, by all that is known.
        self._turned: Mapping[Phase, int] = {}
        self._pointing: Mapping[Phase, int] = {}
        self._load = NegativeLoad()
        self._mirror = Mirror()
        self._solar_seen: list[float | None] = []
        self._solar_at: float | None = None
        self._fed: Mapping[Phase, float] = {}
        self._is_three_phase = False
        self._checks_total = False
        self._structure: object = None
        self._evaluated = 0.0
        self._results: Mapping[CheckTarget, CheckResult] = {}

    def update(
        self, now: float, measured: Measured
    ) -> Mapping[CheckTarget, CheckResult]:
        """Return the result of each check after a poll at this Unix time.

        The same mapping is returned as long as no result has changed.
        """
        sample = self._sampler.update(now, measured)
        differs = self._update_site(sample)
        differs |= self._update_solar(sample, measured)
        differs |= self._load.update(sample)
        meters = measured.meters
        structure = (
            len(sample.site),
            len(sample.solar_phases),
            len(meters.get("site", ())),
            len(meters.get("solar", ())),
            sample.load is None,
            self._checks_total and sample.solar is None,
        )
        if (
            differs
            or structure != self._structure
            or sample.at - self._evaluated >= _FIGURES
        ):
            self._structure, self._evaluated = structure, sample.at
            self._results = self._evaluate(sample, measured)
        return self._results

    def _update_site(self, sample: Sample) -> bool:
        differs = False
        site = sample.site
        if len(site) > 2:
            self._is_three_phase = True
        elif len(site) == 2:
            self._mirror.update(sample)
        steps = self._steps.update(sample)
        if len(steps) > 2:
            self._balanced.add(steps)
            # Batteries on some phases turn what these show round.
            if all(step.is_battery_still for step in steps):
                self._still.add(steps)
        for step in steps:
            self._angles.setdefault(step.phase, StepAngles()).add_step(step, sample.at)
            self._direction(step.phase).add_step(step)
            differs = True
        differs |= self._voltages.update(sample)
        idle = sample.elapsed and is_idle(sample)
        for phase, reading in site.items():
            if idle and self._direction(phase).add_idle(reading, sample.elapsed):
                differs = True
            silent = self._silent.get(phase)
            if silent is None:
                silent = self._silent[phase] = SilentCT()
            if silent.update(reading, self._fed.get(phase), sample):
                differs = True
        return differs

    def _direction(self, phase: Phase) -> SiteDirection:
        direction = self._directions.get(phase)
        if direction is None:
            direction = self._directions[phase] = SiteDirection()
        return direction

    def _update_solar(self, sample: Sample, measured: Measured) -> bool:
        has_meters = measured.has_solar_meters
        if has_meters is False:
            self._checks_total = True
            seen = [sample.solar]
        else:
            seen = [each.power for each in sample.solar_phases.values()]
        is_new = seen != self._solar_seen
        elapsed = 0.0 if self._solar_at is None else sample.at - self._solar_at
        if not is_new and 0 < elapsed < _SOLAR_AGAIN:
            self._pairs.update(sample, None)
            return False
        self._solar_seen, self._solar_at = seen, sample.at
        if elapsed > self._solar_gap:
            elapsed = 0.0
        differs = self._add_solar_levels(sample, elapsed, is_total=has_meters is False)
        fed = fed_phases(measured, sample)
        if fed is not None:
            self._fed = fed
        for pair in self._pairs.update(sample, fed if is_new else None):
            solar = self._solar.get(pair.phase if has_meters else None)
            if solar is None:
                # One CT for both legs.
                solar = next(iter(self._solar.values()))
            if pair.level > -SOLAR_NEGATIVE and not solar.is_suspect:
                differs |= self._direction(pair.phase).add_solar_step(
                    pair.solar, pair.site
                )
        return differs

    def _add_solar_levels(
        self, sample: Sample, elapsed: float, *, is_total: bool
    ) -> bool:
        readings: Mapping[Phase | None, PhaseReading]
        if is_total:
            readings = {
                None: PhaseReading(
                    voltage=None,
                    current=None,
                    power=sample.solar,
                    reactive_power=None,
                )
            }
        else:
            readings = dict[Phase | None, PhaseReading](sample.solar_phases.items())
        for phase in readings:
            if phase not in self._solar:
                self._solar[phase] = SolarDirection()
        negatives = sum(min(each.power or 0, 0) for each in readings.values())
        right: frozenset[Phase] = (
            self._right_phases(sample) if negatives < SOLAR_NEGATIVE else frozenset()
        )
        self._answer.update(negatives, sample.load, elapsed)
        differs = False
        for phase, reading in readings.items():
            solar = self._solar[phase]
            before = solar.state
            solar.add_reading(
                reading,
                [
                    (other, self._solar[at].is_sun)
                    for at, other in readings.items()
                    if at != phase
                ]
                if negatives < SOLAR_NEGATIVE
                else [],
                sample,
                elapsed,
                is_three_phase=self._is_three_phase and not is_total,
                negatives=negatives,
                answer=self._answer,
                right=right,
            )
            differs |= solar.state != before
        return differs

    def _right_phases(self, sample: Sample) -> frozenset[Phase]:
        """Return the site's phases whose CTs are known to be right."""
        return frozenset(
            phase
            for phase in sample.site
            if self._pointing.get(phase) == -1 and self._is_upright(phase)
        )

    def _is_upright(self, phase: Phase) -> bool:
        return not self._is_three_phase or self._turned.get(phase) == RIGHT

    def _decide_site(self, sample: Sample) -> None:
        """Bring together what is known of each phase, and of the phases together."""
        turned = {
            phase: turn
            for phase, angles in self._angles.items()
            if (turn := angles.turned) is not None
        }
        if self._is_three_phase:
            turned = self._without_motors(turned)
            others = self._balanced.turns(turned)
            if others is None:
                # They contradict each other: of none it is known that it is right.
                turned = {at: turn for at, turn in turned.items() if turn != RIGHT}
            else:
                turned = {**others, **turned}
            for phase, turn in turned.items():
                if turn != RIGHT:
                    # What a CT on another phase showed tells nothing of its direction.
                    self._directions[phase] = SiteDirection()
        trusts_voltage = not self._mirror.is_sure
        pointing = {
            phase: direction
            for phase in sample.site
            if (
                direction := self._direction(phase).direction(
                    trusts_voltage=trusts_voltage
                )
            )
        }
        self._turned = turned
        if self._is_three_phase:
            upright = {
                at: each for at, each in pointing.items() if self._is_upright(at)
            }
            pointing = {**self._still.directions(upright), **pointing}
        self._pointing = pointing

    def _without_motors(self, turned: Mapping[Phase, int]) -> dict[Phase, int]:
        """Leave out what may be motors: they are turned one way alone, by 60 degrees.

        Unless another phase is turned the other way, as where two CTs are swapped, or what
        all phases do alike says so too.
        """
        sure = {at: turn for at, turn in turned.items() if turn != 1}
        if OTHER_WAY in sure.values():
            return dict(turned)
        alike = self._balanced.turns(sure) or {}
        return {
            at: turn for at, turn in turned.items() if turn != 1 or alike.get(at) == 1
        }

    def _evaluate(
        self, sample: Sample, measured: Measured
    ) -> Mapping[CheckTarget, CheckResult]:
        self._decide_site(sample)
        observations: dict[CheckTarget, Observation] = {}
        steps = self._balanced.steps
        for phase in sample.site:
            angles = self._angles.setdefault(phase, StepAngles())
            observations[CheckTarget(Check.WRONG_PHASE, "site", phase)] = (
                angles.observation(self._turned.get(phase), steps)
                if self._is_three_phase
                else Observation()
            )
        for phase in sample.site:
            observations[CheckTarget(Check.REVERSED_SITE, "site", phase)] = (
                self._direction(phase).observation(
                    self._pointing.get(phase, 0),
                    is_upright=self._is_upright(phase),
                    observed=sample.at,
                    balanced_steps=steps,
                )
            )
            observations[CheckTarget(Check.MEASURES_NOTHING, "site", phase)] = (
                self._silent[phase].observation()
            )
        self._observe_solar(observations, sample)
        if sum(each.voltage is not None for each in sample.site.values()) > 1:
            observations[CheckTarget(Check.VOLTAGES_APART, "site")] = (
                self._voltages.observation(sample)
            )
        results = {
            target: _result(target, observation, measured)
            for target, observation in observations.items()
        }
        if sample.load is not None:
            target = CheckTarget(Check.NEGATIVE_LOAD, "load")
            results[target] = self._load_result(results, sample)
        if results == self._results:
            return self._results
        return results

    def _observe_solar(
        self, observations: dict[CheckTarget, Observation], sample: Sample
    ) -> None:
        for phase in sample.solar_phases:
            solar = self._solar.get(phase) or SolarDirection()
            observations[CheckTarget(Check.WRONG_PHASE, "solar", phase)] = (
                solar.turned_observation() if self._is_three_phase else Observation()
            )
            observations[CheckTarget(Check.NEGATIVE_SOLAR, "solar", phase)] = (
                solar.reversed_observation()
            )
        if self._checks_total and sample.solar is not None:
            total = self._solar.get(None)
            observations[CheckTarget(Check.NEGATIVE_SOLAR, "solar")] = (
                Observation()
                if total is None or sample.solar_phases
                else total.reversed_observation()
            )

    def _load_result(
        self, results: Mapping[CheckTarget, CheckResult], sample: Sample
    ) -> CheckResult:
        explained_by = tuple(
            target
            for target, result in results.items()
            if result.problem and target.check is not Check.VOLTAGES_APART
        )
        self._load.is_explained = bool(explained_by)
        is_decided = all(
            solar.is_decided(
                sample.at, is_three_phase=self._is_three_phase and phase is not None
            )
            for phase, solar in self._solar.items()
        ) and all(
            results[target].problem is False
            for target in results
            if target.check is Check.REVERSED_SITE
            or (
                target.check is Check.WRONG_PHASE
                and target.location == "site"
                and self._is_three_phase
            )
        )
        observation = self._load.observation(
            is_own=not explained_by and (is_decided or self._load.has_waited(sample.at))
        )
        return CheckResult(
            problem=observation.problem,
            lasting=observation.lasting,
            evidence=observation.evidence,
            explained_by=explained_by if self._load.is_lasting else (),
        )

    def as_dict(self) -> Stored:
        """Return the evidence as JSON, to be restored after a restart."""
        at = self._sampler.observed
        return {
            "version": _VERSION,
            "observed": round(at),
            "angles": {str(key): each.as_dict() for key, each in self._angles.items()},
            "directions": {
                str(key): each.as_dict() for key, each in self._directions.items()
            },
            "silent": {str(key): each.as_dict() for key, each in self._silent.items()},
            "solar": {
                "total" if key is None else str(key): each.as_dict()
                for key, each in self._solar.items()
            },
            "answer": self._answer.as_list(),
            "balanced": self._balanced.as_list(),
            "still": self._still.as_list(),
            "voltages": self._voltages.as_dict(),
            "load": self._load.as_dict(at),
        }

    def restore(self, stored: object) -> None:
        """Take over the evidence of before a restart.

        Raises ValueError for anything but what `as_dict` has returned, and takes none of
        it then.
        """
        data = mapping(stored)
        if data.get("version") != _VERSION:
            raise ValueError("evidence of another version")
        at = number(data.get("observed"))
        angles = {Phase(key): StepAngles() for key in mapping(data.get("angles"))}
        directions = {
            Phase(key): SiteDirection() for key in mapping(data.get("directions"))
        }
        silent = {Phase(key): SilentCT() for key in mapping(data.get("silent"))}
        solar = {
            None if key == "total" else Phase(key): SolarDirection()
            for key in mapping(data.get("solar"))
        }
        for name, part in (
            ("angles", angles),
            ("directions", directions),
            ("silent", silent),
            ("solar", solar),
        ):
            for key, each in part.items():
                content = mapping(data.get(name))
                each.restore(mapping(content["total" if key is None else str(key)]))
        answer, voltages, load = LoadAnswer(), Voltages(), NegativeLoad()
        answer.restore(data.get("answer"))
        balanced, still = BalancedSteps(), BalancedSteps()
        balanced.restore(data.get("balanced"))
        still.restore(data.get("still"))
        voltages.restore(mapping(data.get("voltages")))
        load.restore(mapping(data.get("load")), at)
        self._sampler.observed = at
        self._evaluated = at
        self._angles, self._directions = angles, directions
        self._silent, self._solar = silent, solar
        self._answer, self._balanced, self._still = answer, balanced, still
        self._voltages, self._load = voltages, load


def _result(
    target: CheckTarget, observation: Observation, measured: Measured
) -> CheckResult:
    meter = _meter_at(target, measured)
    return CheckResult(
        problem=observation.problem,
        lasting=observation.lasting,
        evidence=observation.evidence,
        wording=observation.wording,
        meter=None if meter is None else meter.key,
        cts=()
        if meter is None
        else tuple(ct for ct, at in meter.ct_phases.items() if at == target.phase),
    )


def _meter_at(target: CheckTarget, measured: Measured) -> LocationMeter | None:
    """Return the meter that measures a phase, or most of it where there are several."""
    if target.phase is None:
        return None
    found, most = None, -1.0
    for meter in measured.meters.get(target.location, ()):
        reading = meter.phases.get(target.phase)
        if reading is not None and abs(reading.power or 0) > most:
            found, most = meter, abs(reading.power or 0)
    return found

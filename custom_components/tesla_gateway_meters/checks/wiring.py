"""All wiring checks of a gateway: the evidence of each, and their combined results."""

from collections.abc import Mapping, Sequence
from typing import Final

from ..gateway import Phase, PhaseReading
from .balanced import BalancedSteps, is_of_all_phases, is_offset_by_battery
from .ct_order import rotations_by_order
from .fields import Stored, mapping, number
from .model import Check, CheckResult, CheckTarget, Measured, Observation
from .negative_load import NegativeLoad
from .pairs import battery_pairs
from .results import result_of
from .reversed_site import Mirror, SiteDirection, is_idle, without_unmetered
from .samples import Sample, Sampler, Step, StepDetector
from .shares import SourceShares
from .silent_ct import SilentCT, is_silent
from .solar_system import SolarSystem
from .thresholds import IDLE_POLL, PAIRS_NO_MOTOR, SILENT
from .voltages import Voltages
from .wrong_phase import OTHER_WAY, RIGHT, StepAngles

# Figures alone are updated this often.
_FIGURES: Final = 15 * 60  # s
_VERSION: Final = 2


class Wiring:
    """Evaluates all wiring checks with each poll."""

    def __init__(self, interval: float) -> None:
        """Expect polls at this interval in s."""
        self._sampler = Sampler(interval)
        self._steps = StepDetector()
        self._angles: dict[Phase, StepAngles] = {}
        self._directions: dict[Phase, SiteDirection] = {}
        self._silent: dict[Phase, SilentCT] = {}
        # The phases that were silent at the poll before, unless all were.
        self._silent_before: Sequence[Phase] = ()
        self._solar = SolarSystem(interval)
        self._voltages = Voltages()
        self._balanced = BalancedSteps()
        self._still = BalancedSteps()
        # The rotation and the direction of each site phase, by all evidence.
        self._rotations: Mapping[Phase, int] = {}
        self._pointing: Mapping[Phase, int] = {}
        self._load = NegativeLoad()
        self._shares = SourceShares(interval)
        self._mirror = Mirror()
        self._right: frozenset[Phase] = frozenset()
        self._is_three_phase = False
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
        differs |= self._solar.update(
            sample, measured, self._right, self._is_three_phase
        )
        for pair in self._solar.pairs:
            differs |= self._direction(pair.phase).add_solar_step(pair.solar, pair.site)
            if pair.rotation is not None and self._is_three_phase:
                self._phase_angles(pair.phase).add_pair(pair.rotation, pair.solar)
                differs = True
        differs |= self._load.update(sample)
        meters = measured.meters
        structure = (
            *((phase, each.voltage is None) for phase, each in sample.site.items()),
            *sample.solar_phases,
            len(meters.get("site", ())),
            len(meters.get("solar", ())),
            sample.load is None,
            self._solar.checks_total and sample.solar is None,
        )
        if (
            differs
            or structure != self._structure
            or sample.at - self._evaluated >= _FIGURES
        ):
            self._structure, self._evaluated = structure, sample.at
            self._results = self._evaluate(sample, measured)
        return self._results

    def _add_steps(self, steps: Sequence[Step], at: float) -> bool:
        if not steps:
            return False
        is_offset = is_offset_by_battery(steps)
        if is_of_all_phases(steps) and not is_offset:
            self._balanced.add(steps)
            # A battery on some of the phases may reverse their changes.
            if all(step.is_battery_still for step in steps):
                self._still.add(steps)
        if self._is_three_phase:
            for phase, rotation, share in battery_pairs(steps):
                self._phase_angles(phase).add_pair(rotation, share)
        for step in steps:
            if not is_offset:
                self._phase_angles(step.phase).add_step(step, at)
            self._direction(step.phase).add_step(step)
        return True

    def _update_site(self, sample: Sample) -> bool:
        site = sample.site
        if len(site) > 2:
            self._is_three_phase = True
        elif len(site) == 2:
            self._mirror.update(sample)
        differs = self._add_steps(self._steps.update(sample), sample.at)
        differs |= self._voltages.update(sample)
        idle = bool(sample.elapsed) and is_idle(sample)
        if idle:
            elapsed = min(sample.elapsed, IDLE_POLL)
            for phase, reading in site.items():
                differs |= self._add_idle(phase, reading, elapsed)
        silent = [
            phase
            for phase, reading in site.items()
            if -SILENT <= (reading.power or 0) <= SILENT and is_silent(reading)
        ]
        if silent or self._silent_before or len(self._silent) < len(site):
            differs |= self._add_silent(sample, silent)
        return differs

    def _add_silent(self, sample: Sample, nothing: Sequence[Phase]) -> bool:
        site = sample.site
        # If all are silent, something holds the grid at 0 W.
        if len(nothing) == len(site):
            return False
        self._silent_before = nothing
        differs = False
        for phase, reading in site.items():
            silent = self._silent_ct(phase)
            if silent.update(reading, self._solar.fed.get(phase), sample):
                differs = True
        if self._is_three_phase and len(nothing) == 1:
            (phase,) = nothing
            is_missing = self._shares.update(sample, phase)
            if is_missing is not None:
                self._silent_ct(phase).add_share(is_missing=is_missing)
        return differs

    def _silent_ct(self, phase: Phase) -> SilentCT:
        silent = self._silent.get(phase)
        if silent is None:
            silent = self._silent[phase] = SilentCT()
        return silent

    def _add_idle(self, phase: Phase, reading: PhaseReading, elapsed: float) -> bool:
        differs = self._direction(phase).add_idle(
            reading, elapsed, is_dark=self._solar.is_seen
        )
        if self._is_three_phase:
            differs |= self._phase_angles(phase).production.add_idle(reading, elapsed)
        return differs

    def _phase_angles(self, phase: Phase) -> StepAngles:
        angles = self._angles.get(phase)
        if angles is None:
            angles = self._angles[phase] = StepAngles()
        return angles

    def _direction(self, phase: Phase) -> SiteDirection:
        direction = self._directions.get(phase)
        if direction is None:
            direction = self._directions[phase] = SiteDirection()
        return direction

    def _is_in_phase(self, phase: Phase) -> bool:
        return not self._is_three_phase or self._rotations.get(phase) == RIGHT

    def _decide_site(self, sample: Sample) -> None:
        """Combine the evidence of each phase and of all phases together."""
        rotations = {
            phase: rotation
            for phase, angles in self._angles.items()
            if (rotation := angles.rotation) is not None
        }
        if self._is_three_phase:
            paired = {
                phase: rotation
                for phase, angles in self._angles.items()
                if (rotation := angles.paired_rotation) is not None
                # A load that follows surplus changes with solar, at another angle.
                and (rotation == RIGHT or rotations.get(phase) != RIGHT)
            }
            rotations |= {
                phase: rotation
                for phase, rotation in rotations_by_order(self._angles).items()
                if rotations.get(phase) is None
            }
            rotations = self._without_motors(rotations, paired) | paired
            others = self._balanced.rotations(rotations)
            if others is None:
                # The phases contradict each other: none is known to be right.
                rotations = {at: by for at, by in rotations.items() if by != RIGHT}
            else:
                supported = {
                    phase: rotation
                    for phase, rotation in others.items()
                    if self._phase_angles(phase).supports(rotation)
                }
                rotations = {**supported, **rotations}
            for phase, rotation in rotations.items():
                if rotation != RIGHT:
                    # Steps of a CT on another phase are no evidence of its direction.
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
        self._rotations = rotations
        if self._is_three_phase:
            pointing = without_unmetered(pointing, self._directions)
            in_phase = {
                at: each for at, each in pointing.items() if self._is_in_phase(at)
            }
            pointing = {**self._still.directions(in_phase), **pointing}
        self._pointing = pointing
        self._right = frozenset(
            phase
            for phase in sample.site
            if pointing.get(phase) == -1 and self._is_in_phase(phase)
        )

    def _without_motors(
        self, rotations: Mapping[Phase, int], paired: Mapping[Phase, int]
    ) -> dict[Phase, int]:
        """Leave out phases with rotations by 60 degrees that may be due to motors.

        They count if another phase is rotated the other way, as with two swapped CTs, if
        balanced steps, solar or a battery confirm them, or if an idle phase seems to produce.
        """
        alone = [self._phase_angles(at) for at, by in rotations.items() if by == 1]
        if (
            any(angles.production.is_made for angles in alone)
            or sum(angles.agreeing_pairs(1) for angles in alone) >= PAIRS_NO_MOTOR
        ):
            return dict(rotations)
        sure = {at: by for at, by in rotations.items() if by != 1} | {**paired}
        if OTHER_WAY in sure.values():
            return dict(rotations)
        alike = self._balanced.rotations(sure) or {}
        return {at: by for at, by in rotations.items() if by != 1 or alike.get(at) == 1}

    def _evaluate(
        self, sample: Sample, measured: Measured
    ) -> Mapping[CheckTarget, CheckResult]:
        self._decide_site(sample)
        observations: dict[CheckTarget, Observation] = {}
        steps = self._balanced.steps
        for phase in sample.site:
            angles = self._phase_angles(phase)
            self._silent_ct(phase).size_count = angles.size_count
            observations[CheckTarget(Check.WRONG_PHASE, "site", phase)] = (
                angles.observation(self._rotations.get(phase), steps)
                if self._is_three_phase
                else Observation()
            )
        for phase in sample.site:
            observations[CheckTarget(Check.REVERSED_SITE, "site", phase)] = (
                self._direction(phase).observation(
                    self._pointing.get(phase, 0),
                    is_in_phase=self._is_in_phase(phase),
                    observed=sample.at,
                    balanced_steps=steps,
                )
            )
            observations[CheckTarget(Check.MEASURES_NOTHING, "site", phase)] = (
                self._silent_ct(phase).observation()
            )
        observations |= self._solar.observations(
            sample, is_three_phase=self._is_three_phase
        )
        if sum(each.voltage is not None for each in sample.site.values()) > 1:
            observations[CheckTarget(Check.VOLTAGES_APART, "site")] = (
                self._voltages.observation(sample)
            )
        results = {
            target: result_of(target, observation, measured)
            for target, observation in observations.items()
        }
        if sample.load is not None:
            target = CheckTarget(Check.NEGATIVE_LOAD, "load")
            results[target] = self._load_result(results, sample)
        if results == self._results:
            return self._results
        return results

    def _load_result(
        self, results: Mapping[CheckTarget, CheckResult], sample: Sample
    ) -> CheckResult:
        explained_by = tuple(
            target
            for target, result in results.items()
            if result.problem and target.check is not Check.VOLTAGES_APART
        )
        self._load.is_explained = bool(explained_by)
        is_decided = self._solar.is_decided(
            sample.at, is_three_phase=self._is_three_phase
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
            is_own=not explained_by
            and (
                (is_decided and not self._load.is_new(sample.at))
                or self._load.has_waited(sample.at)
            )
        )
        return CheckResult(
            problem=observation.problem,
            raises_issue=observation.raises_issue,
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
            "silent": {
                str(key): each.as_dict(at) for key, each in self._silent.items()
            },
            "solar": self._solar.as_dict(),
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
        for name, part in (("angles", angles), ("directions", directions)):
            content = mapping(data.get(name))
            for key, each in part.items():
                each.restore(mapping(content[str(key)]))
        content = mapping(data.get("silent"))
        for key, ct in silent.items():
            ct.restore(mapping(content[str(key)]), at)
        voltages, load = Voltages(), NegativeLoad()
        balanced, still = BalancedSteps(), BalancedSteps()
        balanced.restore(data.get("balanced"))
        still.restore(data.get("still"))
        voltages.restore(mapping(data.get("voltages")))
        load.restore(mapping(data.get("load")), at)
        # The last that may fail, since it changes its state only if it succeeds.
        self._solar.restore(mapping(data.get("solar")))
        self._sampler.observed = at
        self._evaluated = at
        self._angles, self._directions = angles, directions
        self._silent, self._balanced, self._still = silent, balanced, still
        self._silent_before = tuple(silent)
        self._voltages, self._load = voltages, load

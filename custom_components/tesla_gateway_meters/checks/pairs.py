"""Changes of solar on each phase, paired with those of the site at the same time."""

from cmath import phase as angle_of
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import degrees

from ..gateway import Phase, PhaseReading
from .model import Measured
from .samples import Sample, Step
from .thresholds import (
    BATTERY_IDLE,
    BATTERY_SHARE,
    NOISE,
    PAIR_ANGLE,
    REPLY_LEAST,
    REPLY_MOST,
    SOLAR_IN_PHASE,
    SOLAR_STEP,
    SOLAR_STEP_TIME,
    STILL_PART,
)
from .wrong_phase import rotation_between

type Readings = Mapping[Phase, PhaseReading]


@dataclass(frozen=True, slots=True)
class Pair:
    """Changes in W of a phase's solar power and import; `level` is solar's before.

    `rotation` is that of the site's CT in multiples of 60 degrees, 0 to 5: 0 is right, 3 is
    reversed. It is None if the reactive power does not show it.
    """

    phase: Phase
    solar: float
    site: float
    level: float
    rotation: int | None


class SolarPairs:
    """Pairs the changes between two readings of the solar meters.

    These are polled less often than the site's meters: in between, the solar phases keep
    their last values, and no changes can be paired.
    """

    def __init__(self, interval: float) -> None:
        """Expect polls at this interval in s."""
        self._longest = max(SOLAR_STEP_TIME, 1.2 * interval)
        self._solar: Mapping[Phase, float] = {}
        self._readings: tuple[Readings, Readings] = ({}, {})
        self._at = 0.0
        self._battery: list[float] = []

    def update(self, sample: Sample, solar: Mapping[Phase, float] | None) -> list[Pair]:
        """Return the pairs that a poll completes.

        `solar` is the power by phase, None if the solar meters were not polled.
        """
        if not sample.elapsed or sample.is_island or sample.other > NOISE:
            self._solar = {}
        if sample.battery is not None:
            self._battery.append(sample.battery)
            del self._battery[:-64]
        if solar is None:
            return []
        pairs = []
        if self._solar and sample.at - self._at <= self._longest:
            battery = max(self._battery, default=0) - min(self._battery, default=0)
            for phase, level in solar.items():
                pair = self._pair(phase, level, sample, battery)
                if pair is not None:
                    pairs.append(pair)
        self._solar, self._at = solar, sample.at
        self._readings = (sample.solar_phases, sample.site)
        self._battery = self._battery[-1:]
        return pairs

    def _pair(
        self, phase: Phase, level: float, sample: Sample, battery: float
    ) -> Pair | None:
        solar_before, site_before = self._readings
        before = self._solar.get(phase)
        site = _change(site_before.get(phase), sample.site.get(phase))
        if before is None or site is None:
            return None
        change = level - before
        if (
            abs(change) < SOLAR_STEP
            # A change of sign may be a load on the solar circuit.
            or level * before <= 0
            or battery > max(BATTERY_IDLE, STILL_PART * abs(change))
        ):
            return None
        solar = _change(solar_before.get(phase), sample.solar_phases.get(phase))
        rotation = None if solar is None else _rotation(solar, site)
        return Pair(phase, change, site.real, before, rotation)


def battery_pairs(steps: Sequence[Step]) -> list[tuple[Phase, int, float]]:
    """Return the steps that are the battery's share on a phase, while solar was constant.

    Each has the phase, the rotation of its CT in multiples of 60 degrees, 0 to 5, and the
    share in W. A battery has the same power on each of its one, two or three phases.
    """
    found = []
    thirds = set()
    for step in steps:
        if not step.battery or not step.is_level or not step.is_solar_still:
            continue
        change = complex(step.power, step.reactive_power)
        for phases in (1, 2, 3):
            share = step.battery / phases
            if 1 / BATTERY_SHARE <= step.size / abs(share) <= BATTERY_SHARE:
                rotation = _rotation(complex(share), change)
                if rotation is not None:
                    found.append((step.phase, rotation, share))
                    if phases == 3:
                        thirds.add((step.phase, rotation))
    # A three-phase battery that compensates an appliance between two phases, more likely.
    if len(thirds) == 3 and len({rotation for _, rotation in thirds}) > 1:
        return []
    return found


def _change(before: PhaseReading | None, now: PhaseReading | None) -> complex | None:
    if before is None or now is None or before.power is None or now.power is None:
        return None
    return complex(
        now.power - before.power,
        (now.reactive_power or 0) - (before.reactive_power or 0),
    )


def _rotation(solar: complex, site: complex) -> int | None:
    """Return the rotation of a site phase's change against solar's; None is not known."""
    # Meters differ in the sign of produced reactive power, so it has to be small.
    if not solar or abs(degrees(angle_of(solar)) % 180 - 90) < 90 - SOLAR_IN_PHASE:
        return None
    if not REPLY_LEAST <= abs(site / solar) <= REPLY_MOST:
        return None
    return rotation_between(-site / solar, PAIR_ANGLE)


def fed_phases(measured: Measured, sample: Sample) -> dict[Phase, float] | None:
    """Return solar's power on each phase of the site in W, None if unknown."""
    if measured.has_solar_meters is False:
        # An inverter that measures itself feeds both legs of a split-phase service.
        if sample.solar is None or len(sample.site) != 2:
            return None
        return dict.fromkeys(sample.site, sample.solar / 2)
    fed = {
        phase: reading.power
        for phase, reading in sample.solar_phases.items()
        if reading.power is not None
    }
    is_doubled = any(
        (meter.scale_factor or 1) > 1 for meter in measured.meters.get("solar", ())
    )
    if is_doubled and len(fed) == 1 and len(sample.site) == 2:
        # One CT stands for both legs.
        return dict.fromkeys(sample.site, sum(fed.values()) / 2)
    return fed or None

"""Changes of solar on each phase, paired with those of the site at the same time."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..gateway import Phase
from .model import Measured
from .samples import Sample
from .thresholds import BATTERY_IDLE, NOISE, SOLAR_STEP, SOLAR_STEP_TIME, STILL_PART


@dataclass(frozen=True, slots=True)
class Pair:
    """Changes in W of a phase's solar power and import; `level` is solar's before."""

    phase: Phase
    solar: float
    site: float
    level: float


class SolarPairs:
    """Pairs the changes between two readings of the solar meters.

    These are polled less often than the site's: in between, solar's phases keep their
    last values, and nothing can be paired.
    """

    def __init__(self, interval: float) -> None:
        """Expect polls that are this many seconds apart."""
        self._longest = max(SOLAR_STEP_TIME, 1.2 * interval)
        self._solar: Mapping[Phase, float] = {}
        self._site: Mapping[Phase, float | None] = {}
        self._at = 0.0
        self._battery: list[float] = []

    def update(self, sample: Sample, solar: Mapping[Phase, float] | None) -> list[Pair]:
        """Return the pairs that a poll completes.

        `solar` is by phase, and None where the meters have not been read anew.
        """
        if not sample.elapsed or sample.is_island or sample.other > NOISE:
            self._solar = {}
        if sample.battery is not None:
            self._battery.append(sample.battery)
            del self._battery[:-64]
        if solar is None:
            return []
        site = {phase: reading.power for phase, reading in sample.site.items()}
        pairs = []
        if self._solar and sample.at - self._at <= self._longest:
            battery = max(self._battery, default=0) - min(self._battery, default=0)
            for phase, level in solar.items():
                pair = self._pair(phase, level, site.get(phase), battery)
                if pair is not None:
                    pairs.append(pair)
        self._solar, self._site, self._at = solar, site, sample.at
        self._battery = self._battery[-1:]
        return pairs

    def _pair(
        self, phase: Phase, level: float, site: float | None, battery: float
    ) -> Pair | None:
        before, was = self._solar.get(phase), self._site.get(phase)
        if before is None or was is None or site is None:
            return None
        change = level - before
        if (
            abs(change) < SOLAR_STEP
            # Through 0 it may be a load on its circuit.
            or level * before <= 0
            or battery > max(BATTERY_IDLE, STILL_PART * abs(change))
        ):
            return None
        return Pair(phase, change, site - was, before)


def fed_phases(measured: Measured, sample: Sample) -> dict[Phase, float] | None:
    """Return solar's power on each phase of the site, None where that is not known."""
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

"""Polls as a series of samples, and the steps of load between them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import hypot
from typing import Final

from ..gateway import Phase, PhaseReading
from .model import Measured
from .thresholds import LEVEL, LEVEL_PART, STEP

_NO_PHASES: Final[Mapping[Phase, PhaseReading]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One poll. `at` counts the seconds of observation, not those of the clock.

    `elapsed` is the time in s since the poll before, 0 after a gap. Powers are in W: `grid`
    is that of the site, `other` the sum of other sources, such as a generator. `is_island`
    is true if the site is known to be off the grid.
    """

    at: float
    elapsed: float
    site: Mapping[Phase, PhaseReading]
    solar_phases: Mapping[Phase, PhaseReading]
    grid: float | None
    solar: float | None
    battery: float | None
    load: float | None
    other: float
    is_island: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a site phase's power between two polls.

    `power` in W, `reactive_power` in var, `size` in VA; `voltage` is the change in V, None
    if unknown, and `volts` the voltage after it. `is_level`: power was constant before and
    after. `is_solar_still` and `is_battery_still`: these did not change. `battery` is the
    change of the battery's power in W, 0 if that went on changing afterwards.
    """

    phase: Phase
    power: float
    reactive_power: float
    size: float
    voltage: float | None
    volts: float | None
    is_level: bool
    is_solar_still: bool
    is_battery_still: bool
    battery: float


class Sampler:
    """Makes a sample of each poll; a gap or a change of the clock starts a new series."""

    def __init__(self, interval: float) -> None:
        """Expect polls at this interval in s; some may be missed."""
        self._longest_gap = 3 * interval
        self._last: float | None = None
        self.observed = 0.0

    def update(self, now: float, measured: Measured) -> Sample:
        """Return the sample of a poll at this Unix time."""
        elapsed = 0.0 if self._last is None else now - self._last
        if not 0 < elapsed <= self._longest_gap:
            elapsed = 0.0
        self._last = now
        self.observed += elapsed
        power, phases = measured.power, measured.phases
        other = 0.0
        if len(power) > 4:
            for location, value in power.items():
                if location not in ("site", "solar", "battery", "load"):
                    other += abs(value or 0)
        return Sample(
            at=self.observed,
            elapsed=elapsed,
            site=phases.get("site", _NO_PHASES),
            solar_phases=phases.get("solar", _NO_PHASES),
            grid=power.get("site"),
            solar=power.get("solar"),
            battery=power.get("battery"),
            load=power.get("load"),
            other=other,
            is_island=measured.grid_connected is False,
        )


class _Track:
    """The last poll of a phase, and a step that waits for the next poll."""

    __slots__ = ("changed", "dp", "dq", "dv", "p", "pending", "q", "v")

    def __init__(self, p: float, q: float, v: float | None) -> None:
        self.p, self.q, self.v = p, q, v
        self.dp = self.dq = 0.0
        self.dv: float | None = None
        self.changed = 0.0
        self.pending: Step | None = None


class StepDetector:
    """Detects the steps of the site's phases, one poll after they happened."""

    def __init__(self) -> None:
        """Start without a poll."""
        self._tracks: dict[Phase, _Track] = {}
        self._solar: float | None = None
        self._battery: float | None = None

    def update(self, sample: Sample) -> list[Step]:
        """Add a poll; return the steps of the poll before."""
        steps: list[Step] = []
        tracks = self._tracks
        if not sample.elapsed or sample.is_island:
            tracks.clear()
        begun: list[_Track] = []
        moved = _change(sample.battery, self._battery)
        for phase, reading in sample.site.items():
            p, q = reading.power, reading.reactive_power
            track = tracks.get(phase)
            if p is None or q is None:
                tracks.pop(phase, None)
                continue
            if track is None:
                tracks[phase] = _Track(p, q, reading.voltage)
                continue
            dp = track.dp = p - track.p
            dq = track.dq = q - track.q
            size = 0.0 if -LEVEL < dp < LEVEL and -LEVEL < dq < LEVEL else hypot(dp, dq)
            if track.pending is not None:
                steps.append(_ended(track.pending, size, moved))
                track.pending = None
            if size >= STEP:
                begun.append(track)
            else:
                track.changed = size
            v = reading.voltage
            track.dv = None if v is None or track.v is None else v - track.v
            track.p, track.q, track.v = p, q, v
        if begun:
            self._begin(begun, sample, moved)
        self._solar, self._battery = sample.solar, sample.battery
        return steps

    def _begin(self, begun: list[_Track], sample: Sample, moved: float) -> None:
        solar = _change(sample.solar, self._solar)
        for phase, track in self._tracks.items():
            if track not in begun:
                continue
            size = hypot(track.dp, track.dq)
            track.pending = Step(
                phase=phase,
                power=track.dp,
                reactive_power=track.dq,
                size=size,
                voltage=track.dv,
                volts=track.v,
                is_level=track.changed <= max(LEVEL, LEVEL_PART * size),
                is_solar_still=_is_still(solar, size),
                is_battery_still=_is_still(moved, size),
                battery=moved,
            )
            track.changed = size


def _change(now: float | None, before: float | None) -> float:
    return 0.0 if now is None or before is None else now - before


def _is_still(change: float, size: float) -> bool:
    return abs(change) <= LEVEL + 0.1 * size


def _ended(step: Step, change: float, battery: float) -> Step:
    """Return a step with the outcome of the next poll: is it level, is the battery still.

    `change` is that of the phase in VA, `battery` that of the battery in W.
    """
    is_level = step.is_level and change <= max(LEVEL, LEVEL_PART * step.size)
    is_still = _is_still(battery, step.size)
    if is_level == step.is_level and is_still:
        return step
    return replace(
        step,
        is_level=is_level,
        is_battery_still=step.is_battery_still and is_still,
        battery=step.battery if is_still else 0.0,
    )

"""Check for a loose neutral (two legs), and for a phase without voltage.

Phases with different voltages are no fault by themselves: current through the impedance of
the service causes that. With a loose neutral, a load on one leg moves the two voltages apart
by far more than a load on both lowers them.
"""

from collections.abc import Mapping

from ..gateway import Phase, PhaseReading
from .fields import Stored, mapping
from .line import Line
from .model import Observation
from .samples import Sample
from .thresholds import (
    DEAD,
    DEAD_LASTING,
    DEAD_POLL,
    LEG_VOLTS,
    NEUTRAL_CHANGE,
    NEUTRAL_CHANGES,
    NEUTRAL_CLEAR,
    NEUTRAL_CLEAR_OHMS,
    NEUTRAL_CLEAR_SQUARES,
    NEUTRAL_CLEAR_SURE,
    NEUTRAL_LEAST,
    NEUTRAL_OHMS,
    NEUTRAL_PART,
    NEUTRAL_SQUARES,
    NEUTRAL_SURE,
    SILENT,
    VOLTAGE_JUMP,
)


class Voltages:
    """The evidence on the voltages of the site's phases."""

    def __init__(self) -> None:
        """Start without evidence."""
        self._legs = Legs()
        self._alive: set[Phase] = set()
        self._dead: dict[Phase, float] = {}

    def update(self, sample: Sample) -> bool:
        """Add a poll; return whether the outcome may differ."""
        dead: list[Phase] = []
        for phase, reading in sample.site.items():
            volts = reading.voltage
            if volts is None:
                continue
            if volts < DEAD:
                dead.append(phase)
            elif phase not in self._alive:
                self._alive.add(phase)
        differs = len(sample.site) == 2 and self._legs.update(sample)
        if not dead:
            if not self._dead:
                return differs
            self._dead = {}
            return True
        before = self._is_dead_long
        self._dead = {
            phase: self._dead.get(phase, 0.0) + min(sample.elapsed, DEAD_POLL)
            for phase in dead
            if self._is_missed(phase, sample)
        }
        return self._is_dead_long != before

    def _is_missed(self, phase: Phase, sample: Sample) -> bool:
        """Return whether a phase without voltage should have one.

        Not in an outage, and not the second input of a single-phase service.
        """
        others = [
            reading.voltage
            for reading in sample.site.values()
            if reading.voltage is not None and reading.voltage >= DEAD
        ]
        return bool(others) and (
            phase in self._alive or len(sample.site) > 2 or max(others) < LEG_VOLTS
        )

    @property
    def _is_dead_long(self) -> bool:
        return any(time >= DEAD_LASTING for time in self._dead.values())

    def observation(self, sample: Sample) -> Observation:
        """Return the observation of the voltages."""
        volts = {
            str(phase): reading.voltage
            for phase, reading in sample.site.items()
            if reading.voltage is not None
        }
        if self._dead:
            is_long = self._is_dead_long
            return Observation(
                problem=is_long or None,
                raises_issue=is_long,
                evidence=volts,
                variant="dead_phase",
            )
        problem = self._legs.is_loose
        if problem is None and len(sample.site) > 2:
            problem = False
        return Observation(
            problem=problem,
            raises_issue=problem is True,
            evidence={**volts, **self._legs.evidence()},
        )

    def as_dict(self) -> Stored:
        """Return the evidence as JSON."""
        return {
            "apart": self._legs.apart.as_list(),
            "together": self._legs.together.as_list(),
            "alive": {str(each): True for each in sorted(self._alive)},
        }

    def restore(self, stored: Mapping[str, object]) -> None:
        """Take over what `as_dict` has returned; raises ValueError for anything else."""
        self._alive = {Phase(each) for each in mapping(stored.get("alive"))}
        self._legs.apart.restore(stored.get("apart"))
        self._legs.together.restore(stored.get("together"))


class Legs:
    """The response of two legs' voltages to loads on one leg, and to loads on both."""

    def __init__(self) -> None:
        """Start without a change."""
        self.apart = Line()
        self.together = Line()
        self._last: tuple[float, float, float, float] | None = None

    def update(self, sample: Sample) -> bool:
        """Add a poll; return whether the outcome may differ."""
        one, other = sample.site.values()
        if (
            one.power is None
            or other.power is None
            or one.voltage is None
            or other.voltage is None
            or sample.is_island
            # The changes of a leg without a CT would be attributed to the other leg.
            or _is_silent(one)
            or _is_silent(other)
        ):
            self._last = None
            return False
        last = self._last
        now = (one.power, other.power, one.voltage, other.voltage)
        self._last = now
        if last is None or not sample.elapsed:
            return False
        first, second = now[0] - last[0], now[1] - last[1]
        change = first - second
        if -NEUTRAL_CHANGE < change < NEUTRAL_CHANGE and (
            -NEUTRAL_CHANGE < first < NEUTRAL_CHANGE
        ):
            return False
        up, down = now[2] - last[2], now[3] - last[3]
        volts = max(now[2], 1)
        if max(abs(up), abs(down)) > 4 * VOLTAGE_JUMP * volts:
            return False
        before = self.is_loose
        if abs(change) >= NEUTRAL_LEAST * volts:
            self.apart.add(change / volts, up - down)
        self.together.add((first + second) / volts, up + down)
        return self.is_loose is not before

    @property
    def is_loose(self) -> bool | None:
        """True if the neutral has far more resistance than the line; None if unknown."""
        apart = self.apart
        ohms, line = -apart.slope, max(-self.together.slope, 0)
        is_clear = (
            apart.count > NEUTRAL_CLEAR - 0.2
            and apart.squares >= NEUTRAL_CLEAR_SQUARES
            and -apart.t >= NEUTRAL_CLEAR_SURE
            and ohms >= NEUTRAL_CLEAR_OHMS
        )
        if not is_clear and (
            apart.count < NEUTRAL_CHANGES or apart.squares < NEUTRAL_SQUARES
        ):
            return None
        return (
            -apart.t >= NEUTRAL_SURE
            and ohms >= NEUTRAL_OHMS
            and (ohms - line) / 2 >= NEUTRAL_PART * line
        )

    def evidence(self) -> dict[str, float]:
        """Return the number of changes, and the voltages at 10 A."""
        return {
            "changes": round(self.apart.count),
            "volts_apart_at_10_a": round(max(-10 * self.apart.slope, 0), 1),
            "volts_together_at_10_a": round(max(-10 * self.together.slope, 0) / 2, 1),
        }


def _is_silent(reading: PhaseReading) -> bool:
    power, vars_ = reading.power or 0, reading.reactive_power or 0
    return -SILENT <= power <= SILENT and -SILENT <= vars_ <= SILENT

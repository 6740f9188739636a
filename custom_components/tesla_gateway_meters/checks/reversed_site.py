"""Check for a reversed CT of the site.

There are three kinds of evidence, each of which may be missing in a home:

- Idle: without sun and while no battery discharges, every phase imports.
- Voltage: import lowers the voltage of its phase, by the impedance of the service.
- Solar: when solar on a phase rises, the import of that phase falls by as much, as long as
  the battery is constant.

It is a fault if one of them shows a reversed CT and none shows the opposite.
"""

from collections.abc import Mapping

from ..gateway import Phase, PhaseReading
from .fields import Stored, number, numbers
from .line import Line
from .model import Observation
from .samples import Sample, Step
from .thresholds import (
    BATTERY_IDLE,
    DARK_LEVEL,
    FLOWS,
    IDLE_BY_DAY,
    IDLE_CONFIRMED,
    IDLE_MOST,
    IDLE_MOST_RIGHT,
    IDLE_OVERTURNS,
    IDLE_REVERSED,
    IDLE_RIGHT,
    NOISE,
    REPLY_LEAST,
    REPLY_MOST,
    SOLAR_STEPS,
    SOLAR_STEPS_KEPT,
    SOLAR_STEPS_NEWEST,
    SOLAR_STEPS_PART,
    VOLTAGE_HINT,
    VOLTAGE_HINT_STEPS,
    VOLTAGE_JUMP,
    VOLTAGE_NEWEST,
    VOLTAGE_REVERSED,
    VOLTAGE_RIGHT,
    VOLTAGE_STEP,
    VOLTAGE_STEPS,
)


def is_idle(sample: Sample) -> bool:
    """Return whether nothing at the site can export: no sun, no discharge, no generator."""
    solar, battery = sample.solar, sample.battery
    if sample.is_island or sample.other > NOISE:
        return False
    if battery is not None and battery > BATTERY_IDLE:
        return False
    # Negative solar is the consumption of inverters at night.
    least = -DARK_LEVEL * max(len(sample.site), 1)
    if solar is not None and not least <= solar <= NOISE:
        return False
    return not any(
        reading.power is None or not -DARK_LEVEL <= reading.power <= NOISE
        for reading in sample.solar_phases.values()
    )


class SiteDirection:
    """The evidence on the direction of one site phase's CT."""

    def __init__(self) -> None:
        """Start without evidence."""
        # Seconds of export while idle, less those of import.
        self._idle = 0.0
        # Seconds of export since the last import.
        self._exporting = 0.0
        self._voltage = VoltageResponse()
        # 1 for a step of solar in the same direction as the phase, -1 for an opposite one.
        self._solar: list[int] = []

    def add_idle(self, reading: PhaseReading, elapsed: float, *, is_dark: bool) -> bool:
        """Add a poll while the site is idle; return whether the outcome may differ.

        `is_dark`: solar is measured, and produces nothing.
        """
        power = reading.power
        if power is None or -FLOWS <= power <= FLOWS:
            return False
        before = self._idle_direction
        if power > 0:
            change, self._exporting = -elapsed, 0.0
        else:
            change = elapsed if is_dark else IDLE_BY_DAY * elapsed
            self._exporting += change
            if self._exporting >= IDLE_OVERTURNS:
                self._exporting, self._solar = 0.0, []
        self._idle = min(max(self._idle + change, -IDLE_MOST_RIGHT), IDLE_MOST)
        return self._idle_direction != before

    def add_step(self, step: Step) -> None:
        """Add a step of load."""
        self._voltage.add_step(step)

    def add_solar_step(self, solar: float, site: float) -> bool:
        """Add a change of the phase's solar and site power, in W.

        Return whether it counts.
        """
        answer = site / solar
        if not REPLY_LEAST <= abs(answer) <= REPLY_MOST:
            return False
        self._solar = [*self._solar[1 - SOLAR_STEPS_KEPT :], 1 if answer > 0 else -1]
        return True

    @property
    def _idle_direction(self) -> int:
        hint = self._voltage.hint
        if self._idle >= (IDLE_CONFIRMED if hint > 0 else IDLE_REVERSED):
            return 1 if hint >= 0 else 0
        return -1 if self._idle <= -IDLE_RIGHT else 0

    @property
    def _solar_direction(self) -> int:
        if len(self._solar) < SOLAR_STEPS:
            return 0
        reversed_ = self._solar.count(1)
        if 1 not in self._solar[-SOLAR_STEPS_NEWEST:]:
            return -1
        if reversed_ >= SOLAR_STEPS_PART * len(self._solar):
            return 1
        right = len(self._solar) - reversed_
        return -1 if right >= SOLAR_STEPS_PART * len(self._solar) else 0

    @property
    def is_right_but_exports(self) -> bool:
        """True if the phase exports while idle although its voltage shows a right CT."""
        return self._idle >= IDLE_CONFIRMED and self._voltage.is_right

    @property
    def is_reversed_when_idle_alone(self) -> bool:
        """True if only idle times show a reversed CT, and neither voltage nor solar."""
        is_confirmed = self._voltage.hint > 0 or self._solar_direction > 0
        return self._idle_direction > 0 and not is_confirmed

    def direction(self, *, trusts_voltage: bool = True) -> int:
        """Return 1 for reversed, -1 for right, 0 for not known."""
        solar = self._solar_direction
        if solar > 0 and trusts_voltage and self._voltage.hint < 0:
            # A load that follows surplus has the sign of a reversed CT.
            solar = 0
        found = [self._idle_direction, solar]
        if trusts_voltage:
            found.append(self._voltage.direction)
        if 1 in found:
            return 1 if -1 not in found else -1
        return -1 if -1 in found else 0

    def observation(
        self, direction: int, *, is_in_phase: bool, observed: float, balanced_steps: int
    ) -> Observation:
        """Return the observation for a CT with this direction.

        It may follow from other phases. `is_in_phase`: the CT is not known to be on another
        phase, where it may seem to be reversed. `observed` is in s, `balanced_steps` the
        number of steps of all three phases.
        """
        problem = direction > 0 if direction else None
        if problem and not is_in_phase:
            problem = None
        return Observation(
            problem=problem,
            raises_issue=problem is True,
            evidence={
                "minutes_exporting_alone": round(max(self._idle, 0) / 60),
                "solar_steps_with": self._solar.count(1),
                "solar_steps_against": self._solar.count(-1),
                "voltage_steps": self._voltage.steps,
                "ohms": self._voltage.ohms,
                "balanced_steps": balanced_steps,
                "hours": round(observed / 3600, 1),
            },
        )

    def as_dict(self) -> Stored:
        """Return the evidence as JSON."""
        return {
            "idle": round(self._idle),
            "solar": [*self._solar],
            "voltage": self._voltage.line.as_list(),
        }

    def restore(self, stored: Mapping[str, object]) -> None:
        """Take over what `as_dict` has returned; raises ValueError for anything else."""
        idle = number(stored.get("idle"))
        solar = numbers(stored.get("solar"), None)
        if any(each not in (1, -1) for each in solar):
            raise ValueError("no direction of a step")
        self._voltage.line.restore(stored.get("voltage"))
        self._idle = min(max(idle, -IDLE_MOST_RIGHT), IDLE_MOST)
        self._solar = [int(each) for each in solar[-SOLAR_STEPS_KEPT:]]


def without_unmetered(
    pointing: dict[Phase, int], directions: Mapping[Phase, SiteDirection]
) -> dict[Phase, int]:
    """Leave out phases that may export because of a three-phase source without a CT.

    Such a source also makes phases export while idle whose CTs are known to be right.
    """
    if not any(directions[at].is_right_but_exports for at in pointing):
        return pointing
    return {
        at: direction
        for at, direction in pointing.items()
        if not directions[at].is_reversed_when_idle_alone
    }


class VoltageResponse:
    """The response of a phase's voltage to changes of its current."""

    def __init__(self) -> None:
        """Start without a step."""
        self.line = Line()
        # The newest steps alone, which soon show that a CT was reversed or corrected.
        self._newest = Line(VOLTAGE_NEWEST)

    def add_step(self, step: Step) -> None:
        """Add a step of load, unless solar may have a part in it.

        An inverter that limits its power at high voltage changes power with voltage; this
        check needs the change of voltage with power.
        """
        if (
            step.voltage is None
            or not step.volts
            or step.size < VOLTAGE_STEP
            or not step.is_solar_still
            or abs(step.voltage) > VOLTAGE_JUMP * step.volts
        ):
            return
        self.line.add(step.power / step.volts, step.voltage)
        self._newest.add(step.power / step.volts, step.voltage)

    @property
    def steps(self) -> int:
        """Number of steps that count."""
        return round(self.line.count)

    @property
    def ohms(self) -> float:
        """Impedance of the service in ohms by these steps; negative for a reversed CT."""
        return round(-self.line.slope, 3)

    @property
    def _is_overturned(self) -> bool:
        """True if the newest steps show a reversed CT, whatever earlier ones showed."""
        return self._newest.t >= VOLTAGE_REVERSED

    @property
    def hint(self) -> int:
        """1 if the steps suggest a reversed CT, -1 a right one, 0 neither."""
        t = self.line.t
        if self.steps < VOLTAGE_HINT_STEPS or abs(t) < VOLTAGE_HINT:
            return 0
        if t < 0 and self._is_overturned:
            return 0
        return 1 if t > 0 else -1

    @property
    def is_right(self) -> bool:
        """True if all steps show a right CT, and so do the newest."""
        return self.direction < 0 and self._newest.t <= -VOLTAGE_RIGHT

    @property
    def direction(self) -> int:
        """1 for reversed, -1 for right, 0 for not known."""
        if self.line.count < VOLTAGE_STEPS:
            return 0
        t, newest = self.line.t, self._newest.t
        if t >= VOLTAGE_REVERSED:
            return 1 if newest > -VOLTAGE_RIGHT else -1
        return -1 if t <= -VOLTAGE_RIGHT and not self._is_overturned else 0


class Mirror:
    """Detects two CTs on one conductor, with opposite power: one of them is on the other leg.

    The voltage of its own leg is then no evidence of its direction.
    """

    _LONG = 3 * 3600  # s
    _LEAST = 200  # W
    _PART = 0.06

    def __init__(self) -> None:
        """Start without a poll."""
        self._time = 0.0

    def update(self, sample: Sample) -> None:
        """Add a poll of a site with two legs."""
        one, other = sample.site.values()
        p, q = one.power, one.reactive_power
        if p is None or q is None or other.power is None:
            return
        if other.reactive_power is None:
            return
        limit = NOISE + self._PART * (abs(p) + abs(q))
        if not (-limit <= p + other.power <= limit) or not (
            -limit <= q + other.reactive_power <= limit
        ):
            self._time = 0.0
        elif abs(p) >= self._LEAST:
            self._time += sample.elapsed

    @property
    def is_sure(self) -> bool:
        """True if the powers have been opposite for three hours or more."""
        return self._time >= self._LONG

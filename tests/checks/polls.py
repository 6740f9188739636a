"""Polls of a small home, and checks that are updated with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import cos, radians, sin
import random

from custom_components.tesla_gateway_meters.checks.model import (
    Check,
    CheckResult,
    CheckTarget,
    Measured,
)
from custom_components.tesla_gateway_meters.checks.wiring import Wiring
from custom_components.tesla_gateway_meters.gateway import (
    LocationMeter,
    Phase,
    PhaseReading,
    Totals,
)
from custom_components.tesla_gateway_meters.gateway.parse import parse_aggregates

POLL = 10.0
START = 1_700_000_000.0
L1, L2, L3 = Phase.L1, Phase.L2, Phase.L3
NOTHING: Totals = parse_aggregates({"site": {"instant_power": 1}})["site"]
METER = LocationMeter(
    key="synchrometerX",
    id=0,
    location="site",
    type="synchrometerX",
    cts=(True, True, True, False),
    inverted=(False,) * 4,
    scale_factor=None,
    voltage_references={},
    ct_phases={1: L1, 2: L2, 3: L3},
    totals=NOTHING,
    phases={},
    board_serial=None,
    version=None,
)

# W and var of a phase.
type Flow = tuple[float, float]


def target(check: Check, location: str, phase: Phase | None = None) -> CheckTarget:
    """Return the target of a check."""
    return CheckTarget(check, location, phase)


def rotated(flow: Flow, degrees: float) -> Flow:
    """Return a flow as a CT on another phase shows it."""
    p, q = flow
    real, imaginary = cos(radians(degrees)), sin(radians(degrees))
    return p * real - q * imaginary, p * imaginary + q * real


@dataclass(slots=True)
class Home:
    """The true flows of a home by phase; + is import at the site.

    `ohms` is the service's impedance; `seen` has how a site CT shows a flow.
    """

    load: dict[Phase, Flow]
    solar: dict[Phase, Flow] = field(default_factory=dict)
    battery: dict[Phase, float] | None = None
    ohms: float = 0.0
    volts: float = 230.0
    seen: dict[Phase, Callable[[Flow], Flow]] = field(default_factory=dict)
    solar_seen: dict[Phase, Callable[[Flow], Flow]] = field(default_factory=dict)
    has_solar_meters: bool = True
    grid_connected: bool | None = True

    def site(self, phase: Phase) -> Flow:
        """Return the true import of a phase."""
        p, q = self.load[phase]
        made = self.solar.get(phase, (0, 0))
        return p - made[0] - (self.battery or {}).get(phase, 0), q - made[1]

    def measured(self, noise: random.Random | None = None) -> Measured:
        """Return the poll of the present flows."""

        def noisy(value: float) -> float:
            return value + (noise.gauss(0, 2) if noise else 0)

        site = {}
        for phase in self.load:
            true = self.site(phase)
            p, q = self.seen.get(phase, _same)(true)
            site[phase] = PhaseReading(
                voltage=self.volts - self.ohms * true[0] / self.volts,
                current=None,
                power=noisy(p),
                reactive_power=noisy(q),
            )
        solar = {}
        for phase, true in self.solar.items():
            p, q = self.solar_seen.get(phase, _same)(true)
            solar[phase] = PhaseReading(
                voltage=self.volts,
                current=None,
                power=noisy(p),
                reactive_power=noisy(q),
            )
        power = {"site": sum(each.power or 0 for each in site.values())}
        if self.solar:
            power["solar"] = sum(each.power or 0 for each in solar.values())
        if self.battery is not None:
            power["battery"] = sum(self.battery.values())
        power["load"] = sum(power.values())
        meters = {"site": (replace(METER, phases=site),)}
        phases: dict[str, Mapping[Phase, PhaseReading]] = {"site": site}
        has_meters = self.has_solar_meters and bool(solar)
        if has_meters:
            meters["solar"] = (replace(METER, location="solar", phases=solar),)
            phases["solar"] = solar
        return Measured(
            power=power,
            meters=meters,
            phases=phases,
            has_solar_meters=has_meters,
            grid_connected=self.grid_connected,
        )


def _same(flow: Flow) -> Flow:
    return flow


def flipped(flow: Flow) -> Flow:
    """Return a flow as a reversed CT shows it."""
    return -flow[0], -flow[1]


def nothing(_flow: Flow) -> Flow:
    """Return the reading of a CT that is off its cable."""
    return 0.0, 0.0


class Watched:
    """Checks of a home, with a poll every ten seconds."""

    def __init__(self, home: Home, interval: float = POLL) -> None:
        """Start without a poll."""
        self.home, self.interval = home, interval
        self.wiring, self.now = Wiring(interval), START
        self.results: Mapping[CheckTarget, CheckResult] = {}
        self._noise = random.Random(1)

    def poll(self, minutes: float = 0) -> None:
        """Poll once, or for this long."""
        for _ in range(max(1, round(minutes * 60 / self.interval))):
            self.now += self.interval
            self.results = self.wiring.update(self.now, self.home.measured(self._noise))

    def switch(self, phase: Phase, flow: Flow, minutes: float = 1) -> None:
        """Switch a load on and off again, with as much time after each."""
        before = self.home.load[phase]
        self.home.load[phase] = (before[0] + flow[0], before[1] + flow[1])
        self.poll(minutes)
        self.home.load[phase] = before
        self.poll(minutes)

    def restart(self) -> None:
        """Continue with new checks, restored from the old ones."""
        stored = self.wiring.as_dict()
        self.wiring = Wiring(self.interval)
        self.wiring.restore(stored)

    def issues(self) -> set[str]:
        """Return the keys of all targets that raise an issue."""
        return {
            each.key for each, result in self.results.items() if result.raises_issue
        }

    def problems(self) -> set[str]:
        """Return the keys of all problems."""
        return {each.key for each, result in self.results.items() if result.problem}

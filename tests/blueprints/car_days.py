"""Random days of sun and house, with a charger, a battery and the grid."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from simulator.homes.home import Appliance, ApplianceKind as Kind, Array, Weather
from simulator.homes.loads import add_load
from simulator.homes.sun import Sky, clear_sky, clouds
from simulator.physics.charger import Charger

STEP: Final = 5  # s, in which all powers are constant
POLL: Final = 10  # s
_EFFICIENCY: Final = 0.95


@dataclass(slots=True)
class Storage:
    """A battery in self-consumption: W, Wh, and what it has."""

    watts: float = 5000
    watt_hours: float = 13_500
    stored: float = 4000
    power: float = 0  # + discharges

    @property
    def charge(self) -> float:
        """The state of charge in percent."""
        return 100 * self.stored / self.watt_hours

    def follow(self, net: float) -> float:
        """Charge with surplus or discharge for a deficit (W), for one step."""
        wanted = min(max(net, -self.watts), self.watts)
        if (wanted < 0 and self.stored >= self.watt_hours) or (
            wanted > 0 and self.stored <= 0.2 * self.watt_hours
        ):
            wanted = 0
        self.power = round(wanted / 10) * 10
        gain = -self.power * (_EFFICIENCY if self.power < 0 else 1 / _EFFICIENCY)
        self.stored += gain * STEP / 3600
        return self.power


@dataclass(slots=True, kw_only=True)
class Day:
    """A day's solar and house power (W) for each step, from `start` h to `end` h."""

    seed: int
    sky: Sky
    solar: Array
    house: Array
    charger: Charger
    storage: Storage | None
    battery_minimum: float | None
    rng: np.random.Generator
    car_log: list[float] = field(default_factory=list)
    grid_log: list[float] = field(default_factory=list)
    battery_log: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The kind of day."""
        battery = "no battery"
        if self.storage is not None:
            battery = "car first"
            if self.battery_minimum is not None:
                battery = f"battery first to {self.battery_minimum} %"
        return f"{self.seed}: {self.sky}, {self.charger.phases} phases, {battery}"

    def run(self, index: int, time: float) -> tuple[float, float, float, float]:
        """Simulate a step; return the power (W) of site, battery, solar and car."""
        car = self.charger.power(time)
        net = self.house[index] + car - self.solar[index]
        battery = self.storage.follow(net) if self.storage is not None else 0.0
        site = net - battery
        self.car_log.append(car)
        self.grid_log.append(site)
        self.battery_log.append(battery)
        return float(site), battery, float(self.solar[index]), car


def draw_day(
    seed: int, *, start: float = 7, end: float = 19, sky: Sky | None = None
) -> Day:
    """Draw a day from a seed."""
    rng = np.random.default_rng([17, seed])
    phases = int(rng.choice([1, 3]))
    kind = sky or Sky(rng.choice(["clear", "broken", "broken"]))
    weather = Weather(
        latitude=float(rng.uniform(35, 50)), day=int(rng.integers(90, 250))
    )
    peak = float(rng.uniform(5000, 9000) if phases == 1 else rng.uniform(8000, 14000))
    part = clear_sky(weather, 0, float(rng.uniform(-1, 1))) * clouds(rng, kind)
    p, q = np.zeros((1, 86_400)), np.zeros((1, 86_400))
    for appliance in (
        Appliance(kind=Kind.BASE, watts=float(rng.uniform(150, 350)), phases=(0,)),
        Appliance(kind=Kind.FRIDGE, watts=120, phases=(0,)),
        Appliance(kind=Kind.KETTLE, watts=2200, phases=(0,), daily=6),
        Appliance(kind=Kind.OVEN, watts=2500, phases=(0,), daily=1.5),
        Appliance(kind=Kind.HOB, watts=1800, phases=(0,), daily=1),
    ):
        add_load(rng, appliance, p, q)
    window = slice(int(start * 3600), int(end * 3600))

    def stepped(values: Array) -> Array:
        return values[window].reshape(-1, STEP).mean(axis=1)

    battery = rng.uniform()
    return Day(
        seed=seed,
        sky=kind,
        solar=np.minimum(stepped(peak * part), 0.9 * peak),
        house=stepped(p[0]),
        charger=Charger(
            phases=phases,
            delay=float(rng.uniform(5, 30)),
            ramp=float(rng.uniform(0.5, 4)),
            maximum=float(rng.choice([16, 32])) if phases == 1 else 16,
        ),
        storage=Storage(stored=float(rng.uniform(4000, 9000)))
        if battery < 0.6
        else None,
        battery_minimum=50 if battery < 0.3 else None,
        rng=rng,
    )


def polls(day: Day) -> Iterator[int]:
    """Yield the steps at which the gateway is polled."""
    yield from range(0, len(day.solar), POLL // STEP)

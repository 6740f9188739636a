"""The flows in a home, one value per second."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .battery import dispatch
from .home import DAY, ApplianceKind, Array, Home
from .loads import add_load, surplus_power
from .shapes import SECONDS, delayed, smoothed, wander, within
from .solar import add_unmetered, curtailed, potential, reactive
from .sun import Sky, sky

_SURPLUS = (
    ApplianceKind.SURPLUS_CAR,
    ApplianceKind.DIVERTER,
    ApplianceKind.SURPLUS_RELAY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Power of a location: W and var of each phase, one column a second."""

    p: Array
    q: Array

    def __add__(self, other: Flow) -> Flow:
        """Add two flows."""
        return Flow(p=self.p + other.p, q=self.q + other.q)

    def __sub__(self, other: Flow) -> Flow:
        """Subtract a flow."""
        return Flow(p=self.p - other.p, q=self.q - other.q)

    def scaled(self, part: Array) -> Flow:
        """Return a part of it."""
        return Flow(p=self.p * part, q=self.q * part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """A day of a home: signs as a gateway has them, volts to neutral.

    `sky` is the day's; `charge` what the battery holds after it, in Wh; `island` is 1
    while the battery holds the site alone, `outage` while the grid is away. `grid_volts` are those at the site's meter,
    and `volts` those behind the gateway's switch.
    """

    day: int
    sky: Sky
    site: Flow
    solar: Flow
    battery: Flow
    load: Flow
    grid_volts: Array
    volts: Array
    island: Array
    outage: Array
    charge: float


def days(home: Home, count: int) -> Iterator[Flows]:
    """Yield the first days of a home."""
    charge = 0.5 * home.battery.watt_hours if home.battery else 0.0
    for day in range(count):
        flows = _day(home, day, charge)
        charge = flows.charge
        yield flows


def _day(home: Home, day: int, charge: float) -> Flows:
    # Each part has chances of its own, so that a change of one leaves the others.
    weather, street, rng = (
        np.random.default_rng([home.seed, day, part]) for part in (2, 3, 4)
    )
    kind = sky(weather, home.weather)
    outage = _outage(home, day)
    alone = outage if home.battery and not home.generator else np.zeros(DAY)
    alive = _alive(home, outage, alone)
    makes = potential(home, day, weather, kind) * alive
    grid = _grid_volts(home, street, makes.sum(axis=0), outage)
    used = _used(home, day, rng, makes, grid).scaled(alive)
    behind = _behind_solar(home, rng).scaled(alive)
    # A generator runs alone: neither solar nor battery feeds beside it.
    makes = makes * (1 - (outage if home.generator else 0))
    demand = used + behind
    battery_p, charge = _battery(
        home, demand.p, makes, alone, charge=charge, outage=outage
    )
    makes = curtailed(home, makes, demand.p, battery_p, alone)
    battery_p = np.where(alone > 0, demand.p - makes, battery_p)
    inverters = Flow(p=makes, q=reactive(home, makes, demand.p, battery_p, grid))
    battery_q = np.where(
        alone > 0, demand.q - inverters.q, _battery_var(home, battery_p)
    )
    battery = Flow(p=battery_p, q=battery_q)
    site = demand - inverters - battery
    volts = grid - _drop(home, site)
    seen = volts * (1 - outage) if not home.generator else volts
    held = np.where(alone > 0, home.service.volts, volts) * alive
    return Flows(
        day=day,
        sky=kind,
        site=site,
        solar=inverters - behind,
        battery=battery,
        load=used,
        grid_volts=seen,
        volts=held,
        island=alone,
        outage=outage,
        charge=charge,
    )


def _alive(home: Home, outage: Array, alone: Array) -> Array:
    """Return where there is voltage behind the gateway: 1, or 0 for each phase."""
    alive = np.ones((home.legs, DAY))
    if home.battery is None and not home.generator:
        return alive * (1 - outage)
    for phase in range(home.legs):
        if home.battery is not None and phase not in home.battery.phases:
            alive[phase] -= alone
    return alive


def _used(
    home: Home, day: int, rng: np.random.Generator, makes: Array, grid: Array
) -> Flow:
    """Return what the house draws."""
    p, q = np.zeros((home.legs, DAY)), np.zeros((home.legs, DAY))
    for number, appliance in enumerate(home.appliances, 5):
        own = np.random.default_rng([home.seed, day, number])
        add_load(own, appliance, p, q)
    # Of what a house draws, about half goes up with the voltage, and by its square.
    higher = grid / home.service.volts
    p, q = p * higher, q * higher
    for unmetered in home.unmetered:
        add_unmetered(home, day, rng, unmetered, p)
    _add_surplus(home, rng, makes, p, q)
    return Flow(p=p, q=q)


def _outage(home: Home, day: int) -> Array:
    lost = np.zeros(DAY)
    for outage in home.outages:
        if outage.day == day:
            lost = np.maximum(lost, within(outage.hour, outage.minutes / 60))
    return lost


def _add_surplus(
    home: Home, rng: np.random.Generator, makes: Array, p: Array, q: Array
) -> None:
    """Add the appliances that follow what solar leaves over."""
    for load in home.appliances:
        if load.kind not in _SURPLUS:
            continue
        present = within(load.start, load.hours) * float(rng.uniform() < load.daily)
        power = surplus_power(load, makes.sum(axis=0) - p.sum(axis=0), present)
        for phase in load.phases:
            p[phase] += power / len(load.phases)
            q[phase] += load.tan * power / len(load.phases)


def _battery(
    home: Home,
    load: Array,
    makes: Array,
    island: Array,
    *,
    charge: float,
    outage: Array,
) -> tuple[Array, float]:
    """Return W of the battery on each phase, and its charge after the day in Wh."""
    shares = np.zeros((home.legs, DAY))
    if home.battery is None:
        return shares, 0.0
    net = load.sum(axis=0) - makes.sum(axis=0)
    net = net if not home.generator else net * (1 - outage)
    power, charge = dispatch(home.battery, net, island, charge)
    for phase in home.battery.phases:
        shares[phase] += power / len(home.battery.phases)
    return shares, charge


def _battery_var(home: Home, power: Array) -> Array:
    if home.battery is None:
        return np.zeros_like(power)
    q = np.zeros_like(power)
    for phase in home.battery.phases:
        q[phase] += home.battery.idle_var / len(home.battery.phases)
    return q


def _behind_solar(home: Home, rng: np.random.Generator) -> Flow:
    """Return what is drawn behind the solar system's CTs."""
    p, q = np.zeros((home.legs, DAY)), np.zeros((home.legs, DAY))
    for appliance in home.solar_circuit:
        add_load(rng, appliance, p, q)
    return Flow(p=p, q=q)


def _grid_volts(
    home: Home, rng: np.random.Generator, makes: Array, outage: Array
) -> Array:
    """Return the voltage of each phase before the service, which wanders in common."""
    service = home.service
    common = service.volts + service.high + wander(rng, service.wander, 1200)
    # People's evening pulls it down, their solar lifts it.
    common -= service.wander * np.exp(-(((SECONDS / 3600 - 19) / 2) ** 2))
    if service.neighbours and home.inverters:
        full = sum(inverter.watts for inverter in home.inverters)
        street = delayed(smoothed(np.maximum(makes, 0) / full, 40), 5)
        common += service.neighbours * street
    taps = rng.uniform(0, DAY, rng.poisson(service.taps))
    for at in taps:
        common += (at < SECONDS) * service.volts * rng.choice([-0.015, 0.015])
    volts = np.empty((home.legs, DAY))
    for phase in range(home.legs):
        volts[phase] = common + wander(rng, 0.4 * service.wander, 900)
    if home.generator:
        volts += outage * wander(rng, 5, 60)
    return volts + rng.normal(0, 0.15, volts.shape)


def _drop(home: Home, site: Flow) -> Array:
    """Return by how much the service's impedance lowers each phase's voltage."""
    volts = home.service.volts
    ohms = np.array(home.service.ohms)[:, None]
    neutral = home.service.neutral_ohms
    # Of a service's impedance, about a third is reactance.
    currents = (site.p + 0.3 * site.q) / volts
    # Currents of two legs meet in the neutral at 180 degrees, those of three at 120.
    others = currents.sum(axis=0) - currents
    returned = currents - others * (1 if home.legs == 2 else 0.5)
    drop: Array = ohms * currents + neutral * returned
    return drop

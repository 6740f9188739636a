"""The readings that a gateway reports of a home, by poll."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .faults import Clamps, Fault, sound
from .home import APART, DAY, Array, Home
from .physics import Flow, Flows

_BATTERY_STEP: Final = 10  # W
_DEAD_VOLTS: Final = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Readings of the phases of a location: one row per CT, one column per poll."""

    phases: tuple[int, ...]
    volts: Array
    amperes: Array
    p: Array
    q: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Polls:
    """A day of polls. `seconds` of the day; W and var of whole locations by name.

    `connected` is 1 while the grid is there. A gateway without a battery is off while it
    is not, and gives no polls. `sun` is the true power of solar on each
    phase in W, which no gateway tells.
    """

    seconds: Array
    site: Readings
    solar: Readings
    power: dict[str, Array]
    reactive: dict[str, Array]
    connected: Array
    sun: Array


def measure(home: Home, flows: Flows, fault: Fault | None = None) -> Polls:
    """Return what the gateway reports of a day, with a fault in its wiring or none."""
    rng = np.random.default_rng([home.seed, flows.day, 1])
    at = np.arange(rng.integers(0, home.interval), DAY, home.interval)
    # Polls are late by up to a second, and meters are read once a second.
    at = np.minimum(at + rng.integers(0, 2, len(at)), DAY - 1)
    if home.battery is None and not home.generator:
        at = at[flows.outage[at] == 0]
    metering = home.metering
    at = at[_answered(rng, metering.gaps, at)]
    solar_at = np.maximum(at - rng.integers(0, metering.solar_lag + 1, len(at)), 0)
    battery_at = np.maximum(at - metering.battery_lag, 0)
    every = tuple(range(home.legs))
    site = _readings(
        home,
        rng,
        flow=flows.site,
        volts=_site_volts(home, flows, fault)[:, at],
        at=at,
        clamps=(fault and fault.site) or sound(every),
        phases=every,
        gains=metering.site_gains,
    )
    cts = home.solar_cts
    solar = _readings(
        home,
        rng,
        flow=_solar_flow(home, flows),
        volts=flows.volts[:, solar_at],
        at=solar_at,
        clamps=(fault and fault.solar) or sound(cts),
        phases=cts,
        gains=metering.solar_gains,
    )
    if fault is not None and fault.dead is not None:
        site = _without_phase(site, fault.dead)
        solar = _without_phase(solar, fault.dead)
    battery = flows.battery.p.sum(axis=0)[battery_at]
    powers = {"site": site.p.sum(axis=0)}
    vars_ = {"site": site.q.sum(axis=0)}
    if home.inverters:
        if cts:
            powers["solar"] = solar.p.sum(axis=0)
            vars_["solar"] = solar.q.sum(axis=0)
        else:
            powers["solar"] = _quantised(flows.solar.p.sum(axis=0)[solar_at], 1)
            vars_["solar"] = _quantised(flows.solar.q.sum(axis=0)[solar_at], 1)
    if home.battery is not None:
        powers["battery"] = _quantised(battery, _BATTERY_STEP)
        vars_["battery"] = _quantised(
            flows.battery.q.sum(axis=0)[battery_at], _BATTERY_STEP
        )
    powers["load"] = sum(powers.values(), np.zeros(len(at)))
    vars_["load"] = sum(vars_.values(), np.zeros(len(at)))
    return Polls(
        seconds=at.astype(np.float64),
        site=site,
        solar=solar,
        power=powers,
        reactive=vars_,
        connected=1 - flows.outage[at],
        sun=flows.solar.p[:, solar_at],
    )


def _answered(
    rng: np.random.Generator,
    gaps: float,
    at: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Remove the polls that the gateway has not answered."""
    answered = np.ones(len(at), dtype=np.bool_)
    for start in rng.uniform(0, DAY, rng.poisson(gaps)):
        answered &= (at < start) | (at > start + np.exp(rng.uniform(3, 9)))
    return answered


def _solar_flow(home: Home, flows: Flows) -> Flow:
    sign = home.metering.solar_var_sign
    if not home.metering.doubled or not home.inverters:
        return Flow(p=flows.solar.p, q=sign * flows.solar.q)
    # The factor 2 is in the powers, so that one leg stands for both.
    first = home.solar_phases[0]
    p, q = flows.solar.p.copy(), flows.solar.q.copy()
    p[first], q[first] = 2 * p[first], 2 * q[first]
    return Flow(p=p, q=sign * q)


def _site_volts(home: Home, flows: Flows, fault: Fault | None) -> Array:
    volts = flows.grid_volts
    if fault is None or not fault.neutral_ohms:
        return volts
    currents = flows.load.p / home.service.volts
    shift = fault.neutral_ohms * (currents - currents[::-1]) / 2
    shifted: Array = volts - np.clip(shift, -45, 45)
    return shifted


def _readings(
    home: Home,
    rng: np.random.Generator,
    *,
    flow: Flow,
    volts: Array,
    at: np.ndarray[tuple[int], np.dtype[np.int64]],
    clamps: Clamps,
    phases: tuple[int, ...],
    gains: tuple[float, ...],
) -> Readings:
    """Measure conductors with CTs, each against the voltage of its own phase."""
    metering = home.metering
    shape = (len(phases), len(at))
    p, q, amperes = np.empty(shape), np.empty(shape), np.empty(shape)
    for row, phase in enumerate(phases):
        around, sign = clamps.conductors[row], clamps.signs[row]
        apparent = flow.p[around, at] + 1j * flow.q[around, at]
        amperes[row] = abs(sign) * np.abs(apparent) / np.maximum(volts[around], 90)
        ratio = volts[phase] / np.maximum(volts[around], 1)
        degrees = (around - phase) * APART[home.legs] + metering.angles[phase]
        turned = apparent * ratio * np.exp(1j * np.radians(degrees))
        turned *= sign * gains[phase]
        p[row], q[row] = turned.real, turned.imag
    noise = metering.noise + 0.002 * np.abs(p)
    silent = np.array(clamps.signs)[:, None] == 0
    noise = np.where(silent, 0.5, noise)
    p += rng.normal(0, 1, shape) * noise
    q += rng.normal(0, 1, shape) * noise
    live = volts[list(phases)] > 50
    return Readings(
        phases=phases,
        volts=np.where(live, _quantised(volts[list(phases)], 0.1), 0.3),
        amperes=_quantised(amperes * live, 0.001),
        p=_quantised(p * live, metering.quantum),
        q=_quantised(q * live, metering.quantum),
    )


def _without_phase(readings: Readings, dead: int) -> Readings:
    """Return readings of a service that has lost a phase."""
    alive = np.array([float(phase != dead) for phase in readings.phases])[:, None]
    return Readings(
        phases=readings.phases,
        volts=readings.volts * alive + _DEAD_VOLTS * (1 - alive),
        amperes=readings.amperes * alive,
        p=readings.p * alive,
        q=readings.q * alive,
    )


def _quantised(values: Array, step: float) -> Array:
    return np.round(values / step) * step

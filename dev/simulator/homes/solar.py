"""Inverters of a home: generation, curtailment and reactive power."""

import numpy as np

from .home import DAY, Array, Home, Inverter, VarMode
from .shapes import delayed, smoothed
from .sun import Sky, clear_sky, clouds


def potential(home: Home, day: int, rng: np.random.Generator, kind: Sky) -> Array:
    """Return W that the sun lets each phase's inverters make."""
    makes = np.zeros((home.legs, DAY))
    if not home.inverters:
        return makes
    through = clouds(rng, kind)
    for index, inverter in enumerate(home.inverters):
        # A roof's other side sees the same cloud some seconds later.
        part = clear_sky(home.weather, day, inverter.hours) * delayed(
            through, 4 * index
        )
        watts = np.minimum(1.1 * inverter.watts * part, inverter.watts)
        watts = np.where(watts > 30, watts, -inverter.standby_watts)
        for phase in inverter.phases:
            makes[phase] += watts / len(inverter.phases)
    return makes


def add_unmetered(
    home: Home, day: int, rng: np.random.Generator, inverter: Inverter, load: Array
) -> None:
    """Subtract the power of an inverter without a CT from the load."""
    part = clear_sky(home.weather, day, inverter.hours)
    part *= np.clip(1 + 0.3 * np.repeat(rng.normal(0, 1, DAY // 60), 60), 0.1, 1)
    for phase in inverter.phases:
        load[phase] -= inverter.watts * part / len(inverter.phases)


def curtailed(
    home: Home, makes: Array, load: Array, battery: Array, island: Array
) -> Array:
    """Curtail solar to the export limit, or to the load of an island."""
    limit = home.export_limit
    if limit is None and not island.any():
        return makes
    use = delayed(smoothed(load - battery, 3), 2)
    watts = np.where(island > 0, 0, 1e9 if limit is None else limit.watts)
    if limit is not None and limit.per_phase:
        room = np.where(island > 0, use, use + watts)
        return np.where(makes > 0, np.clip(makes, 0, np.maximum(room, 0)), makes)
    total = np.maximum(makes.sum(axis=0), 1)
    allowed = np.maximum(use.sum(axis=0) + watts, 0)
    factor = np.clip(allowed / total, 0, 1)
    return np.where(makes > 0, makes * factor, makes)


def reactive(
    home: Home, makes: Array, load: Array, battery: Array, grid: Array
) -> Array:
    """Return var that each phase's inverters deliver, by their grid code."""
    q = np.zeros_like(makes)
    for inverter in home.inverters:
        for phase in inverter.phases:
            share = inverter.watts / len(inverter.phases)
            sharing: float = sum(
                other.watts / len(other.phases)
                for other in home.inverters
                if phase in other.phases
            )
            power = makes[phase] * share / sharing
            net = load[phase] - makes[phase] - battery[phase]
            seen: Array = (
                grid[phase] - home.service.ohms[phase] * net / home.service.volts
            )
            q[phase] += _var(inverter, power, share, seen / home.service.volts)
            standby = inverter.standby_var / len(inverter.phases)
            q[phase] += np.where(power > 0, 0, standby)
    return q


def _var(inverter: Inverter, power: Array, rated: float, volts: Array) -> Array:
    """Return var of one phase of an inverter; `volts` as a part of the nominal voltage."""
    runs = power > 0
    if inverter.mode is VarMode.FIXED_FACTOR:
        return np.where(runs, inverter.var * power, 0)
    if inverter.mode is VarMode.FIXED_VAR:
        part = inverter.var / len(inverter.phases)
        return np.where(runs, part, 0)
    if inverter.mode is VarMode.VOLT_VAR:
        # Nothing within 2 % of nominal, all at 8 %; an inverter takes seconds to follow.
        off = smoothed(volts, 10) - 1
        wanted = np.sign(off) * np.clip((np.abs(off) - 0.02) / 0.06, 0, 1)
        return np.where(runs, -wanted * inverter.var * rated, 0)
    return np.zeros_like(power)

"""The power of appliances over a day, one value per second."""

from collections.abc import Callable
from typing import Final

import numpy as np

from .home import DAY, Appliance, ApplianceKind, Array
from .shapes import (
    SECONDS,
    cycles,
    delayed,
    levels,
    pulses,
    smoothed,
    wander,
    within,
)

_TAN_30: Final = float(np.tan(np.radians(30)))

# People are up: more happens around breakfast and in the evening.
_HOURS: Final = np.array(
    [1, 0, 0, 0, 0, 1, 4, 8, 7, 5, 4, 4, 6, 5, 3, 3, 5, 8, 10, 9, 7, 6, 4, 2], float
)


def _starts(rng: np.random.Generator, daily: float) -> Array:
    count = rng.poisson(daily)
    hours = rng.choice(24, count, p=_HOURS / _HOURS.sum())
    starts: Array = (hours + rng.uniform(0, 1, count)) * 3600
    return starts


def _base(rng: np.random.Generator, load: Appliance) -> Array:
    evening = 1 + 0.8 * within(17, 6)
    return (load.watts * levels(rng, 600, 0.5, 1.5) * evening) + rng.normal(
        0, 0.01 * load.watts, DAY
    )


def _constant(_rng: np.random.Generator, load: Appliance) -> Array:
    return np.full(DAY, load.watts)


def _fridge(rng: np.random.Generator, load: Appliance) -> Array:
    return load.watts * cycles(rng, (600, 1200), (1200, 2400))


def _kettle(rng: np.random.Generator, load: Appliance) -> Array:
    starts = _starts(rng, load.daily)
    return pulses(starts, rng.uniform(60, 260, len(starts)), load.watts)


def _sessions(rng: np.random.Generator, load: Appliance, minutes: float) -> Array:
    starts = _starts(rng, load.daily)
    lengths = rng.uniform(0.5, 1.5, len(starts)) * minutes * 60
    return np.minimum(pulses(starts, lengths, 1), 1)


def _oven(rng: np.random.Generator, load: Appliance) -> Array:
    return load.watts * _sessions(rng, load, 50) * cycles(rng, (30, 120), (30, 120))


def _hob(rng: np.random.Generator, load: Appliance) -> Array:
    level = levels(rng, 240, 0.3, 1)
    return load.watts * level * _sessions(rng, load, 25) * cycles(rng, (1, 5), (1, 4))


def _dryer(rng: np.random.Generator, load: Appliance) -> Array:
    return _sessions(rng, load, 55) * (
        250 + load.watts * cycles(rng, (120, 400), (60, 200))
    )


def _timed(rng: np.random.Generator, load: Appliance) -> Array:
    """Return a load on a timer, with a thermostat that ends it at some point."""
    run = within(load.start, load.hours * rng.uniform(0.6, 1))
    if load.hours > 4:
        run = within(load.start, load.hours)
    return load.watts * run * (1 + wander(rng, 0.01, 900))


def _cycling(rng: np.random.Generator, load: Appliance) -> Array:
    """Return a compressor that runs nine minutes in twenty, in its hours."""
    on = cycles(rng, (480, 600), (580, 740))
    changes = np.diff(on, prepend=0.0) > 0
    inrush = np.convolve(changes, [2.0, 0.5], "full")[:DAY]
    power: Array = load.watts * (on + inrush) * within(load.start, load.hours)
    return power


def _heat_pump(rng: np.random.Generator, load: Appliance) -> Array:
    """Return a compressor with an inverter, which never stays at one speed for long."""
    speed = np.clip(0.55 + wander(rng, 0.35, 400), 0, 1)
    speed[speed < 0.2] = 0
    return load.watts * speed * within(load.start, load.hours)


def _car(rng: np.random.Generator, load: Appliance) -> Array:
    if rng.uniform() > load.daily:
        return np.zeros(DAY)
    start = load.start * 3600 + rng.uniform(0, 1800)
    length = load.hours * rng.uniform(0.3, 1) * 3600
    ramp = rng.choice([1, 15, 60])
    on = pulses([start % DAY], length, 1)
    into = np.clip((SECONDS - start % DAY) / ramp, 0, 1)
    power: Array = load.watts * on * into
    return power


_PROFILES: Final[
    dict[ApplianceKind, Callable[[np.random.Generator, Appliance], Array]]
] = {
    ApplianceKind.BASE: _base,
    ApplianceKind.VARS: _constant,
    ApplianceKind.FRIDGE: _fridge,
    ApplianceKind.KETTLE: _kettle,
    ApplianceKind.OVEN: _oven,
    ApplianceKind.HOB: _hob,
    ApplianceKind.DRYER: _dryer,
    ApplianceKind.TIMED: _timed,
    ApplianceKind.CYCLING: _cycling,
    ApplianceKind.HEAT_PUMP: _heat_pump,
    ApplianceKind.CAR: _car,
}


def add_load(rng: np.random.Generator, load: Appliance, p: Array, q: Array) -> None:
    """Add a day of an appliance to W and var of each phase."""
    profile = _PROFILES.get(load.kind)
    if profile is None:
        return
    share = profile(rng, load) / len(load.phases)
    if load.between:
        # The voltage between two phases leads the first by 30 degrees, and lags behind
        # the other's reverse by as much.
        first, second = load.phases
        p[first] += share
        p[second] += share
        q[first] -= _TAN_30 * share
        q[second] += _TAN_30 * share
        return
    for phase in load.phases:
        if load.kind is ApplianceKind.VARS:
            q[phase] += share
            continue
        p[phase] += share
        if load.tan:
            q[phase] += load.tan * share


def surplus_power(load: Appliance, surplus: Array, present: Array) -> Array:
    """Return a day of an appliance that follows what solar leaves over, in W.

    A car's charger sets its current every half minute and needs 6 A to run; a diverter
    follows within seconds; a relay switches on above what the appliance draws.
    """
    if load.kind is ApplianceKind.DIVERTER:
        return np.clip(delayed(smoothed(surplus, 5), 2), 0, load.watts) * present
    block = 30 if load.kind is ApplianceKind.SURPLUS_CAR else 120
    means = surplus.reshape(-1, block).mean(axis=1)
    means = np.concatenate([[0.0], means[:-1]])
    if load.kind is ApplianceKind.SURPLUS_CAR:
        least = 6 / 32 * load.watts
        power = np.where(means >= least, np.minimum(means, load.watts), 0)
        # Chargers set whole amperes.
        power = np.floor(power / least * 6) * least / 6
    else:
        power = np.zeros(len(means))
        on = False
        for index, mean in enumerate(means):
            on = mean > (0.2 if on else 1.2) * load.watts
            power[index] = load.watts if on else 0
    return np.repeat(power, block) * present

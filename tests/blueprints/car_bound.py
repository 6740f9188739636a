"""The most that a rule with knowledge of the whole day could charge, with the same limits."""

from typing import Final

import numpy as np

from simulator.homes.home import Array

from .car_days import STEP, Day

_BLOCK: Final = 60 // STEP  # steps in the minutes in which the bound switches
_GRID_SHARE: Final = 0.04
_PRICES: Final = (0.0, 0.5, 1, 2, 4, 8, 16, 64, 1e4)


def bound(day: Day, minimum_run: int, minimum_pause: int) -> tuple[float, int]:
    """Return energy (kWh) and number of starts of a rule that knows the day.

    It follows at once, in whole amperes, with a minimum run and pause (min), and may take
    4 % from the grid; nothing if the battery comes first.
    """
    surplus = day.solar - day.house
    charger = day.charger
    ampere = charger.phases * charger.volts
    car = ampere * np.clip(np.floor(surplus / ampere), charger.minimum, charger.maximum)
    short = np.maximum(car - np.maximum(surplus, 0), 0)
    free = _from_when(day, surplus)
    strict = day.battery_minimum is not None
    for price in _PRICES[-1:] if strict else _PRICES:
        on = _best(
            _blocks(np.where(free, car - price * short, -1e9)),
            minimum_run,
            minimum_pause,
        )
        each = np.repeat(on, _BLOCK)
        charged, drawn = (car * each).sum(), (short * each).sum()
        if drawn <= _GRID_SHARE * charged:
            break
    starts = int((np.diff(on, prepend=0) > 0).sum())
    return float(charged * STEP / 3.6e6), starts


def _from_when(day: Day, surplus: Array) -> Array:
    """Return 1 while the battery has what it must have first."""
    if day.battery_minimum is None or day.storage is None:
        return np.ones(len(surplus), bool)
    into = np.clip(surplus, 0, day.storage.watts) * 0.95 * STEP / 3600
    stored = day.storage.stored + np.cumsum(into)
    return stored >= day.battery_minimum / 100 * day.storage.watt_hours


def _blocks(values: Array) -> Array:
    return values.reshape(-1, _BLOCK).sum(axis=1)


def _best(gain: Array, run: int, pause: int) -> Array:
    """Return 1 for each minute to charge in, so that the sum of gains is highest."""
    count, run, pause = len(gain), max(run, 1), max(pause, 1)
    # Age in the present state, in minutes, up to the one from which it may change.
    value = {(0, age): 0.0 for age in range(1, pause + 1)}
    value |= {(1, age): 0.0 for age in range(1, run + 1)}
    choices: list[dict[tuple[int, int], tuple[int, int]]] = []
    for minute in range(count - 1, -1, -1):
        new, chosen = {}, {}
        for state, age in value:
            least = run if state else pause
            options = [(state, min(age + 1, least))]
            if age >= least:
                options.append((1 - state, 1))
            best = max(options, key=lambda each: value[each] + gain[minute] * each[0])
            chosen[state, age] = best
            new[state, age] = value[best] + gain[minute] * best[0]
        value = new
        choices.append(chosen)
    at, found = (0, pause), []
    for chosen in reversed(choices):
        at = chosen[at]
        found.append(at[0])
    return np.array(found, float)

"""Batteries of a home over a day, controlled by the total power."""

from typing import Final

import numpy as np

from .home import DAY, Array, Battery, BatteryMode
from .shapes import delayed, smoothed, within

_BLOCK: Final = 60  # s
_STEP: Final = 10  # W
_EFFICIENCY: Final = 0.95


def dispatch(
    battery: Battery, net: Array, island: Array, charge: float
) -> tuple[Array, float]:
    """Return a day of total battery power (+ discharges), and the charge after it in Wh.

    `net` is load less solar, in W. `island` is 1 where the battery alone holds the site.
    """
    wanted, least = _wanted(battery, net)
    wanted = np.clip(wanted, -battery.watts, battery.watts)
    wanted = delayed(smoothed(wanted, battery.lag), max(1, battery.lag // 2))
    wanted = np.where(island > 0, net, wanted)
    least = np.where(island > 0, 0, least)
    low, high, charge = _limits(battery, wanted, least, charge)
    power = np.clip(wanted, np.repeat(low, _BLOCK), np.repeat(high, _BLOCK))
    power = np.where(island > 0, power, np.round(power / _STEP) * _STEP)
    return power, charge


def _wanted(battery: Battery, net: Array) -> tuple[Array, Array]:
    """Return what its mode asks of the battery, and the least charge it leaves, in Wh."""
    wanted = net.copy()
    least = np.full(DAY, battery.reserve * battery.watt_hours)
    if battery.mode is BatteryMode.TIME_BASED:
        peak = within(battery.hours[0], battery.hours[1] - battery.hours[0])
        wanted = np.where(peak > 0, wanted, np.minimum(wanted, 0))
    elif battery.mode is BatteryMode.BACKUP:
        wanted = np.minimum(wanted, 0)
    for span, power in (
        (battery.grid_charge, -battery.watts),
        (battery.export, battery.watts),
    ):
        if span[0] != span[1]:
            wanted = np.where(
                within(span[0], (span[1] - span[0]) % 24) > 0, power, wanted
            )
    return wanted, least


def _limits(
    battery: Battery, wanted: Array, least: Array, charge: float
) -> tuple[Array, Array, float]:
    """Return the lowest and highest power of each block, and the charge after the day."""
    means = wanted.reshape(-1, _BLOCK).mean(axis=1)
    floors = least[::_BLOCK]
    low, high = np.empty(len(means)), np.empty(len(means))
    full = battery.watt_hours
    for index, mean in enumerate(means):
        # A lithium battery takes less the fuller it is.
        low[index] = -battery.watts * min(
            1.0, max(0.0, (full - charge) / (0.06 * full))
        )
        left = (charge - floors[index]) / (0.02 * full)
        high[index] = battery.watts * min(1.0, max(0.0, left))
        power = min(max(mean, low[index]), high[index])
        moved = power * _BLOCK / 3600
        charge -= moved / _EFFICIENCY if moved > 0 else moved * _EFFICIENCY
        charge = min(max(charge, 0.0), full)
    return low, high, charge

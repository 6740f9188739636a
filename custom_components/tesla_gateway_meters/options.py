"""The options of a config entry: their defaults and ranges, and objects made from them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from .const import (
    CONF_GRID_FLOOR,
    CONF_LIVE_INTERVAL,
    CONF_OFF_BELOW,
    CONF_OFF_DELAY,
    CONF_ON_ABOVE,
    CONF_ON_DELAY,
    CONF_SOLAR_FLOOR,
    CONF_WATCHED,
)
from .processing.hysteresis import Hysteresis
from .processing.noise_floor import NoiseFloor
from .processing.surplus import SurplusMonitor, Watched, longest_gap


class Number(NamedTuple):
    """The default and the range of an option, in s or W."""

    default: float
    lowest: float
    highest: float


NUMBERS: Final = {
    CONF_LIVE_INTERVAL: Number(10, 5, 300),
    CONF_SOLAR_FLOOR: Number(0, 0, 500),
    CONF_GRID_FLOOR: Number(0, 0, 500),
    CONF_ON_ABOVE: Number(1000, 0, 100_000),
    CONF_ON_DELAY: Number(300, 0, 3600),
    CONF_OFF_BELOW: Number(200, 0, 100_000),
    CONF_OFF_DELAY: Number(120, 0, 3600),
}


def number(options: Mapping[str, Any], key: str) -> float:
    """Return the value of an option, or its default."""
    value: float | None = options.get(key)
    return NUMBERS[key].default if value is None else value


def watched(options: Mapping[str, Any]) -> Watched:
    """Return the power that sustained export evaluates."""
    return Watched(options.get(CONF_WATCHED, Watched.EXPORT))


def live_interval(options: Mapping[str, Any]) -> timedelta:
    """Return the time between two live polls."""
    return timedelta(seconds=number(options, CONF_LIVE_INTERVAL))


def noise_floor(options: Mapping[str, Any]) -> NoiseFloor:
    """Return the powers below which solar and the grid show as 0."""
    return NoiseFloor(
        solar=number(options, CONF_SOLAR_FLOOR), grid=number(options, CONF_GRID_FLOOR)
    )


def surplus_monitor(options: Mapping[str, Any], interval: timedelta) -> SurplusMonitor:
    """Return the monitor of surplus for polls at this interval."""
    sustained = Hysteresis(
        on_above=number(options, CONF_ON_ABOVE),
        off_below=number(options, CONF_OFF_BELOW),
        on_delay=number(options, CONF_ON_DELAY),
        off_delay=number(options, CONF_OFF_DELAY),
        longest_gap=longest_gap(interval.total_seconds()),
    )
    return SurplusMonitor(sustained, watched(options))

"""Objects made from the options of a config entry."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .const import (
    CONF_GRID_FLOOR,
    CONF_LIVE_INTERVAL,
    CONF_OFF_BELOW,
    CONF_OFF_DELAY,
    CONF_ON_ABOVE,
    CONF_ON_DELAY,
    CONF_SOLAR_FLOOR,
    CONF_WATCHED,
    LIVE_INTERVAL,
    OFF_BELOW,
    OFF_DELAY,
    ON_ABOVE,
    ON_DELAY,
)
from .processing.hysteresis import Hysteresis
from .processing.noise_floor import NoiseFloor
from .processing.surplus import SurplusMonitor, Watched, longest_gap


def live_interval(options: Mapping[str, Any]) -> timedelta:
    """Return the time between two live polls."""
    chosen: float | None = options.get(CONF_LIVE_INTERVAL)
    return LIVE_INTERVAL if chosen is None else timedelta(seconds=chosen)


def noise_floor(options: Mapping[str, Any]) -> NoiseFloor:
    """Return the powers below which solar and the grid show as 0."""
    return NoiseFloor(
        solar=options.get(CONF_SOLAR_FLOOR, 0), grid=options.get(CONF_GRID_FLOOR, 0)
    )


def surplus_monitor(options: Mapping[str, Any], interval: timedelta) -> SurplusMonitor:
    """Return the monitor of surplus for polls at this interval."""
    sustained = Hysteresis(
        on_above=options.get(CONF_ON_ABOVE, ON_ABOVE),
        off_below=options.get(CONF_OFF_BELOW, OFF_BELOW),
        on_delay=options.get(CONF_ON_DELAY, ON_DELAY),
        off_delay=options.get(CONF_OFF_DELAY, OFF_DELAY),
        longest_gap=longest_gap(interval.total_seconds()),
    )
    watched = Watched(options.get(CONF_WATCHED, Watched.EXPORT))
    return SurplusMonitor(sustained, watched)

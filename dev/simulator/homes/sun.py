"""Sun and clouds, as a share of a solar system's rated power."""

from enum import StrEnum
from typing import Final

import numpy as np

from .home import Array, Weather
from .shapes import SECONDS, levels, smoothed, wander

_TILT: Final = np.radians(23.45)


class Sky(StrEnum):
    """The sky of a day."""

    CLEAR = "clear"
    BROKEN = "broken"
    OVERCAST = "overcast"


def sky(rng: np.random.Generator, weather: Weather) -> Sky:
    """Draw a day's sky."""
    chance = rng.uniform()
    if chance < weather.clear:
        return Sky.CLEAR
    return Sky.BROKEN if chance < weather.clear + weather.broken else Sky.OVERCAST


def clear_sky(weather: Weather, day: int, hours: float) -> Array:
    """Return the part that a clear day gives, to panels that face this later than noon."""
    declination = _TILT * np.sin(2 * np.pi * (weather.day + day - 80) / 365)
    latitude = np.radians(weather.latitude)
    angle = (SECONDS / 3600 - 12) * np.pi / 12
    level = np.sin(latitude) * np.sin(declination)
    swing = np.cos(latitude) * np.cos(declination)
    height = level + swing * np.cos(angle)
    # Tilted panels, facing later than noon by some hours.
    facing = 0.25 + 0.75 * np.cos(angle - hours * np.pi / 12)
    part: Array = np.clip(facing, 0, 1) * (1 - np.exp(-np.maximum(height, 0) / 0.25))
    return part


def clouds(rng: np.random.Generator, kind: Sky) -> Array:
    """Return the part of a clear day that a sky lets through."""
    if kind is Sky.CLEAR:
        return 1 + wander(rng, 0.01, 600)
    if kind is Sky.OVERCAST:
        part = rng.uniform(0.1, 0.4) * (1 + wander(rng, 0.3, 300))
        return np.clip(part, 0.03, 0.9)
    through = levels(rng, rng.uniform(60, 400), -0.8, 1)
    # Most of the time there is either sun, a little more at a cloud's edge, or shade.
    part = np.where(through > 0, 0.95 + 0.15 * through, 0.25 - 0.3 * through)
    return smoothed(part, int(rng.integers(4, 30)))

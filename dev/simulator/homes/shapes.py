"""Shapes of loads and clouds over time, one value per second."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from .home import DAY, Array

SECONDS: Final = np.arange(DAY, dtype=np.float64)


def pulses(
    starts: Array | Sequence[float],
    lengths: Array | Sequence[float] | float,
    heights: Array | Sequence[float] | float,
) -> Array:
    """Return a day of rectangular pulses that add up; starts and lengths in s."""
    begin = np.clip(np.asarray(starts), 0, DAY).astype(np.int64)
    end = np.clip(np.asarray(starts) + np.asarray(lengths), 0, DAY).astype(np.int64)
    height = np.broadcast_to(np.asarray(heights, dtype=np.float64), begin.shape)
    changes = np.zeros(DAY + 1)
    np.add.at(changes, begin, height)
    np.subtract.at(changes, end, height)
    return np.cumsum(changes)[:DAY]


def levels(rng: np.random.Generator, seconds: float, low: float, high: float) -> Array:
    """Return a day of levels from a range, each held for about this many seconds."""
    count = int(2 * DAY / seconds) + 8
    lengths = 1 + rng.exponential(seconds, count).astype(np.int64)
    values = np.repeat(rng.uniform(low, high, count), lengths)
    return _filled(values)


def cycles(
    rng: np.random.Generator,
    on: tuple[float, float],
    off: tuple[float, float],
) -> Array:
    """Return a day of 1 and 0 that alternate, held for seconds of these ranges."""
    count = int(DAY / (on[0] + off[0])) + 2
    lengths = np.empty(2 * count, dtype=np.int64)
    lengths[0::2] = rng.uniform(*on, count)
    lengths[1::2] = rng.uniform(*off, count)
    values = np.repeat(np.tile([1.0, 0.0], count), np.maximum(lengths, 1))
    return _filled(np.roll(values, int(rng.uniform(0, on[1] + off[1]))))


def within(start: float, hours: float) -> Array:
    """Return 1 in a span of hours of the day, which may go over midnight, and 0 else."""
    return (((SECONDS / 3600 - start) % 24) < hours).astype(np.float64)


def smoothed(values: Array, seconds: int) -> Array:
    """Return the mean of the seconds up to each, along the last axis."""
    if seconds <= 1:
        return values
    padded = np.concatenate(
        [np.repeat(values[..., :1], seconds, axis=-1), values], axis=-1
    )
    sums = np.cumsum(padded, axis=-1)
    result: Array = (sums[..., seconds:] - sums[..., :-seconds]) / seconds
    return result


def delayed(values: Array, seconds: int) -> Array:
    """Return values as they were this many seconds before, along the last axis."""
    if seconds <= 0:
        return values
    return np.concatenate(
        [np.repeat(values[..., :1], seconds, axis=-1), values[..., :-seconds]], axis=-1
    )


def held(values: Array, seconds: int) -> Array:
    """Return the mean of each block of seconds, held for that block."""
    return np.repeat(values.reshape(-1, seconds).mean(axis=1), seconds)


def wander(rng: np.random.Generator, sigma: float, seconds: int) -> Array:
    """Return a day that wanders around 0 with this deviation, in about these seconds."""
    count = DAY // seconds + 2
    walk = np.zeros(count)
    noise = rng.normal(0, sigma * 0.6, count)
    for index in range(1, count):
        walk[index] = 0.8 * walk[index - 1] + noise[index]
    return np.interp(SECONDS / seconds, np.arange(count), walk)


def _filled(values: Array) -> Array:
    if len(values) < DAY:
        values = np.concatenate([values, np.full(DAY - len(values), values[-1])])
    return values[:DAY]

"""Random numbers that depend on nothing but seed, stream and position: no state, any order."""

from typing import Final

_MASK: Final = (1 << 64) - 1


def unit(seed: int, stream: int, position: int) -> float:
    """Return a number from 0 up to 1: the splitmix64 hash of its three arguments."""
    x = (seed * 0x9E3779B97F4A7C15 + stream * 0xD1B54A32D192ED03 + position) & _MASK
    x = (x * 0x9E3779B97F4A7C15) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return (x ^ (x >> 31)) / 2**64


def smooth(seed: int, stream: int, position: int, period: int) -> float:
    """Return a number from 0 up to 1 that wanders from one random value to the next in a period."""
    slot, within = divmod(position, period)
    before = unit(seed, stream, slot)
    return before + (unit(seed, stream, slot + 1) - before) * within / period

"""Validation of stored evidence."""

from collections.abc import Mapping
from math import isfinite

type Stored = dict[str, object]


def number(value: object) -> float:
    """Return a finite number; raises ValueError for anything else."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not isfinite(value)
    ):
        raise ValueError("no finite number")
    return value


def numbers(value: object, count: int | None) -> list[float]:
    """Return a list of `count` numbers, None for any; raises ValueError otherwise."""
    if not isinstance(value, list) or (count is not None and len(value) != count):
        raise ValueError("no list of numbers")
    return [number(each) for each in value]


def mapping(value: object) -> Mapping[str, object]:
    """Return a JSON object; raises ValueError for anything else."""
    if isinstance(value, dict):
        return value
    raise ValueError("no object")

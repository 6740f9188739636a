"""A payload that was captured once, served as if it had just been read."""

from collections.abc import Callable
from typing import Final

from simulator.clock import Clock, parse_stamp
from simulator.go_format import NEVER, SECOND, Json

_AGE: Final = SECOND // 20  # of the newest stamp of a payload when it is asked for


def captured(payload: Json, clock: Clock) -> Callable[[], Json]:
    """Return what serves a payload at the clock's time.

    Each payload was captured at another moment. Its newest stamp becomes a moment ago, and the
    others keep their distance from it. The zero time stays; a frozen clock leaves all stamps.
    """
    newest = max(_stamps(payload), default=0)

    def serve() -> Json:
        if clock.frozen:
            return payload
        return _moved(payload, clock, clock.nanoseconds() - _AGE - newest)

    return serve


def _moved(value: Json, clock: Clock, shift: int) -> Json:
    if isinstance(value, dict):
        return {key: _moved(item, clock, shift) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, clock, shift) for item in value]
    if (time := _time(value)) is not None:
        return clock.stamp(time + shift)
    return value


def _stamps(value: Json) -> list[int]:
    """Return all times in a payload, without the zero time."""
    if isinstance(value, dict):
        return [time for item in value.values() for time in _stamps(item)]
    if isinstance(value, list):
        return [time for item in value for time in _stamps(item)]
    time = _time(value)
    return [] if time is None else [time]


def _time(value: Json) -> int | None:
    return parse_stamp(value) if isinstance(value, str) and value != NEVER else None

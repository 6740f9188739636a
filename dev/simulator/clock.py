"""The simulated gateway's clock, in nanoseconds, with its time formats."""

from datetime import UTC, datetime, timedelta, timezone
import re
import time
from typing import Final

from .go_format import SECOND

DEFAULT_ZONE: Final = timezone(timedelta(hours=-6))  # that of the API document's stamps
_LONGEST_JUMP: Final = 366 * 86400  # seconds; the physics walk all the way
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STAMP: Final = re.compile(r"(.{19})(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")


class Clock:
    """A simulated clock, `speed` times as fast as real time, or still if `frozen`."""

    def __init__(
        self, *, start: datetime | None = None, speed: float = 1.0, frozen: bool = False
    ) -> None:
        """Start at an aware datetime (default: now), whose offset is the gateway's own zone."""
        if start is not None and start.tzinfo is None:
            raise ValueError("start needs a time zone offset")
        if speed <= 0:
            raise ValueError("speed must be above 0")
        begin = start or datetime.now(DEFAULT_ZONE)
        self.zone: Final = timezone(begin.utcoffset() or timedelta())
        self.frozen: Final = frozen
        self.started: Final = (begin - _EPOCH) // timedelta(microseconds=1) * 1000
        self._speed = speed
        self._skipped = 0
        self._origin = time.monotonic_ns()

    def nanoseconds(self) -> int:
        """Return the simulated time as nanoseconds since 1970 UTC."""
        running = (
            0
            if self.frozen
            else int((time.monotonic_ns() - self._origin) * self._speed)
        )
        return self.started + running + self._skipped

    def now(self) -> datetime:
        """Return the simulated time in the gateway's zone, to the microsecond."""
        return _datetime(self.nanoseconds()).astimezone(self.zone)

    def advance(self, seconds: float) -> None:
        """Jump ahead by simulated seconds."""
        if not 0 <= seconds <= _LONGEST_JUMP:
            raise ValueError(f"the clock moves ahead, by {_LONGEST_JUMP} s at most")
        self._skipped += round(seconds * SECOND)

    def stamp(self, nanoseconds: int) -> str:
        """Print a time as Go's RFC3339Nano, in the gateway's zone."""
        return format_stamp(nanoseconds, self.zone)


def format_stamp(nanoseconds: int, zone: timezone) -> str:
    """Print nanoseconds since 1970 UTC as RFC 3339, trailing zeros of the fraction cut."""
    local = _datetime(nanoseconds).astimezone(zone)
    digits = f"{nanoseconds % SECOND:09d}".rstrip("0")
    fraction = f".{digits}" if digits else ""
    offset = local.strftime("%:z")
    return f"{local:%Y-%m-%dT%H:%M:%S}{fraction}{'Z' if offset == '+00:00' else offset}"


def parse_stamp(text: str) -> int | None:
    """Return nanoseconds since 1970 UTC for a stamp in that form, None for another text."""
    match = _STAMP.fullmatch(text)
    if match is None:
        return None
    try:
        whole = datetime.fromisoformat(match[1] + match[3])
    except ValueError:
        return None
    seconds = (whole - _EPOCH) // timedelta(seconds=1)
    return seconds * SECOND + int((match[2] or "").ljust(9, "0"))


def _datetime(nanoseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)

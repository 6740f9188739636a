"""The time zone of the home, in which the simulated sun shines by day: that of this machine."""

from contextlib import suppress
from datetime import UTC, datetime
import os
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALTIME = Path("/etc/localtime")


def local_time_zone() -> ZoneInfo:
    """Return it by its name, as Home Assistant wants it; UTC if this machine does not tell."""
    folder, _, name = str(LOCALTIME.resolve()).rpartition("zoneinfo/")
    for candidate in (os.environ.get("TZ"), name if folder else None):
        if candidate:
            # Raised for a zone that does not exist, and for a text that cannot be one.
            with suppress(KeyError, ValueError):
                return ZoneInfo(candidate)
    return ZoneInfo("UTC")


def zone_at(hour: int, now: datetime) -> str:
    """Return the name of a time zone in which it is this hour of the day now."""
    hours = hour - now.astimezone(UTC).hour
    # These zones are named by what has to be added to them to get UTC.
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"


def afternoon(now: datetime) -> str:
    """Return a time zone in which it is between two and three: the sun shines there."""
    return zone_at(14, now)

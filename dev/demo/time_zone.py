"""The time zone of this machine: the simulated sun shines when it is day here."""

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


def afternoon(now: datetime) -> str:
    """Return a time zone in which it is between two and three: the sun shines there."""
    hours = 14 - now.astimezone(UTC).hour
    # These zones are named by what has to be added to them to get UTC.
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"

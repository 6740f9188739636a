"""The time zone of this machine: the simulated sun shines when it is day here."""

from contextlib import suppress
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

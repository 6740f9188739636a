"""What the `error` of a meter's reading means.

While the system runs, its site manager holds the synchrometers and a direct
reading is refused: that is normal (gateway API, section 0.2). A meter that
cannot be reached is the fault to catch.
"""

import re

from .models import ReadingStatus

# The words of "run sitemanager flag enabled, sitemanager process is running".
# The gateway changes their order from call to call.
_BENIGN_WORDS = frozenset(
    {"run", "sitemanager", "flag", "enabled", "process", "is", "running"}
)

_UNREACHABLE = re.compile(
    r"no such host|dial tcp|lookup|refused|no route|unreachable|timeout|timed out"
    r"|deadline exceeded|connection reset|EOF",
    re.IGNORECASE,
)

# What is searched of a text, and then shown of it.
_SEARCHED = 1000
_LONGEST = 255

# Remote meters are named after their id: PWRview-12345, Neurio-12345.
_METER_NAME = re.compile(r"\b(PWRview|Neurio)-\w+", re.IGNORECASE)

# A serial number of any kind, also as a part of a DIN: long, and with digits in it.
_SERIAL = re.compile(r"\b(?=(?:[^\W\d]*\d){3})\w{8,}")


def error_text(error: object) -> str | None:
    """Read the `error` of a reading: a text, null, or an object with `Err`.

    Names of meters lose their id, and serials go, so that the text can be shown
    anywhere.
    """
    if isinstance(error, dict):
        error = error.get("Err", error)
    if error is None or error in ("", {}):
        return None
    text = error[:_SEARCHED] if isinstance(error, str) else "unknown"
    return _SERIAL.sub("...", _METER_NAME.sub(r"\1-...", text))[:_LONGEST]


def classify(error: str | None) -> ReadingStatus:
    """Say what an error text means, whatever the order of its words."""
    if not error:
        return ReadingStatus.OK
    words = set(re.findall(r"\w+", error.lower()))
    if "sitemanager" in words and words <= _BENIGN_WORDS:
        return ReadingStatus.BLOCKED_WHILE_RUNNING
    if _UNREACHABLE.search(error):
        return ReadingStatus.UNREACHABLE
    return ReadingStatus.ERROR

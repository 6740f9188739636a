"""Parse and classify the `error` of a meter's reading.

While the system runs, its site manager holds the synchrometers and a direct
reading is refused: that is normal (gateway API, section 0.2). A meter that
cannot be reached is the fault to catch.
"""

from collections.abc import Mapping
import re
from typing import Final

from .limits import LONGEST_TEXT, Limits
from .models import ReadingStatus

# The gateway changes the order of its two halves from call to call.
BENIGN_TEXT: Final = "run sitemanager flag enabled, sitemanager process is running"
_WORD: Final = re.compile(r"\w+")
_BENIGN_WORDS: Final = frozenset(_WORD.findall(BENIGN_TEXT))

_UNKNOWN: Final = "unknown error"

# What Linux calls the numbers that Go gives for a connection that did not come about.
_ERRNO: Final = {
    100: "network is down",
    101: "network is unreachable",
    104: "connection reset by peer",
    110: "connection timed out",
    111: "connection refused",
    112: "host is unreachable",
    113: "no route to host",
}

_UNREACHABLE: Final = re.compile(
    r"no such host|dial tcp|lookup|refused|no route|unreachable|timeout|timed out"
    r"|deadline exceeded|connection reset|network is down|EOF",
    re.IGNORECASE,
)

# The keys of the cause in Go's errors, the most specific first.
_INNER_KEYS: Final = ("Err", "err", "error", "Error", "message", "Message", "Errno")
_DEEPEST: Final = 8
_LONGEST_LIST: Final = 4

# Remote meters are named after their id: PWRview-12345, Neurio-12345.
_METER_NAME: Final = re.compile(r"\b(PWRview|Neurio)-\w+", re.IGNORECASE)

# A serial number of any kind, also as a part of a DIN: long, and with digits in it.
_SERIAL: Final = re.compile(r"\b(?=(?:[^\W\d]*\d){3})\w{8,}")


def without_serials(text: str) -> str:
    """Return a text in which names of meters lose their id, and serials go."""
    return _SERIAL.sub("...", _METER_NAME.sub(r"\1-...", text))


def error_text(error: object, limits: Limits | None = None) -> str | None:
    """Parse the `error` of a reading; None if there is none.

    That is null or an empty text, also as the only `Err` of an object. Go writes an
    error that is no text as an object, often an empty one, or as a number: all of
    these are errors. The text can be shown anywhere; however the words of the one
    that is normal are ordered, it is the same.
    """
    if isinstance(error, dict) and error.keys() == {"Err"}:
        error = error["Err"]
        if isinstance(error, dict) and not error:
            return _UNKNOWN
    if error is None or (isinstance(error, str) and not error.strip()):
        return None
    # Before it is cut, or half a serial might stay.
    text = without_serials(_described(error, _DEEPEST) or _UNKNOWN)
    text = (limits or Limits()).cleaned(text, LONGEST_TEXT, "error") or _UNKNOWN
    return BENIGN_TEXT if _is_benign(text) else text


def _described(error: object, depth: int) -> str:
    """Return an error as a text; "" if it is empty."""
    match error:
        case _ if depth == 0:
            pass
        case bool():
            pass
        case str() if error.isascii() and error.isdecimal() and len(error) <= 4:
            return _numbered(int(error))
        case str():
            return error.strip()
        case int() | float():
            return _numbered(error)
        case list():
            found = (_described(each, depth - 1) for each in error[:_LONGEST_LIST])
            return ", ".join(each for each in found if each)
        case dict():
            return _of_object(error, depth)
    return ""


def _of_object(error: Mapping[str, object], depth: int) -> str:
    """Return the text of an error of Go, such as `{"Op": "dial", "Net": "tcp", "Err": 113}`."""
    inner = (_described(error[key], depth - 1) for key in _INNER_KEYS if key in error)
    described = next((each for each in inner if each), "")
    # Its other fields are addresses.
    operation = " ".join(
        each for key in ("Op", "Net") if isinstance(each := error.get(key), str)
    )
    if not operation:
        return described
    return f"{operation}: {described or _UNKNOWN}"


def _numbered(error: float) -> str:
    name = _ERRNO.get(int(error)) if -1e9 < error < 1e9 else None
    return f"error {error:g}" if name is None else f"error {error:g} ({name})"


def classify(error: str | None) -> ReadingStatus:
    """Return the meaning of an error text, whatever the order of its words."""
    if not error:
        return ReadingStatus.OK
    if _is_benign(error):
        return ReadingStatus.BLOCKED_WHILE_RUNNING
    if _UNREACHABLE.search(error):
        return ReadingStatus.UNREACHABLE
    return ReadingStatus.ERROR


def _is_benign(error: str) -> bool:
    words = set(_WORD.findall(error.lower()))
    return "sitemanager" in words and words <= _BENIGN_WORDS

"""Formats of numbers, times and durations in Go, the language of the gateway's program.

A client meets these forms on the wire: whole floats without a fraction, no exponent between
1e-6 and 1e21, nanoseconds with their trailing zeros cut, and the year 1 for "never".
"""

from decimal import Decimal
import json
from typing import Final

type Json = dict[str, Json] | list[Json] | str | float | int | bool | None

NEVER: Final = "0001-01-01T00:00:00Z"
SECOND: Final = 1_000_000_000  # in nanoseconds, the unit of all times in the simulator


def number(value: float) -> str:
    """Print a number as Go's encoding/json does."""
    if isinstance(value, int):
        return str(value)
    if value == 0:
        return "-0" if str(value).startswith("-") else "0"
    if 1e-6 <= abs(value) < 1e21:
        text = format(Decimal(repr(value)), "f")
        return text.removesuffix(".0")
    mantissa, _, exponent = repr(value).partition("e")
    sign = "-" if exponent.startswith("-") else "+"
    digits = exponent.lstrip("+-").lstrip("0")
    # Go pads a positive exponent to two digits and cuts the padding of a negative one.
    return f"{mantissa.removesuffix('.0')}e{sign}{digits if sign == '-' else digits.zfill(2)}"


def dumps(value: Json) -> str:
    """Encode a payload as compact JSON, numbers in Go's form, keys in their given order."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(k)}:{dumps(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumps, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(value)


def _text(value: str) -> str:
    """Quote a string; Go escapes what could end a script in a page."""
    quoted = json.dumps(value, ensure_ascii=False)
    return (
        quoted.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    )


def duration(nanoseconds: int) -> str:
    """Print a duration as Go does: `1541h38m20.99s`."""
    seconds, fraction = divmod(nanoseconds, SECOND)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    digits = f"{fraction:09d}".rstrip("0")
    text = f"{seconds}.{digits}s" if digits else f"{seconds}s"
    if hours:
        return f"{hours}h{minutes}m{text}"
    return f"{minutes}m{text}" if minutes else text

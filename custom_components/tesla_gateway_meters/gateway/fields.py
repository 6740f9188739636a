"""Parse single fields of a JSON object.

Firmwares add, drop and null fields. So a field that is missing or of another type
than expected is None: that costs one value, never the whole answer.

JSON has no subclasses: to compare a type costs half of what `isinstance` does, and a
hundred fields are read per poll.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from .errors import EmptyAnswerError, PayloadError

type JsonObject = Mapping[str, object]

# More than anything measured here can be; sums of less than this stay finite.
_ABSURD = 1e15

# Go's zero time, which the gateway sends for "never".
_NEVER = "0001-01-01T00:00:00Z"


def expect_object(data: object) -> JsonObject:
    """Return an answer that is an object; any other raises PayloadError."""
    if not isinstance(data, dict):
        error = EmptyAnswerError if data is None else PayloadError
        raise error("not an object")
    return data


def number(data: JsonObject, key: str) -> float | None:
    """Return a number; None for one beyond anything measured."""
    value = data.get(key)
    if type(value) is float or type(value) is int:
        return value if -_ABSURD < value < _ABSURD else None
    return None


def numbers(data: JsonObject, keys: Iterable[str]) -> list[float | None]:
    """Return several numbers, each as `number` does, in a third of the time."""
    return [
        value
        if (type(value) is float or type(value) is int) and -_ABSURD < value < _ABSURD
        else None
        for value in map(data.get, keys)
    ]


def count(data: JsonObject, key: str) -> int | None:
    """Return an integer."""
    value = data.get(key)
    return value if type(value) is int else None


def text(data: JsonObject, key: str) -> str | None:
    """Return a text; an empty one is None."""
    value = data.get(key)
    return value if type(value) is str and value else None


def flags(data: JsonObject, key: str) -> tuple[bool, ...]:
    """Return a list of flags, one per CT; empty if one is no bool."""
    value = data.get(key)
    if type(value) is list and set(map(type, value)) <= {bool}:
        return tuple(value)
    return ()


def json_object(data: JsonObject, key: str) -> JsonObject:
    """Return an object; empty if it is missing."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def json_objects(data: object) -> list[JsonObject]:
    """Return the objects of a list; null and anything else is an empty list."""
    if not isinstance(data, list):
        return []
    return [item for item in data if isinstance(item, dict)]


def time(data: JsonObject, key: str) -> datetime | None:
    """Return an RFC 3339 time with its offset; None for Go's zero time."""
    value = data.get(key)
    if type(value) is not str or value == _NEVER:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    # A zero or end of time with an offset cannot be converted to UTC.
    if parsed.tzinfo is None or not 1 < parsed.year < 9999:
        return None
    return parsed

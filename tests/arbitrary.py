"""Strategies of hypothesis for arbitrary answers."""

from collections.abc import Callable
import copy
import json
from random import Random
from typing import Any

from hypothesis import strategies as st

# What has broken parsers, sums and dates before.
_ODD = st.sampled_from(
    [
        *(0, -0.0, 1e308, -1e308, 5e-324, 1e15, 2**63, 2**64, -(2**63) - 1, 10**18),
        *(float("nan"), float("inf"), True, None, "", "NaN", "1e400", "\x00", "\ud7ff"),
        *([], {}, [[]], [None], {"": None}, [{}], [True], ["synchrometerX"]),
    ]
    # What is drawn is altered later.
).map(copy.deepcopy)
# Some of them are no moment, have no offset, or cannot be converted to UTC.
_MOMENTS = st.datetimes().map(
    lambda moment: f"{moment.isoformat()}Z"
) | st.sampled_from(
    [
        *("0001-01-01T00:00:00Z", "0001-01-01T00:00:01+14:00", "2023-07-30"),
        *("9999-12-31T23:59:59.999999999-23:59", "0000-00-00T00:00:00Z"),
        *("2023-07-30T04:24:54", "2023-07-30T04:24:54+99:99", "04:24:54Z"),
    ]
)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | _MOMENTS
    | _ODD
)
# Keys that mean something somewhere are drawn as often as others.
_KEYS = st.text(max_size=10) | st.sampled_from(
    [
        *("site", "solar", "instant_power", "energy_exported", "type", "location"),
        *("cts", "connection", "short_id", "serial", "error", "data", "percentage"),
        *("Cached_readings", "ct_voltage_references", "din", "grid_status", "valid"),
    ]
)
VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


def _positions(value: Any) -> list[tuple[Any, Any]]:
    """Return each position in a payload, as container and key or index."""
    match value:
        case dict():
            found = [(value, key) for key in value]
        case list():
            found = [(value, index) for index in range(len(value))]
        case _:
            return []
    return found + [place for each, key in found for place in _positions(each[key])]


@st.composite
def altered(draw: Callable[..., Any], payload: Any) -> Any:
    """Draw a real payload with some places altered, doubled or gone."""
    payload = copy.deepcopy(payload)
    for _ in range(draw(st.integers(1, 6))):
        if not (places := _positions(payload)):
            break
        container, key = places[draw(st.integers(0, len(places) - 1))]
        match draw(st.sampled_from(["alter", "alike", "alike", "drop", "double"])):
            case "alter":
                container[key] = draw(VALUES)
            case "alike" if isinstance(container[key], str):
                container[key] = draw(_MOMENTS | st.text(max_size=20))
            case "alike":
                container[key] = draw(st.floats() | st.integers() | _ODD)
            case "drop":
                del container[key]
            case "double" if isinstance(container, list):
                container.append(copy.deepcopy(container[key]))
            case _:
                container[draw(_KEYS)] = copy.deepcopy(container[key])
    return payload


def _encode(value: Any) -> bytes:
    # With NaN and Infinity, which some encoders write though JSON has no such thing.
    return json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass")


def _garbled(body: bytes, random: Random) -> bytes:
    at = random.randrange(len(body) + 1)
    return body[:at] + random.randbytes(2) + body[at + random.randrange(3) :]


def bodies(payload: Any) -> st.SearchStrategy[bytes]:
    """Draw the body of an answer, by an endpoint whose real payload is this."""
    real = _encode(payload)
    return st.one_of(
        altered(payload).map(_encode),
        altered(payload).map(_encode),
        VALUES.map(_encode),
        st.binary(max_size=40),
        st.randoms(use_true_random=False).map(lambda random: _garbled(real, random)),
        st.integers(0, len(real)).map(lambda end: real[:end]),
        st.integers(1, 2000).map(lambda depth: b"[" * depth + b"]" * depth),
        st.integers(1, 400).map(
            lambda digits: b'{"percentage": 1%s}' % (b"0" * digits)
        ),
    )

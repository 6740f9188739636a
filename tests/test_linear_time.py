"""Tests that the time for a large answer is proportional to its size."""

from collections.abc import Callable
import time
from typing import Any

import orjson
import pytest

from custom_components.tesla_gateway_meters.gateway.own_secrets import OwnSecrets
from custom_components.tesla_gateway_meters.gateway.parse import (
    parse_aggregates,
    parse_meters,
    parse_readings,
    parse_site_meters,
    parse_status,
)
from custom_components.tesla_gateway_meters.gateway.reading_status import (
    classify,
    error_text,
)
from custom_components.tesla_gateway_meters.markdown import as_plain_text
from custom_components.tesla_gateway_meters.redaction.redactor import Redactor

MIB = 2**20
# Four times the size costs 4 times the time, and 16 times if it is quadratic.
_LINEAR = 9
# What is as fast as this is not measured on a busy machine.
_NOTHING = 0.05  # s
_GENEROUS = 2  # s, for 200 ms on an idle machine

_UNITS = (
    *("-", "a", "A", "1", "@", ".", ":", "'", '"', "\\", "[", "{", " ", "\n", "%", "é"),
    *(
        "Aa1 ",
        "lookup ",
        "a@",
        "a.",
        "1.",
        "00:",
        "0-",
        "://",
        "a\\",
        "Pa55word1",
        "->",
    ),
)
_KEYS = (
    *("error", "version", "location", "serial", "short_id", "start_time", "nobody"),
    *("type", "git_hash", "up_time_seconds"),
)


def _text(unit: str, size: int) -> str:
    return unit * (size // len(unit.encode()))


def _words(size: int) -> str:
    return " ".join(f"word{number}" for number in range(size // 10))


def _answers(make: Callable[[int], str], size: int) -> list[Any]:
    """Return answers of this size that hold a text in each field, and as a key."""
    text = make(size)
    return [
        *({key: text} for key in _KEYS),
        {"meter": {"error": text, "data": {"firmwareVersion": text}}},
        {"meter": {"error": {"Err": text}}},
        {text: {"error": "a"}},
        [{"type": text, "short_id": text, "location": text}],
    ]


def _used(answers: list[Any]) -> float:
    """Return the seconds of this process that all we do with the answers takes."""
    bodies = [orjson.dumps(each) for each in answers]
    secrets = OwnSecrets("Pa55word1", "t0ken" * 20)
    started = time.process_time()
    for body in bodies:
        data: Any = secrets.redact(body, orjson.loads(body))
        redactor = Redactor([data], ["Pa55word1"])
        orjson.dumps(redactor.payload(data, by_name=True))
        redactor.payload(data)
        if isinstance(data, dict):
            parse_aggregates(data)
            parse_status(data)
            for each in parse_readings(data).values():
                as_plain_text(each.error or "")
            text = error_text(data.get("error"))
            classify(text)
            as_plain_text(text or "")
        else:
            parse_meters(data)
            parse_site_meters(data)
    return (time.process_time() - started) / len(answers)


def _assert_linear(make: Callable[[int], list[Any]]) -> None:
    small, large = _used(make(MIB // 4)), _used(make(MIB))
    assert large < _GENEROUS
    assert large < max(_LINEAR * small, _NOTHING)


@pytest.mark.parametrize("unit", _UNITS)
def test_linear_in_any_character(unit: str) -> None:
    """A megabyte of the same, in any field."""
    _assert_linear(lambda size: _answers(lambda size: _text(unit, size), size))


def test_linear_in_words() -> None:
    """A megabyte of words, each of them another."""
    _assert_linear(lambda size: _answers(_words, size))


@pytest.mark.parametrize(
    "make",
    [
        lambda size: {f"k{number}": number for number in range(size // 12)},
        lambda size: {f"k{number}": {"k": "a"} for number in range(size // 20)},
        lambda size: [1] * (size // 2),
        lambda size: [f"{number:x}" for number in range(size // 8)],
        lambda size: ["Pa55word1"] * (size // 12),
        lambda size: [[]] * (size // 3),
    ],
)
def test_linear_in_values(make: Callable[[int], Any]) -> None:
    """A megabyte of values, in what redacts them and what looks for secrets."""

    def used(size: int) -> float:
        body = orjson.dumps({"valid": make(size)})
        started = time.process_time()
        data: Any = OwnSecrets("Pa55word1").redact(body, orjson.loads(body))
        Redactor([data], []).payload(data)
        return time.process_time() - started

    small, large = (min(used(size) for _ in range(2)) for size in (MIB // 4, MIB))
    assert large < _GENEROUS
    assert large < max(_LINEAR * small, _NOTHING)


def test_linear_in_names_that_differ_in_their_case_alone() -> None:
    """All of them would have the same placeholder, and get different ones."""

    def used(count: int) -> float:
        letters = "abcdefghijklm"
        data: Any = {
            "".join(
                each.upper() if number >> bit & 1 else each
                for bit, each in enumerate(letters)
            ): number
            for number in range(count)
        }
        redactor = Redactor([data], [])
        started = time.process_time()
        redactor.payload(data)
        return time.process_time() - started

    small, large = (min(used(count) for _ in range(2)) for count in (1200, 4800))
    assert large < max(_LINEAR * small, _NOTHING)


def test_depth_that_can_be_read_is_no_error() -> None:
    """Nothing of ours is recursive in an answer's depth, up to what orjson reads."""
    for body in (b"[" * 1000 + b"]" * 1000, b'{"data":' * 1000 + b"1" + b"}" * 1000):
        data = OwnSecrets("Pa55word1").redact(body, orjson.loads(body))
        assert orjson.dumps(Redactor([data], []).payload(data))
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(b"[" * 100_000 + b"]" * 100_000)

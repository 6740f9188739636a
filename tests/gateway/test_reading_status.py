"""Tests of the error texts of a meter's reading."""

from collections.abc import Callable
from itertools import permutations
import random

import pytest

from custom_components.tesla_gateway_meters.gateway.models import ReadingStatus
from custom_components.tesla_gateway_meters.gateway.reading_status import (
    classify,
    error_text,
)

BENIGN = "run sitemanager flag enabled, sitemanager process is running"


@pytest.mark.parametrize("clauses", permutations(BENIGN.split(", ")))
def test_blocked_while_running(clauses: tuple[str, ...]) -> None:
    """The usual text is no fault, whichever half comes first."""
    assert classify(", ".join(clauses)) is ReadingStatus.BLOCKED_WHILE_RUNNING


def test_blocked_in_any_order_of_words() -> None:
    """No order of the words makes the usual text a fault."""
    seed = random.randrange(2**32)
    print("seed", seed)
    words = BENIGN.replace(",", "").split()
    shuffler = random.Random(seed)
    for _ in range(50):
        shuffler.shuffle(words)
        assert classify(" ".join(words)) is ReadingStatus.BLOCKED_WHILE_RUNNING


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, ReadingStatus.OK),
        ("", ReadingStatus.OK),
        (
            (
                "Get https://Neurio-12345:443/latest: dial tcp: lookup Neurio-12345 "
                "on 10.0.0.1:53: no such host"
            ),
            ReadingStatus.UNREACHABLE,
        ),
        ("i/o timeout", ReadingStatus.UNREACHABLE),
        ("context deadline exceeded", ReadingStatus.UNREACHABLE),
        ("connection refused", ReadingStatus.UNREACHABLE),
        ("sitemanager process is not running", ReadingStatus.ERROR),
        ("crc mismatch", ReadingStatus.ERROR),
        (f"{BENIGN}, crc mismatch", ReadingStatus.ERROR),
    ],
)
def test_fault_is_classified(error: str | None, status: ReadingStatus) -> None:
    """Real faults are distinguished, also beside the usual text."""
    assert classify(error) is status


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("", None),
        (None, None),
        (" \n", None),
        ({"Err": ""}, None),
        ({"Err": None}, None),
        ({"Err": "crc mismatch"}, "crc mismatch"),
        ({"Op": "read"}, "read: unknown error"),
        (7, "error 7"),
        ({}, "unknown error"),
        ([], "unknown error"),
        (False, "unknown error"),
        ({"Err": {}}, "unknown error"),
        ({"Err": []}, "unknown error"),
        ({"Op": "dial", "Err": {}}, "dial: unknown error"),
        ({"Op": "dial", "Net": "tcp", "Err": None}, "dial tcp: unknown error"),
        ({"Err": {"Syscall": "read", "Err": 5}}, "error 5"),
        (["crc mismatch", {"Err": 5}, None], "crc mismatch, error 5"),
        ({"code": 12, "message": "crc mismatch"}, "crc mismatch"),
        ("crc\x00 mismatch\r\n", "crc mismatch"),
        ("enabled flag run sitemanager, process sitemanager running is", BENIGN),
        ("sitemanager process is running", BENIGN),
        ("crc mismatch", "crc mismatch"),
        (
            "lookup Neurio-12345: no such host",
            "lookup Neurio-...: no such host",
        ),
    ],
)
def test_error_text_is_found_without_serials(error: object, text: str | None) -> None:
    """The text is found where it may be, without the id of a meter."""
    assert error_text(error) == text


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("meter 0x000004714B006CCD not found", "meter ... not found"),
        ("no answer from JBL16055Y1G0238synchrometerX", "no answer from ..."),
        ("din 1232100-00-E--TG119000000000 unknown", "din 1232100-00-E--... unknown"),
        ("dial tcp 192.168.90.2:443: x509: timeout", None),
    ],
)
def test_serials_are_redacted(error: str, shown: str | None) -> None:
    """Identifiers of a device are not shown."""
    assert error_text(error) == (shown or error)


@pytest.mark.parametrize("number", [101, 110, 111, 113])
def test_errno_is_named(number: int) -> None:
    """Linux numbers a connection that does not come about, wherever Go puts that."""
    address = {"IP": "192.168.90.7", "Port": 443, "Zone": ""}
    for error in (
        number,
        float(number),
        str(number),
        [number],
        {"Err": number},
        {"Err": {"Err": number}},
        {"Op": "dial", "Net": "tcp", "Addr": address, "Err": number},
        {"Op": "Get", "URL": "https://x", "Err": {"Op": "dial", "Err": [number]}},
        {"Op": "dial", "Err": {"Syscall": "connect", "Err": number}},
    ):
        text = error_text(error)
        assert text is not None
        assert f"error {number} (" in text
        assert "192" not in text
        assert classify(text) is ReadingStatus.UNREACHABLE, error


@pytest.mark.parametrize(
    "error",
    [
        {},
        [],
        0,
        1,
        -1,
        0.5,
        True,
        False,
        {"Err": {}},
        {"Err": 0},
        {"x": None},
        [[]],
        [{}],
    ],
    ids=str,
)
def test_error_that_is_no_text_is_a_fault(error: object) -> None:
    """Go writes an error that has no text as an object or a number."""
    assert classify(error_text(error)).is_fault


def test_deeply_nested_error_is_a_fault() -> None:
    """No depth is followed for ever, and none is taken for good."""
    error: object = 113
    for _ in range(5000):
        error = {"Err": error}
    assert classify(error_text(error)).is_fault


def test_long_error_is_cut_without_half_a_serial() -> None:
    """Five hundred characters are shown; a serial that the cut meets is gone before."""
    for length in range(480, 500):
        text = error_text("x " * (length // 2) + " JBL16055Y1G0238synchrometerX failed")
        assert text is not None
        assert len(text) <= 500
        assert "JBL1" not in text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        # A number that Linux has no name for is only a number.
        ("9999", "error 9999"),
        ("10000", "10000"),
        ("11\u0663", "11\u0663"),
        (1e300, "error 1e+300"),
        (float("inf"), "error inf"),
        (float("nan"), "error nan"),
        (-111, "error -111"),
        # Of a list four parts are shown.
        (["a", "b", "c", "d", "e"], "a, b, c, d"),
        (["", "b", None], "b"),
        # The innermost text counts, and none is no text.
        ({"Err": "", "message": "crc"}, "crc"),
        ({"Op": "dial", "Net": 7, "Err": "crc"}, "dial: crc"),
        ({"Op": 7, "Net": "tcp"}, "tcp: unknown error"),
    ],
)
def test_error_text_of_odd_errors(error: object, text: str) -> None:
    """A text is shown, whatever replaces the error text."""
    assert error_text(error) == text


@pytest.mark.parametrize(
    ("depth", "text"), [(0, "crc"), (7, "crc"), (8, "unknown error")]
)
@pytest.mark.parametrize("wrap", [lambda error: [error], lambda error: {"err": error}])
def test_error_is_found_seven_levels_deep(
    depth: int, text: str, wrap: Callable[[object], object]
) -> None:
    """In lists as in objects; what is deeper is not looked for."""
    error: object = "crc"
    for _ in range(depth):
        error = wrap(error)
    assert error_text(error) == text

"""What the error text of a meter's reading means."""

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
def test_classified(error: str | None, status: ReadingStatus) -> None:
    """Real faults are told apart, also beside the usual text."""
    assert classify(error) is status


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("", None),
        (None, None),
        ({}, None),
        ({"Err": ""}, None),
        ({"Err": None}, None),
        ({"Err": "crc mismatch"}, "crc mismatch"),
        ({"Op": "read"}, "unknown"),
        (7, "unknown"),
        ("crc mismatch", "crc mismatch"),
        (
            "lookup Neurio-12345: no such host",
            "lookup Neurio-...: no such host",
        ),
    ],
)
def test_text(error: object, text: str | None) -> None:
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
def test_serials_go(error: str, shown: str | None) -> None:
    """What tells one device from all others is shown nowhere."""
    assert error_text(error) == (shown or error)

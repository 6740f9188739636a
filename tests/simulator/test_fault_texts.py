"""Tests of faults as texts of the command line and the control port."""

import pytest

from simulator import Fault
from simulator.fault_kinds import KINDS

DATE = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("502", Fault("status", 502)),
        ("status:404,times=3", Fault("status", 404, 3)),
        ("null", Fault("null")),
        ("slow:2.5,times=1", Fault("slow", 2.5, 1)),
        ('body:{"a": 1, "b": 2}', Fault("body", '{"a": 1, "b": 2}')),
        ("429,retry-after=120", Fault("status", 429, retry_after=120)),
        ("503,retry-after=1.5,times=2", Fault("status", 503, 2, retry_after=1.5)),
        ("503,times=2,retry-after=0", Fault("status", 503, 2, retry_after=0)),
        (f"429,retry-after={DATE},times=1", Fault("status", 429, 1, retry_after=DATE)),
        ("redirect:https://127.0.0.1:1/a", Fault("redirect", "https://127.0.0.1:1/a")),
        ("content-type:text/plain", Fault("content-type", "text/plain")),
        ("content-type:", Fault("content-type", "")),
        ("content-type", Fault("content-type")),
        ("large:10,times=1", Fault("large", 10, 1)),
        ("half-headers", Fault("half-headers")),
        ("hostile:two-lengths", Fault("hostile", "two-lengths")),
    ],
)
def test_parse(text: str, fault: Fault) -> None:
    """The written form says the same, there and back."""
    assert Fault.parse(text) == fault
    assert Fault.parse(str(fault)) == fault


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("broken", "unknown kind"),
        ("", "unknown kind"),
        ("status", "a status is"),
        ("status:900", "a status is"),
        ("slow", "seconds"),
        ("slow:-1", "seconds"),
        ("slow:nan", "seconds"),
        ("slow-body:inf", "seconds"),
        ("null:1", "takes no value"),
        ("hostile:tiger", "hostile is one of"),
        ("body", "needs a text"),
        ("502,times=x", "times"),
        ("502,times=0", "times"),
        ("502,times=", "times must be a number"),
        ("502,times=1,times=2", "times is there twice"),
        ("429,retry-after=", "retry-after is"),
        ("429,retry-after=a\r\nb: c", "retry-after is"),
        ("null,retry-after=1", "with a status only"),
        ("redirect", "needs an address"),
        ("redirect:/a\r\nb: c", "needs an address"),
        ("content-type:a\r\nb: c", "plain text"),
        ("large", "MiB"),
        ("large:0", "MiB"),
        ("large:5000", "MiB"),
    ],
)
def test_parse_refuses(text: str, complaint: str) -> None:
    """A fault that cannot be served is refused with a reason."""
    with pytest.raises(ValueError, match=complaint):
        Fault.parse(text)


def test_kinds_are_explained() -> None:
    """Each kind has a line of help."""
    assert all(kind.help.endswith(".") for kind in KINDS.values())

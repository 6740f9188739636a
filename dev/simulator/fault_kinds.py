"""The kinds of fault by name: what each does, how its value is read, and a line of help."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from . import fault_answers as answers, fault_sending as sending
from .answers import Answer
from .fault_answers import Due, Value
from .fault_hostile import HOSTILE, hostile

type Alter = Callable[[Due], Answer]
type Send = Callable[[web.BaseRequest, Answer, Value], Awaitable[web.StreamResponse]]

_MOST_MEBIBYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault. Without `convert` it takes no value."""

    help: str
    convert: Callable[[Value], str | float] | None = None
    alter: Alter | None = None
    send: Send | None = None


def _status(value: Value) -> float:
    status = int(str(value)) if str(value).isdecimal() else 0
    if not 200 <= status <= 599:
        raise ValueError(f"a status is a number from 200 to 599, not {value!r}")
    return status


def _number(value: Value) -> float:
    try:
        return float(str(value))
    except ValueError:
        return -1


def _seconds(value: Value) -> float:
    seconds = _number(value)
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"seconds must be a number from 0 on, not {value!r}")
    return seconds


def _mebibytes(value: Value) -> float:
    mebibytes = _number(value)
    if not 0 < mebibytes <= _MOST_MEBIBYTES:
        raise ValueError(f"MiB must be a number up to {_MOST_MEBIBYTES}, not {value!r}")
    return mebibytes


def _text(value: Value) -> str:
    if value is None:
        raise ValueError("the fault body needs a text")
    return str(value)


def _address(value: Value) -> str:
    if value is None or not is_header(str(value)):
        raise ValueError(f"redirect needs an address to send to, not {value!r}")
    return str(value)


def _content_type(value: Value) -> str:
    if value and not is_header(str(value)):
        raise ValueError(f"a content type is plain text, not {value!r}")
    return str(value or "")


def _hostile(value: Value) -> str:
    if value not in HOSTILE:
        raise ValueError(f"hostile is one of {', '.join(HOSTILE)}, not {value!r}")
    return str(value)


def is_header(text: str) -> bool:
    """Return whether a text can be the value of a header."""
    return bool(text) and text.isascii() and text.isprintable()


KINDS: Final[dict[str, Kind]] = {
    "status": Kind(
        "Answer with this status, in a real gateway's form if known.",
        _status,
        answers.status,
    ),
    "redirect": Kind("Answer 301 to this address.", _address, answers.redirect),
    "body": Kind("Answer 200 with this text as the JSON body.", _text, answers.body),
    "null": Kind("Answer 200 with a JSON null.", alter=answers.null),
    "empty": Kind("Answer 200 with nothing in it.", alter=answers.empty),
    "html": Kind(
        "Answer 200 with a web page, as a router's or a proxy's sign-in page.",
        alter=answers.html,
    ),
    "content-type": Kind(
        "Send the answer under this Content-Type, or under none.",
        _content_type,
        answers.content_type,
    ),
    "large": Kind(
        "Pad the body to this many MiB, sent in chunks.", _mebibytes, send=sending.large
    ),
    "cut": Kind("Close the connection in the middle of the body.", send=sending.cut),
    "half-headers": Kind(
        "Close the connection in the middle of the headers.", send=sending.half_headers
    ),
    "reset": Kind("Drop the connection without an answer.", send=sending.reset),
    "slow": Kind(
        "Send the answer these (real) seconds late.", _seconds, send=sending.slow
    ),
    "slow-body": Kind(
        "Pause for these (real) seconds in the middle of the body.",
        _seconds,
        send=sending.slow_body,
    ),
    "hostile": Kind(
        "Answer with what is no HTTP, has no end, or claims what is not so: by its name.",
        _hostile,
        send=hostile,
    ),
}

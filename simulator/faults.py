"""Faults: what goes wrong on purpose, at which endpoint, for how many requests.

A kind of fault is one function below, found by its name. It gets the answer that would have
been sent and sends something else, or the same in another way.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Self

from aiohttp import web

from .answers import Answer, for_status

EVERYWHERE: Final = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `value` is what its kind needs; `times` ends it after that many requests."""

    kind: str
    value: str | float | None = None
    times: int | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be served."""
        kind = KINDS.get(self.kind)
        if kind is None:
            raise ValueError(
                f"unknown kind of fault {self.kind!r}: know {', '.join(KINDS)}"
            )
        if kind.convert is None and self.value is not None:
            raise ValueError(f"the fault {self.kind} takes no value")
        if kind.convert is not None:
            object.__setattr__(self, "value", kind.convert(self.value))
        if self.times is not None and self.times < 1:
            raise ValueError("times must be 1 or more")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `KIND`, `KIND:VALUE` or a bare status, each with `,times=N` if wanted."""
        text, _, times = text.partition(",times=")
        kind, _, value = text.partition(":")
        if kind.isdecimal():
            kind, value = "status", kind
        if times and not times.isdecimal():
            raise ValueError(f"times must be a number, not {times!r}")
        return cls(kind, value or None, int(times) if times else None)

    def __str__(self) -> str:
        """Print the form that `parse` reads."""
        value = "" if self.value is None else f":{self.value}"
        times = "" if self.times is None else f",times={self.times}"
        return f"{self.kind}{value}{times}"


type Send = Callable[
    [web.BaseRequest, str, Answer, Fault], Awaitable[web.StreamResponse]
]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: what it does, how its value is read, and a line of help."""

    send: Send
    convert: Callable[[object], str | float] | None
    help: str


KINDS: Final[dict[str, Kind]] = {}


def _kind(
    name: str, convert: Callable[[object], str | float] | None = None
) -> Callable[[Send], Send]:
    """Register a function as a kind of fault; its docstring is the help."""

    def register(send: Send) -> Send:
        KINDS[name] = Kind(send, convert, (send.__doc__ or "").strip())
        return send

    return register


def _status(value: object) -> float:
    status = int(str(value)) if str(value).isdecimal() else 0
    if not 200 <= status <= 599:
        raise ValueError(f"a status is a number from 200 to 599, not {value!r}")
    return status


def _seconds(value: object) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = -1
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"seconds must be a number from 0 on, not {value!r}")
    return seconds


@_kind("status", _status)
async def _send_status(
    request: web.BaseRequest, endpoint: str, answer: Answer, fault: Fault
) -> web.StreamResponse:
    """Answer with this status, in a real gateway's form where known."""
    del request, answer
    status = int(fault.value or 0)
    return for_status(status, login=endpoint == "login/Basic").response()


def _text(value: object) -> str:
    if value is None:
        raise ValueError("the fault body needs a text")
    return str(value)


@_kind("body", _text)
async def _send_body(
    request: web.BaseRequest, endpoint: str, answer: Answer, fault: Fault
) -> web.StreamResponse:
    """Answer 200 with this text as the JSON body."""
    del request, endpoint, answer
    return Answer(body=str(fault.value).encode()).response()


@_kind("null")
async def _send_null(
    request: web.BaseRequest, endpoint: str, answer: Answer, fault: Fault
) -> web.StreamResponse:
    """Answer 200 with a JSON null."""
    del request, endpoint, answer, fault
    return Answer(body=b"null").response()


@_kind("empty")
async def _send_empty(
    request: web.BaseRequest, endpoint: str, answer: Answer, fault: Fault
) -> web.StreamResponse:
    """Answer 200 with nothing in it."""
    del request, endpoint, answer, fault
    return Answer(content_type=None).response()


@_kind("html")
async def _send_html(
    request: web.BaseRequest, endpoint: str, answer: Answer, fault: Fault
) -> web.StreamResponse:
    """Answer 200 with a web page, as a router's or a proxy's sign-in page."""
    del request, endpoint, answer, fault
    page = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body></body></html>\n"
    return Answer(body=page, content_type="text/html; charset=utf-8").response()


@_kind("cut")
async def _send_cut(
    request: web.BaseRequest, endpoint: str, answer: Answer, fault: Fault
) -> web.StreamResponse:
    """Close the connection in the middle of the body."""
    del endpoint, fault
    response = await _first_half(request, answer)
    if request.transport is not None:
        request.transport.close()
    return response


@_kind("reset")
async def _send_reset(
    request: web.BaseRequest, endpoint: str, answer: Answer, fault: Fault
) -> web.StreamResponse:
    """Drop the connection without an answer."""
    del endpoint, fault
    if request.transport is not None:
        request.transport.abort()
    return answer.response()


@_kind("slow", _seconds)
async def _send_slow(
    request: web.BaseRequest, endpoint: str, answer: Answer, fault: Fault
) -> web.StreamResponse:
    """Send the answer these (real) seconds late."""
    del request, endpoint
    await asyncio.sleep(float(fault.value or 0))
    return answer.response()


@_kind("slow-body", _seconds)
async def _send_slow_body(
    request: web.BaseRequest, endpoint: str, answer: Answer, fault: Fault
) -> web.StreamResponse:
    """Pause for these (real) seconds in the middle of the body."""
    del endpoint
    response = await _first_half(request, answer)
    await asyncio.sleep(float(fault.value or 0))
    await response.write(answer.body[len(answer.body) // 2 :])
    await response.write_eof()
    return response


async def _first_half(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    """Send the headers, which announce the whole body, and the first half of it."""
    response = web.StreamResponse(
        status=answer.status, headers=answer.response().headers
    )
    response.content_length = len(answer.body)
    await response.prepare(request)
    if half := answer.body[: len(answer.body) // 2]:
        await response.write(half)
    return response


def endpoint_of(path: str) -> str:
    """Return the name of an endpoint, `meters/site`, for that name or its path on the wire."""
    return path.removeprefix("/api/").strip("/")


class FaultBook:
    """The faults in force, by endpoint; `*` is every endpoint without one of its own."""

    def __init__(self) -> None:
        """Start without any."""
        self._faults: dict[str, Fault] = {}

    def set(self, endpoint: str, fault: Fault) -> None:
        """Put a fault in force, in place of the endpoint's earlier one."""
        self._faults[endpoint_of(endpoint)] = fault

    def clear(self, endpoint: str | None = None) -> None:
        """Mend one endpoint, or all."""
        if endpoint is None:
            self._faults.clear()
        else:
            self._faults.pop(endpoint_of(endpoint), None)

    def listed(self) -> dict[str, str]:
        """Return the faults in force, in the form that `Fault.parse` reads."""
        return {endpoint: str(fault) for endpoint, fault in self._faults.items()}

    def take(self, endpoint: str) -> Fault | None:
        """Return the fault for this request and count it down."""
        key = endpoint if endpoint in self._faults else EVERYWHERE
        fault = self._faults.get(key)
        if fault is not None and fault.times is not None:
            if fault.times == 1:
                del self._faults[key]
            else:
                self._faults[key] = Fault(fault.kind, fault.value, fault.times - 1)
        return fault

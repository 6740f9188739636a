"""Simulated faults: their kind, endpoint and number of requests."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import batched
from math import isfinite
import re
from typing import Final, Self

from aiohttp import web

from .answers import Answer
from .fault_answers import Due
from .fault_kinds import KINDS, is_header
from .go_format import number

EVERYWHERE: Final = "*"
_OPTION: Final = re.compile(r",(times|retry-after)=")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault. `value` is its kind's parameter; `times` ends it after so many requests.

    `retry_after` goes with a status, as the header of that name: seconds, or the date or other
    text that is given. No gateway was ever seen to send one.
    """

    kind: str
    value: str | float | None = None
    times: int | None = None
    retry_after: float | str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a fault that cannot be served."""
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
        if self.retry_after is not None:
            self._check_retry_after(self.retry_after)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `KIND`, `KIND:VALUE` or a bare status, with `,times=N` or `,retry-after=X`."""
        text, *rest = _OPTION.split(text)
        options = _options(rest)
        kind, _, value = text.partition(":")
        if kind.isdecimal():
            kind, value = "status", kind
        times = options.get("times")
        if times is not None and not times.isdecimal():
            raise ValueError(f"times must be a number, not {times!r}")
        after = options.get("retry-after")
        return cls(
            kind,
            value or None,
            None if times is None else int(times),
            float(after) if after and _NUMBER.fullmatch(after) else after,
        )

    def __str__(self) -> str:
        """Print the form that `parse` reads."""
        value = "" if self.value is None else f":{_print(self.value)}"
        times = "" if self.times is None else f",times={self.times}"
        after = self.retry_after
        retry = "" if after is None else f",retry-after={_print(after)}"
        return f"{self.kind}{value}{times}{retry}"

    def altered(self, answer: Answer, *, login: bool) -> Answer:
        """Return the answer that goes out in place of the one that was due."""
        alter = KINDS[self.kind].alter
        if alter is None:
            return answer
        answer = alter(Due(answer, self.value, login))
        if self.retry_after is None:
            return answer
        header = {"Retry-After": _print(self.retry_after)}
        return replace(answer, headers=answer.headers | header)

    async def send(
        self, request: web.BaseRequest, answer: Answer
    ) -> web.StreamResponse:
        """Send that answer, in the fault's way."""
        send = KINDS[self.kind].send
        if send is None:
            return answer.response()
        return await send(request, answer, self.value)

    def _check_retry_after(self, after: float | str) -> None:
        if self.kind != "status":
            raise ValueError("retry-after goes with a status only")
        if not (is_header(after) if isinstance(after, str) else isfinite(after)):
            raise ValueError(f"retry-after is seconds or a date, not {after!r}")


def _options(parts: Iterable[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    for name, value in batched(parts, 2, strict=True):
        if name in options:
            raise ValueError(f"{name} is there twice")
        options[name] = value
    return options


def _print(value: str | float) -> str:
    return value if isinstance(value, str) else number(value)


def endpoint_of(path: str) -> str:
    """Return the name of an endpoint, `meters/site`, for that name or its path on the wire."""
    return path.removeprefix("/api/").strip("/")


class FaultBook:
    """The present faults by endpoint; `*` is every endpoint, in addition to its own fault."""

    def __init__(self) -> None:
        """Start without any."""
        self._faults: dict[str, Fault] = {}

    def set(self, endpoint: str, fault: Fault) -> None:
        """Set the fault of an endpoint, in place of its earlier one."""
        self._faults[endpoint_of(endpoint)] = fault

    def clear(self, endpoint: str | None = None) -> None:
        """Clear the fault of one endpoint, or of all."""
        if endpoint is None:
            self._faults.clear()
        else:
            self._faults.pop(endpoint_of(endpoint), None)

    def listed(self) -> dict[str, str]:
        """Return the faults in force, in the form that `Fault.parse` reads."""
        return {endpoint: str(fault) for endpoint, fault in self._faults.items()}

    def take(self, endpoint: str) -> Fault | None:
        """Return the fault for this request and count it down."""
        key = EVERYWHERE if EVERYWHERE in self._faults else endpoint
        fault = self._faults.get(key)
        if fault is not None and fault.times is not None:
            if fault.times == 1:
                del self._faults[key]
            else:
                self._faults[key] = replace(fault, times=fault.times - 1)
        return fault

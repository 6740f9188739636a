"""Mutated captures of full polls.

Plain `random`, not hypothesis: hundreds of thousands of polls of one gateway in a row,
each of which the same seed brings again.
"""

from collections.abc import Callable
import copy
from datetime import datetime
import json
from random import Random
from typing import Any, Final

from custom_components.tesla_gateway_meters.gateway import Endpoint
from simulator import PROFILES
from simulator.clock import DEFAULT_ZONE, Clock
from simulator.profiles import create

DIN: Final = "1234567-00-E--TG123456789A5M"
ENDPOINTS: Final = {each: each.value.removeprefix("/api/") for each in Endpoint}

# How often an endpoint's answer is mutated, and a gateway says to be another one.
_MUTATED: Final = 0.5
_STATUS_MUTATED: Final = 0.1
# It is asked for again after 60 polls.
_ABSENT: Final = 0.002

_NUMBERS: Final = (
    *(0, -0.0, 1, -1, 0.1, 999, 1e-300, 1e14, 1e15, 1e16, 1e300, -1e300, 5e-324),
    *(2**31, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**30, float("nan"), float("inf")),
)
_TEXTS: Final = (
    *(
        "",
        " ",
        "\x00",
        "\x1b[31m",
        "\ud800",
        "\u202e",
        "\ufeff",
        "é",
        "e\u0301",
        "日本",
    ),
    *(
        "İ",
        "ß",
        "👨‍👩‍👧",
        "NaN",
        "1e400",
        "-Infinity",
        "None",
        "null",
        "__proto__",
        "{}",
    ),
    *("<b>x</b>", "[a](http://x)", "{placeholder}", "%s%n", "../../etc", "a" * 300),
    *("synchrometerX", "neurio_tcp", "site", "solar", "conductor", "battery", "load"),
    *("site_power", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2023-07-30"),
    *("2023-07-30T04:24:54.123456789+14:00", "SystemGridConnected", DIN),
)
# The same noon at each run, so that a seed brings the same polls again.
START: Final = datetime(2026, 6, 21, 12, tzinfo=DEFAULT_ZONE)
_LONG: Final = 20_000
_MANY: Final = 200
_DEEP: Final = 100


def captures() -> list[dict[Endpoint, Any]]:
    """Return what the simulated gateways of all profiles serve, as one gateway would."""
    found = []
    for name in PROFILES:
        profile = create(name, Clock(start=START, frozen=True), 1)
        payloads = {
            endpoint: json.loads(
                json.dumps(profile.endpoints[path]()).replace(profile.din, DIN)
            )
            for endpoint, path in ENDPOINTS.items()
            if path in profile.endpoints
        }
        found.append(payloads)
    return found


class Fuzzer:
    """A generator of mutated full polls."""

    def __init__(self, seed: int) -> None:
        """Draw with a seed."""
        self._random = Random(seed)
        self._captures = captures()
        self._names = 0

    def usual(self) -> dict[Endpoint, Any]:
        """Return the payloads of a gateway that is well."""
        return self._captures[0]

    def poll(self) -> dict[Endpoint, bytes]:
        """Return a body for each endpoint; one that has none is absent, now and then."""
        random = self._random
        capture = self._captures[0] | random.choice(self._captures)
        return {
            endpoint: self._body(endpoint, payload)
            for endpoint, payload in capture.items()
            if random.random() > _ABSENT
        }

    def _body(self, endpoint: Endpoint, payload: Any) -> bytes:
        random = self._random
        chance = _STATUS_MUTATED if endpoint is Endpoint.STATUS else _MUTATED
        if random.random() > chance:
            return encoded(payload)
        payload = json.loads(json.dumps(payload))
        for _ in range(random.choice((1, 1, 2, 5, 20))):
            payload = self._mutated(payload)
        body = encoded(payload)
        return self._garbled(body) if random.random() < 0.05 else body

    def _mutated(self, payload: Any) -> Any:
        """Return a payload with one thing altered, anywhere in it."""
        random = self._random
        if not isinstance(payload, dict | list) or not payload:
            return self._value()
        container = payload
        while True:
            # Walk down some way: what is high up is met as often as what is deep.
            key = random.choice(
                list(container)
                if isinstance(container, dict)
                else range(len(container))
            )
            child = container[key]
            if not isinstance(child, dict | list) or not child or random.random() < 0.3:
                break
            container = child
        mutations: tuple[Callable[[Any, Any], None], ...] = (
            self._retype,
            self._renumber,
            self._reword,
            self._drop,
            self._double,
            self._multiply,
            self._rename,
            self._shuffle,
            self._bury,
        )
        random.choice(mutations)(container, key)
        return payload

    def _value(self) -> Any:
        random = self._random
        return random.choice(
            (
                *(None, True, False, [], {}, [[]], [None], [{}], {"": {}}),
                *(random.choice(_NUMBERS), self._text(), random.uniform(-1e4, 1e4)),
            )
        )

    def _text(self) -> str:
        random = self._random
        kind = random.random()
        if kind < 0.6:
            return random.choice(_TEXTS)
        if kind < 0.62:
            return random.choice(("x", "-", "😀", "1", " ")) * random.randrange(_LONG)
        if kind < 0.8:
            # One that has not been there before.
            self._names += 1
            return f"name {self._names}"
        length = random.randrange(1, 12)
        return "".join(chr(random.randrange(0xD7FF)) for _ in range(length))

    def _retype(self, container: Any, key: Any) -> None:
        container[key] = self._value()

    def _renumber(self, container: Any, key: Any) -> None:
        container[key] = self._random.choice(
            (self._random.choice(_NUMBERS), self._random.uniform(-1e6, 1e6))
        )

    def _reword(self, container: Any, key: Any) -> None:
        container[key] = self._text()

    def _drop(self, container: Any, key: Any) -> None:
        del container[key]

    def _double(self, container: Any, key: Any) -> None:
        item = copy.copy(container[key])
        if isinstance(container, list):
            container.insert(self._random.randrange(len(container) + 1), item)
        else:
            container[self._random.choice((*container, self._text()))] = item

    def _multiply(self, container: Any, key: Any) -> None:
        """Repeat an item, each time under another name or with another text."""
        most = _MANY if self._random.random() < 0.1 else _MANY // 10
        items = [copy.copy(container[key]) for _ in range(self._random.randrange(most))]
        for item in items:
            if isinstance(item, dict) and item and self._random.random() < 0.8:
                item[self._random.choice(list(item))] = self._value()
        if isinstance(container, list):
            container.extend(items)
        else:
            container |= {self._text(): item for item in items}

    def _rename(self, container: Any, key: Any) -> None:
        if isinstance(container, dict):
            container[self._text()] = container.pop(key)

    def _shuffle(self, container: Any, _: Any) -> None:
        if isinstance(container, list):
            self._random.shuffle(container)
        else:
            items = list(container.items())
            self._random.shuffle(items)
            container.clear()
            container.update(items)

    def _bury(self, container: Any, key: Any) -> None:
        for _ in range(self._random.choice((1, 2, 50, _DEEP))):
            container[key] = self._random.choice(
                ([container[key]], {"data": container[key]})
            )

    def _garbled(self, body: bytes) -> bytes:
        random = self._random
        at = random.randrange(len(body) + 1)
        return random.choice(
            (
                body[:at],
                body[:at] + random.randbytes(3) + body[at:],
                body + body,
                body.replace(b'"', b"'", 1),
                # A key that is there twice, which JSON does not forbid.
                body.replace(b"{", b'{"type": 7, "type": "site", ', 1),
                b"\xef\xbb\xbf" + body,
                b"[" * 5000 + body + b"]" * 5000,
                b"",
            )
        )


def encoded(value: Any) -> bytes:
    """Return the JSON of a payload."""
    # With NaN and Infinity, which some encoders write though JSON has no such thing.
    return json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass")

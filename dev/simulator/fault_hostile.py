"""Answers that are not HTTP, are endless, or have false headers; sent below aiohttp's server."""

import asyncio
from dataclasses import dataclass
import gzip
from typing import Final
import zlib

from aiohttp import web

from .answers import Answer
from .fault_answers import Value

_PAUSE: Final = 0.002  # seconds between two pieces of what has no end
_OK: Final = b"HTTP/1.1 200 OK\r\n"
_JSON: Final = b'{"a": 1}'
_CHUNKED: Final = b"Transfer-Encoding: chunked\r\n\r\n"
_SPACES: Final = b" " * 20_000_000


@dataclass(frozen=True, slots=True)
class Hostile:
    """Bytes to send first, and bytes to repeat after them.

    The connection stays open until the client ends it, unless `closes`.
    """

    start: bytes
    again: bytes = b""
    closes: bool = False


def _encoded(encoding: str, body: bytes) -> Hostile:
    head = f"Content-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n"
    return Hostile(_OK + head.encode() + body)


HOSTILE: Final[dict[str, Hostile]] = {
    "status-101": Hostile(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
    "websocket": Hostile(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\n\r\n\x81\x02{}",
        again=b"\x81\x02{}",
    ),
    "two-lengths": Hostile(
        _OK + b"Content-Length: 8\r\nContent-Length: 9\r\n\r\n" + _JSON
    ),
    "length-and-chunked": Hostile(
        _OK + b"Content-Length: 8\r\n" + _CHUNKED + b"8\r\n" + _JSON + b"\r\n0\r\n\r\n"
    ),
    "negative-length": Hostile(_OK + b"Content-Length: -8\r\n\r\n" + _JSON),
    "http-0.9": Hostile(_JSON),
    "http-2": Hostile(b"\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x80"),
    "nul-in-header": Hostile(_OK + b"X-A: a\0b\r\nContent-Length: 8\r\n\r\n" + _JSON),
    "header-without-end": Hostile(_OK + b"X-A: ", again=b"a" * 1000),
    "headers-without-end": Hostile(_OK, again=b"X-A: b\r\n" * 100),
    "trailers-without-end": Hostile(
        _OK + _CHUNKED + b"8\r\n" + _JSON + b"\r\n0\r\n", again=b"X-A: b\r\n" * 100
    ),
    "length-of-a-gigabyte": Hostile(_OK + b"Content-Length: 1000000000\r\n\r\n{"),
    "broken-chunk": Hostile(_OK + _CHUNKED + b"zz\r\n" + _JSON),
    "gzip-bomb": _encoded("gzip", gzip.compress(_SPACES)),
    "deflate-bomb": _encoded("deflate", zlib.compress(_SPACES)),
    "broken-gzip": _encoded("gzip", _JSON),
    "body-with-204": Hostile(
        b"HTTP/1.1 204 No Content\r\nContent-Length: 8\r\n\r\n" + _JSON
    ),
    "status-304": Hostile(b"HTTP/1.1 304 Not Modified\r\n\r\n", closes=True),
    "chunks-without-end": Hostile(_OK + _CHUNKED, again=b"1\r\n \r\n"),
    "extension-without-end": Hostile(_OK + _CHUNKED + b"1;", again=b"x" * 1000),
    "informational-without-end": Hostile(b"", again=b"HTTP/1.1 103 Early\r\n\r\n"),
    "silence": Hostile(b""),
    "503-without-end": Hostile(
        b"HTTP/1.1 503 Busy\r\n" + _CHUNKED, again=b"1\r\n \r\n"
    ),
    "503-cut-off": Hostile(
        b"HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\n{", closes=True
    ),
    "429-of-1.5-mb": Hostile(
        b"HTTP/1.1 429 Slow down\r\nContent-Length: 1500000\r\n\r\n" + b" " * 1_500_000
    ),
}


async def hostile(
    request: web.BaseRequest, answer: Answer, name: Value
) -> web.StreamResponse:
    """Send these bytes until the client disconnects."""
    what, transport = HOSTILE[str(name)], request.transport
    if transport is not None:
        transport.write(what.start)
        if what.closes:
            transport.close()
    # The client's end of the connection cancels this.
    while transport is not None and not transport.is_closing():
        transport.write(what.again)
        await asyncio.sleep(_PAUSE)
    return answer.response()

"""One HTTPS request to the gateway and its bytes back.

Here is what the wire needs, and nothing of what an answer means.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
import re

import aiohttp
from yarl import URL

from .address import Address
from .connection import Pin
from .deadline import time_left
from .errors import (
    AnswerTimeoutError,
    BrokenAnswerError,
    CertificateChangedError,
    ConnectError,
    GatewayError,
    SessionClosedError,
)
from .fingerprint import server_name

# A connection that does not come about is told apart from an answer that does not.
# Below the usual interval of polls; `ceil_threshold` keeps aiohttp from rounding up.
REQUEST_TIMEOUT = aiohttp.ClientTimeout(total=8, sock_connect=5, ceil_threshold=60)
# The gateway's own page allows a login 35 s.
LOGIN_TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5, ceil_threshold=60)
BODY_LIMIT = 1024 * 1024
# What a gateway may ask for in `Retry-After`; more than a day is nonsense.
_LONGEST_RETRY_AFTER = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body, and `Retry-After` in seconds where a usable one was sent.

    The body is whole with status 200, and empty with any other. `is_page` says that
    it is announced as a web page.
    """

    status: int
    body: bytes
    retry_after: float | None
    is_page: bool = False


class Transport:
    """Requests to one gateway, through a session that its owner closes.

    The session should keep connections alive and no cookies: a login's token
    is sent by plain headers.
    """

    def __init__(
        self, session: aiohttp.ClientSession, address: Address, fingerprint: str
    ) -> None:
        """Use the session for requests to what has this certificate there.

        `fingerprint` is its SHA-256, hexadecimal; see `trust`.
        """
        self._session = session
        self._base = address.url
        self._urls: dict[str, URL] = {}
        self._server_name = server_name(address)
        # Checked after each handshake, before the first byte of a request.
        self._pin = Pin(bytes.fromhex(fingerprint))
        self._in_hand: set[asyncio.Timeout] = set()
        self._is_closed = False

    def close(self) -> None:
        """End the requests in hand, and let no more leave; the session stays open."""
        self._is_closed = True
        for each in self._in_hand:
            each.reschedule(0)

    def get(self, path: str, headers: dict[str, str]) -> Awaitable[Answer]:
        """Ask for a path, within what is left of the poll (see `deadline`).

        Raises ConnectError, CertificateChangedError, AnswerTimeoutError,
        BrokenAnswerError, SessionClosedError.
        """
        return self._request("GET", path, headers, None, _within_poll(REQUEST_TIMEOUT))

    def post(self, path: str, payload: bytes) -> Awaitable[Answer]:
        """Send JSON to a path. Raises what `get` raises."""
        headers = {"Content-Type": "application/json"}
        return self._request("POST", path, headers, payload, LOGIN_TIMEOUT)

    async def _request(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        payload: bytes | None,
        time_limit: aiohttp.ClientTimeout,
    ) -> Answer:
        if (url := self._urls.get(path)) is None:
            url = self._urls[path] = self._base.with_path(path)
        try:
            async with (
                self._until_closed(),
                self._session.request(
                    method,
                    url,
                    headers=headers,
                    data=payload,
                    timeout=time_limit,
                    allow_redirects=False,
                    ssl=self._pin,
                    server_hostname=self._server_name,
                ) as response,
            ):
                return await _read(response)
        except aiohttp.ServerFingerprintMismatch as err:
            raise CertificateChangedError(err.got.hex()) from None
        except (aiohttp.ClientError, OSError, RuntimeError) as err:
            raise self._meaning(err) from None

    @asynccontextmanager
    async def _until_closed(self) -> AsyncIterator[None]:
        # aiohttp would try once more where the session is closed in mid-request.
        async with asyncio.timeout(0 if self._is_closed else None) as limit:
            self._in_hand.add(limit)
            try:
                yield
            finally:
                self._in_hand.discard(limit)

    def _meaning(self, err: Exception) -> GatewayError:
        """Return what an error of a request means; one of ours passes through."""
        if self._is_closed or self._session.closed:
            return SessionClosedError("the session was closed")
        match err:
            case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
                # The texts of these name the host: the caller knows it.
                return ConnectError("cannot connect")
            case TimeoutError():
                return AnswerTimeoutError("no answer in time")
            case aiohttp.ClientResponseError():
                return BrokenAnswerError("not valid HTTP")
            case aiohttp.ClientError() | OSError():
                return BrokenAnswerError("the connection ended in mid-answer")
        raise err


def _within_poll(limit: aiohttp.ClientTimeout) -> aiohttp.ClientTimeout:
    """Return this limit, or what is left of the poll if that is less."""
    left = time_left()
    if left is None or (limit.total is not None and limit.total <= left):
        return limit
    return aiohttp.ClientTimeout(
        total=left,
        sock_connect=limit.sock_connect,
        ceil_threshold=limit.ceil_threshold,
    )


async def _read(response: aiohttp.ClientResponse) -> Answer:
    """Return an answer; the body of an error is of no use, so not waited for.

    A connection whose answer was not read to its end is not used again.
    """
    is_ok = response.status == HTTPStatus.OK
    return Answer(
        response.status,
        await _read_limited(response) if is_ok else b"",
        seconds(response.headers.get("Retry-After")),
        is_page=response.content_type == "text/html",
    )


async def _read_limited(response: aiohttp.ClientResponse) -> bytes:
    content = response.content
    body = bytearray()
    size = response.content_length or 0
    while size <= BODY_LIMIT and not content.at_eof():
        body += await content.readany()
        size = max(size, len(body))
    if size > BODY_LIMIT:
        raise BrokenAnswerError("the answer is too large")
    return bytes(body)


def seconds(value: str | None, now: datetime | None = None) -> float | None:
    """Read a `Retry-After`: a number of seconds, or a date; nonsense is None."""
    if value is None:
        return None
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
        wanted = float(value)
    else:
        try:
            date = parsedate_to_datetime(value)
            wanted = max((date - (now or datetime.now(UTC))).total_seconds(), 0)
        except ValueError, TypeError, OverflowError:
            return None
    return wanted if wanted <= _LONGEST_RETRY_AFTER else None

"""Send one HTTPS request to the gateway and return status and bytes."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
import re
from typing import Final

import aiohttp
from yarl import URL

from .address import Address
from .connection import Pin
from .deadline import deadline_after
from .errors import (
    AnswerTimeoutError,
    BrokenAnswerError,
    CertificateChangedError,
    ConnectError,
    GatewayError,
    SessionClosedError,
    connect_error,
)
from .fingerprint import server_name

# In seconds. Below the usual poll interval.
REQUEST_TIMEOUT: Final = 8.0
# The gateway's own page allows a login 35 s.
LOGIN_TIMEOUT: Final = 30.0
# Bytes.
BODY_LIMIT: Final = 1024 * 1024
# The total is limited by `deadline`; this distinguishes a failed connection from a late
# answer. `ceil_threshold` keeps aiohttp from rounding up.
_CONNECT_TIMEOUT: Final = aiohttp.ClientTimeout(
    total=None, sock_connect=5, ceil_threshold=60
)
# Longest usable `Retry-After`, in seconds.
_LONGEST_RETRY_AFTER: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, and its complete body if that is 200.

    With another status, `retry_after` is `Retry-After` in seconds if usable, and
    `is_page` is true for a web page.
    """

    status: int
    body: bytes = b""
    retry_after: float | None = None
    is_page: bool = False


class Transport:
    """Requests to one gateway, through a session that its owner closes.

    The session should keep connections alive and no cookies: a login's token
    is sent in plain headers.
    """

    def __init__(
        self, session: aiohttp.ClientSession, address: Address, fingerprint: str
    ) -> None:
        """Trust only the certificate with this SHA-256 fingerprint (hexadecimal)."""
        self._session = session
        self._base = address.url
        self._urls: dict[str, URL] = {}
        self._server_name = server_name(address)
        # Checked after each handshake, before the first byte of a request.
        self._pin = Pin(bytes.fromhex(fingerprint))
        self._in_progress: set[asyncio.Timeout] = set()
        self._is_closed = False

    def close(self) -> None:
        """End the requests in progress, and send no more; the session stays open."""
        self._is_closed = True
        for each in self._in_progress:
            each.reschedule(0)

    def get(self, path: str, headers: dict[str, str]) -> Awaitable[Answer]:
        """Send a GET request, limited by the poll too (see `deadline`).

        Raises ConnectError, CertificateChangedError, AnswerTimeoutError,
        BrokenAnswerError, SessionClosedError.
        """
        return self._request("GET", path, headers, None, REQUEST_TIMEOUT)

    def post(self, path: str, payload: bytes) -> Awaitable[Answer]:
        """Send JSON in a POST request. Raises what `get` raises."""
        headers = {"Content-Type": "application/json"}
        return self._request("POST", path, headers, payload, LOGIN_TIMEOUT)

    async def _request(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        payload: bytes | None,
        seconds: float,
    ) -> Answer:
        if self._is_closed:
            raise SessionClosedError("the session was closed")
        if (url := self._urls.get(path)) is None:
            url = self._urls[path] = self._base.with_path(path)
        # `close` uses it too: aiohttp would retry if a session closes during a request.
        time_limit = asyncio.timeout_at(deadline_after(seconds))
        self._in_progress.add(time_limit)
        try:
            async with (
                time_limit,
                self._session.request(
                    method,
                    url,
                    headers=headers,
                    data=payload,
                    timeout=_CONNECT_TIMEOUT,
                    allow_redirects=False,
                    ssl=self._pin,
                    server_hostname=self._server_name,
                ) as response,
            ):
                return await _read(response)
        except aiohttp.ServerFingerprintMismatch as err:
            raise CertificateChangedError(err.got.hex()) from None
        except (aiohttp.ClientError, OSError, RuntimeError) as err:
            raise self._as_gateway_error(err) from None
        finally:
            self._in_progress.discard(time_limit)

    def _as_gateway_error(self, err: Exception) -> GatewayError:
        if self._is_closed or self._session.closed:
            return SessionClosedError("the session was closed")
        match err:
            case aiohttp.ClientConnectorError():
                return connect_error(err.os_error)
            case aiohttp.ConnectionTimeoutError():
                return ConnectError("cannot connect")
            case TimeoutError():
                return AnswerTimeoutError("no answer in time")
            case aiohttp.ClientResponseError():
                return BrokenAnswerError("not valid HTTP")
            case aiohttp.ClientError() | OSError():
                return BrokenAnswerError("the connection ended in mid-answer")
        raise err


async def _read(response: aiohttp.ClientResponse) -> Answer:
    """Read an answer; the body of an error is not used, so not waited for.

    aiohttp does not reuse a connection whose answer was not read to its end.
    """
    if response.status == HTTPStatus.OK:
        return Answer(response.status, await _read_limited(response))
    return Answer(
        response.status,
        retry_after=parse_retry_after(response.headers.get("Retry-After")),
        is_page=response.content_type == "text/html",
    )


async def _read_limited(response: aiohttp.ClientResponse) -> bytes:
    content = response.content
    if content.is_eof() and content.total_bytes <= BODY_LIMIT:
        # Most answers are short, and arrive with their headers.
        return content.read_nowait()
    body = bytearray()
    size = response.content_length or 0
    while size <= BODY_LIMIT and not content.at_eof():
        body += await content.readany()
        size = max(size, len(body))
    if size > BODY_LIMIT:
        raise BrokenAnswerError("the answer is too large")
    return bytes(body)


def parse_retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Return a `Retry-After` (seconds, or a date) in seconds; None if not usable."""
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

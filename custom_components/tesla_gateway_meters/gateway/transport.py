"""One HTTPS request to the gateway and its bytes back.

Here is what the wire needs, and nothing of what an answer means.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from .address import Address
from .errors import (
    AnswerTimeoutError,
    BrokenAnswerError,
    CertificateChangedError,
    ConnectError,
)
from .trust import server_name

# A connection that does not come about is told apart from an answer that does not.
REQUEST_TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
# The gateway's own page allows a login 35 s.
LOGIN_TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5)
BODY_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body, and `Retry-After` in seconds where one was sent."""

    status: int
    body: bytes
    retry_after: float | None


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
        self._pin = aiohttp.Fingerprint(bytes.fromhex(fingerprint))

    def get(self, path: str, headers: dict[str, str]) -> Awaitable[Answer]:
        """Ask for a path.

        Raises ConnectError, CertificateChangedError, AnswerTimeoutError,
        BrokenAnswerError.
        """
        return self._request("GET", path, headers, None, REQUEST_TIMEOUT)

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
            async with self._session.request(
                method,
                url,
                headers=headers,
                data=payload,
                timeout=time_limit,
                allow_redirects=False,
                ssl=self._pin,
                server_hostname=self._server_name,
            ) as response:
                return Answer(
                    response.status,
                    await _read_limited(response),
                    seconds(response.headers.get("Retry-After")),
                )
        except aiohttp.ServerFingerprintMismatch as err:
            raise CertificateChangedError(err.got.hex()) from None
        except aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError:
            # The texts of these name the host: the caller knows it.
            raise ConnectError("cannot connect") from None
        except TimeoutError:
            raise AnswerTimeoutError("no answer in time") from None
        except aiohttp.ClientError, OSError:
            raise BrokenAnswerError("the connection ended in mid-answer") from None


async def _read_limited(response: aiohttp.ClientResponse) -> bytes:
    content = response.content
    body = await content.readany()
    while not content.at_eof() and len(body) <= BODY_LIMIT:
        body += await content.readany()
    if len(body) > BODY_LIMIT:
        # Not read to its end, so not to be used again.
        response.close()
        raise BrokenAnswerError("the answer is too large")
    return body


def seconds(value: str | None, now: datetime | None = None) -> float | None:
    """Read a `Retry-After`: a number of seconds, or a date; nonsense is None."""
    if value is None:
        return None
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        return max((moment - (now or datetime.now(UTC))).total_seconds(), 0)
    except ValueError, TypeError:
        return None

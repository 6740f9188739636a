"""Errors of a request to a gateway.

Each one calls for another reaction of the caller. Their texts name
endpoints and statuses, never a password, a token, a serial or a DIN.
"""

import ssl
from typing import Self, override


class GatewayError(Exception):
    """The base of all errors."""

    def without_traceback(self) -> Self:
        """Return this error without traceback and cause, so that it can be kept.

        The frames of a traceback hold the whole answer (see `BODY_LIMIT`).
        """
        self.__cause__ = self.__context__ = None
        return self.with_traceback(None)


class InvalidAddressError(GatewayError):
    """A text is not a host name, address or URL."""


class ConnectError(GatewayError):
    """No connection: refused, unknown name, no route, failed TLS handshake."""


class NotHttpsError(ConnectError):
    """The server at the port does not speak TLS, but usually plain HTTP."""


class AnswerTimeoutError(GatewayError):
    """The gateway accepted the request, but did not answer in time."""


class BrokenAnswerError(GatewayError):
    """The connection ended, or the size limit was reached, in mid-answer."""


class SessionClosedError(GatewayError):
    """The session was closed during the request: the entry is unloaded."""


class PayloadError(GatewayError):
    """The answer is not JSON, or does not have the shape of the endpoint's answers."""


class EmptyAnswerError(PayloadError):
    """The answer is empty or null, at an endpoint that has to have one.

    A gateway answers so while its site manager starts (gateway API, section 5).
    """


class StartingError(GatewayError):
    """The gateway logs in and has no totals yet: its site manager is down or starts."""


class StatusError(GatewayError):
    """An HTTP status without an error class of its own."""

    def __init__(self, status: int) -> None:
        """Initialize with the HTTP status."""
        super().__init__(status)
        self.status = status

    @override
    def __str__(self) -> str:
        return f"HTTP status {self.status}"


class AbsentError(GatewayError):
    """404: this gateway or firmware has no such endpoint."""


class ForbiddenError(GatewayError):
    """401 or 403 with a fresh login: the customer may not read this endpoint."""


class LoginError(GatewayError):
    """A login failed for another reason than the password."""


class CertificateChangedError(GatewayError):
    """The device that answers has another certificate than the trusted one.

    `seen` is its SHA-256 fingerprint, hexadecimal. No request was sent to it.
    """

    def __init__(self, seen: str) -> None:
        """Initialize with the fingerprint of the other certificate."""
        super().__init__("the certificate has changed")
        self.seen = seen


class AnotherGatewayError(GatewayError):
    """The device that answers is another gateway, by its DIN."""


class BadCredentialsError(GatewayError):
    """The gateway refuses the password."""


class TryLaterError(GatewayError):
    """The gateway asks for no requests for now; the base of 429 and 503.

    `retry_after` is in seconds, None if not known.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        """Initialize with the time to wait (s)."""
        super().__init__(message)
        self.retry_after = retry_after


class RateLimitedError(TryLaterError):
    """429: too many requests, as a rule too many logins."""


class BusyError(TryLaterError):
    """503: overloaded, or its configuration is being changed."""


def connect_error(err: OSError) -> ConnectError:
    """Return the error of a failed connection, without its text, which names the host.

    OpenSSL takes the first bytes of any other protocol for a version of TLS.
    """
    if isinstance(err, ssl.SSLError) and err.reason == "WRONG_VERSION_NUMBER":
        return NotHttpsError("no HTTPS at this port")
    return ConnectError("cannot connect")

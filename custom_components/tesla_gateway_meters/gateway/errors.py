"""What can go wrong between us and a gateway.

Each error stands for one thing that a caller does about it. Their texts name
endpoints and statuses, never a password, a token, a serial or a DIN.
"""

from typing import Self, override


class GatewayError(Exception):
    """Anything that went wrong; the base of all the others."""

    def bare(self) -> Self:
        """Return this error without where it came from, so that it may be kept.

        The frames of a traceback hold the whole answer (see `BODY_LIMIT`).
        """
        self.__cause__ = self.__context__ = None
        return self.with_traceback(None)


class InvalidAddressError(GatewayError):
    """What was given is no host name, address or URL."""


class ConnectError(GatewayError):
    """No connection: refused, unknown name, no route, failed TLS handshake."""


class AnswerTimeoutError(GatewayError):
    """The gateway took the request, and its answer did not come in time."""


class BrokenAnswerError(GatewayError):
    """The connection ended, or the size limit was reached, in mid-answer."""


class SessionClosedError(GatewayError):
    """The session was closed while we asked: the entry is unloaded."""


class PayloadError(GatewayError):
    """The answer is not what this endpoint gives: no JSON, or another shape."""


class EmptyAnswerError(PayloadError):
    """The answer is empty or null where there has to be one.

    A gateway answers so while its site manager starts (gateway API, section 5).
    """


class StartingError(GatewayError):
    """The gateway logs in and has no totals yet: its site manager is down or starts."""


class StatusError(GatewayError):
    """An HTTP status that has no meaning of its own here."""

    def __init__(self, status: int) -> None:
        """Keep the status."""
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
    """A login that did not come about, for a reason that is not the password."""


class CertificateChangedError(GatewayError):
    """What answers has another certificate than the gateway that is trusted.

    `seen` is its SHA-256 fingerprint, hexadecimal. Nothing was sent to it.
    """

    def __init__(self, seen: str) -> None:
        """Keep the fingerprint that was seen."""
        super().__init__("the certificate has changed")
        self.seen = seen


class AnotherGatewayError(GatewayError):
    """What answers says that it is another gateway."""


class BadCredentialsError(GatewayError):
    """The gateway refuses the password."""


class TryLaterError(GatewayError):
    """The gateway wants to be left alone; the base of its two ways to say so.

    `retry_after` is in seconds, None where the gateway named no time (no real
    one has been seen to).
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        """Keep the time that the gateway asked for."""
        super().__init__(message)
        self.retry_after = retry_after


class RateLimitedError(TryLaterError):
    """429: too many requests, as a rule too many logins."""


class BusyError(TryLaterError):
    """503: overloaded, or its configuration is being changed."""

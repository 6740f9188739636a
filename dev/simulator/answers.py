"""Answers without a payload, with bodies of real gateways."""

from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from .go_format import Json, dumps

_API_HEADERS: Final = {
    "Cache-Control": "no-cache, no-store",
    "X-Content-Type-Options": "nosniff",
}


class _Response(web.Response):
    """A response whose missing Content-Type stays missing, as on some real answers."""

    async def _prepare_headers(self) -> None:
        untyped = "Content-Type" not in self.headers
        await super()._prepare_headers()
        if untyped:
            self.headers.popall("Content-Type", None)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer before it is sent. Without a content type it goes out without that header."""

    status: int = 200
    body: bytes = b""
    content_type: str | None = "application/json"
    cookies: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=lambda: dict(_API_HEADERS))

    def response(self) -> web.Response:
        """Return it as aiohttp sends it."""
        response = _Response(status=self.status, body=self.body, headers=self.headers)
        if self.content_type is not None:
            response.headers["Content-Type"] = self.content_type
        for cookie in self.cookies:
            # aiohttp's own set_cookie would quote the token's "=="; the gateway does not.
            response.headers.add("Set-Cookie", f"{cookie}; Path=/")
        return response


def payload(value: Json) -> Answer:
    """Answer with a JSON payload."""
    return Answer(body=dumps(value).encode())


def error(code: int, text: str, message: str) -> Answer:
    """Answer with an error in the gateway's own form."""
    return Answer(
        code, dumps({"code": code, "error": text, "message": message}).encode()
    )


FORBIDDEN: Final = error(
    403, "Unable to GET to resource", "User does not have adequate access rights"
)
BAD_CREDENTIALS: Final = error(401, "bad credentials", "Login Error")
PHYSICAL_ACCESS: Final = error(
    401, "roles [Provider_Engineer] require physical access", "Login Error"
)
# Never seen on a GET of a real gateway; this form is that of other people's simulators.
TOKEN_EXPIRED: Final = Answer(401, b'{"code":401,"message":"Token Expired"}')
RATE_LIMITED: Final = error(
    429, "Api Limit reached for this endpoint", "API Limit Reached"
)
SITE_MANAGER_DOWN: Final = Answer(502, content_type=None, headers={})
BUSY: Final = error(503, "current config mode is busy", "current config mode is busy")
NOT_FOUND: Final = Answer(
    404,
    b"404 page not found\n",
    "text/plain; charset=utf-8",
    headers={"X-Content-Type-Options": "nosniff"},
)

_KNOWN: Final = {
    answer.status: answer
    for answer in (
        FORBIDDEN,
        TOKEN_EXPIRED,
        RATE_LIMITED,
        SITE_MANAGER_DOWN,
        BUSY,
        NOT_FOUND,
    )
}


def for_status(status: int, *, login: bool = False) -> Answer:
    """Return the answer that a gateway gives with this status, at a login or at a GET."""
    if login and status == BAD_CREDENTIALS.status:
        return BAD_CREDENTIALS
    if known := _KNOWN.get(status):
        return known
    if status < 400:
        return Answer(status, content_type=None)
    return error(status, "simulated", "simulated")

"""Logins and the sessions they open."""

import base64
from collections import deque
from dataclasses import dataclass
import json
import secrets
from typing import Final

from aiohttp import web

from .answers import BAD_CREDENTIALS, PHYSICAL_ACCESS, RATE_LIMITED, Answer
from .clock import Clock
from .go_format import SECOND, Json, dumps


@dataclass(frozen=True, slots=True)
class LoginLimit:
    """The number of logins that are answered within a rolling window of simulated seconds.

    The real numbers are not known; users met the limit after a handful of attempts.
    """

    logins: int = 10
    window: float = 300


class Sessions:
    """The tokens in use. Several are valid at once: a login does not end an earlier one."""

    def __init__(
        self,
        clock: Clock,
        password: str,
        *,
        token_life: float | None,
        limit: LoginLimit,
    ) -> None:
        """Keep tokens for `token_life` simulated seconds, or until the gateway stops."""
        self.password = password
        self._clock: Final = clock
        self._token_life = token_life
        self._limit = limit
        self._attempts: deque[int] = deque()
        self._tokens: dict[str, int] = {}

    async def login(self, request: web.BaseRequest) -> Answer:
        """Answer `POST /api/login/Basic`, with a JSON body or a form."""
        if self._too_many():
            return RATE_LIMITED
        fields = await _fields(request)
        if fields.get("username") == "installer":
            return PHYSICAL_ACCESS
        password = str(fields.get("password", ""))
        if fields.get("username") != "customer" or not secrets.compare_digest(
            password.encode(), self.password.encode()
        ):
            return BAD_CREDENTIALS
        return self._open(str(fields.get("email", "")))

    def holds(self, request: web.BaseRequest) -> bool:
        """Return whether the request carries a valid token."""
        return any(self._valid(token) for token in tokens_of(request))

    def logout(self, request: web.BaseRequest) -> None:
        """End the sessions whose tokens the request carries."""
        for token in tokens_of(request):
            self._tokens.pop(token, None)

    def expire(self) -> None:
        """End every session."""
        self._tokens.clear()

    def _valid(self, token: str) -> bool:
        opened = self._tokens.get(token)
        if opened is None:
            return False
        age = self._clock.nanoseconds() - opened
        return self._token_life is None or age < self._token_life * SECOND

    def _too_many(self) -> bool:
        now = self._clock.nanoseconds()
        while self._attempts and now - self._attempts[0] >= self._limit.window * SECOND:
            self._attempts.popleft()
        if len(self._attempts) >= self._limit.logins:
            return True
        self._attempts.append(now)
        return False

    def _open(self, email: str) -> Answer:
        now = self._clock.nanoseconds()
        token = base64.urlsafe_b64encode(secrets.token_bytes(64)).decode()
        self._tokens[token] = now
        # Cut to whole microseconds plus one: all 9 digits show, as in the captures.
        time = self._clock.stamp(now - now % 1000 + 1)
        user: dict[str, Json] = {
            "email": email,
            "firstname": "Tesla",
            "lastname": "Energy",
            "roles": ["Home_Owner"],
            "token": token,
            "provider": "Basic",
            "loginTime": time,
        }
        body = dumps(user)
        record = base64.urlsafe_b64encode(body.encode()).decode()
        return Answer(
            body=body.encode(), cookies=(f"AuthCookie={token}", f"UserRecord={record}")
        )


def tokens_of(request: web.BaseRequest) -> list[str]:
    """Return the tokens that a request carries, as bearer and as cookie."""
    tokens = []
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        tokens.append(token.strip())
    if cookie := request.cookies.get("AuthCookie"):
        tokens.append(cookie)
    return tokens


async def _fields(request: web.BaseRequest) -> dict[str, object]:
    """Return the fields of a login body; an unreadable one has none."""
    if request.content_type == "application/json":
        try:
            fields = json.loads(await request.read())
        except ValueError:
            return {}
        return fields if isinstance(fields, dict) else {}
    return dict(await request.post())

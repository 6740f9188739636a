"""A small client for Home Assistant's REST and websocket API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from itertools import count
from typing import Any

import aiohttp

USERNAME = PASSWORD = "demo"  # noqa: S105 - of a Home Assistant on loopback, and printed
# The largest answer, the entity registry with every entity, is far below it.
MESSAGE_LIMIT = 32 * 2**20


class ApiError(Exception):
    """Error for a request that Home Assistant refused."""

    def __init__(self, text: str, status: int | None = None) -> None:
        """Store the status of the answer, if there is one."""
        super().__init__(text)
        self.status = status


class HomeAssistant:
    """A client of Home Assistant's REST API, with a token once logged in."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Store the address."""
        self.url = url
        self.client_id = f"{url}/"
        self._session = session
        self._headers: dict[str, str] = {}

    async def request(self, method: str, path: str, **arguments: Any) -> Any:
        """Send one request and return the JSON of its answer."""
        async with self._session.request(
            method, self.url + path, headers=self._headers, **arguments
        ) as response:
            if response.status >= HTTPStatus.BAD_REQUEST:
                text = f"{method} {path}: {response.status} {await response.text()}"
                raise ApiError(text, response.status)
            return await response.json(content_type=None)

    async def page(self, path: str) -> str:
        """Return what a browser gets."""
        async with self._session.get(self.url + path) as response:
            return await response.text()

    async def answers(self) -> None:
        """Return once its web server answers."""
        while True:
            with suppress(aiohttp.ClientError, ApiError):
                await self.request("GET", "/manifest.json")
                return
            await asyncio.sleep(0.1)

    async def log_in(self) -> None:
        """Log in as the demo's user, in the way the login page does."""
        flow = await self.request(
            "POST",
            "/auth/login_flow",
            json={
                "client_id": self.client_id,
                "handler": ["homeassistant", None],
                "redirect_uri": self.client_id,
            },
        )
        answer = await self.request(
            "POST",
            f"/auth/login_flow/{flow['flow_id']}",
            json={
                "client_id": self.client_id,
                "username": USERNAME,
                "password": PASSWORD,
            },
        )
        if answer["type"] != "create_entry":
            raise ApiError(f"the demo's user may not log in: {answer.get('errors')}")
        token = await self.request(
            "POST",
            "/auth/token",
            data={
                "client_id": self.client_id,
                "grant_type": "authorization_code",
                "code": answer["result"],
            },
        )
        self._headers = {"Authorization": f"Bearer {token['access_token']}"}

    @asynccontextmanager
    async def websocket(self) -> AsyncIterator[Socket]:
        """Open the websocket, logged in."""
        async with self._session.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=MESSAGE_LIMIT
        ) as connection:
            await connection.receive_json()
            token = self._headers["Authorization"].removeprefix("Bearer ")
            await connection.send_json({"type": "auth", "access_token": token})
            answer = await connection.receive_json()
            if answer["type"] != "auth_ok":
                raise ApiError(f"websocket: {answer}")
            socket = Socket(connection)
            reader = asyncio.create_task(socket.read())
            try:
                yield socket
            finally:
                reader.cancel()


class Socket:
    """A websocket connection for commands and subscriptions."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        """Use a connection that is logged in."""
        self._connection = connection
        self._numbers = count(1)
        self._results: dict[int, asyncio.Future[Any]] = {}
        self._events: dict[int, asyncio.Queue[Any]] = {}

    async def read(self) -> None:
        """Deliver messages to their waiters until the connection closes."""
        async for message in self._connection:
            content = message.json()
            number = content["id"]
            if content["type"] == "event":
                self._events[number].put_nowait(content["event"])
            elif (result := self._results.pop(number, None)) is None or result.done():
                continue
            elif content["success"]:
                result.set_result(content["result"])
            else:
                result.set_exception(ApiError(content["error"]["message"]))
        for result in self._results.values():
            result.set_exception(ApiError("Home Assistant closed the connection"))

    async def command(self, kind: str, **fields: Any) -> Any:
        """Send a command and return its result."""
        return await self._send(next(self._numbers), kind, fields)

    async def subscribe(self, kind: str, **fields: Any) -> asyncio.Queue[Any]:
        """Subscribe and return the queue of events."""
        number = next(self._numbers)
        self._events[number] = asyncio.Queue()
        await self._send(number, kind, fields)
        return self._events[number]

    async def _send(self, number: int, kind: str, fields: dict[str, Any]) -> Any:
        self._results[number] = asyncio.get_running_loop().create_future()
        await self._connection.send_json({"id": number, "type": kind, **fields})
        return await self._results[number]

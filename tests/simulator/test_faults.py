"""Tests of each fault."""

import asyncio
import logging

import aiohttp
import pytest

from simulator import Fault, serve

from .client import Client
from .conftest import Connect

SITE = "meters/site"


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (401, b'{"code":401,"message":"Token Expired"}', "application/json"),
        (
            403,
            (
                b'{"code":403,"error":"Unable to GET to resource",'
                b'"message":"User does not have adequate access rights"}'
            ),
            "application/json",
        ),
        (404, b"404 page not found\n", "text/plain; charset=utf-8"),
        (
            429,
            (
                b'{"code":429,"error":"Api Limit reached for this endpoint",'
                b'"message":"API Limit Reached"}'
            ),
            "application/json",
        ),
        (
            500,
            b'{"code":500,"error":"simulated","message":"simulated"}',
            "application/json",
        ),
        (502, b"", None),
        (
            503,
            (
                b'{"code":503,"error":"current config mode is busy",'
                b'"message":"current config mode is busy"}'
            ),
            "application/json",
        ),
        (204, b"", None),
    ],
)
async def test_status(
    connect: Connect, status: int, body: bytes, content_type: str | None
) -> None:
    """Any status, in the real form if that is known."""
    async with connect() as client:
        client.gateway.set_fault(SITE, Fault("status", status))
        response = await client.get(SITE)
        assert response.status == status
        assert await response.read() == body
        assert response.headers.get("Content-Type") == content_type
        assert client.gateway.requests[-1].status == status
        assert (await client.get("meters/solar")).status == 200


@pytest.mark.parametrize(
    ("fault", "body", "content_type"),
    [
        (Fault("null"), b"null", "application/json"),
        (Fault("empty"), b"", None),
        (Fault("body", '{"site": 1e400}'), b'{"site": 1e400}', "application/json"),
    ],
)
async def test_body(
    connect: Connect, fault: Fault, body: bytes, content_type: str | None
) -> None:
    """A 200 with something else in it."""
    async with connect() as client:
        client.gateway.set_fault(SITE, fault)
        response = await client.get(SITE)
        assert response.status == 200
        assert await response.read() == body
        assert response.headers.get("Content-Type") == content_type


async def test_html(connect: Connect) -> None:
    """A 200 with a web page."""
    async with connect() as client:
        client.gateway.set_fault(SITE, Fault("html"))
        response = await client.get(SITE)
        assert response.status == 200
        assert response.content_type == "text/html"
        assert "<html>" in await response.text()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("cut", aiohttp.ClientPayloadError),
        ("reset", aiohttp.ClientConnectionError),
    ],
)
async def test_broken_connection(
    connect: Connect,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    error: type[Exception],
) -> None:
    """The connection ends before the answer does, and the next request gets a new one."""
    async with connect() as client:
        client.gateway.set_fault(SITE, Fault(kind, times=1))
        # Posted, since aiohttp repeats a GET by itself when a kept connection breaks.
        with pytest.raises(error):
            await _post(client)
        assert (await client.get(SITE)).status == 200
        assert client.gateway.connections == 2
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


async def _post(client: Client) -> bytes:
    response = await client.session.post(f"{client.url}/{SITE}", headers=client.headers)
    return await response.read()


async def test_cut_keeps_the_first_half(connect: Connect) -> None:
    """The bytes before the cut are the first half of the answer."""
    async with connect() as client:
        whole = await (await client.get("meters/readings")).read()
        client.gateway.set_fault("meters/readings", Fault("cut"))
        response = await client.session.get(
            f"{client.url}/meters/readings", headers=client.headers
        )
        assert response.content_length == len(whole)
        half = await response.content.readexactly(len(whole) // 2)
        assert whole.startswith(half)
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


async def test_slow(connect: Connect) -> None:
    """Late headers: a client that waits less sees nothing, one that waits sees all."""
    async with connect() as client:
        client.gateway.set_fault(SITE, Fault("slow", 60, times=1))
        with pytest.raises(TimeoutError):
            await client.get(SITE, timeout=aiohttp.ClientTimeout(total=0.05))
        client.gateway.set_fault(SITE, Fault("slow", 0.01))
        assert await client.payload(SITE)


async def test_slow_body(connect: Connect) -> None:
    """A late second half: the headers and the first half are there at once."""
    async with connect() as client:
        client.gateway.set_fault(SITE, Fault("slow-body", 60, times=1))
        response = await client.session.get(
            f"{client.url}/{SITE}", headers=client.headers
        )
        assert response.status == 200
        assert await response.content.readexactly(100)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await response.read()
        response.close()
        client.gateway.set_fault(SITE, Fault("slow-body", 0.01))
        assert await client.payload(SITE)


async def test_times(connect: Connect) -> None:
    """A fault ends after its number of requests."""
    async with connect() as client:
        client.gateway.set_fault("/api/meters/site", Fault("status", 502, times=2))
        statuses = [(await client.get(SITE)).status for _ in range(4)]
        assert statuses == [502, 502, 200, 200]


async def test_everywhere(connect: Connect) -> None:
    """`*` is every endpoint, also one with a fault of its own, until it is cleared."""
    async with connect() as client:
        gateway = client.gateway
        gateway.set_fault("*", Fault("status", 503, times=3))
        gateway.set_fault(SITE, Fault("null"))
        assert (await client.get("meters")).status == 503
        assert (await client.get(SITE)).status == 503
        assert gateway.faults.listed() == {"*": "status:503,times=1", SITE: "null"}
        assert (await client.get(SITE)).status == 503
        assert await client.payload(SITE) is None
        gateway.set_fault("*", Fault("status", 503))
        gateway.clear_faults("*")
        assert await client.payload(SITE) is None
        gateway.clear_faults()
        assert await client.payload(SITE)


@pytest.mark.parametrize(
    ("status", "word"), [(401, "bad credentials"), (403, "Unable"), (429, "Limit")]
)
async def test_logins_refused(connect: Connect, status: int, word: str) -> None:
    """Logins fail with the real bodies, an open session goes on."""
    async with connect() as client:
        client.gateway.refuse_logins(status)
        response = await client.login()
        assert response.status == status
        assert word in (await response.json())["error"]
        assert (await client.get(SITE)).status == 200
        client.gateway.accept_logins()
        assert (await client.login()).status == 200
        client.gateway.refuse_logins(times=1)
        assert [(await client.login()).status for _ in range(2)] == [429, 200]


@pytest.mark.usefixtures("socket_enabled")
async def test_stop_with_a_request_in_hand() -> None:
    """A stop does not wait for a slow answer, nor for a client that stays."""
    connector = aiohttp.TCPConnector(ssl=False)
    async with aiohttp.ClientSession(connector=connector) as session:
        async with asyncio.timeout(5), serve() as gateway:
            gateway.set_fault("status", Fault("slow-body", 600))
            url = f"https://{gateway.host}:{gateway.port}/api/status"
            response = await session.get(url)
            assert response.status == 200
        response.close()

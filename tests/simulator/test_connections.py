"""Tests below HTTP: bytes, handshakes, and connections that the gateway drops."""

import asyncio
import logging
import ssl

import aiohttp
import pytest

from simulator import Fault

from .client import Client
from .conftest import Connect
from .raw import Raw

SITE = "meters/site"
KEPT = 4 * 1024 * 1024


async def test_received(connect: Connect) -> None:
    """Every byte is there in order, of requests that make sense and of those that do not."""
    async with connect(login=False) as client:
        gateway = client.gateway
        assert gateway.received == b""
        async with Raw.open(gateway) as raw:
            sent = raw.ask("/api/status")
            await raw.reader.readuntil(b"}")
            # Neither line is HTTP: no handler ever sees it.
            sent += b"a secret that nobody parses\r\n\r\n"
            raw.writer.write(sent[-31:])
            assert b" 400 " in await raw.rest()
        assert gateway.received == sent
        await client.login()
        after = gateway.received.removeprefix(sent)
        assert after.startswith(b"POST /api/login/Basic HTTP/1.1\r\n")
        assert f'"password": "{gateway.password}"'.encode() in after
        await client.get(SITE)
        assert client.headers["Authorization"].encode() in gateway.received


async def test_received_keeps_the_last(connect: Connect) -> None:
    """The memory that it takes has a bound."""
    async with connect(login=False) as client:
        filler = {"X-Filler": "x" * 8000}
        for _ in range(KEPT // 8000):
            await client.get("status", headers=filler)
        await client.get("status", headers={"X-Last": "the end"})
        assert len(client.gateway.received) == KEPT
        last = client.gateway.received.rpartition(b"GET /api/status")[2]
        assert b"X-Last: the end\r\n" in last
        assert last.endswith(b"\r\n\r\n")


async def test_handshakes(connect: Connect) -> None:
    """A handshake that the client breaks off is counted, and is no connection."""
    async with connect() as client:
        gateway = client.gateway
        assert (gateway.handshakes, gateway.connections) == (1, 1)
        strict = ssl.create_default_context()
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await client.session.get(f"{client.url}/status", ssl=strict)
        assert (gateway.handshakes, gateway.connections) == (2, 1)
        await client.get("status")
        assert (gateway.handshakes, gateway.connections) == (2, 1)


async def test_dropped_connections(connect: Connect) -> None:
    """An idle connection ends, and the next request gets a new one."""
    async with connect() as client, Raw.open(client.gateway) as raw:
        raw.ask("/api/nothing")
        await raw.reader.readuntil(b"404 page not found\n")
        client.gateway.drop_connections()
        assert await raw.rest() == b""
        assert (await client.get(SITE)).status == 200
        assert client.gateway.connections == 3


async def test_dropped_just_before_a_request(connect: Connect) -> None:
    """A client that has not noticed yet sends its request in vain."""
    async with connect() as client:
        client.gateway.drop_connections()
        with pytest.raises(aiohttp.ClientConnectionError):
            await post(client)
        assert client.gateway.count(SITE) == 0
        assert (await client.get(SITE)).status == 200
        assert client.gateway.connections == 2


async def test_dropped_silently(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """A client without notice can wait for ever, and then sends its request in vain."""
    async with connect() as client:
        client.gateway.drop_connections(silently=True)
        await let_all_happen()
        before = client.gateway.received
        with pytest.raises(aiohttp.ClientConnectionError):
            await post(client)
        assert client.gateway.received.startswith(before + b"POST /api/meters/site")
        assert client.gateway.count(SITE) == 0
        assert (await client.get(SITE)).status == 200
        assert client.gateway.connections == 2
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("silently", [False, True])
async def test_a_busy_connection_stays(connect: Connect, silently: bool) -> None:
    """A pending request is answered, and its connection stays open."""
    async with connect() as client:
        client.gateway.set_fault(SITE, Fault("slow-body", 0.05, times=1))
        response = await client.session.get(
            f"{client.url}/{SITE}", headers=client.headers
        )
        client.gateway.drop_connections(silently=silently)
        assert await response.json()
        assert (await client.get(SITE)).status == 200
        assert client.gateway.connections == 1


async def post(client: Client) -> None:
    """Send a POST request, which aiohttp does not retry."""
    await client.session.post(f"{client.url}/{SITE}", headers=client.headers)


async def let_all_happen() -> None:
    """Wait for bytes that are in transit in this process."""
    for _ in range(20):
        await asyncio.sleep(0)

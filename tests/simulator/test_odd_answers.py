"""Tests of answers with unusual headers, size or end."""

import json
import logging

import aiohttp
import pytest

from simulator import Fault

from .conftest import Connect
from .raw import Raw

SITE = "meters/site"
MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("after", "sent"),
    [
        (120, "120"),
        (1.5, "1.5"),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT"),
        (None, None),
    ],
)
async def test_retry_after(
    connect: Connect, after: float | str | None, sent: str | None
) -> None:
    """A status tells when to come back, at a GET and at a login, as often as it is answered."""
    async with connect() as client:
        fault = Fault("status", 429, times=2, retry_after=after)
        for endpoint in (SITE, "login/Basic"):
            client.gateway.set_fault(endpoint, fault)
        for _ in range(2):
            for response in (await client.get(SITE), await client.login()):
                assert response.status == 429
                assert "Limit" in (await response.json())["error"]
                assert response.headers.get("Retry-After") == sent
        response = await client.get(SITE)
        assert (response.status, response.headers.get("Retry-After")) == (200, None)


async def test_redirect(connect: Connect) -> None:
    """A client that follows ends up where it is sent."""
    async with connect() as client:
        elsewhere = f"{client.url}/status"
        client.gateway.set_fault(SITE, Fault("redirect", elsewhere))
        response = await client.get(SITE, allow_redirects=False)
        assert response.status == 301
        assert response.headers["Location"] == elsewhere
        assert client.gateway.requests[-1].status == 301
        assert client.gateway.count("status") == 0
        assert (await client.payload(SITE))["din"] == client.gateway.din
        assert client.gateway.count("status") == 1


@pytest.mark.parametrize("kind", ["text/plain", ""])
async def test_content_type(connect: Connect, kind: str) -> None:
    """The right body under another name, or under none."""
    async with connect(frozen=True) as client:
        body = await (await client.get(SITE)).read()
        client.gateway.set_fault(SITE, Fault("content-type", kind))
        response = await client.get(SITE)
        assert await response.read() == body
        assert response.headers.get("Content-Type", "") == kind
        assert response.headers["Cache-Control"] == "no-cache, no-store"


async def test_large(connect: Connect) -> None:
    """A body of that size, valid to who reads it all, and no word of its length before."""
    async with connect(frozen=True) as client:
        payload = await client.payload(SITE)
        client.gateway.set_fault(SITE, Fault("large", 2))
        response = await client.get(SITE)
        body = await response.read()
        assert len(body) == 2 * MEBIBYTE
        assert json.loads(body) == payload
        assert "Content-Length" not in response.headers
        assert response.headers["Transfer-Encoding"] == "chunked"
        assert response.content_type == "application/json"


async def test_large_left_halfway(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """A client may disconnect, and the gateway continues."""
    async with connect() as client:
        client.gateway.set_fault(SITE, Fault("large", 64, times=1))
        response = await client.session.get(
            f"{client.url}/{SITE}", headers=client.headers
        )
        await response.content.readexactly(MEBIBYTE)
        response.close()
        assert await client.payload(SITE)
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


async def test_half_headers(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    """The connection ends within the headers."""
    async with connect() as client:
        client.gateway.set_fault(SITE, Fault("half-headers", times=2))
        async with Raw.open(client.gateway) as raw:
            raw.ask(f"/api/{SITE}")
            assert await raw.rest() == b"HTTP/1.1 403 Forbidden\r\nContent-Ty"
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.session.post(f"{client.url}/{SITE}")
        assert await client.payload(SITE)
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []

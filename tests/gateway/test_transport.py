"""Tests of requests: each failure has its own error, and a text without secrets."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from custom_components.tesla_gateway_meters.gateway import (
    Address,
    AnswerTimeoutError,
    BrokenAnswerError,
    CertificateChangedError,
    ConnectError,
    StatusError,
    Transport,
    transport,
)
from custom_components.tesla_gateway_meters.gateway.errors import (
    NotHttpsError,
    SessionClosedError,
)
from custom_components.tesla_gateway_meters.session import create_session
from simulator import Certificate, Fault, SimulatedGateway

from ..conftest import StartGateway, address_of

type Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def transport_to(gateway: SimulatedGateway) -> AsyncGenerator[Transport]:
    """Give a transport with a session of its own."""
    async with create_session() as session:
        address = Address.parse(address_of(gateway))
        yield Transport(session, address, gateway.fingerprint)


@asynccontextmanager
async def transport_to_answer(*lines: bytes) -> AsyncGenerator[Transport]:
    """Give a transport to a server that answers anything with these bytes, and closes."""
    certificate = Certificate.generate()

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\r\n".join(lines))
        writer.close()

    server = await asyncio.start_server(
        answer, "127.0.0.1", 0, ssl=certificate.server_context()
    )
    async with server, create_session() as session:
        address = Address("127.0.0.1", server.sockets[0].getsockname()[1])
        yield Transport(session, address, certificate.fingerprint)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ((b"NOT HTTP", b"", b""), "not valid HTTP"),
        ((b"HTTP/1.1 200 OK", b"Content-Length: many", b"", b""), "not valid HTTP"),
        (
            (b"HTTP/1.1 200 OK", b"Content-Length: 9", b"", b"{}"),
            "the connection ended in mid-answer",
        ),
        ((), "the connection ended in mid-answer"),
    ],
)
async def test_answer_that_is_no_http_is_broken(
    socket_enabled: None, lines: tuple[bytes, ...], text: str
) -> None:
    """The error says whether the answer is no HTTP, or is incomplete."""
    async with transport_to_answer(*lines) as sender:
        with pytest.raises(BrokenAnswerError, match=rf"^{text}$"):
            await sender.get("/api/status", {})


@pytest.mark.parametrize("size", [1000, 1001])
@pytest.mark.parametrize("is_announced", [True, False])
async def test_answer_is_read_up_to_the_limit(
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
    size: int,
    is_announced: bool,
) -> None:
    """One byte more is too many, with or without a length in the header."""
    monkeypatch.setattr(transport, "BODY_LIMIT", 1000)
    headers = (b"Content-Length: %d" % size,) if is_announced else ()
    lines = (b"HTTP/1.1 200 OK", *headers, b"", b"x" * size)
    async with transport_to_answer(*lines) as sender:
        if size > 1000:
            with pytest.raises(BrokenAnswerError, match=r"^the answer is too large$"):
                await sender.get("/api/status", {})
        else:
            answer = await sender.get("/api/status", {})
            assert (answer.status, answer.body) == (200, b"x" * size)


@pytest.mark.parametrize(
    ("content", "is_page"),
    [(b"text/html; charset=utf-8", True), (b"application/json", False)],
)
async def test_error_status_has_its_header_and_no_body(
    socket_enabled: None, content: bytes, is_page: bool
) -> None:
    """The error has the time to wait, and whether the answer is a web page."""
    async with transport_to_answer(
        b"HTTP/1.1 429 Too Many Requests",
        b"Retry-After: 12.5",
        b"Content-Type: " + content,
        b"Content-Length: 2",
        b"",
        b"{}",
    ) as sender:
        answer = await sender.get("/api/status", {})
    assert answer == transport.Answer(429, b"", 12.5, is_page)


async def test_no_connection_says_so(socket_enabled: None) -> None:
    """Nothing listens, or it speaks no TLS."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server, create_session() as session:
        sender = Transport(session, Address("127.0.0.1", 1), "00" * 32)
        with pytest.raises(ConnectError, match=r"^cannot connect$"):
            await sender.get("/api/status", {})
        address = Address("127.0.0.1", server.sockets[0].getsockname()[1])
        with pytest.raises(NotHttpsError, match=r"^no HTTPS at this port$"):
            await Transport(session, address, "00" * 32).get("/api/status", {})


async def test_late_answer_says_so(
    gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timeout has its own error, also for a login, which has a longer limit."""
    monkeypatch.setattr(transport, "REQUEST_TIMEOUT", 0.05)
    monkeypatch.setattr(transport, "LOGIN_TIMEOUT", 0.05)
    gateway.set_fault("*", Fault("slow", 30))
    async with transport_to(gateway) as sender:
        for sent in (sender.get("/api/status", {}), sender.post("/api/login", b"{}")):
            with pytest.raises(AnswerTimeoutError, match=r"^no answer in time$"):
                await sent


async def test_connection_that_takes_too_long_is_none(
    gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that swallows packets is distinguished from one that answers late."""

    async def swallow(*_: object, **__: object) -> None:
        raise TimeoutError

    async with transport_to(gateway) as sender:
        monkeypatch.setattr(
            "aiohttp.connector.aiohappyeyeballs.start_connection", swallow
        )
        with pytest.raises(ConnectError, match=r"^cannot connect$"):
            await sender.get("/api/status", {})


async def test_request_in_progress_ends_when_closed(gateway: SimulatedGateway) -> None:
    """A request in progress fails at once; later ones are not sent."""
    gateway.set_fault("status", Fault("slow", 30))
    async with create_session() as session:
        address = Address.parse(address_of(gateway))
        sender = Transport(session, address, gateway.fingerprint)
        other = Transport(session, address, gateway.fingerprint)
        request = asyncio.ensure_future(sender.get("/api/status", {}))
        async with asyncio.timeout(20):
            while not gateway.requests:  # noqa: ASYNC110 - nothing sets an event
                await asyncio.sleep(0)
            sender.close()
            with pytest.raises(SessionClosedError, match=r"^the session was closed$"):
                await request
        with pytest.raises(SessionClosedError, match=r"^the session was closed$"):
            await sender.get("/api/status", {})
        assert len(gateway.requests) == 1
        gateway.clear_faults()
        assert (await other.get("/api/status", {})).status == 200


async def test_closed_session_is_no_fault_of_the_gateway(
    gateway: SimulatedGateway,
) -> None:
    """Home Assistant closes it as it stops."""
    async with transport_to(gateway) as sender:
        await sender.get("/api/status", {})
    with pytest.raises(SessionClosedError, match=r"^the session was closed$"):
        await sender.get("/api/status", {})


async def test_other_certificate_is_named(
    gateway: SimulatedGateway, start_gateway: StartGateway
) -> None:
    """The error has the fingerprint that was seen, and a text without it."""
    other = await start_gateway("document")
    async with create_session() as session:
        address = Address.parse(address_of(other))
        with pytest.raises(
            CertificateChangedError, match=r"^the certificate has changed$"
        ) as caught:
            await Transport(session, address, gateway.fingerprint).get("/x", {})
    assert caught.value.seen == other.fingerprint


def test_error_of_a_status_has_the_status() -> None:
    """In its text and as a number; an error that is kept holds no frames."""
    error = StatusError(502)
    assert (str(error), error.status, error.args) == ("HTTP status 502", 502, (502,))
    with pytest.raises(StatusError):
        raise error from ValueError("inner")
    assert error.without_traceback() is error
    assert (error.__traceback__, error.__cause__, error.__context__) == (None,) * 3

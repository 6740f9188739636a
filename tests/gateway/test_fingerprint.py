"""The certificate of a host name is that of the first of its addresses that answers."""

import asyncio
import socket
from typing import Any, cast, override

from aiohttp.abc import AbstractResolver, ResolveResult
import pytest

from custom_components.tesla_gateway_meters.gateway import (
    Address,
    AnswerTimeoutError,
    ConnectError,
    fetch_fingerprint,
)
from custom_components.tesla_gateway_meters.gateway.errors import NotHttpsError
from simulator import Certificate, SimulatedGateway

DEAD = "192.0.2.1"


class Resolver(AbstractResolver):
    """A resolver that gives these addresses, and keeps what it is asked."""

    def __init__(self, *hosts: str) -> None:
        """Keep the addresses."""
        self.hosts = hosts
        self.asked: list[tuple[str, int, socket.AddressFamily]] = []

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses."""
        self.asked.append((host, port, family))
        return [cast("ResolveResult", {"host": each}) for each in self.hosts]

    @override
    async def close(self) -> None:
        """Do nothing."""


@pytest.fixture(autouse=True)
def dead_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to one address."""
    connect = asyncio.open_connection

    async def refuse(host: str, *args: Any, **options: Any) -> object:
        if host == DEAD:
            raise ConnectionRefusedError
        return await connect(host, *args, **options)

    monkeypatch.setattr(asyncio, "open_connection", refuse)


@pytest.mark.parametrize(
    "hosts",
    [
        ("127.0.0.1",),
        (DEAD, "127.0.0.1"),
        # An IPv6 address that leads nowhere comes after all others.
        ("::1%nowhere", "127.0.0.1"),
    ],
)
async def test_fingerprint_is_of_the_first_address_that_answers(
    gateway: SimulatedGateway, hosts: tuple[str, ...]
) -> None:
    """The resolver is asked for IPv4 and IPv6, and dead addresses are passed over."""
    resolver = Resolver(*hosts)
    found = await fetch_fingerprint(Address("teg.home", gateway.port), resolver)
    assert found == gateway.fingerprint
    assert resolver.asked == [("teg.home", gateway.port, socket.AF_UNSPEC)]


async def test_ipv4_is_tried_before_ipv6(
    gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of addresses of one kind stays."""
    tried: list[str] = []

    async def refuse(host: str, *_: object, **__: object) -> None:
        tried.append(host)
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio, "open_connection", refuse)
    resolver = Resolver("fd00::2", "192.0.2.2", "fd00::1", "192.0.2.1")
    with pytest.raises(ConnectError, match="cannot connect"):
        await fetch_fingerprint(Address("teg.home"), resolver)
    assert tried == ["192.0.2.2", "192.0.2.1", "fd00::2", "fd00::1"]


async def test_ip_address_is_not_resolved(gateway: SimulatedGateway) -> None:
    """There is nothing to resolve."""
    resolver = Resolver(DEAD)
    address = Address("127.0.0.1", gateway.port)
    assert await fetch_fingerprint(address, resolver) == gateway.fingerprint
    assert resolver.asked == []


async def test_host_name_is_resolved_by_the_system_without_a_resolver(
    gateway: SimulatedGateway,
) -> None:
    """The name is used as it is."""
    found = await fetch_fingerprint(Address("localhost", gateway.port))
    assert found == gateway.fingerprint


async def test_host_without_an_address_is_a_connect_error(socket_enabled: None) -> None:
    """As is one of which no address answers."""
    with pytest.raises(ConnectError, match="cannot connect"):
        await fetch_fingerprint(Address("teg.home"), Resolver())
    with pytest.raises(ConnectError, match="cannot connect"):
        await fetch_fingerprint(Address("teg.home", 1), Resolver(DEAD))


async def test_address_that_times_out_ends_the_search(
    gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is that of all addresses together."""

    async def time_out(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(asyncio, "open_connection", time_out)
    with pytest.raises(AnswerTimeoutError, match="no TLS handshake in time"):
        await fetch_fingerprint(Address("teg.home"), Resolver(DEAD, DEAD))


async def test_plain_http_is_told_from_no_connection(socket_enabled: None) -> None:
    """A device that answers without TLS is no gateway."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(NotHttpsError, match="no HTTPS at this port"):
            await fetch_fingerprint(Address("127.0.0.1", port))


@pytest.mark.parametrize("host", ["localhost", "teg.home"])
async def test_usual_name_is_sent_in_the_handshake_with_a_host_name(
    socket_enabled: None, host: str
) -> None:
    """Old firmwares drop the handshake for others."""
    names: list[str | None] = []
    context = Certificate.generate().server_context()
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    server = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        await fetch_fingerprint(Address(host, port), Resolver("127.0.0.1"))
    assert names == ["powerwall"]

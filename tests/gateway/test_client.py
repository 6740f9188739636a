"""The client against a simulated gateway, over real HTTPS."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import aiohttp
import pytest

from custom_components.tesla_gateway_meters.gateway import (
    AbsentError,
    Address,
    AnswerTimeoutError,
    BadCredentialsError,
    BrokenAnswerError,
    BusyError,
    ConnectError,
    ForbiddenError,
    GatewayClient,
    GatewayError,
    GridStatus,
    PayloadError,
    RateLimitedError,
    StatusError,
    Transport,
    transport,
)
from custom_components.tesla_gateway_meters.session import create_session
from simulator import Certificate, Fault, SimulatedGateway

from ..conftest import address_of

type Connect = Callable[..., GatewayClient]


@pytest.fixture
async def connect() -> AsyncGenerator[Connect]:
    """Make clients, all through one session."""
    async with create_session() as session:

        def make(
            gateway: SimulatedGateway, password: str | None = None, **options: object
        ) -> GatewayClient:
            address = Address.parse(address_of(gateway))
            return GatewayClient(
                Transport(session, address),
                gateway.password if password is None else password,
                **options,  # type: ignore[arg-type]
            )

        yield make


async def test_all_endpoints(document: SimulatedGateway, connect: Connect) -> None:
    """Each endpoint gives its models, through one login on one connection."""
    client = connect(document)
    totals = await client.aggregates()
    assert totals["site"].power == 701
    assert totals["site"].meters_aggregated == 2
    assert [meter.key for meter in await client.site_meters()] == [
        "synchrometerY",
        "synchrometerX",
    ]
    (solar,) = await client.solar_meters()
    assert solar.scale_factor == 2
    assert len(await client.meters()) == 2
    assert len(await client.readings()) == 2
    assert (await client.status()).din == document.din
    assert await client.charge() is not None
    assert await client.grid_status() is GridStatus.CONNECTED
    assert document.logins == 1
    assert document.connections == 1
    assert len(document.requests) == 9


async def test_status_needs_no_login(
    document: SimulatedGateway, connect: Connect
) -> None:
    """Who a gateway is can be asked before it gets a password."""
    client = connect(document, password="wrong")
    assert (await client.status()).din == document.din
    assert document.logins == 0
    assert not any(request.credentials for request in document.requests)


async def test_login_is_kept(document: SimulatedGateway, connect: Connect) -> None:
    """The token of one client serves the next, and whoever keeps it is told."""
    kept: list[str] = []
    first = connect(document, on_token=kept.append)
    assert first.token is None
    await first.aggregates()
    assert kept == [first.token]
    second = connect(document, password="not needed", token=kept[0])
    await second.aggregates()
    assert document.logins == 1


async def test_expired_token(document: SimulatedGateway, connect: Connect) -> None:
    """A token that has expired costs one login and one more request."""
    client = connect(document)
    await client.aggregates()
    document.expire_tokens()
    await client.aggregates()
    assert document.logins == 2
    assert document.count("meters/aggregates") == 3


async def test_one_login_at_a_time(
    document: SimulatedGateway, connect: Connect
) -> None:
    """Requests that find the token expired at once share one login."""
    client = connect(document)
    await asyncio.gather(*(client.aggregates() for _ in range(5)))
    assert document.logins == 1
    document.expire_tokens()
    await asyncio.gather(*(client.aggregates() for _ in range(5)))
    assert document.logins == 2


@pytest.mark.parametrize("status", [401, 403])
async def test_forbidden(
    document: SimulatedGateway, connect: Connect, status: int
) -> None:
    """Refused with a fresh login is refused for good: no third attempt."""
    document.set_fault("meters/site", Fault("status", status))
    client = connect(document)
    with pytest.raises(ForbiddenError):
        await client.site_meters()
    assert document.count("meters/site") == 2
    assert document.logins == 2


@pytest.mark.parametrize("status", [401, 403])
async def test_bad_credentials(
    document: SimulatedGateway, connect: Connect, status: int
) -> None:
    """A refused password is tried once."""
    document.refuse_logins(status)
    with pytest.raises(BadCredentialsError):
        await connect(document).aggregates()
    assert document.logins == 1
    assert document.count("meters/aggregates") == 0


async def test_too_many_logins(document: SimulatedGateway, connect: Connect) -> None:
    """A refused login is not a refused password."""
    document.refuse_logins(429)
    with pytest.raises(RateLimitedError):
        await connect(document).aggregates()
    assert document.logins == 1


@pytest.mark.parametrize(
    "body", ["null", "[]", "{}", '{"token": 5}', '{"token": "a\\n"}']
)
async def test_login_without_a_token(
    document: SimulatedGateway, connect: Connect, body: str
) -> None:
    """What takes a login and gives no token is no gateway."""
    document.set_fault("login/Basic", Fault("body", body))
    with pytest.raises(PayloadError):
        await connect(document).login()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", 404), AbsentError),
        (Fault("status", 429), RateLimitedError),
        (Fault("status", 503), BusyError),
        (Fault("status", 500), StatusError),
        (Fault("status", 502), StatusError),
        (Fault("status", 301), StatusError),
        (Fault("empty"), PayloadError),
        (Fault("html"), PayloadError),
        (Fault("null"), PayloadError),
        (Fault("body", "[]"), PayloadError),
        (Fault("body", '{"error": "no luck"}'), PayloadError),
        (Fault("body", "[" * 10_000), PayloadError),
        (Fault("body", '{"site": {"instant_power": 1e400}}'), PayloadError),
        (Fault("cut"), BrokenAnswerError),
        (Fault("reset"), BrokenAnswerError),
    ],
    ids=str,
)
async def test_faults(
    document: SimulatedGateway,
    connect: Connect,
    fault: Fault,
    error: type[GatewayError],
) -> None:
    """Each thing that goes wrong has its own error, and passes."""
    client = connect(document)
    await client.login()
    document.set_fault("meters/aggregates", fault)
    with pytest.raises(error) as caught:
        await client.aggregates()
    assert str(caught.value)
    document.clear_faults()
    assert (await client.aggregates())["site"].power == 701
    assert document.logins == 1


async def test_body_limit(
    document: SimulatedGateway, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer without end is not read to its end."""
    client = connect(document)
    await client.login()
    monkeypatch.setattr(transport, "BODY_LIMIT", 1000)
    with pytest.raises(BrokenAnswerError):
        await client.aggregates()


@pytest.mark.parametrize("kind", ["slow", "slow-body"])
async def test_timeout(
    document: SimulatedGateway,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """An answer that does not come, or does not end, is given up."""
    client = connect(document)
    await client.login()
    monkeypatch.setattr(transport, "REQUEST_TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    document.set_fault("meters/aggregates", Fault(kind, 30))
    with pytest.raises(AnswerTimeoutError):
        await client.aggregates()


async def test_nobody_there(socket_enabled: None, connect: Connect) -> None:
    """A refused connection is told apart from a broken answer."""
    async with create_session() as session:
        client = GatewayClient(Transport(session, Address("127.0.0.1", 1)), "x")
        with pytest.raises(ConnectError):
            await client.status()


async def test_no_tls(socket_enabled: None) -> None:
    """What does not speak TLS is no connection."""
    server = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0
    )
    async with server, create_session() as session:
        port = server.sockets[0].getsockname()[1]
        client = GatewayClient(Transport(session, Address("127.0.0.1", port)), "x")
        with pytest.raises((ConnectError, BrokenAnswerError)):
            await client.status()


@pytest.mark.parametrize(
    ("header", "seconds"), [("120", 120), ("soon", None), ("-1", None), (None, None)]
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    """The time that the gateway asks for is understood where it is a number."""
    assert transport.seconds(header) == seconds


@pytest.mark.parametrize(
    ("host", "name"), [("localhost", "powerwall"), ("127.0.0.1", None)]
)
async def test_server_name(socket_enabled: None, host: str, name: str | None) -> None:
    """Old firmwares accept few names in the handshake; with an address none is sent."""
    names: list[str | None] = []
    context = Certificate.generate().server_context()
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    server = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context
    )
    async with server, create_session() as session:
        address = Address(host, server.sockets[0].getsockname()[1])
        with pytest.raises(GatewayError):
            await GatewayClient(Transport(session, address), "x").status()
    assert set(names) == {name}

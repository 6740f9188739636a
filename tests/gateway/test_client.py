"""The client against a simulated gateway, over real HTTPS."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
import socket

import pytest

from custom_components.tesla_gateway_meters.gateway import (
    AbsentError,
    Address,
    AnotherGatewayError,
    AnswerTimeoutError,
    BadCredentialsError,
    BrokenAnswerError,
    BusyError,
    CertificateChangedError,
    ConnectError,
    ForbiddenError,
    GatewayClient,
    GatewayError,
    GridStatus,
    LoginError,
    Memory,
    PayloadError,
    RateLimitedError,
    StatusError,
    Transport,
    TryLaterError,
    fetch_fingerprint,
    fingerprint,
    transport,
)
from custom_components.tesla_gateway_meters.gateway.fingerprint import readable
from custom_components.tesla_gateway_meters.session import create_session
from simulator import Certificate, Fault, LoginLimit, SimulatedGateway

from ..conftest import StartGateway, address_of

# Of no certificate at all.
PIN = "00" * 32

type Connect = Callable[..., GatewayClient]


@pytest.fixture
async def connect() -> AsyncGenerator[Connect]:
    """Make clients, all through one session."""
    async with create_session() as session:

        def make(
            gateway: SimulatedGateway, password: str | None = None, **options: object
        ) -> GatewayClient:
            address = Address.parse(address_of(gateway))
            if "clock" in options:
                options.setdefault("monotonic", options["clock"])
            return GatewayClient(
                Transport(session, address, gateway.fingerprint),
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
    kept: list[Memory] = []
    first = connect(document, on_memory=kept.append)
    assert first.memory == Memory()
    await first.aggregates()
    assert kept == [first.memory]
    memory = Memory.from_dict(kept[0].as_dict())
    assert memory == first.memory
    second = connect(document, password="not needed", memory=memory)
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
    client = connect(document)
    for _ in range(3):
        with pytest.raises(BadCredentialsError):
            await client.aggregates()
    document.clear_faults()
    with pytest.raises(BadCredentialsError):
        await connect(document, memory=client.memory).aggregates()
    assert document.logins == 1
    assert document.count("meters/aggregates") == 0


async def test_too_many_logins(document: SimulatedGateway, connect: Connect) -> None:
    """A refused login is not a refused password."""
    document.refuse_logins(429)
    with pytest.raises(RateLimitedError):
        await connect(document).aggregates()
    assert document.logins == 1


@pytest.mark.parametrize(
    "body", ["null", "[]", "{}", '{"token": ""}', '{"token": 5}', '{"token": "a\\n"}']
)
async def test_login_without_a_token(
    document: SimulatedGateway, connect: Connect, body: str
) -> None:
    """What takes a login and gives no token is no gateway."""
    document.set_fault("login/Basic", Fault("body", body))
    client = connect(document)
    for _ in range(2):
        with pytest.raises(LoginError):
            await client.login()
    # Nor is it tried again at once.
    assert document.logins == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
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


YEAR = 365 * 24 * 3600


class Clock:
    """A clock that the test moves, in seconds."""

    def __init__(self) -> None:
        """Start at some time."""
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


async def test_absent_endpoint_rests(
    document: SimulatedGateway, connect: Connect
) -> None:
    """What is not there is asked for again after ten minutes, and costs no login."""
    clock = Clock()
    client = connect(document, clock=clock)
    document.set_fault("meters/site", Fault("status", 404))
    for _ in range(60):
        with pytest.raises(AbsentError):
            await client.site_meters()
        clock.now += 10
    assert document.count("meters/site") == 1
    assert document.logins == 1
    document.clear_faults()
    assert await client.site_meters()


async def test_forbidden_endpoint_rests(
    document: SimulatedGateway, connect: Connect
) -> None:
    """What is forbidden costs one login in all, as long as the token serves others."""
    clock = Clock()
    client = connect(document, clock=clock)
    document.set_fault("meters/site", Fault("status", 403))
    for _ in range(24 * 60):
        await client.aggregates()
        with pytest.raises(ForbiddenError):
            await client.site_meters()
        clock.now += 60
    assert document.logins == 2
    assert document.count("meters/site") <= 24 * 6 + 2
    document.clear_faults()
    clock.now += 600
    assert await client.site_meters()


async def test_open_endpoint_proves_no_token(
    document: SimulatedGateway, connect: Connect
) -> None:
    """A token that only the open endpoint was asked with may have expired."""
    clock = Clock()
    client = connect(document, clock=clock)
    document.set_fault("meters/site", Fault("status", 403))
    with pytest.raises(ForbiddenError):
        await client.site_meters()
    document.clear_faults()
    document.expire_tokens()
    for _ in range(40):
        clock.now += 60
        await client.status()
    assert await client.site_meters()


async def test_everything_forbidden(
    start_gateway: StartGateway, connect: Connect
) -> None:
    """A gateway that refuses all it is asked is not stormed with logins."""
    clock = Clock()
    document = await start_gateway("document", login_limit=LoginLimit(1000))
    client = connect(document, clock=clock)
    document.set_fault("meters/aggregates", Fault("status", 403))
    for _ in range(24 * 60):
        with pytest.raises(ForbiddenError):
            await client.aggregates()
        clock.now += 60
    assert document.logins <= 49


@pytest.mark.parametrize(
    ("status", "error"), [(429, RateLimitedError), (503, BusyError)]
)
async def test_cool_down(
    document: SimulatedGateway,
    connect: Connect,
    status: int,
    error: type[TryLaterError],
) -> None:
    """No request leaves in a cool-down, whose length doubles up to half an hour."""
    clock = Clock()
    client = connect(document, clock=clock)
    await client.aggregates()
    document.set_fault("*", Fault("status", status))
    for minutes in (5, 10, 20, 30, 30):
        with pytest.raises(error) as caught:
            await client.aggregates()
        assert caught.value.retry_after == minutes * 60
        before = len(document.requests)
        # A restart does not cut it short, nor does a clock that is set back.
        client = connect(document, clock=clock, memory=client.memory)
        for _ in range(3):
            for ask in (client.aggregates, client.status, client.login):
                with pytest.raises(TryLaterError) as caught:
                    await ask()
                assert caught.value.retry_after is not None
            clock.now += minutes * 60 / 3 - 0.001
        assert len(document.requests) == before
        clock.now += 1
    document.clear_faults()
    await client.aggregates()
    clock.now += 60 * 60
    document.set_fault("*", Fault("status", status))
    with pytest.raises(error) as caught:
        await client.aggregates()
    assert caught.value.retry_after == 5 * 60


async def test_cool_down_as_asked(document: SimulatedGateway, connect: Connect) -> None:
    """A gateway that names a time gets it."""
    clock = Clock()
    client = connect(document, clock=clock)
    document.set_fault("login/Basic", Fault("status", 429, retry_after=90))
    with pytest.raises(RateLimitedError) as caught:
        await client.aggregates()
    assert caught.value.retry_after == 90
    document.clear_faults()
    clock.now += 89
    with pytest.raises(TryLaterError):
        await client.aggregates()
    clock.now += 2
    await client.aggregates()
    assert document.logins == 2


# Seconds by which a clock is set: to 1970 and from there, a year, summer time.
JUMPS = (-1_799_000_000, 1_799_000_000, -YEAR, YEAR, -36_000, 36_000, -3600, 3600)


@pytest.mark.parametrize("jump", JUMPS)
async def test_cool_down_is_as_long_when_the_clock_is_set(
    document: SimulatedGateway, connect: Connect, jump: float
) -> None:
    """A clock that is set neither lengthens a cool-down nor ends it."""
    wall, monotonic = Clock(), Clock()
    client = connect(document, clock=wall, monotonic=monotonic)
    document.set_fault("meters/aggregates", Fault("status", 429, times=1))
    with pytest.raises(RateLimitedError):
        await client.aggregates()
    wall.now += jump
    monotonic.now += 299
    with pytest.raises(TryLaterError) as caught:
        await client.aggregates()
    assert caught.value.retry_after == 1
    monotonic.now += 1
    await client.aggregates()


@pytest.mark.parametrize("jump", JUMPS)
async def test_cool_down_after_a_restart_is_bounded_when_the_clock_is_set(
    document: SimulatedGateway, connect: Connect, jump: float
) -> None:
    """A restart with a clock that is set waits no longer than the whole cool-down.

    The next one is of five minutes, or of ten, as if the clock had not been set.
    """
    wall, monotonic = Clock(), Clock()
    client = connect(document, clock=wall, monotonic=monotonic)
    document.set_fault("meters/aggregates", Fault("status", 429, times=2))
    with pytest.raises(RateLimitedError):
        await client.aggregates()
    wall.now += jump
    client = connect(document, clock=wall, monotonic=monotonic, memory=client.memory)
    monotonic.now += 300
    wall.now += 300
    with pytest.raises(RateLimitedError) as caught:
        await client.aggregates()
    assert caught.value.retry_after is not None
    assert 300 <= caught.value.retry_after <= 600


def test_stored_cool_down_has_a_longest() -> None:
    """No stored cool-down, whatever it says, is of more than a day."""
    memory = Memory.from_dict({"cool_down_until": 9e14, "cool_down_length": 9e14})
    assert memory.cool_down.remaining(1_800_000_000) == 24 * 3600


@pytest.mark.parametrize("jump", JUMPS)
async def test_absent_endpoint_is_asked_again_when_the_clock_is_set(
    document: SimulatedGateway, connect: Connect, jump: float
) -> None:
    """It is asked again after ten minutes, whatever the clock says."""
    wall, monotonic = Clock(), Clock()
    client = connect(document, clock=wall, monotonic=monotonic)
    document.set_fault("meters/site", Fault("status", 404, times=1))
    with pytest.raises(AbsentError):
        await client.site_meters()
    wall.now += jump
    monotonic.now += 599
    with pytest.raises(AbsentError):
        await client.site_meters()
    monotonic.now += 1
    assert await client.site_meters()


@pytest.mark.parametrize("jump", JUMPS)
async def test_login_is_tried_again_when_the_clock_is_set(
    document: SimulatedGateway, connect: Connect, jump: float
) -> None:
    """A login that failed is tried again after five minutes, whatever the clock says."""
    wall, monotonic = Clock(), Clock()
    client = connect(document, clock=wall, monotonic=monotonic)
    document.set_fault("login/Basic", Fault("status", 500, times=1))
    with pytest.raises(LoginError):
        await client.aggregates()
    wall.now += jump
    monotonic.now += 299
    with pytest.raises(LoginError):
        await client.aggregates()
    assert document.logins == 1
    monotonic.now += 1
    await client.aggregates()


@pytest.mark.parametrize("jump", JUMPS)
async def test_token_is_renewed_when_the_clock_is_set(
    document: SimulatedGateway, connect: Connect, jump: float
) -> None:
    """A token that expires costs one login, whatever the clock was set to since the last."""
    wall, monotonic = Clock(), Clock()
    client = connect(document, clock=wall, monotonic=monotonic)
    await client.aggregates()
    document.expire_tokens()
    await client.aggregates()
    wall.now += jump
    monotonic.now += 31 * 60
    # A refusal that nothing explains, and a token that has expired later.
    document.set_fault("meters/aggregates", Fault("status", 403, times=2))
    with pytest.raises(ForbiddenError):
        await client.aggregates()
    monotonic.now += 31 * 60
    document.expire_tokens()
    assert await client.aggregates()


async def test_certificate_changed(
    document: SimulatedGateway, start_gateway: StartGateway, connect: Connect
) -> None:
    """A stranger with another certificate receives not one byte."""
    client = connect(document)
    await client.aggregates()
    stranger = await start_gateway("document", password=document.password)
    async with create_session() as session:
        address = Address.parse(address_of(stranger))
        there = GatewayClient(
            Transport(session, address, document.fingerprint),
            document.password,
            memory=client.memory,
        )
        for ask in (there.aggregates, there.status, there.login):
            with pytest.raises(CertificateChangedError) as caught:
                await ask()
            assert caught.value.seen == stranger.fingerprint
    assert stranger.requests == []
    assert stranger.received == b""
    assert stranger.handshakes > 0


async def test_fingerprint(document: SimulatedGateway) -> None:
    """The certificate is seen without a byte being sent."""
    address = Address.parse(address_of(document))
    seen = await fetch_fingerprint(address)
    assert seen == document.fingerprint
    assert document.received == b""
    assert readable("0aff") == "0A:FF"
    with pytest.raises(ConnectError):
        await fetch_fingerprint(Address("127.0.0.1", 1))


async def test_fingerprint_of_the_silent(
    socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes a connection and no handshake is given up."""
    monkeypatch.setattr(fingerprint, "_TIMEOUT", 0.05)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(AnswerTimeoutError),
    ):
        await fetch_fingerprint(Address("127.0.0.1", silent.getsockname()[1]))


async def test_another_gateway(document: SimulatedGateway, connect: Connect) -> None:
    """A gateway of another DIN is asked no more than who it is."""
    client = connect(document, din=document.din.lower())
    await client.status()
    await client.aggregates()
    din = document.din
    document.become("1234567-00-E--TG00000000000X")
    with pytest.raises(AnotherGatewayError):
        await client.status()
    before = len(document.requests)
    with pytest.raises(AnotherGatewayError):
        await client.aggregates()
    assert len(document.requests) == before
    document.become(din)
    await client.status()
    await client.aggregates()


async def test_dropped_connection(document: SimulatedGateway, connect: Connect) -> None:
    """A pooled connection that the gateway dropped costs no more than a new one."""
    client = connect(document)
    await client.aggregates()
    document.drop_connections(silently=True)
    await client.aggregates()
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
    monkeypatch.setattr(transport, "REQUEST_TIMEOUT", 0.05)
    document.set_fault("meters/aggregates", Fault(kind, 30))
    with pytest.raises(AnswerTimeoutError):
        await client.aggregates()


async def test_nobody_there(socket_enabled: None, connect: Connect) -> None:
    """A refused connection is told apart from a broken answer."""
    async with create_session() as session:
        address = Address("127.0.0.1", 1)
        client = GatewayClient(Transport(session, address, PIN), "x")
        with pytest.raises(ConnectError):
            await client.status()


async def test_no_tls(socket_enabled: None) -> None:
    """What does not speak TLS is no connection."""
    server = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0
    )
    async with server, create_session() as session:
        port = server.sockets[0].getsockname()[1]
        address = Address("127.0.0.1", port)
        client = GatewayClient(Transport(session, address, PIN), "x")
        with pytest.raises((ConnectError, BrokenAnswerError)):
            await client.status()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("soon", None),
        ("-1", None),
        (None, None),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Sun, 22 Nov 2026 12:01:30", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    """The time that the gateway asks for is understood where it is a number."""
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert transport.parse_retry_after(header, now) == seconds


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
            await GatewayClient(Transport(session, address, PIN), "x").status()
    assert set(names) == {name}

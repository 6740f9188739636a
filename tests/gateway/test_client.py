"""The client against a simulated gateway, over real HTTPS."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
import socket

import pytest

from custom_components.tesla_gateway_meters.gateway import (
    Address,
    AnotherGatewayError,
    AnswerTimeoutError,
    BadCredentialsError,
    BrokenAnswerError,
    CertificateChangedError,
    ClientState,
    ConnectError,
    ForbiddenError,
    GatewayClient,
    GatewayError,
    GridStatus,
    LoginError,
    PayloadError,
    RateLimitedError,
    StatusError,
    Transport,
    fetch_fingerprint,
    fingerprint,
    transport,
)
from custom_components.tesla_gateway_meters.gateway.fingerprint import readable
from custom_components.tesla_gateway_meters.session import create_session
from simulator import Certificate, Fault, SimulatedGateway

from ..conftest import StartGateway, address_of
from .conftest import Connect

# Of no certificate at all.
PIN = "00" * 32


async def test_all_endpoints_return_models_after_one_login(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """Each endpoint gives its models, through one login on one connection."""
    client = connect(gateway)
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
    assert (await client.status()).din == gateway.din
    assert await client.state_of_charge() is not None
    assert await client.grid_status() is GridStatus.CONNECTED
    assert gateway.logins == 1
    assert gateway.connections == 1
    assert len(gateway.requests) == 9


async def test_status_needs_no_login(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """A gateway is identified before it receives a password."""
    client = connect(gateway, password="wrong")
    assert (await client.status()).din == gateway.din
    assert gateway.logins == 0
    assert not any(request.credentials for request in gateway.requests)


@pytest.mark.parametrize("token", [None, "t0ken-of-before"])
async def test_password_in_an_answer_is_redacted_before_the_first_login(
    gateway: SimulatedGateway, connect: Connect, token: str | None
) -> None:
    """A gateway may know the password from an earlier login."""
    client = connect(gateway, password="Pa55wAbcd", state=ClientState(token))
    gateway.set_fault("status", Fault("body", '{"version": "1.2 Pa55wAbcd"}'))
    assert (await client.status()).version == "1.2 redacted"


async def test_token_in_an_answer_is_redacted_after_the_next_login(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """The gateway may still accept it."""
    client = connect(gateway, state=ClientState("t0ken-of-before"))
    await client.login()
    gateway.set_fault("status", Fault("body", '{"version": "t0ken-of-before"}'))
    assert (await client.status()).version == "redacted"


@pytest.mark.parametrize("token", [None, "t0ken-of-before"])
async def test_din_is_known_when_the_password_is_a_part_of_it(
    gateway: SimulatedGateway, connect: Connect, token: str | None
) -> None:
    """A gateway's first password is the end of its serial."""
    client = connect(
        gateway,
        password=gateway.din.rpartition("--")[2],
        din=gateway.din,
        state=ClientState(token),
    )
    assert (await client.status()).din == gateway.din


async def test_token_is_reused_by_the_next_client(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """A new client can use the token of another; a listener receives each new token."""
    kept: list[ClientState] = []
    first = connect(gateway, on_state_change=kept.append)
    assert first.state == ClientState()
    await first.aggregates()
    assert kept == [first.state]
    state = ClientState.from_dict(kept[0].as_dict())
    assert state == first.state
    second = connect(gateway, password="not needed", state=state)
    await second.aggregates()
    assert gateway.logins == 1


async def test_expired_token_costs_one_login(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """A token that has expired costs one login and one more request."""
    client = connect(gateway)
    await client.aggregates()
    gateway.expire_tokens()
    await client.aggregates()
    assert gateway.logins == 2
    assert gateway.count("meters/aggregates") == 3


async def test_parallel_requests_share_one_login(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """Requests that find the token expired at once share one login."""
    client = connect(gateway)
    await asyncio.gather(*(client.aggregates() for _ in range(5)))
    assert gateway.logins == 1
    gateway.expire_tokens()
    await asyncio.gather(*(client.aggregates() for _ in range(5)))
    assert gateway.logins == 2


@pytest.mark.parametrize("status", [401, 403])
async def test_refused_endpoint_is_not_tried_a_third_time(
    gateway: SimulatedGateway, connect: Connect, status: int
) -> None:
    """Refused with a fresh login is refused for good: no third attempt."""
    gateway.set_fault("meters/site", Fault("status", status))
    client = connect(gateway)
    with pytest.raises(ForbiddenError):
        await client.site_meters()
    assert gateway.count("meters/site") == 2
    assert gateway.logins == 2


@pytest.mark.parametrize("status", [401, 403])
async def test_refused_password_is_tried_once(
    gateway: SimulatedGateway, connect: Connect, status: int
) -> None:
    """A refused password is tried once."""
    gateway.refuse_logins(status)
    client = connect(gateway)
    for _ in range(3):
        with pytest.raises(BadCredentialsError):
            await client.aggregates()
    gateway.clear_faults()
    with pytest.raises(BadCredentialsError):
        await connect(gateway, state=client.state).aggregates()
    assert gateway.logins == 1
    assert gateway.count("meters/aggregates") == 0


async def test_rate_limited_login_is_no_refused_password(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """A refused login is not a refused password."""
    gateway.refuse_logins(429)
    with pytest.raises(RateLimitedError):
        await connect(gateway).aggregates()
    assert gateway.logins == 1


@pytest.mark.parametrize(
    "body", ["null", "[]", "{}", '{"token": ""}', '{"token": 5}', '{"token": "a\\n"}']
)
async def test_login_fails_without_a_token(
    gateway: SimulatedGateway, connect: Connect, body: str
) -> None:
    """A device that accepts a login without a token is no gateway."""
    gateway.set_fault("login/Basic", Fault("body", body))
    client = connect(gateway)
    for _ in range(2):
        with pytest.raises(LoginError):
            await client.login()
    # Nor is it tried again at once.
    assert gateway.logins == 1


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
async def test_each_fault_raises_its_error_and_passes(
    gateway: SimulatedGateway,
    connect: Connect,
    fault: Fault,
    error: type[GatewayError],
) -> None:
    """Each thing that goes wrong has its own error, and passes."""
    client = connect(gateway)
    await client.login()
    gateway.set_fault("meters/aggregates", fault)
    with pytest.raises(error) as caught:
        await client.aggregates()
    assert str(caught.value)
    gateway.clear_faults()
    assert (await client.aggregates())["site"].power == 701
    assert gateway.logins == 1


async def test_nothing_is_sent_to_another_certificate(
    gateway: SimulatedGateway, start_gateway: StartGateway, connect: Connect
) -> None:
    """A stranger with another certificate receives not one byte."""
    client = connect(gateway)
    await client.aggregates()
    stranger = await start_gateway("document", password=gateway.password)
    async with create_session() as session:
        address = Address.parse(address_of(stranger))
        there = GatewayClient(
            Transport(session, address, gateway.fingerprint),
            gateway.password,
            state=client.state,
        )
        for ask in (there.aggregates, there.status, there.login):
            with pytest.raises(CertificateChangedError) as caught:
                await ask()
            assert caught.value.seen == stranger.fingerprint
    assert stranger.requests == []
    assert stranger.received == b""
    assert stranger.handshakes > 0


async def test_fingerprint_is_fetched_without_a_request(
    gateway: SimulatedGateway,
) -> None:
    """The certificate is seen without a byte being sent."""
    address = Address.parse(address_of(gateway))
    seen = await fetch_fingerprint(address)
    assert seen == gateway.fingerprint
    assert gateway.received == b""
    assert readable("0aff") == "0A:FF"
    with pytest.raises(ConnectError):
        await fetch_fingerprint(Address("127.0.0.1", 1))


async def test_fingerprint_times_out_without_a_handshake(
    socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device that accepts a connection without a handshake causes a timeout."""
    monkeypatch.setattr(fingerprint, "_TIMEOUT", 0.05)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(AnswerTimeoutError),
    ):
        await fetch_fingerprint(Address("127.0.0.1", silent.getsockname()[1]))


async def test_another_gateway_is_asked_only_for_its_status(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """A gateway of another DIN is asked no more than who it is."""
    client = connect(gateway, din=gateway.din.lower())
    await client.status()
    await client.aggregates()
    din = gateway.din
    gateway.become("1234567-00-E--TG00000000000X")
    with pytest.raises(AnotherGatewayError):
        await client.status()
    before = len(gateway.requests)
    with pytest.raises(AnotherGatewayError):
        await client.aggregates()
    assert len(gateway.requests) == before
    gateway.become(din)
    await client.status()
    await client.aggregates()


async def test_dropped_connection_is_opened_again(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """A pooled connection that the gateway dropped costs no more than a new one."""
    client = connect(gateway)
    await client.aggregates()
    gateway.drop_connections(silently=True)
    await client.aggregates()
    assert gateway.logins == 1


async def test_endless_answer_is_broken(
    gateway: SimulatedGateway, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer without end is not read to its end."""
    client = connect(gateway)
    await client.login()
    monkeypatch.setattr(transport, "BODY_LIMIT", 1000)
    with pytest.raises(BrokenAnswerError):
        await client.aggregates()


@pytest.mark.parametrize("kind", ["slow", "slow-body"])
async def test_late_answer_times_out(
    gateway: SimulatedGateway,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """An answer that does not come, or does not end, is given up."""
    client = connect(gateway)
    await client.login()
    monkeypatch.setattr(transport, "REQUEST_TIMEOUT", 0.05)
    gateway.set_fault("meters/aggregates", Fault(kind, 30))
    with pytest.raises(AnswerTimeoutError):
        await client.aggregates()


async def test_refused_connection_is_a_connect_error(
    socket_enabled: None, connect: Connect
) -> None:
    """A refused connection is distinguished from a broken answer."""
    async with create_session() as session:
        address = Address("127.0.0.1", 1)
        client = GatewayClient(Transport(session, address, PIN), "x")
        with pytest.raises(ConnectError):
            await client.status()


async def test_server_without_tls_is_an_error(socket_enabled: None) -> None:
    """A server without TLS is a failed connection."""
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
def test_retry_after_is_parsed(header: str | None, seconds: float | None) -> None:
    """The time that the gateway asks for is used if it is a number."""
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert transport.parse_retry_after(header, now) == seconds


def test_retry_after_is_counted_from_now() -> None:
    """A date is that of the clock in any time zone."""
    date = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    seconds = transport.parse_retry_after(date)
    assert seconds is not None
    assert 3600 < seconds <= 7200


@pytest.mark.parametrize(
    ("host", "name"), [("localhost", "powerwall"), ("127.0.0.1", None)]
)
async def test_server_name_is_sent_for_a_host_name_only(
    socket_enabled: None, host: str, name: str | None
) -> None:
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

"""Answers that are no HTTP or have no end: each ends in time, and so does its connection."""

import asyncio
import time

import aiohttp
import pytest

from custom_components.tesla_gateway_meters.gateway import (
    Address,
    AnswerTimeoutError,
    BrokenAnswerError,
    BusyError,
    GatewayClient,
    GatewayError,
    LoginError,
    RateLimitedError,
    StatusError,
    Transport,
    TryLaterError,
    poll_timeout,
    transport,
)
from custom_components.tesla_gateway_meters.session import create_session
from simulator import Fault, SimulatedGateway
from simulator.fault_hostile import HOSTILE

from ..conftest import address_of

# Indistinguishable from a slow answer until the time limit.
LATE = (
    "chunks-without-end",
    "extension-without-end",
    "informational-without-end",
    "silence",
)
REFUSALS = {
    "503-without-end": BusyError,
    "503-cut-off": BusyError,
    "429-of-1.5-mb": RateLimitedError,
    "status-101": StatusError,
    "websocket": StatusError,
    "status-304": StatusError,
}
# Seconds within which an end counts as one at once, on any machine; and a limit.
AT_ONCE = 5
LIMIT = 0.3


def expected_error(name: str, *, is_login: bool) -> type[GatewayError]:
    """Return what it is to its caller."""
    found = REFUSALS.get(
        name, AnswerTimeoutError if name in LATE else BrokenAnswerError
    )
    return found if issubclass(found, TryLaterError) or not is_login else LoginError


def client_of(
    gateway: SimulatedGateway, session: aiohttp.ClientSession
) -> GatewayClient:
    """Make a client."""
    address = Address.parse(address_of(gateway))
    return GatewayClient(
        Transport(session, address, gateway.fingerprint), gateway.password
    )


async def no_connection(gateway: SimulatedGateway) -> None:
    """Wait for the gateway to see that its connections have ended."""
    async with asyncio.timeout(AT_ONCE):
        while gateway.monitor._open:  # noqa: ASYNC110 - the monitor sets no event
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("endpoint", ["meters/aggregates", "login/Basic"])
async def test_hostile_answer_ends_with_an_error_and_its_connection(
    gateway: SimulatedGateway,
    monkeypatch: pytest.MonkeyPatch,
    endpoint: str,
    name: str,
) -> None:
    """The error is ours, no time is lost, and nothing stays open; then all is well."""
    if name in LATE:
        monkeypatch.setattr(transport, "REQUEST_TIMEOUT", LIMIT)
        monkeypatch.setattr(transport, "LOGIN_TIMEOUT", LIMIT)
    async with create_session() as session:
        client = client_of(gateway, session)
        is_login = endpoint == "login/Basic"
        if not is_login:
            await client.login()
        gateway.set_fault(endpoint, Fault("hostile", name, times=1))
        started = time.perf_counter()
        with pytest.raises(GatewayError) as caught:
            await client.aggregates()
        assert time.perf_counter() - started < AT_ONCE
        assert type(caught.value) is expected_error(name, is_login=is_login)
        await no_connection(gateway)
        await client_of(gateway, session).aggregates()


async def test_refused_certificate_ends_the_connection(
    gateway: SimulatedGateway,
) -> None:
    """A stranger is hung up on at once, whether it agrees or not."""
    async with create_session() as session:
        address = Address.parse(address_of(gateway))
        client = GatewayClient(Transport(session, address, "00" * 32), "x")
        with pytest.raises(GatewayError):
            await client.status()
        await no_connection(gateway)


async def test_poll_timeout_holds_for_all_requests_together(
    gateway: SimulatedGateway,
) -> None:
    """Late answers are waited for until the poll is over, then nothing is asked."""
    async with create_session() as session:
        client = client_of(gateway, session)
        await client.login()
        gateway.set_fault("*", Fault("slow", 60))
        with poll_timeout(LIMIT):
            for _ in range(3):
                with pytest.raises(AnswerTimeoutError):
                    await client.aggregates()
        assert gateway.count("meters/aggregates") == 1


async def test_poll_timeout_holds_while_waiting_for_the_lock(
    gateway: SimulatedGateway,
) -> None:
    """A request waits for the lock no longer than the poll's time limit."""
    async with create_session() as session:
        client = client_of(gateway, session)
        await client.login()
        gateway.set_fault("meters/site", Fault("slow", 60))
        other = asyncio.create_task(client.site_meters())
        while not gateway.count("meters/site"):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
        with poll_timeout(LIMIT), pytest.raises(AnswerTimeoutError):
            await client.aggregates()
        assert gateway.count("meters/aggregates") == 0
        other.cancel()


async def test_login_is_not_cut_short_by_a_poll(gateway: SimulatedGateway) -> None:
    """A slow login has its own time: one broken off would have to be repeated."""
    async with create_session() as session:
        client = client_of(gateway, session)
        gateway.set_fault("login/Basic", Fault("slow", 2 * LIMIT))
        with poll_timeout(LIMIT):
            await client.aggregates()
        assert gateway.logins == 1

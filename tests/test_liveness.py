"""Tests of failures below HTTP: no request hangs, no connection stays open."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
import logging
import time

import aiohttp
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.tesla_gateway_meters.const import CONF_FINGERPRINT
from custom_components.tesla_gateway_meters.gateway import (
    Address,
    AnswerTimeoutError,
    ConnectError,
    GatewayClient,
    Transport,
    fetch_fingerprint,
    fingerprint,
    transport,
)
from custom_components.tesla_gateway_meters.session import create_session
from simulator import Fault, SimulatedGateway

from .conftest import NewEntry, StartGateway
from .test_config_flow import enter, start
from .test_races import (
    OPERATIONS,
    SITE_POWER,
    SOON,
    Operation,
    actions,
    assert_nothing_is_left,
    complaints,
    update_entity,
)
from .tls_proxy import ALERT, GARBAGE, Proxy, proxy_to

# Used by being here: Home Assistant's own actions.
__all__ = ["actions"]
# Seconds; what a request is given here in place of its 5 to connect and 8 in all.
LIMIT = 0.3
MID_ANSWER = "the connection ended in mid-answer"
type Hang = Callable[[Proxy], None]


def never_answered(proxy: Proxy) -> None:
    """Let handshakes begin, and never go on."""
    proxy.holds = True


def dripping(proxy: Proxy) -> None:
    """Let handshakes go on byte by byte: they take an hour."""
    proxy.drips = True


HANDSHAKES = (never_answered, dripping)


@pytest.fixture
async def proxy(gateway: SimulatedGateway) -> AsyncIterator[Proxy]:
    """Return a proxy in front of the gateway."""
    async with proxy_to(gateway) as proxy:
        yield proxy


@pytest.fixture
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the timeouts of requests and handshakes."""
    limit = aiohttp.ClientTimeout(total=None, sock_connect=LIMIT)
    monkeypatch.setattr(transport, "_CONNECT_TIMEOUT", limit)
    monkeypatch.setattr(transport, "REQUEST_TIMEOUT", 2 * LIMIT)
    monkeypatch.setattr(transport, "LOGIN_TIMEOUT", 2 * LIMIT)
    monkeypatch.setattr(fingerprint, "_TIMEOUT", LIMIT)


@pytest.fixture
def entry(hass: HomeAssistant, proxy: Proxy, new_entry: NewEntry) -> MockConfigEntry:
    """Make an entry whose gateway is reached through the network."""
    entry = new_entry(proxy.to)
    data = {**entry.data, CONF_HOST: proxy.address}
    hass.config_entries.async_update_entry(entry, data=data)
    return entry


@pytest.fixture
async def loaded(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set it up."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def until(condition: Callable[[], object]) -> None:
    """Wait for what sets no event."""
    async with asyncio.timeout(SOON):
        while not condition():  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("hang", HANDSHAKES)
async def test_handshake_that_hangs_is_given_up(
    proxy: Proxy, short_limits: None, hang: Hang
) -> None:
    """A handshake that hangs is a failed connection: nothing is sent, none stays open."""
    hang(proxy)
    address = Address.parse(proxy.address)
    started = time.monotonic()
    async with create_session() as session:
        client = GatewayClient(
            Transport(session, address, proxy.to.fingerprint), "secret"
        )
        with pytest.raises(ConnectError):
            await client.status()
        await until(lambda: not proxy.open)
    with pytest.raises(AnswerTimeoutError):
        await fetch_fingerprint(address)
    await until(lambda: not proxy.open)
    assert time.monotonic() - started < SOON
    assert proxy.connections == 2
    assert proxy.to.received == b""


async def test_handshake_in_single_bytes_is_waited_for(
    gateway: SimulatedGateway, proxy: Proxy
) -> None:
    """A slow network is no reason to give up, as long as time is left."""
    proxy.in_bytes = True
    address = Address.parse(proxy.address)
    assert await fetch_fingerprint(address) == gateway.fingerprint


@pytest.mark.parametrize(
    "harm",
    [
        Proxy.reset,
        lambda proxy: proxy.send_to_client(ALERT),
        lambda proxy: proxy.send_to_client(GARBAGE),
        lambda proxy: proxy.send_to_gateway(GARBAGE),
    ],
    ids=["reset", "alert in the clear", "broken record", "alert of the gateway"],
)
async def test_connection_that_breaks_in_mid_body_costs_one_answer(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    proxy: Proxy,
    loaded: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    harm: Callable[[Proxy], None],
) -> None:
    """The other endpoints answer on a new connection, and so does this one next time."""
    live = loaded.runtime_data.live
    gateway.set_fault("meters/site", Fault("slow-body", 3600))
    connections, count = proxy.connections, gateway.count("meters/site")
    caplog.clear()
    poll = asyncio.create_task(live.async_refresh())
    await until(lambda: gateway.count("meters/site") > count)
    # All that was sent has passed and is read: without a status aiohttp asks once more.
    passed = -1
    while passed != proxy.passed:
        passed = proxy.passed
        for _ in range(100):
            await asyncio.sleep(0)
    harm(proxy)
    async with asyncio.timeout(SOON):
        await poll
    assert live.last_update_success
    assert {str(each): str(err) for each, err in live.failed.items()} == {
        "/api/meters/site": MID_ANSWER
    }
    gateway.clear_faults()
    await live.async_refresh()
    assert not live.failed
    assert proxy.connections == connections + 1
    await until(lambda: proxy.open == 1)
    assert [each.partition(": ")[2] for each in complaints(caplog)] == [
        f"Tesla Energy Gateway live: /api/meters/site does not answer: {MID_ANSWER}"
    ]


def reset_when_used(proxy: Proxy) -> None:
    """Let the connection look well until the next request leaves on it."""
    proxy.resets_once = True


@pytest.mark.parametrize("end", [Proxy.close, Proxy.reset, reset_when_used])
async def test_new_certificate_between_two_polls_gets_no_byte(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    start_gateway: StartGateway,
    proxy: Proxy,
    loaded: MockConfigEntry,
    end: Callable[[Proxy], None],
) -> None:
    """However the earlier connection ended, the unknown certificate gets no request."""
    stranger = await start_gateway("document", password=gateway.password)
    proxy.to = stranger
    connections = proxy.connections
    end(proxy)
    if not proxy.resets_once:
        await until(lambda: not proxy.open)
    for coordinator in (loaded.runtime_data.live, loaded.runtime_data.slow):
        await coordinator.async_refresh()
        assert not coordinator.last_update_success
    # The certificate was seen, and with it the connection ended.
    assert proxy.connections > connections
    assert stranger.handshakes == proxy.connections - connections
    assert stranger.received == b""
    await until(lambda: not proxy.open)
    assert [each[1] for each in ir.async_get(hass).issues] == [
        f"certificate_changed_{loaded.entry_id}"
    ]
    state = hass.states.get(SITE_POWER)
    assert state is not None
    assert state.state == STATE_UNAVAILABLE
    proxy.to = gateway
    await loaded.runtime_data.live.async_refresh()
    assert loaded.runtime_data.live.last_update_success


async def unload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload the entry."""
    await hass.config_entries.async_unload(entry.entry_id)


async def stop(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Stop Home Assistant."""
    await hass.async_stop(force=True)


ENDS: dict[str, Operation] = {
    **{name: OPERATIONS[name] for name in ("change_options", "reload", "remove")},
    "unload": unload,
    "stop": stop,
}


@pytest.mark.parametrize("operation", ENDS)
@pytest.mark.parametrize("hang", HANDSHAKES)
async def test_nothing_waits_for_a_poll_that_hangs_in_a_handshake(
    hass: HomeAssistant,
    proxy: Proxy,
    loaded: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    hang: Hang,
    operation: str,
) -> None:
    """Options, reload, unload, removal and stop are over at once, and in silence."""
    proxy.close()
    await until(lambda: not proxy.open)
    hang(proxy)
    polls = [
        asyncio.create_task(update_entity(hass, loaded)),
        asyncio.create_task(loaded.runtime_data.slow.async_refresh()),
    ]
    await until(lambda: proxy.open)
    # What comes after is another poll, and not the one in hand.
    proxy.holds = proxy.drips = False
    await assert_over_at_once(hass, proxy, loaded, operation, polls)
    assert complaints(caplog) == []


@pytest.mark.parametrize("operation", ["change_options", "unload"])
@pytest.mark.parametrize(
    "fault", [Fault("slow-body", 3600), Fault("hostile", "silence")], ids=str
)
async def test_nothing_waits_for_an_answer_that_hangs(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    proxy: Proxy,
    loaded: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
    operation: str,
) -> None:
    """A change of options and unloading too are over at once, and in silence."""
    gateway.set_fault("meters/site", fault)
    count = gateway.count("meters/site")
    polls = [asyncio.create_task(update_entity(hass, loaded))]
    await until(lambda: gateway.count("meters/site") > count)
    gateway.clear_faults()
    await assert_over_at_once(hass, proxy, loaded, operation, polls)
    assert complaints(caplog) == []


async def assert_over_at_once(
    hass: HomeAssistant,
    proxy: Proxy,
    entry: MockConfigEntry,
    operation: str,
    polls: Sequence[asyncio.Task[object]],
) -> None:
    """Assert that an operation waits for no poll and leaves no task or connection."""
    started = time.monotonic()
    await ENDS[operation](hass, entry)
    await asyncio.gather(*polls)
    if operation in ("change_options", "reload"):
        await until(lambda: entry.state is ConfigEntryState.LOADED)
        await until(lambda: proxy.open == 1)
    else:
        await assert_nothing_is_left(proxy.to, len(asyncio.all_tasks()))
        await until(lambda: not proxy.open)
    assert time.monotonic() - started < SOON


@pytest.mark.parametrize("operation", ["reload", "remove"])
@pytest.mark.parametrize("is_trusted", [True, False], ids=["trusted", "never met"])
@pytest.mark.parametrize("hang", HANDSHAKES)
async def test_what_waits_for_a_set_up_waits_for_its_requests_alone(
    hass: HomeAssistant,
    proxy: Proxy,
    entry: MockConfigEntry,
    short_limits: None,
    caplog: pytest.LogCaptureFixture,
    hang: Hang,
    is_trusted: bool,
    operation: str,
) -> None:
    """Home Assistant lets a set-up end first: it does, after two polls at most."""
    set_up = begin_to_set_up(hass, entry, is_trusted=is_trusted)
    hang(proxy)
    await until(lambda: proxy.open)
    await ENDS[operation](hass, entry)
    assert not await set_up
    # A handshake for each poll of one set-up, and those of the reload.
    assert proxy.connections <= 4
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]
    await hass.config_entries.async_unload(
        entry.entry_id
    ) if operation == "reload" else None
    await until(lambda: not proxy.open)


@pytest.mark.parametrize("is_trusted", [True, False], ids=["trusted", "never met"])
@pytest.mark.parametrize("hang", HANDSHAKES)
async def test_stop_does_not_wait_for_a_set_up_that_hangs_in_a_handshake(
    hass: HomeAssistant,
    proxy: Proxy,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    hang: Hang,
    is_trusted: bool,
) -> None:
    """Home Assistant stops at once, even if the gateway was never connected before."""
    set_up = begin_to_set_up(hass, entry, is_trusted=is_trusted)
    hang(proxy)
    await until(lambda: proxy.open)
    started = time.monotonic()
    await hass.async_stop(force=True)
    assert time.monotonic() - started < SOON
    assert not await set_up
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]
    await until(lambda: not proxy.open)
    await assert_nothing_is_left(proxy.to, len(asyncio.all_tasks()))


def begin_to_set_up(
    hass: HomeAssistant, entry: MockConfigEntry, *, is_trusted: bool
) -> asyncio.Task[bool]:
    """Start setting up an entry, without a stored certificate unless trusted."""
    if not is_trusted:
        data = {k: v for k, v in entry.data.items() if k != CONF_FINGERPRINT}
        hass.config_entries.async_update_entry(entry, data=data)
    return hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))


@pytest.mark.parametrize("hang", HANDSHAKES)
async def test_stop_does_not_wait_for_a_form_that_hangs(
    hass: HomeAssistant,
    proxy: Proxy,
    enable_custom_integrations: None,
    short_limits: None,
    caplog: pytest.LogCaptureFixture,
    hang: Hang,
) -> None:
    """A person who has just sent the form does not hold Home Assistant up."""
    form = await start(hass)
    hang(proxy)
    sent = asyncio.create_task(enter(hass, form, proxy.address, "secret"))
    await until(lambda: proxy.open)
    await assert_over_at_once(hass, proxy, MockConfigEntry(), "stop", [sent])
    assert complaints(caplog) == []

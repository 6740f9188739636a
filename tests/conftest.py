"""Fixtures of the tests: simulated gateways, and Home Assistant set up with one."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import AsyncExitStack
import json
import logging
from typing import Any
from unittest.mock import patch

from aiohttp import ThreadedResolver
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PASSWORD
from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, settings
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.amber import AmberSnapshotExtension

from custom_components.tesla_gateway_meters.const import CONF_FINGERPRINT, DOMAIN
from custom_components.tesla_gateway_meters.options_flow import (
    NOISE_FLOORS,
    SUSTAINED_EXPORT,
)
from simulator import Certificate, Fault, SimulatedGateway, serve

from .shown_texts import checked_texts

# cryptography keeps the class of datetime that it meets first, in each process: that
# has to be the real one, and not that of a test that stops the clock.
Certificate.generate()

# A busy machine is no failure, and what failed can be taken again.
settings.register_profile(
    "shared",
    settings.default,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("shared")

type StartGateway = Callable[..., Awaitable[SimulatedGateway]]
type PassTime = Callable[..., Awaitable[None]]
type NewEntry = Callable[..., MockConfigEntry]
type AddGateway = Callable[..., Awaitable[MockConfigEntry]]
type SlowPolls = Callable[[int], Awaitable[None]]
type LivePolls = Callable[[int, SimulatedGateway], Awaitable[None]]


class SystemResolver(ThreadedResolver):
    """The operating system's resolver in place of Home Assistant's.

    The plugin's own one belongs to another event loop.
    """

    async def real_close(self) -> None:
        """Do nothing, as Home Assistant stops."""


@pytest.fixture(autouse=True)
def system_resolver() -> Generator[None]:
    """Resolve names such as localhost."""
    with patch(
        "homeassistant.helpers.aiohttp_client._async_make_resolver",
        side_effect=lambda _hass: SystemResolver(),
    ):
        yield


@pytest.fixture(autouse=True)
def shown_texts() -> Generator[set[str]]:
    """Check the placeholders of each form and issue; gives the names of the shown ones."""
    with checked_texts() as shown:
        yield shown


@pytest.fixture
async def start_gateway(socket_enabled: None) -> AsyncGenerator[StartGateway]:
    """Start simulated gateways on loopback; they stop with the test."""
    async with AsyncExitStack() as stack:

        async def start(profile: str, **options: Any) -> SimulatedGateway:
            return await stack.enter_async_context(serve(profile=profile, **options))

        yield start


@pytest.fixture
async def gateway(start_gateway: StartGateway) -> SimulatedGateway:
    """Serve the payloads of the API document."""
    return await start_gateway("document")


def address_of(gateway: SimulatedGateway) -> str:
    """Return a gateway's address, as a user enters it."""
    return f"{gateway.host}:{gateway.port}"


def entry_data(gateway: SimulatedGateway) -> dict[str, str]:
    """Return the data of a gateway's config entry."""
    return {
        CONF_HOST: address_of(gateway),
        CONF_PASSWORD: gateway.password,
        CONF_FINGERPRINT: gateway.fingerprint,
    }


def payload_of(gateway: SimulatedGateway, endpoint: str) -> Any:
    """Return the present payload of an endpoint such as `meters/site`."""
    return gateway.payload(endpoint)


def serve_instead(gateway: SimulatedGateway, endpoint: str, payload: Any) -> None:
    """Serve another payload at an endpoint."""
    gateway.set_fault(endpoint, Fault("body", json.dumps(payload)))


def in_sections(options: Mapping[str, object]) -> dict[str, object]:
    """Return options as their form sends them."""
    fields: dict[str, Any] = {NOISE_FLOORS: {}, SUSTAINED_EXPORT: {}}
    for name, value in options.items():
        if name.endswith("_floor"):
            fields[NOISE_FLOORS][name] = value
        elif name.startswith("sustained_"):
            fields[SUSTAINED_EXPORT][name] = value
        else:
            fields[name] = value
    return fields


@pytest.fixture
def new_entry(hass: HomeAssistant, enable_custom_integrations: None) -> NewEntry:
    """Make a config entry for a gateway, as the config flow does, and with these options."""

    def make(gateway: SimulatedGateway, **options: Any) -> MockConfigEntry:
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Tesla Energy Gateway",
            unique_id=gateway.din,
            data=entry_data(gateway),
            options=options,
        )
        entry.add_to_hass(hass)
        return entry

    return make


@pytest.fixture
def add_gateway(hass: HomeAssistant, new_entry: NewEntry) -> AddGateway:
    """Set a gateway up in Home Assistant."""

    async def add(gateway: SimulatedGateway, **options: Any) -> MockConfigEntry:
        entry = new_entry(gateway, **options)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
        return entry

    return add


@pytest.fixture
def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> PassTime:
    """Let seconds pass in Home Assistant, this many times, and let it do what is due then."""

    async def tick(seconds: float, *, times: int = 1) -> None:
        for _ in range(times):
            # Polls are scheduled up to a second late, to spread them.
            freezer.tick(seconds + 1)
            async_fire_time_changed(hass)
            await hass.async_block_till_done(wait_background_tasks=True)

    return tick


@pytest.fixture
def slow_polls(pass_time: PassTime) -> SlowPolls:
    """Return a function that lets slow polls pass."""

    async def wait(polls: int) -> None:
        for _ in range(polls):
            # Live polls come between, one in three with solar.
            await pass_time(10, times=3)
            await pass_time(270)

    return wait


@pytest.fixture
def live_polls(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> LivePolls:
    """Let time pass in steps of one live poll, in step with a gateway's frozen clock.

    The loop is not in debug mode, which makes a poll three times as long and takes
    our moving of its clock for slowness.
    """
    hass.loop.set_debug(False)

    async def poll(times: int, gateway: SimulatedGateway) -> None:
        for _ in range(times):
            freezer.tick(10)
            gateway.advance(10)
            async_fire_time_changed(hass)
            await hass.async_block_till_done(wait_background_tasks=True)
            gateway.forget_requests()

    return poll


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Return the snapshot assertion that reads `__snapshots__`, as syrupy does.

    Home Assistant's test plugin offers another one: without this fixture, the order in
    which plugins load decides.
    """
    return snapshot.use_extension(AmberSnapshotExtension)


@pytest.fixture
def quiet_log(caplog: pytest.LogCaptureFixture) -> None:
    """Log only warnings: to log each SQL statement takes longer than all else."""
    caplog.set_level(logging.WARNING)
    caplog.set_level(logging.WARNING, "sqlalchemy.engine")


@pytest.fixture
def all_entities_enabled() -> Generator[None]:
    """Enable entities that are disabled by default."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        new=True,
    ):
        yield

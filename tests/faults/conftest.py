"""A world for each row: Home Assistant, set up with a gateway that is well."""

from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack
from typing import Any

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PASSWORD
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.tesla_gateway_meters.const import CONF_FINGERPRINT, DOMAIN
from simulator import Certificate

from .world import World


@pytest.fixture(scope="session")
def certificate() -> Certificate:
    """Make a certificate while time is real: what makes it keeps the time's own type."""
    return Certificate.generate()


@pytest.fixture
def freezer(certificate: Certificate) -> Generator[Any]:
    """Return a clock that is set manually and keeps running, so that timeouts end."""
    with freeze_time(tick=True) as clock:
        yield clock


@pytest.fixture
async def world(
    hass: HomeAssistant,
    certificate: Certificate,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    enable_custom_integrations: None,
    socket_enabled: None,
) -> AsyncGenerator[World]:
    """Set a gateway up in Home Assistant."""
    async with AsyncExitStack() as leave:
        made = World(
            hass=hass,
            clock=freezer,
            patch=monkeypatch,
            leave=leave,
            certificate=certificate,
        )
        leave.push_async_callback(made.stop_gateway)
        await made.start_gateway()
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Tesla Energy Gateway",
            unique_id=made.gateway.din,
            data={
                CONF_HOST: made.address,
                CONF_PASSWORD: made.gateway.password,
                CONF_FINGERPRINT: made.gateway.fingerprint,
            },
        )
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await made.settle()
        assert entry.state is ConfigEntryState.LOADED
        yield made

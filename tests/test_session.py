"""The session of a gateway: how its host name is resolved, and when it is closed."""

from collections.abc import Generator
import socket
from typing import override
from unittest.mock import patch

from aiohttp.abc import AbstractResolver, ResolveResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant
import pytest

from simulator import SimulatedGateway

from .conftest import AddGateway, NewEntry
from .onboarding import add


class MdnsResolver(AbstractResolver):
    """A resolver that knows `gateway.local` alone."""

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return loopback addresses."""
        if host != "gateway.local":
            raise OSError("unknown host")
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=0,
            )
        ]

    @override
    async def close(self) -> None:
        """Do nothing."""

    async def real_close(self) -> None:
        """Do nothing, as Home Assistant stops."""


@pytest.fixture
def mdns(hass: HomeAssistant) -> Generator[None]:
    """Let Home Assistant's own resolver know `gateway.local`, as it does at home."""
    with patch(
        "homeassistant.helpers.aiohttp_client._async_make_resolver",
        return_value=MdnsResolver(),
    ):
        yield


@pytest.mark.usefixtures("mdns", "enable_custom_integrations", "socket_enabled")
async def test_mdns_name_resolved_by_home_assistant(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    """A gateway is found, set up and polled by a name that the system does not know."""
    result = await add(hass, gateway, host=f"gateway.local:{gateway.port}")
    entry = result["result"]
    assert entry.data[CONF_HOST] == f"gateway.local:{gateway.port}"
    assert entry.state is ConfigEntryState.LOADED
    state = hass.states.get("sensor.tesla_energy_gateway_grid_power")
    assert state is not None
    assert float(state.state) != 0


@pytest.mark.usefixtures("mdns")
async def test_retried_when_name_is_unknown(
    hass: HomeAssistant, gateway: SimulatedGateway, new_entry: NewEntry
) -> None:
    """A name that nothing resolves is a gateway that is not there now."""
    entry = new_entry(gateway)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_HOST: f"elsewhere.local:{gateway.port}"}
    )
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert gateway.received == b""


async def test_session_closed_when_home_assistant_stops(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """No connection outlives Home Assistant."""
    entry = await add_gateway(gateway)
    session = entry.runtime_data.client._transport._session
    assert not session.closed
    await hass.async_stop(force=True)
    assert session.closed

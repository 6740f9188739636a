"""The environment of a row: Home Assistant, a gateway, and the network between them."""

from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
import socket
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.bootstrap import async_load_base_functionality
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_test_home_assistant,
)

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import Certificate, SimulatedGateway, serve

# What the endpoints are called in the table.
ENDPOINTS = {
    "meters/aggregates": "aggregates",
    "meters/site": "site",
    "meters/solar": "solar",
    "system_status/soe": "charge",
    "system_status/grid_status": "grid status",
    "status": "status",
    "meters": "meters",
    "meters/readings": "readings",
}
PASSWORD = "kept-from-logs"
NEW_PASSWORD = "kept-from-them-too"
# Of a name that no real name server knows (RFC 6761).
NAME = "gateway.invalid"

# Seconds: a live poll is due every 10 s, up to a second late.
POLL = 11


@dataclass(slots=True, kw_only=True)
class World:
    """The gateway, network and Home Assistant of a row, and what is observed of them.

    `gateways` are all that were there, the last one being there now. `served` ends
    with what is on the network now, `leave` with the row.
    """

    hass: HomeAssistant
    clock: FrozenDateTimeFactory
    patch: pytest.MonkeyPatch
    leave: AsyncExitStack
    certificate: Certificate
    gateways: list[SimulatedGateway] = field(default_factory=list)
    _look_up: Any = field(default_factory=lambda: socket.getaddrinfo)
    served: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def gateway(self) -> SimulatedGateway:
        """The gateway that is there now, or was last."""
        return self.gateways[-1]

    @property
    def entry(self) -> ConfigEntry:
        """The config entry of the gateway."""
        (entry,) = self.hass.config_entries.async_entries(DOMAIN)
        return entry

    @property
    def address(self) -> str:
        """The gateway's address, as an entry holds it."""
        return f"{self.gateway.host}:{self.gateway.port}"

    async def start_gateway(self, **changes: Any) -> None:
        """Start the gateway, as before except for these changes."""
        options: dict[str, Any] = {
            "profile": "document",
            "password": PASSWORD,
            "certificate": self.certificate,
            "port": self.gateway.port if self.gateways else 0,
            # What is shown is to change by faults alone.
            "frozen": True,
        }
        self.gateways.append(
            await self.served.enter_async_context(serve(**options | changes))
        )

    async def stop_gateway(self) -> None:
        """Stop the gateway."""
        await self.served.aclose()

    async def restart_home_assistant(self) -> None:
        """Stop Home Assistant; start another one with all that it has stored."""
        await self.stop_home_assistant()
        self.hass = await self.leave.enter_async_context(
            async_test_home_assistant(
                load_registries=False, initial_state=CoreState.not_running
            )
        )
        self.leave.push_async_callback(self.stop_home_assistant)
        self.hass.data.pop(DATA_CUSTOM_COMPONENTS)
        await async_load_base_functionality(self.hass)
        await self.hass.config_entries.async_initialize()
        await async_setup_component(self.hass, DOMAIN, {})
        await self.hass.async_start()
        await self.settle()

    async def stop_home_assistant(self) -> None:
        """Stop Home Assistant, which writes down what it has to keep."""
        # Connections would end with the process, which does not end here.
        await self.hass.config_entries.async_unload(self.entry.entry_id)
        await self.hass.async_stop(force=True)

    def resolve(self, *, known: bool) -> None:
        """Let the name server know the gateway's name, or not."""

        def getaddrinfo(host: str, *rest: Any, **options: Any) -> Any:
            if host == NAME and not known:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return look_up(
                self.gateway.host if host == NAME else host, *rest, **options
            )

        look_up = self._look_up
        self.patch.setattr(socket, "getaddrinfo", getaddrinfo)

    async def poll(self) -> None:
        """Let the time of one live poll pass."""
        await self.pass_time(POLL)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, and Home Assistant do what is due then."""
        self.clock.tick(seconds)
        async_fire_time_changed(self.hass)
        await self.settle()

    async def settle(self) -> None:
        """Let Home Assistant end what it is about."""
        await self.hass.async_block_till_done(wait_background_tasks=True)

    def requests(self) -> Counter[str]:
        """Count the requests so far, by endpoint, without logins."""
        return Counter(
            {
                name: sum(each.count(path) for each in self.gateways)
                for path, name in ENDPOINTS.items()
            }
        )

    def logins(self) -> int:
        """Count the logins so far."""
        return sum(each.logins for each in self.gateways)

    def states(self) -> dict[str, str]:
        """Return what the entities show, by the part of their unique id that is not the DIN.

        But for sustained export, which forgets at a fault what it knew (`test_export`), and
        for the connection, which is always available (`test_connection`).
        """
        identity = self.entry.unique_id or ""
        return {
            each.unique_id.removeprefix(f"{identity}_"): state.state
            for each in er.async_entries_for_config_entry(
                er.async_get(self.hass), self.entry.entry_id
            )
            if (state := self.hass.states.get(each.entity_id)) is not None
            and not each.unique_id.endswith(("_sustained_export", "_connection"))
        }

    def repairs(self) -> set[str]:
        """Return what the person is asked to look at, by its translation key."""
        return {
            str(issue.translation_key or issue.issue_id)
            for issue in ir.async_get(self.hass).issues.values()
            if issue.active
        }

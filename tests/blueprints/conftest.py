"""A house: Home Assistant, a gateway, a load to switch, and automations from blueprints."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.bootstrap import async_load_base_functionality
from homeassistant.components.automation import DATA_COMPONENT as AUTOMATIONS
from homeassistant.components.blueprint import DomainBlueprints
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, Event, HomeAssistant
from homeassistant.helpers import restore_state
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_test_home_assistant,
)

from custom_components.tesla_gateway_meters.const import CONF_LIVE_INTERVAL, DOMAIN
from simulator import Fault, SimulatedGateway
from tests.conftest import AddGateway, StartGateway, payload_of, serve_instead

BLUEPRINTS = Path(__file__).parent.parent.parent / "blueprints" / "automation"

LOAD = "input_boolean.load"
NAIVE = "input_boolean.naive"
EXPORT = "sensor.tesla_energy_gateway_grid_export_power"
SURPLUS = "sensor.tesla_energy_gateway_grid_solar_surplus"
SUSTAINED = "binary_sensor.tesla_energy_gateway_grid_sustained_export"
STATE_OF_CHARGE = "sensor.tesla_energy_gateway_battery_state_of_charge"
BATTERY = "sensor.tesla_energy_gateway_battery_power"


@dataclass(slots=True, kw_only=True)
class House:
    """A Home Assistant with automations, and the record of switchings and notices.

    `minute` counts them, and `switched` has the minute of each switch of each load.
    """

    hass: HomeAssistant
    gateway: SimulatedGateway
    freezer: FrozenDateTimeFactory
    leave: AsyncExitStack
    minute: int = 0
    switched: dict[str, list[int]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    _automations: list[dict[str, Any]] = field(default_factory=list)

    @property
    def entry(self) -> ConfigEntry:
        """The config entry of the gateway."""
        (entry,) = self.hass.config_entries.async_entries(DOMAIN)
        return entry

    def automate(self, blueprint: str, **inputs: Any) -> None:
        """Add an automation of a blueprint, for the next start."""
        path = f"{DOMAIN}/{blueprint}.yaml"
        self.automate_by_hand(
            {"alias": blueprint, "use_blueprint": {"path": path, "input": inputs}}
        )

    def automate_by_hand(self, automation: dict[str, Any]) -> None:
        """Add an automation, for the next start."""
        self._automations.append({"id": automation["alias"]} | automation)

    async def start(self) -> None:
        """Start what comes with a configuration, in a Home Assistant that runs or not."""
        self.hass.bus.async_listen("state_changed", self._note_switch)
        self.hass.bus.async_listen("notice", self._note_notice)
        booleans = {load.partition(".")[2]: {} for load in (LOAD, NAIVE)}
        for domain, config in (
            ("homeassistant", {}),
            ("input_boolean", booleans),
            ("power", {}),
            ("persistent_notification", {}),
            ("automation", self._automations),
        ):
            assert await async_setup_component(self.hass, domain, {domain: config})
        await self.hass.async_block_till_done()

    async def restart(self) -> None:
        """Stop Home Assistant; start another one with all that it has stored."""
        await self.stop()
        self.hass = await self.leave.enter_async_context(
            async_test_home_assistant(
                load_registries=False, initial_state=CoreState.not_running
            )
        )
        self.leave.push_async_callback(self.stop)
        self.hass.loop.set_debug(False)
        self.hass.data.pop(DATA_CUSTOM_COMPONENTS)
        await async_load_base_functionality(self.hass)
        await self.hass.config_entries.async_initialize()
        await async_setup_component(self.hass, DOMAIN, {})
        await self.start()
        await self.hass.async_start()
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def reload(self) -> None:
        """Reload the integration's entry."""
        assert await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def stop(self) -> None:
        """Stop Home Assistant, which writes down what it has to keep."""
        # The test plugin keeps the first Home Assistant from doing that by itself.
        await restore_state.async_get(self.hass).async_dump_states()
        # Connections would end with the process, which does not end here.
        await self.hass.config_entries.async_unload(self.entry.entry_id)
        await self.hass.async_stop(force=True)
        await self.end_automations()

    async def end_automations(self) -> None:
        """End the automations' timers, which would continue in this process."""
        for automation in self.hass.data[AUTOMATIONS].entities:
            await automation.async_turn_off()

    async def pass_minutes(
        self,
        minutes: int,
        *,
        export: float | None = None,
        charge: float | None = None,
        unknown: bool = False,
    ) -> None:
        """Let time pass, with this export (W) or an unknown one, and state of charge (%)."""
        if charge is not None:
            serve_instead(self.gateway, "system_status/soe", {"percentage": charge})
        for _ in range(minutes):
            self.minute += 1
            self.gateway.advance(60)
            if export is not None or unknown:
                totals = payload_of(self.gateway, "meters/aggregates")
                totals["site"]["instant_power"] = None if unknown else -(export or 0)
                serve_instead(self.gateway, "meters/aggregates", totals)
            self.freezer.tick(60)
            async_fire_time_changed(self.hass)
            await self.hass.async_block_till_done(wait_background_tasks=True)
            self.gateway.forget_requests()

    def fall_silent(self) -> None:
        """Let the gateway answer nothing."""
        self.gateway.clear_faults()
        self.gateway.set_fault("*", Fault("reset"))

    def answer_again(self) -> None:
        """Let the gateway answer as before."""
        self.gateway.clear_faults()

    def state(self, entity_id: str) -> str:
        """Return the state of an entity."""
        state = self.hass.states.get(entity_id)
        assert state is not None, entity_id
        return state.state

    @property
    def is_on(self) -> bool:
        """Return whether the load is on."""
        return self.state(LOAD) == "on"

    def _note_switch(self, event: Event) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        if old and new and old.state != new.state and new.domain == "input_boolean":
            self.switched.setdefault(new.entity_id, []).append(self.minute)

    def _note_notice(self, event: Event) -> None:
        self.notices.append(event.data["message"])


# What a notice does here, instead of showing a notification.
NOTICE = [{"event": "notice", "event_data": {"message": "{{ message }}"}}]


type BuildHouse = Callable[..., Awaitable[House]]


@pytest.fixture
async def build_house(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
) -> AsyncGenerator[BuildHouse]:
    """Build one house, with this profile and options, whose gateway is asked each minute."""
    hass.loop.set_debug(False)
    async with AsyncExitStack() as leave:
        # Home Assistant would look for them in its configuration, which is shared here.
        leave.enter_context(
            patch.object(DomainBlueprints, "blueprint_folder", BLUEPRINTS)
        )

        async def build(
            profile: str, *, options: Mapping[str, Any] | None = None, **served: Any
        ) -> House:
            gateway = await start_gateway(profile, frozen=True, **served)
            await add_gateway(gateway, **{CONF_LIVE_INTERVAL: 60} | (options or {}))
            house = House(hass=hass, gateway=gateway, freezer=freezer, leave=leave)
            leave.push_async_callback(house.end_automations)
            return house

        yield build


@pytest.fixture
async def house(build_house: BuildHouse) -> House:
    """Build a house with the gateway of the API document."""
    return await build_house("document")

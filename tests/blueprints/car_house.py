"""A charger's entities in Home Assistant, and an automation that the blueprint makes of them."""

from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation import DATA_COMPONENT as AUTOMATIONS
from homeassistant.components.blueprint import DomainBlueprints
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from simulator.physics.charger import Charger, RefusedError

from .conftest import BLUEPRINTS

PATH = "tesla_gateway_meters/charge_car.yaml"

SURPLUS = "sensor.solar_surplus"
EXPORT = "sensor.export_power"
IMPORT = "sensor.import_power"
DISCHARGE = "sensor.discharge_power"
BATTERY = "sensor.battery_power"
STATE_OF_CHARGE = "sensor.state_of_charge"
NUMBER = "number.charger_current"
SWITCH = "switch.charger"
CAR_POWER = "sensor.charger_power"
WATTS = {"device_class": "power", "unit_of_measurement": "W"}


@dataclass(slots=True, kw_only=True)
class CarHouse:
    """A Home Assistant with a charger; `calls` has each command with its time in s."""

    hass: HomeAssistant
    freezer: FrozenDateTimeFactory
    charger: Charger
    calls: list[tuple[float, str, float]] = field(default_factory=list)
    away: bool = False
    lag: int = 0  # polls by which the measured power is late
    _measured: list[float] = field(default_factory=list)

    @property
    def time(self) -> float:
        """The present time in s."""
        return self.freezer().timestamp()

    async def start(self, **inputs: Any) -> None:
        """Set up the automation, with the charger's entities."""
        self.hass.services.async_register("number", "set_value", self._set_value)
        for name in ("turn_on", "turn_off"):
            self.hass.services.async_register("switch", name, self._switch)
        self.show_charger()
        used = {"left_over": SURPLUS, "current": NUMBER, "switch": SWITCH} | inputs
        used = {name: value for name, value in used.items() if value is not None}
        automation = {
            "id": "car",
            "alias": "car",
            "use_blueprint": {"path": PATH, "input": used},
        }
        assert await async_setup_component(self.hass, "homeassistant", {})
        with patch.object(DomainBlueprints, "blueprint_folder", BLUEPRINTS):
            assert await async_setup_component(
                self.hass, "automation", {"automation": [automation]}
            )
        await self.hass.async_block_till_done()
        assert self.hass.states.get("automation.car") is not None

    async def end(self) -> None:
        """Stop the automation, whose timers would go on."""
        for automation in self.hass.data[AUTOMATIONS].entities:
            await automation.async_turn_off()

    def show_charger(self) -> None:
        """Write the states of the charger's entities."""
        states = self.hass.states
        limits = {"min": self.charger.minimum, "max": self.charger.maximum, "step": 1}
        if self.away:
            for entity in (NUMBER, SWITCH, CAR_POWER):
                states.async_set(entity, "unavailable")
            return
        self._measured.append(self.charger.power(self.time))
        late = self._measured[-1 - min(self.lag, len(self._measured) - 1)]
        states.async_set(NUMBER, f"{self.charger.current:g}", limits)
        states.async_set(SWITCH, "on" if self.charger.on else "off")
        states.async_set(CAR_POWER, f"{late:.0f}", WATTS)

    def show_site(
        self, site: float, battery: float = 0, charge: float | None = None
    ) -> None:
        """Write the powers (W) as the integration shows them."""
        for entity, watts in (
            (SURPLUS, max(0, -site - battery)),
            (EXPORT, max(0, -site)),
            (IMPORT, max(0, site)),
            (DISCHARGE, max(0, battery)),
            (BATTERY, battery),
        ):
            self.hass.states.async_set(entity, f"{watts:.0f}", WATTS)
        if charge is not None:
            self.hass.states.async_set(
                STATE_OF_CHARGE, f"{charge:.1f}", {"device_class": "battery"}
            )

    def fall_silent(self, state: str = "unavailable") -> None:
        """Let the gateway say nothing."""
        for entity in (SURPLUS, EXPORT, IMPORT, DISCHARGE, BATTERY, STATE_OF_CHARGE):
            self.hass.states.async_set(entity, state)

    async def tick(self, seconds: float = 10) -> None:
        """Let time pass."""
        self.freezer.tick(seconds)
        async_fire_time_changed(self.hass)
        await self.hass.async_block_till_done()

    async def _set_value(self, call: ServiceCall) -> None:
        value = float(call.data["value"])
        self.calls.append((self.time, "current", value))
        try:
            self.charger.set_current(self.time, value)
        except RefusedError as error:
            self.calls.append((self.time, "refused", value))
            raise AssertionError from error
        self.show_charger()

    async def _switch(self, call: ServiceCall) -> None:
        self.calls.append((self.time, call.service, 0))
        self.charger.switch(self.time, on=call.service == "turn_on")
        self.show_charger()

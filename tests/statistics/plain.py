"""A sensor of unfiltered values, to compare with ours."""

from typing import Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import setup_test_component_platform

PLAIN: Final = "sensor.plain"


class PlainSensor(SensorEntity):
    """An energy counter without a guard, otherwise described as ours are."""

    _attr_name = "Plain"
    _attr_unique_id = "plain"
    _attr_should_poll = False
    _attr_device_class = SensorDeviceClass.ENERGY
    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _attr_native_unit_of_measurement = UnitOfEnergy.WATT_HOUR
    _attr_suggested_unit_of_measurement = UnitOfEnergy.KILO_WATT_HOUR

    def show(self, value: float | None) -> None:
        """Show a counter, or that the gateway is silent."""
        self._attr_available = value is not None
        self._attr_native_value = None if value is None else round(value)
        self.async_write_ha_state()


async def add_plain_sensor(hass: HomeAssistant) -> PlainSensor:
    """Add the sensor to Home Assistant."""
    sensor = PlainSensor()
    sensor._attr_available = False
    setup_test_component_platform(hass, "sensor", [sensor])
    assert await async_setup_component(hass, "sensor", {"sensor": {"platform": "test"}})
    await hass.async_block_till_done()
    return sensor

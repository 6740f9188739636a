"""The API document's payloads in a running Home Assistant."""

import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from simulator import SimulatedGateway

from .conftest import AddGateway

GATEWAY = "sensor.tesla_energy_gateway"


@pytest.mark.parametrize(
    ("entity_id", "state", "unit"),
    [
        (f"{GATEWAY}_grid_power", 701, "W"),
        (f"{GATEWAY}_grid_import_power", 701, "W"),
        (f"{GATEWAY}_grid_export_power", 0, "W"),
        (f"{GATEWAY}_grid_power_l1", 267, "W"),
        (f"{GATEWAY}_grid_current_l1", 3.73, "A"),
        (f"{GATEWAY}_grid_voltage_l1", 121.4, "V"),
        (f"{GATEWAY}_grid_power_l2", 468, "W"),
        (f"{GATEWAY}_grid_current_l2", 5.21, "A"),
        (f"{GATEWAY}_grid_voltage_l2", 121.3, "V"),
        (f"{GATEWAY}_solar_power", -4, "W"),
        (f"{GATEWAY}_solar_power_l2", -4, "W"),
        (f"{GATEWAY}_solar_energy_produced", 27089.271, "kWh"),
        (f"{GATEWAY}_battery_energy_discharged", 10196.160, "kWh"),
        (f"{GATEWAY}_battery_energy_charged", 11605.680, "kWh"),
        (f"{GATEWAY}_battery_voltage", 242.8, "V"),
        (f"{GATEWAY}_home_energy_consumed", 38827.769, "kWh"),
        ("sensor.tesla_energy_gateway_meter_x_grid_power", 735, "W"),
        ("sensor.tesla_energy_gateway_meter_y_grid_power", 0, "W"),
        ("sensor.tesla_energy_gateway_meter_y_solar_scale_factor", 2, None),
    ],
)
async def test_number(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    all_entities_enabled: None,
    entity_id: str,
    state: float,
    unit: str | None,
) -> None:
    """Each value of the document has its entity."""
    await add_gateway(gateway)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert float(shown.state) == state
    assert shown.attributes.get("unit_of_measurement") == unit


async def test_meters(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """Both meters are blocked while the system runs, which is no problem."""
    await add_gateway(gateway)
    for meter in ("meter_x", "meter_y"):
        status = hass.states.get(f"{GATEWAY}_{meter}_reading_status")
        assert status.state == "blocked_while_running"
        assert "sitemanager" in status.attributes["error"]
        assert hass.states.get(f"binary_{GATEWAY}_{meter}_reading").state == "off"


async def test_ct_valid(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    all_entities_enabled: None,
) -> None:
    """A CT is valid in the roles that it is assigned to, and in no others."""
    await add_gateway(gateway)
    valid = {
        state.entity_id: state.state
        for state in hass.states.async_all("binary_sensor")
        if re.search(r"_ct\d$", state.entity_id)
    }
    assert {entity_id for entity_id, state in valid.items() if state == "on"} == {
        "binary_sensor.tesla_energy_gateway_meter_y_grid_ct1",
        "binary_sensor.tesla_energy_gateway_meter_y_solar_ct2",
        "binary_sensor.tesla_energy_gateway_meter_x_grid_ct1",
        "binary_sensor.tesla_energy_gateway_meter_x_grid_ct2",
    }
    assert len(valid) == 12
    assert set(valid.values()) == {"on", "off"}


async def test_ct_flags_that_are_off_are_disabled(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """Values that are misleading are disabled by default."""
    await add_gateway(gateway)
    flags = [
        entity
        for entity in er.async_get(hass).entities.values()
        if entity.unique_id.endswith(("_valid", "_inverted"))
    ]
    assert len(flags) == 24
    assert sum(entity.disabled_by is None for entity in flags) == 4


@pytest.mark.usefixtures("all_entities_enabled")
async def test_no_nonsense(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """The year 1 and 0 Hz are shown nowhere, not even by what is off by default."""
    await add_gateway(gateway)
    for state in hass.states.async_all("sensor"):
        assert not state.state.startswith("0001"), state
        if state.attributes.get("device_class") == "frequency":
            assert state.state == "60", state


async def test_no_fictitious_voltage(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """By default no voltage is the one that no conductor has."""
    await add_gateway(gateway)
    voltages = [
        float(state.state)
        for state in hass.states.async_all("sensor")
        if state.attributes.get("device_class") == "voltage"
    ]
    assert sorted(voltages) == [121.3, 121.4, 242.8]


async def test_raw_readings_are_unknown_while_blocked(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    all_entities_enabled: None,
) -> None:
    """Zeros in a reading with an error are not measurements."""
    await add_gateway(gateway)
    raw = [
        state for state in hass.states.async_all("sensor") if "_raw_" in state.entity_id
    ]
    assert len(raw) == 2 * 3 * 6
    assert {state.state for state in raw} == {"unknown"}

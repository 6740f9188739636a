"""Tests of the notices about meters and CTs: their text, time and frequency."""

from typing import Any

from homeassistant.components import persistent_notification
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from simulator import Fault
from tests.conftest import payload_of, serve_instead

from .conftest import EXPORT, NOTICE, SUSTAINED, House

READING = "binary_sensor.tesla_energy_gateway_meter_x_reading"
VOLTAGES = "binary_sensor.tesla_energy_gateway_grid_supply_voltage"
CT = "binary_sensor.tesla_energy_gateway_meter_y_solar_ct2"

# Minutes: meters are asked every five, and a notice comes a minute late at most.
SLOW = 6
ON_AFTER = 6
DURATION = 10


@pytest.mark.parametrize(
    ("blueprint", "inputs"),
    [
        ("notify_sustained_export", {"sustained": SUSTAINED, "power": EXPORT}),
        ("notify_meter_fault", {"problems": [SUSTAINED]}),
    ],
)
async def test_a_notification(
    house: House, blueprint: str, inputs: dict[str, Any]
) -> None:
    """Without a choice it is a notification in Home Assistant."""
    house.automate(blueprint, **inputs)
    await house.start()
    calls = async_capture_events(house.hass, "call_service")
    await house.pass_minutes(2, export=0)
    await house.pass_minutes(ON_AFTER + DURATION + 1, export=3210)
    (call,) = calls
    assert call.data["domain"] == persistent_notification.DOMAIN
    data = call.data["service_data"]
    assert data["title"]
    assert data["message"]
    assert "{" not in data["title"] + data["message"]


async def begin_watch(house: House, rest: float = 0, **watched: Any) -> None:
    """Start the notice on meter faults without a fault, with this pause in hours."""
    house.automate(
        "notify_meter_fault",
        **(watched or {"problems": [READING, VOLTAGES], "cts": [CT]}),
        lasting=DURATION,
        rest=rest,
        notify=NOTICE,
    )
    await house.start()
    await house.pass_minutes(DURATION + 2)
    assert house.notices == []


def break_meter(house: House) -> None:
    """Let a meter not be reached."""
    readings = payload_of(house.gateway, "meters/readings")
    meter = next(each for each in readings if each.endswith("X"))
    readings[meter]["error"] = "dial tcp: no route to host"
    serve_instead(house.gateway, "meters/readings", readings)


def unassign_ct(house: House) -> None:
    """Let a CT of solar be assigned no longer."""
    meters = payload_of(house.gateway, "meters")
    solar = meters[0]["cts"][1]
    assert solar["type"] == "solar"
    solar["valid"] = [False] * 4
    serve_instead(house.gateway, "meters", meters)


async def test_a_meter_fault(house: House) -> None:
    """One notice, with the name, is sent once the fault has lasted."""
    await begin_watch(house)
    break_meter(house)
    await house.pass_minutes(SLOW)
    assert house.state(READING) == "on"
    await house.pass_minutes(DURATION - SLOW)
    assert house.notices == []
    await house.pass_minutes(SLOW + 1)
    (notice,) = house.notices
    assert "Meter X Reading" in notice
    await house.pass_minutes(60)
    assert len(house.notices) == 1


async def test_a_fault_that_passes(house: House) -> None:
    """A short fault sends no notice."""
    await begin_watch(house)
    break_meter(house)
    await house.pass_minutes(SLOW)
    house.answer_again()
    await house.pass_minutes(30)
    assert house.notices == []


async def test_a_ct_that_is_no_longer_assigned(house: House) -> None:
    """The unassigned CT sends a notice, and a later fault sends another."""
    await begin_watch(house)
    unassign_ct(house)
    await house.pass_minutes(SLOW + DURATION + 1)
    break_meter(house)
    await house.pass_minutes(SLOW + DURATION + 1)
    first, second = house.notices
    assert "Solar CT2" in first
    assert "Solar CT2" not in second
    assert "Meter X Reading" in second


async def test_a_gateway_that_comes_and_goes(house: House) -> None:
    """The fault is new each time, and sends a notice after the pause."""
    await begin_watch(house, rest=2)
    break_meter(house)
    await house.pass_minutes(SLOW + DURATION + 1)
    assert len(house.notices) == 1
    for _ in range(5):
        house.gateway.set_fault("*", Fault("reset"))
        await house.pass_minutes(SLOW)
        assert house.state(READING) == "unavailable"
        house.answer_again()
        break_meter(house)
        await house.pass_minutes(SLOW + DURATION + 1)
        assert house.state(READING) == "on"
    assert len(house.notices) == 1
    await house.pass_minutes(30)
    assert len(house.notices) == 2


async def test_a_fault_within_the_rest(house: House) -> None:
    """A fault during the pause is notified after it, if the fault still exists."""
    await begin_watch(house, rest=1)
    unassign_ct(house)
    await house.pass_minutes(SLOW + DURATION + 1)
    assert len(house.notices) == 1
    break_meter(house)
    await house.pass_minutes(40)
    assert len(house.notices) == 1
    await house.pass_minutes(20)
    assert len(house.notices) == 2
    assert "Solar CT2" not in house.notices[1]
    assert "Meter X Reading" in house.notices[1]


async def test_an_outage_is_no_fault(house: House) -> None:
    """A gateway that answers nothing tells of no meter."""
    await begin_watch(house)
    house.fall_silent()
    await house.pass_minutes(60)
    assert house.state(READING) == house.state(CT) == "unavailable"
    assert house.notices == []


async def test_a_fault_over_a_restart(house: House) -> None:
    """A fault that had not lasted long enough before a restart sends a notice after it."""
    await begin_watch(house)
    break_meter(house)
    await house.pass_minutes(SLOW)
    await house.restart()
    await house.pass_minutes(DURATION - 1)
    assert house.notices == []
    await house.pass_minutes(2)
    assert len(house.notices) == 1


@pytest.mark.parametrize("is_selected", [True, False])
async def test_all_faults_notified_without_a_selected_sensor(
    house: House, *, is_selected: bool
) -> None:
    """Meters, and CTs by their configuration, are watched; no gateway selected means all."""
    gateway = house.entry.entry_id if is_selected else ""
    await begin_watch(house, gateway=gateway)
    break_meter(house)
    await house.pass_minutes(SLOW + DURATION + 1)
    (first,) = house.notices
    assert "Meter X Reading" in first
    unassign_ct(house)
    await house.pass_minutes(2 * SLOW + DURATION + 1)
    assert house.notices[1:] == [f"For {DURATION} minutes or more: CT configuration."]
    await house.pass_minutes(60)
    assert len(house.notices) == 2


async def test_faults_of_another_gateway_not_notified(house: House) -> None:
    """Only those of the selected gateway are."""
    await begin_watch(house, gateway="another")
    break_meter(house)
    unassign_ct(house)
    await house.pass_minutes(2 * SLOW + DURATION + 1)
    assert house.notices == []


async def test_selected_sensors_are_watched_alone_as_before(house: House) -> None:
    """An automation from an earlier version has sensors and no gateway."""
    await begin_watch(house, problems=[VOLTAGES])
    break_meter(house)
    unassign_ct(house)
    await house.pass_minutes(2 * SLOW + DURATION + 1)
    assert house.notices == []

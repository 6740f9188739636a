"""Tests of values that are missing at the start and come later."""

from collections.abc import Callable
import json
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.tesla_gateway_meters import sensor, sensor_descriptions
from custom_components.tesla_gateway_meters.const import CONF_LIVE_INTERVAL, DOMAIN
from custom_components.tesla_gateway_meters.measure import Measure
from simulator import Fault, SimulatedGateway

from .conftest import (
    AddGateway,
    PassTime,
    StartGateway,
    payload_of,
    serve_instead,
)
from .onboarding import add

GATEWAY = "sensor.tesla_energy_gateway"
STATE_OF_CHARGE = f"{GATEWAY}_battery_state_of_charge"
GRID_STATUS = f"{GATEWAY}_grid_status"
FREQUENCY = f"{GATEWAY}_battery_frequency"
BATTERY_CURRENT = f"{GATEWAY}_battery_current_as_reported"
GENERATOR_POWER = f"{GATEWAY}_generator_power"

pytestmark = pytest.mark.usefixtures("enable_custom_integrations")


def freeze(gateway: SimulatedGateway) -> None:
    """Let each endpoint repeat from now on what it serves now."""
    for endpoint in (
        "meters/aggregates",
        "system_status/soe",
        "system_status/grid_status",
    ):
        serve_instead(gateway, endpoint, payload_of(gateway, endpoint))


type TakeAway = Callable[[SimulatedGateway], None]


def _hide_charge(gateway: SimulatedGateway) -> None:
    serve_instead(gateway, "system_status/soe", {"percentage": None})


def _refuse_charge(gateway: SimulatedGateway) -> None:
    gateway.set_fault("system_status/soe", Fault("status", 502))


def _hide_grid_status(gateway: SimulatedGateway) -> None:
    gateway.set_fault("system_status/grid_status", Fault("null"))


def _hide_frequency(gateway: SimulatedGateway) -> None:
    totals = payload_of(gateway, "meters/aggregates")
    for each in totals.values():
        each["frequency"] = 0
    serve_instead(gateway, "meters/aggregates", totals)


def _hide_currents(gateway: SimulatedGateway) -> None:
    totals = payload_of(gateway, "meters/aggregates")
    for each in totals.values():
        for field in ("instant_total_current", "instant_average_current"):
            each.pop(field, None)
    serve_instead(gateway, "meters/aggregates", totals)


@pytest.mark.usefixtures("all_entities_enabled")
@pytest.mark.parametrize("profile", ["restricted", "document", "neurio"])
@pytest.mark.parametrize("silent", [False, True], ids=["running", "unchanging"])
@pytest.mark.parametrize(
    ("hide", "entity_id"),
    [
        (_hide_charge, STATE_OF_CHARGE),
        (_refuse_charge, STATE_OF_CHARGE),
        (_hide_grid_status, GRID_STATUS),
        (_hide_frequency, FREQUENCY),
        (_hide_currents, BATTERY_CURRENT),
    ],
)
async def test_entity_is_added_when_its_value_comes_later(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    pass_time: PassTime,
    profile: str,
    silent: bool,
    hide: TakeAway,
    entity_id: str,
) -> None:
    """The entity exists within five minutes, even if no other value changes."""
    gateway = await start_gateway(profile, frozen=True)
    if silent:
        # Nothing else is served, as by a Powerwall 3.
        for endpoint in ("status", "meters", "meters/readings"):
            gateway.set_fault(endpoint, Fault("status", 404))
        freeze(gateway)
    hide(gateway)
    await add(hass, gateway)
    await pass_time(10, times=20)
    assert hass.states.get(entity_id) is None
    gateway.clear_faults()
    if silent:
        freeze(gateway)
        for endpoint in ("status", "meters", "meters/readings"):
            gateway.set_fault(endpoint, Fault("status", 404))
    await pass_time(9, times=30)
    found = hass.states.get(entity_id)
    assert found is not None
    assert found.state not in (STATE_UNAVAILABLE, STATE_UNKNOWN)


@pytest.mark.usefixtures("all_entities_enabled")
async def test_every_late_value_gets_its_entity(
    hass: HomeAssistant, start_gateway: StartGateway, pass_time: PassTime
) -> None:
    """Each entity that needs a value is added once the value is given."""
    gateway = await start_gateway("three-phase", frozen=True)
    await add(hass, gateway)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    complete = {
        each.unique_id
        for each in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
    }
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    waiting = [
        measure
        for table in vars(sensor_descriptions).values()
        if isinstance(table, tuple)
        for measure in table
        if isinstance(measure, Measure) and measure.only_if_given
    ]
    assert len(waiting) > 10
    for endpoint in ("meters/aggregates", "meters/site", "meters/solar"):
        served = json.dumps(payload_of(gateway, endpoint))
        for field in (
            "frequency",
            "instant_total_current",
            "instant_average_current",
            "i_a_current",
            "i_b_current",
            "i_c_current",
            "timeout",
            "num_meters_aggregated",
            "last_phase_voltage_communication_time",
            "last_phase_power_communication_time",
            "last_phase_energy_communication_time",
            "real_power_scale_factor",
            "ct_voltage_references",
        ):
            served = served.replace(f'"{field}"', f'"not_{field}"')
        gateway.set_fault(endpoint, Fault("body", served))
    for endpoint in ("system_status/soe", "system_status/grid_status"):
        gateway.set_fault(endpoint, Fault("null"))
    await add(hass, gateway)
    (entry,) = hass.config_entries.async_entries(DOMAIN)

    def found() -> set[str]:
        return {
            each.unique_id
            for each in er.async_entries_for_config_entry(
                er.async_get(hass), entry.entry_id
            )
            if hass.states.get(each.entity_id) is not None
        }

    missing = complete - found()
    assert len(missing) > 20
    gateway.clear_faults()
    await pass_time(9, times=30)
    assert complete - found() == set()


async def test_entity_is_added_for_value_that_never_changes(
    hass: HomeAssistant, start_gateway: StartGateway, pass_time: PassTime
) -> None:
    """One poll with the value adds the entity, even if no other poll has anything new."""
    gateway = await start_gateway("restricted", frozen=True)
    freeze(gateway)
    _hide_charge(gateway)
    await add(hass, gateway)
    # Something new, and the charge right behind it.
    totals = payload_of(gateway, "meters/aggregates")
    totals["site"]["instant_power"] = 77
    serve_instead(gateway, "meters/aggregates", totals)
    await pass_time(10, times=2)
    serve_instead(gateway, "system_status/soe", {"percentage": 50})
    await pass_time(10, times=27)
    assert hass.states.get(STATE_OF_CHARGE) is not None


@pytest.mark.parametrize("interval", [5, 60, 300])
async def test_late_value_gets_its_entity_at_every_interval(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    interval: int,
) -> None:
    """Where polls are rare, the one that brings a value brings its entity."""
    gateway = await start_gateway("restricted", frozen=True)
    _hide_charge(gateway)
    await add_gateway(gateway, **{CONF_LIVE_INTERVAL: interval})
    await pass_time(interval, times=2)
    assert hass.states.get(STATE_OF_CHARGE) is None
    gateway.clear_faults()
    await pass_time(interval, times=300 // (interval + 1) or 1)
    assert hass.states.get(STATE_OF_CHARGE) is not None


async def test_known_entity_returns_after_restart_without_its_value(
    hass: HomeAssistant, start_gateway: StartGateway, pass_time: PassTime
) -> None:
    """An entity that was there is unavailable meanwhile, and comes back."""
    gateway = await start_gateway("restricted", frozen=True)
    entry = (await add(hass, gateway))["result"]
    before = hass.states.get(STATE_OF_CHARGE)
    assert before is not None
    _hide_charge(gateway)
    gateway.set_fault("system_status/grid_status", Fault("status", 502))
    assert await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(10, times=8)
    assert hass.states.get(STATE_OF_CHARGE).state == STATE_UNAVAILABLE
    assert hass.states.get(GRID_STATUS).state == STATE_UNAVAILABLE
    gateway.clear_faults()
    await pass_time(9, times=30)
    assert hass.states.get(STATE_OF_CHARGE).state == before.state
    assert hass.states.get(GRID_STATUS).state == "connected"


async def test_entities_are_added_for_location_that_is_null_at_first(
    hass: HomeAssistant, gateway: SimulatedGateway, pass_time: PassTime
) -> None:
    """The entities are added with the first value, and stay when it is null again."""
    totals = payload_of(gateway, "meters/aggregates")
    serve_instead(gateway, "meters/aggregates", totals | {"generator": None})
    await add(hass, gateway)
    await pass_time(10)
    assert hass.states.get(GENERATOR_POWER) is None
    serve_instead(gateway, "meters/aggregates", totals | {"generator": totals["load"]})
    await pass_time(10)
    assert hass.states.get(GENERATOR_POWER).state == str(
        round(totals["load"]["instant_power"])
    )
    serve_instead(gateway, "meters/aggregates", totals | {"generator": None})
    await pass_time(10)
    assert hass.states.get(GENERATOR_POWER).state == STATE_UNKNOWN


async def test_few_searches_while_nothing_is_missing(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Entities are looked for once a minute, and not with each poll."""
    gateway = await start_gateway("split-phase")
    calls = []
    find = sensor._find

    def counted(data: Any) -> Any:
        calls.append(data)
        return find(data)

    monkeypatch.setattr(sensor, "_find", counted)
    await add_gateway(gateway, **{CONF_LIVE_INTERVAL: 5})
    await pass_time(10)
    calls.clear()
    for _ in range(100):
        gateway.advance(6)
        await pass_time(5)
    assert len(calls) <= 15

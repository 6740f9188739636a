"""Sustained export and one-minute means in a running Home Assistant."""

from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.tesla_gateway_meters.const import (
    CONF_LIVE_INTERVAL,
    CONF_OFF_BELOW,
    CONF_OFF_DELAY,
    CONF_ON_ABOVE,
    CONF_ON_DELAY,
    CONF_WATCHED,
)
from custom_components.tesla_gateway_meters.options_flow import SUSTAINED_EXPORT
from simulator import Fault, SimulatedGateway

from .conftest import (
    AddGateway,
    PassTime,
    in_sections,
    payload_of,
    serve_instead,
)

SITE = "tesla_energy_gateway_grid"
SUSTAINED = f"binary_sensor.{SITE}_sustained_export"
SURPLUS = f"sensor.{SITE}_solar_surplus"
MEAN = f"sensor.{SITE}_export_power_1_minute_mean"
POWER = f"sensor.{SITE}_power"


def state(hass: HomeAssistant, entity_id: str) -> str:
    """Return a state that has to be there."""
    found = hass.states.get(entity_id)
    assert found is not None, entity_id
    return found.state


def flow(gateway: SimulatedGateway, site: float | None, **others: Any) -> None:
    """Let these powers flow; a location that is None is not there."""
    gateway.clear_faults()
    totals = payload_of(gateway, "meters/aggregates")
    totals["site"]["instant_power"] = site
    totals["battery"]["instant_power"] = 0
    for location, power in others.items():
        if power is None:
            del totals[location]
        else:
            totals[location]["instant_power"] = None if power == "null" else power
    serve_instead(gateway, "meters/aggregates", totals)


async def test_mean_known_after_a_minute_and_moves_between_equal_readings(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    all_entities_enabled: None,
) -> None:
    """The mean needs a minute of readings, and moves on while they stay the same."""
    flow(gateway, -600)
    await add_gateway(gateway)
    for _ in range(5):
        await pass_time(10)
        assert state(hass, MEAN) == STATE_UNKNOWN
    await pass_time(10)
    assert state(hass, MEAN) == "600"
    flow(gateway, -1800)
    await pass_time(10)
    assert state(hass, MEAN) == "600"
    means = []
    for _ in range(6):
        await pass_time(10)
        means.append(int(state(hass, MEAN)))
    assert means == sorted(set(means))
    assert means[-1] == 1800
    assert state(hass, f"sensor.{SITE}_import_power_1_minute_mean") == "0"
    assert state(hass, f"sensor.{SITE}_solar_surplus_1_minute_mean") == "1800"


async def test_mean_known_after_a_minute_although_polls_are_far_apart(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    all_entities_enabled: None,
) -> None:
    """Where polls are far apart, it does not wait for one to be a minute old."""
    flow(gateway, -600)
    await add_gateway(gateway, **{CONF_LIVE_INTERVAL: 300})
    await pass_time(58)
    assert state(hass, MEAN) == STATE_UNKNOWN
    await pass_time(1)
    assert state(hass, MEAN) == "600"
    flow(gateway, -1800)
    await pass_time(241)
    assert state(hass, POWER) == "-1800"
    assert state(hass, MEAN) == "600"
    await pass_time(60)
    assert state(hass, MEAN) == "1800"


async def test_sustained_export_switches_after_its_delays(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Unknown at first, on and off after the delay of each."""
    flow(gateway, -2500)
    await add_gateway(gateway)
    # Each step is of 11 s. Nothing changes at the gateway, and no poll brings news.
    for _ in range(27):
        assert state(hass, SUSTAINED) == STATE_UNKNOWN
        await pass_time(10)
    assert state(hass, SUSTAINED) == STATE_UNKNOWN
    await pass_time(10)
    assert state(hass, SUSTAINED) == STATE_ON
    # What a load takes.
    flow(gateway, -300)
    await pass_time(10, times=40)
    assert state(hass, SUSTAINED) == STATE_ON
    flow(gateway, 800)
    await pass_time(10, times=11)
    assert state(hass, SUSTAINED) == STATE_ON
    await pass_time(10)
    assert state(hass, SUSTAINED) == STATE_OFF
    flow(gateway, -2500)
    await pass_time(10, times=28)
    assert state(hass, SUSTAINED) == STATE_OFF
    await pass_time(10)
    assert state(hass, SUSTAINED) == STATE_ON


async def test_sustained_export_switches_between_polls(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """The delay ends although no poll is near."""
    flow(gateway, -2500)
    options = {CONF_LIVE_INTERVAL: 300, CONF_ON_DELAY: 100, CONF_OFF_DELAY: 150}
    await add_gateway(gateway, **options)
    gateway.requests.clear()
    await pass_time(98)
    assert state(hass, SUSTAINED) == STATE_UNKNOWN
    await pass_time(1)
    assert state(hass, SUSTAINED) == STATE_ON
    assert gateway.requests == []
    flow(gateway, 0)
    await pass_time(200)
    assert state(hass, POWER) == "0"
    gateway.requests.clear()
    await pass_time(148)
    assert state(hass, SUSTAINED) == STATE_ON
    await pass_time(1)
    assert state(hass, SUSTAINED) == STATE_OFF
    assert gateway.requests == []


async def exporting(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> Any:
    """Return the entry of a gateway whose export is sustained."""
    flow(gateway, -2500)
    entry = await add_gateway(gateway, **{CONF_ON_DELAY: 100})
    await pass_time(10, times=10)
    assert state(hass, SUSTAINED) == STATE_ON
    return entry


async def on_in_time(hass: HomeAssistant, pass_time: PassTime) -> None:
    """Expect nothing to be known before there is evidence, and on then."""
    for _ in range(9):
        assert state(hass, SUSTAINED) == STATE_UNKNOWN
        await pass_time(10)
    await pass_time(10)
    assert state(hass, SUSTAINED) == STATE_ON


async def test_unknown_after_a_restart(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """The state from before is not restored."""
    entry = await exporting(hass, gateway, add_gateway, pass_time)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await on_in_time(hass, pass_time)


@pytest.mark.parametrize("endpoint", ["*", "meters/aggregates"])
async def test_unavailable_during_an_outage_then_unknown(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    endpoint: str,
) -> None:
    """The state is known again after a delay."""
    await exporting(hass, gateway, add_gateway, pass_time)
    gateway.clear_faults()
    gateway.set_fault(endpoint, Fault("status", 500))
    for _ in range(12):
        await pass_time(10)
        assert state(hass, SUSTAINED) == STATE_UNAVAILABLE
    flow(gateway, -2500)
    await pass_time(10)
    await on_in_time(hass, pass_time)


@pytest.mark.parametrize("endpoint", ["*", "meters/aggregates"])
async def test_state_kept_over_one_failed_poll(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    endpoint: str,
) -> None:
    """One failed poll resets nothing."""
    await exporting(hass, gateway, add_gateway, pass_time)
    gateway.clear_faults()
    gateway.set_fault(endpoint, Fault("status", 500))
    await pass_time(10)
    assert state(hass, SUSTAINED) == STATE_UNAVAILABLE
    flow(gateway, -2500)
    await pass_time(10)
    assert state(hass, SUSTAINED) == STATE_ON


async def test_delay_pauses_while_polls_fail(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """The timer stands still without readings."""
    flow(gateway, -2500)
    await add_gateway(gateway, **{CONF_ON_DELAY: 100})
    await pass_time(10, times=5)
    gateway.clear_faults()
    gateway.set_fault("*", Fault("status", 500))
    await pass_time(10, times=3)
    flow(gateway, -2500)
    # The reading held for 66 s; those of the outage are to come again.
    for _ in range(3):
        await pass_time(10)
        assert state(hass, SUSTAINED) == STATE_UNKNOWN
    await pass_time(10)
    await pass_time(10)
    assert state(hass, SUSTAINED) == STATE_ON


async def test_unknown_when_the_power_is_missing(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """A gateway that answers without the power does not keep the state on."""
    await exporting(hass, gateway, add_gateway, pass_time)
    flow(gateway, None)
    await pass_time(10)
    assert state(hass, SUSTAINED) == STATE_UNKNOWN


async def test_unknown_when_polls_end(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    all_entities_enabled: None,
) -> None:
    """The state does not stay on without polls."""
    entry = await exporting(hass, gateway, add_gateway, pass_time)
    entry.runtime_data.live.update_interval = None
    # This one is under way.
    await pass_time(10)
    gateway.requests.clear()
    await pass_time(57)
    assert state(hass, SUSTAINED) == STATE_ON
    assert state(hass, MEAN) == "2500"
    await pass_time(2)
    assert gateway.count("meters/aggregates") == 0
    assert state(hass, SUSTAINED) == STATE_UNKNOWN
    assert state(hass, MEAN) == STATE_UNKNOWN


@pytest.mark.parametrize(
    ("watched", "site", "battery", "shown"),
    [
        ("export", -100, -3000, STATE_OFF),
        ("surplus", -100, -3000, STATE_ON),
        ("surplus", -100, 3000, STATE_OFF),
        ("surplus", -100, "null", STATE_UNKNOWN),
    ],
)
async def test_options_set_powers_delays_and_the_watched_power(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    watched: str,
    site: float,
    battery: float | str,
    shown: str,
) -> None:
    """Powers, delays and the evaluated power are options."""
    flow(gateway, site, battery=battery)
    entry = await add_gateway(gateway)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(
        form["flow_id"],
        in_sections(
            {
                CONF_WATCHED: watched,
                CONF_ON_ABOVE: 3050,
                CONF_OFF_BELOW: 150,
                CONF_ON_DELAY: 20,
                CONF_OFF_DELAY: 40,
            }
        ),
    )
    await hass.async_block_till_done()
    await pass_time(10)
    assert state(hass, SUSTAINED) == STATE_UNKNOWN
    await pass_time(10)
    assert state(hass, SUSTAINED) == (STATE_ON if shown == STATE_ON else STATE_UNKNOWN)
    await pass_time(10)
    await pass_time(10)
    assert state(hass, SUSTAINED) == shown


async def test_form_refuses_thresholds_in_the_wrong_order(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """The form keeps what was entered; equal thresholds are accepted."""
    entry = await add_gateway(gateway)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    again = await hass.config_entries.options.async_configure(
        form["flow_id"], in_sections({CONF_ON_ABOVE: 500, CONF_OFF_BELOW: 501})
    )
    assert again["type"] is FlowResultType.FORM
    assert again["errors"] == {SUSTAINED_EXPORT: "off_above_on"}
    suggested = {
        key.schema: key.description["suggested_value"]
        for key in again["data_schema"].schema[SUSTAINED_EXPORT].schema.schema
        if key.description
    }
    assert (suggested[CONF_ON_ABOVE], suggested[CONF_OFF_BELOW]) == (500, 501)
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], in_sections({CONF_ON_ABOVE: 500, CONF_OFF_BELOW: 500})
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.options[CONF_OFF_BELOW] == 500

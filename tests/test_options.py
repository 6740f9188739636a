"""The options: poll interval and noise floors."""

import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData, section
import pytest
import voluptuous as vol

from custom_components.tesla_gateway_meters.const import (
    CONF_GRID_FLOOR,
    CONF_LIVE_INTERVAL,
    CONF_OFF_BELOW,
    CONF_OFF_DELAY,
    CONF_ON_ABOVE,
    CONF_ON_DELAY,
    CONF_SOLAR_FLOOR,
)
from custom_components.tesla_gateway_meters.options import NUMBERS
from custom_components.tesla_gateway_meters.options_flow import (
    NOISE_FLOORS,
    SUSTAINED_EXPORT,
)
from simulator import SimulatedGateway

from .conftest import (
    AddGateway,
    PassTime,
    in_sections,
    payload_of,
    serve_instead,
)
from .shown_texts import ENGLISH


@pytest.mark.parametrize(
    ("interval", "fast", "full"), [(5, 12, 2), (10, 6, 2), (20, 3, 2), (60, 1, 1)]
)
async def test_polls_follow_interval(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    interval: int,
    fast: int,
    full: int,
) -> None:
    """Fast polls follow the option; a full poll comes every 30 s at most."""
    entry = await add_gateway(gateway)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["type"] is FlowResultType.FORM
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], in_sections({CONF_LIVE_INTERVAL: interval})
    )
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    gateway.requests.clear()
    for _ in range(60 // interval):
        await pass_time(interval)
    assert gateway.count("meters/aggregates") == fast
    # The first poll after the reload is a full poll.
    assert full - 1 <= gateway.count("system_status/soe") <= full
    assert gateway.logins <= 1


@pytest.mark.parametrize(
    ("floors", "solar", "site", "shown"),
    [
        ({}, -4, 30, ("-4", "30", "30", "0")),
        ({CONF_SOLAR_FLOOR: 20}, -4, 30, ("0", "30", "30", "0")),
        ({CONF_SOLAR_FLOOR: 20}, 19.4, 30, ("0", "30", "30", "0")),
        ({CONF_SOLAR_FLOOR: 20}, 20, 30, ("20", "30", "30", "0")),
        ({CONF_GRID_FLOOR: 50}, -4, -49, ("-4", "0", "0", "0")),
        ({CONF_GRID_FLOOR: 50}, -4, -51, ("-4", "-51", "0", "51")),
        ({CONF_SOLAR_FLOOR: 20}, None, 30, ("unknown", "30", "30", "0")),
    ],
)
async def test_power_below_floor_shown_as_0(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    floors: dict[str, int],
    solar: float | None,
    site: float,
    shown: tuple[str, ...],
) -> None:
    """Only a floor from the options applies, and the measured power is kept."""
    totals = payload_of(gateway, "meters/aggregates")
    totals["solar"]["instant_power"] = solar
    totals["site"]["instant_power"] = site
    serve_instead(gateway, "meters/aggregates", totals)
    entry = await add_gateway(gateway)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(
        form["flow_id"], in_sections(floors)
    )
    await hass.async_block_till_done()
    assert shown == tuple(
        hass.states.get(f"sensor.tesla_energy_gateway_{name}").state
        for name in (
            "solar_power",
            "grid_power",
            "grid_import_power",
            "grid_export_power",
        )
    )
    measured = entry.runtime_data.live.data.measured_power
    assert (measured["solar"], measured["site"]) == (solar, site)


@pytest.mark.parametrize(
    ("options", "errors"),
    [
        ({CONF_LIVE_INTERVAL: 4}, {CONF_LIVE_INTERVAL: "interval_out_of_range"}),
        ({CONF_LIVE_INTERVAL: 301}, {CONF_LIVE_INTERVAL: "interval_out_of_range"}),
        ({CONF_SOLAR_FLOOR: -1}, {NOISE_FLOORS: "floor_out_of_range"}),
        ({CONF_GRID_FLOOR: 501}, {NOISE_FLOORS: "floor_out_of_range"}),
        ({CONF_ON_DELAY: -1}, {SUSTAINED_EXPORT: "sustained_out_of_range"}),
        ({CONF_OFF_DELAY: 3601}, {SUSTAINED_EXPORT: "sustained_out_of_range"}),
        ({CONF_ON_ABOVE: 100_001}, {SUSTAINED_EXPORT: "sustained_out_of_range"}),
        (
            {CONF_LIVE_INTERVAL: 4, CONF_GRID_FLOOR: 501, CONF_OFF_BELOW: 1001},
            {
                CONF_LIVE_INTERVAL: "interval_out_of_range",
                NOISE_FLOORS: "floor_out_of_range",
                SUSTAINED_EXPORT: "off_above_on",
            },
        ),
    ],
)
async def test_number_out_of_range_refused_and_all_entered_kept(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    options: dict[str, int],
    errors: dict[str, str],
) -> None:
    """Each error is where the frontend shows it, and its text has the limits."""
    entry = await add_gateway(gateway)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    again = await hass.config_entries.options.async_configure(
        form["flow_id"], in_sections(options)
    )
    assert again["errors"] == errors
    assert options.items() <= suggested(again["data_schema"]).items()
    assert entry.options == {}
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], in_sections({})
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY


def suggested(schema: vol.Schema) -> dict[str, Any]:
    """Return the suggested values of a form, including those in its sections."""
    values = {}
    for key, field in schema.schema.items():
        if isinstance(field, section):
            values |= suggested(field.schema)
        elif key.description:
            values[str(key)] = key.description["suggested_value"]
    return values


def test_limits_in_texts_are_those_of_the_options() -> None:
    """A text cannot get them: the errors of a form have no placeholders of their own."""
    for error, options in (
        ("floor_out_of_range", (CONF_SOLAR_FLOOR, CONF_GRID_FLOOR)),
        ("interval_out_of_range", (CONF_LIVE_INTERVAL,)),
        (
            "sustained_out_of_range",
            (CONF_ON_ABOVE, CONF_ON_DELAY, CONF_OFF_BELOW, CONF_OFF_DELAY),
        ),
    ):
        numbers = re.findall(r"\d+", ENGLISH["options"]["error"][error])
        assert {int(each) for each in numbers} == {
            limit
            for key in options
            for limit in (NUMBERS[key].lowest, NUMBERS[key].highest)
        }


async def test_text_for_a_number_refused(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """Home Assistant's own check of a number is kept."""
    entry = await add_gateway(gateway)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(
            form["flow_id"], in_sections({CONF_LIVE_INTERVAL: "often"})
        )
    assert entry.options == {}

"""The options: poll interval and noise floors."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest

from custom_components.tesla_gateway_meters.const import (
    CONF_GRID_FLOOR,
    CONF_LIVE_INTERVAL,
    CONF_SOLAR_FLOOR,
)
from simulator import SimulatedGateway

from .conftest import (
    AddGateway,
    PassTime,
    in_sections,
    payload_of,
    serve_instead,
)


@pytest.mark.parametrize(
    ("interval", "fast", "full"), [(5, 12, 2), (10, 6, 2), (20, 3, 2), (60, 1, 1)]
)
async def test_polls_follow_interval(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    interval: int,
    fast: int,
    full: int,
) -> None:
    """Fast polls follow the option; a full poll comes every 30 s at most."""
    entry = await add_gateway(document)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["type"] is FlowResultType.FORM
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], in_sections({CONF_LIVE_INTERVAL: interval})
    )
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    document.requests.clear()
    for _ in range(60 // interval):
        await pass_time(interval)
    assert document.count("meters/aggregates") == fast
    # The first poll after the reload is a full poll.
    assert full - 1 <= document.count("system_status/soe") <= full
    assert document.logins <= 1


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
    document: SimulatedGateway,
    add_gateway: AddGateway,
    floors: dict[str, int],
    solar: float | None,
    site: float,
    shown: tuple[str, ...],
) -> None:
    """Only a floor from the options applies, and the measured power is kept."""
    totals = payload_of(document, "meters/aggregates")
    totals["solar"]["instant_power"] = solar
    totals["site"]["instant_power"] = site
    serve_instead(document, "meters/aggregates", totals)
    entry = await add_gateway(document)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(
        form["flow_id"], in_sections(floors)
    )
    await hass.async_block_till_done()
    assert shown == tuple(
        hass.states.get(f"sensor.tesla_energy_gateway_{name}").state
        for name in (
            "solar_power",
            "site_power",
            "site_import_power",
            "site_export_power",
        )
    )
    measured = entry.runtime_data.live.data.measured_power
    assert (measured["solar"], measured["site"]) == (solar, site)


@pytest.mark.parametrize("interval", [4, 301, "often"])
async def test_interval_out_of_bounds_refused(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    interval: object,
) -> None:
    """The form refuses an interval that is not a number from 5 to 300 s."""
    entry = await add_gateway(document)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(
            form["flow_id"], in_sections({CONF_LIVE_INTERVAL: interval})
        )
    assert CONF_LIVE_INTERVAL not in entry.options

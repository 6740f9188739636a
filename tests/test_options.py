"""The option for the live interval, and what it makes of the polls."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest

from custom_components.tesla_gateway_meters.const import CONF_LIVE_INTERVAL
from simulator import SimulatedGateway

from .conftest import AddGateway, PassTime


@pytest.mark.parametrize(
    ("interval", "live", "rest"), [(5, 12, 2), (10, 6, 2), (20, 3, 2), (60, 1, 1)]
)
async def test_live_interval(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    interval: int,
    live: int,
    rest: int,
) -> None:
    """Live polls follow the option; what may wait is asked every 30 s at most."""
    entry = await add_gateway(document)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["type"] is FlowResultType.FORM
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {CONF_LIVE_INTERVAL: interval}
    )
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    document.requests.clear()
    for _ in range(60 // interval):
        await pass_time(interval)
    assert document.count("meters/aggregates") == live
    # The first poll after the reload has asked for all.
    assert rest - 1 <= document.count("system_status/soe") <= rest
    assert document.logins <= 1


@pytest.mark.parametrize("interval", [4, 301, "often"])
async def test_out_of_bounds(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    interval: object,
) -> None:
    """The gateway is neither overloaded nor forgotten."""
    entry = await add_gateway(document)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(
            form["flow_id"], {CONF_LIVE_INTERVAL: interval}
        )
    assert CONF_LIVE_INTERVAL not in entry.options

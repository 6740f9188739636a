"""Steps of a user in the forms of the integration."""

from homeassistant.config_entries import (
    SOURCE_DHCP,
    SOURCE_REAUTH,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import SimulatedGateway

from .conftest import address_of


async def fill_in(
    hass: HomeAssistant, form: ConfigFlowResult, **typed: str
) -> ConfigFlowResult:
    """Submit a form with these values."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], typed)
    await hass.async_block_till_done()
    return result


async def add(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    *,
    host: str | None = None,
    password: str | None = None,
    form: ConfigFlowResult | None = None,
) -> ConfigFlowResult:
    """Add a gateway by its address and password, in a new form or in this one."""
    if form is None:
        form = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
    typed = {
        CONF_HOST: host or address_of(gateway),
        CONF_PASSWORD: password or gateway.password,
    }
    return await fill_in(hass, form, **typed)


async def begin(
    hass: HomeAssistant, entry: ConfigEntry, source: str
) -> ConfigFlowResult:
    """Open the form to reauthenticate or reconfigure an entry."""
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": source, "entry_id": entry.entry_id},
        # A reconfigure flow would use the data as user input.
        data=dict(entry.data) if source == SOURCE_REAUTH else None,
    )


async def lease(hass: HomeAssistant, hostname: str) -> ConfigFlowResult:
    """Report a lease for a gateway on loopback to Home Assistant."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_DHCP},
        data=DhcpServiceInfo(
            ip="127.0.0.1", hostname=hostname, macaddress="001122aabbcc"
        ),
    )
    await hass.async_block_till_done()
    return result

"""Tests that each step of each flow is shown, with the placeholders of its texts."""

from http import HTTPStatus

from homeassistant.config_entries import SOURCE_DHCP, SOURCE_USER
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.tesla_gateway_meters.const import CONF_FINGERPRINT, DOMAIN
from custom_components.tesla_gateway_meters.gateway import CertificateChangedError
from custom_components.tesla_gateway_meters.issues import (
    create_connection_issue,
    create_reset_issue,
)
from custom_components.tesla_gateway_meters.processing.counter_guard import Reset
from simulator import SimulatedGateway

from .conftest import (
    AddGateway,
    SlowPolls,
    address_of,
    payload_of,
    serve_instead,
)
from .shown_texts import ENGLISH

OTHER_CERTIFICATE = "0a" * 32


def steps() -> set[str]:
    """Return the names of all steps that have texts."""
    flows = {
        **{name: ENGLISH[name] for name in ("config", "options")},
        **{
            key: issue["fix_flow"]
            for key, issue in ENGLISH["issues"].items()
            if "fix_flow" in issue
        },
    }
    return {f"{name} {step}" for name, flow in flows.items() for step in flow["step"]}


async def test_each_step_of_each_flow_has_its_placeholders(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
    hass_client: ClientSessionGenerator,
    shown_texts: set[str],
) -> None:
    """No step is left out, and `shown_texts` checks each."""
    assert await async_setup_component(hass, "repairs", {})
    flows = hass.config_entries.flow
    await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    # Nothing listens there, and a gateway is offered by its name alone.
    lease = DhcpServiceInfo(
        ip="127.0.0.1",
        hostname="1232100-00-e--tg0000000000aa",
        macaddress="001122aabbcc",
    )
    await flows.async_init(DOMAIN, context={"source": SOURCE_DHCP}, data=lease)

    entry = await add_gateway(gateway)
    await hass.config_entries.options.async_init(entry.entry_id)
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    create_reset_issue(hass, entry, "site_energy_imported", Reset(5.0, 1.0, 0))
    await slow_polls(2)
    meters = payload_of(gateway, "meters")
    meters[0]["cts"][0]["valid"] = [False] * 4
    serve_instead(gateway, "meters", meters)
    await slow_polls(2)

    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_FINGERPRINT: OTHER_CERTIFICATE}
    )
    form = await entry.start_reconfigure_flow(hass)
    await flows.async_configure(form["flow_id"], {CONF_HOST: address_of(gateway)})
    create_connection_issue(hass, entry, CertificateChangedError(gateway.fingerprint))
    client = await hass_client()
    fixable = [
        issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.is_fixable
    ]
    for issue in fixable:
        body = {"handler": DOMAIN, "issue_id": issue.issue_id}
        answer = await client.post("/api/repairs/issues/fix", json=body)
        assert answer.status == HTTPStatus.OK
    assert steps() - shown_texts == set()
    assert "flow_title" in shown_texts

"""Setting a gateway up, with everything that can go wrong on the way."""

from collections.abc import Callable
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.tesla_gateway_meters.const import (
    CONF_FINGERPRINT,
    CONF_MEMORY,
    DOMAIN,
)
from simulator import Fault, SimulatedGateway

from .conftest import (
    AddGateway,
    NewEntry,
    PassTime,
    StartGateway,
    address_of,
    serve_instead,
)

pytestmark = pytest.mark.usefixtures("enable_custom_integrations")


async def start(hass: HomeAssistant) -> ConfigFlowResult:
    """Begin as a person does."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )


async def enter(
    hass: HomeAssistant, form: ConfigFlowResult, host: str, password: str
) -> ConfigFlowResult:
    """Fill in the form."""
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_HOST: host, CONF_PASSWORD: password}
    )
    await hass.async_block_till_done()
    return result


def suggested(form: ConfigFlowResult) -> dict[str, Any]:
    """Return what a form is filled in with already."""
    assert form["data_schema"] is not None
    return {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description
    }


async def test_set_up(hass: HomeAssistant, document: SimulatedGateway) -> None:
    """Address and password are enough, and one login serves flow and set-up."""
    form = await start(hass)
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == {}
    result = await enter(
        hass, form, f" https://{address_of(document)}/summary", document.password
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.unique_id == document.din
    assert entry.data[CONF_HOST] == address_of(document)
    assert entry.data[CONF_PASSWORD] == document.password
    assert entry.data[CONF_FINGERPRINT] == document.fingerprint
    assert document.logins == 1
    assert document.din not in result["title"]
    assert hass.states.get("sensor.tesla_energy_gateway_site_power").state == "701"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (("login/Basic", Fault("status", 401)), "invalid_auth"),
        (("login/Basic", Fault("status", 404)), "not_a_gateway"),
        (("login/Basic", Fault("html")), "not_a_gateway"),
        (("status", Fault("reset")), "not_a_gateway"),
        (("meters/aggregates", Fault("html")), "not_a_gateway"),
        (("meters/aggregates", Fault("status", 502)), "starting"),
        (("meters/aggregates", Fault("status", 500)), "starting"),
        (("meters/aggregates", Fault("empty")), "starting"),
        (("meters/aggregates", Fault("body", " \n")), "starting"),
        (("meters/aggregates", Fault("null")), "starting"),
        (("meters/aggregates", Fault("cut")), "starting"),
        (("meters/aggregates", Fault("body", "[]")), "not_a_gateway"),
    ],
    ids=str,
)
async def test_recovers(
    hass: HomeAssistant,
    document: SimulatedGateway,
    fault: tuple[str, Fault],
    error: str,
) -> None:
    """Each failure has its message; the form keeps the address, and goes on."""
    document.set_fault(*fault)
    host = address_of(document)
    form = await enter(hass, await start(hass), host, document.password)
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == {"base": error}
    assert suggested(form) == {CONF_HOST: host}
    assert document.logins <= 1
    document.clear_faults()
    result = await enter(hass, form, host, document.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(("status", "error"), [(429, "rate_limited"), (503, "busy")])
async def test_cool_down(
    hass: HomeAssistant,
    document: SimulatedGateway,
    freezer: FrozenDateTimeFactory,
    status: int,
    error: str,
) -> None:
    """A gateway that wants to be left alone is, also by who presses the button again."""
    document.refuse_logins(status)
    host = address_of(document)
    form = await enter(hass, await start(hass), host, document.password)
    assert form["errors"] == {"base": error}
    document.accept_logins()
    document.forget_requests()
    form = await enter(hass, form, host, document.password)
    assert form["errors"] == {"base": "rate_limited"}
    assert document.requests == []
    freezer.tick(301)
    result = await enter(hass, form, host, document.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_wrong_password(hass: HomeAssistant, document: SimulatedGateway) -> None:
    """A wrong password is tried once, and another one may be entered."""
    host = address_of(document)
    form = await enter(hass, await start(hass), host, "wrong")
    assert form["errors"] == {"base": "invalid_auth"}
    assert document.logins == 1
    result = await enter(hass, form, host, document.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_nonsense_host(hass: HomeAssistant, document: SimulatedGateway) -> None:
    """What is no address is said to be none, beside its field."""
    form = await enter(hass, await start(hass), "two words", "x")
    assert form["errors"] == {CONF_HOST: "invalid_host"}
    assert suggested(form) == {CONF_HOST: "two words"}
    result = await enter(hass, form, address_of(document), document.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_nobody_there(hass: HomeAssistant, document: SimulatedGateway) -> None:
    """An address where nothing answers can be corrected."""
    form = await enter(hass, await start(hass), "127.0.0.1:1", document.password)
    assert form["errors"] == {"base": "cannot_connect"}
    result = await enter(hass, form, address_of(document), document.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_already_configured(
    hass: HomeAssistant,
    document: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """A gateway that is there already is not sent a password again."""
    new_entry(document)
    result = await enter(
        hass, await start(hass), address_of(document), document.password
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert document.logins == 0


@pytest.mark.parametrize("status", [404, 500])
async def test_identity_of_its_meters(
    hass: HomeAssistant, document: SimulatedGateway, status: int
) -> None:
    """A gateway that does not say who it is, is known by its meters."""
    document.set_fault("status", Fault("status", status))
    result = await enter(
        hass, await start(hass), address_of(document), document.password
    )
    assert result["result"].unique_id == document.din


async def test_identity_of_old_firmware(
    hass: HomeAssistant, document: SimulatedGateway
) -> None:
    """Old firmwares tell no DIN; without meters the address stands in."""
    serve_instead(document, "status", {"version": "1.40.2"})
    document.set_fault("meters", Fault("status", 500))
    host = address_of(document)
    result = await enter(hass, await start(hass), host, document.password)
    assert result["result"].unique_id == host


async def test_restricted(hass: HomeAssistant, start_gateway: StartGateway) -> None:
    """A Powerwall 3, which has no more than totals, is known by its address."""
    gateway = await start_gateway("restricted")
    host = address_of(gateway)
    result = await enter(hass, await start(hass), host, gateway.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == host
    again = await enter(hass, await start(hass), host, gateway.password)
    assert again["reason"] == "already_configured"


async def test_reauth(
    hass: HomeAssistant,
    document: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """A password that changed is asked for anew, as often as it takes."""
    entry = new_entry(document)
    document.password = "fresh"
    assert not await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"
    assert document.logins == 1

    form = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: "wrong"}
    )
    assert form["errors"] == {"base": "invalid_auth"}
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: "fresh"}
    )
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert entry.data[CONF_PASSWORD] == "fresh"
    assert entry.data[CONF_HOST] == address_of(document)
    assert hass.states.get("sensor.tesla_energy_gateway_site_power").state == "701"
    assert document.logins == 3


async def test_cool_down_of_a_reauth(
    hass: HomeAssistant,
    document: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """A cool-down that begins in the form holds for the entry, too."""
    entry = new_entry(document)
    flow = await entry.start_reauth_flow(hass)
    document.refuse_logins(429)
    form = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: document.password}
    )
    assert form["errors"] == {"base": "rate_limited"}
    document.accept_logins()
    document.requests.clear()
    assert not await hass.config_entries.async_setup(entry.entry_id)
    await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: document.password}
    )
    assert document.requests == []


async def test_cool_down_of_a_reconfiguration(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """A running entry keeps the cool-down that its form was told, over a reload."""
    entry = await add_gateway(document)
    document.refuse_logins(429)
    form = await reconfigure(hass, entry, host=address_of(document), password="new")
    assert form["errors"] == {"base": "rate_limited"}
    document.accept_logins()
    document.requests.clear()
    await pass_time(10, times=5)
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert document.requests == []


async def test_reauth_with_another_gateway(
    hass: HomeAssistant,
    document: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """A gateway that took the address of ours gets no password; the question stays."""
    entry = new_entry(document)
    serve_instead(document, "status", {"din": "1234567-00-E--TG00000000000X"})
    flow = await entry.start_reauth_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: document.password}
    )
    assert result["errors"] == {"base": "another_gateway"}
    assert document.logins == 0
    document.clear_faults()
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: document.password}
    )
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"


async def test_reauth_without_a_din(
    hass: HomeAssistant,
    document: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """A gateway that no longer tells its DIN is still ours, by its certificate."""
    entry = new_entry(document)
    for endpoint in ("status", "meters"):
        document.set_fault(endpoint, Fault("status", 404))
    flow = await entry.start_reauth_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: document.password}
    )
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"
    assert entry.unique_id == document.din


async def test_reauth_with_another_certificate(
    hass: HomeAssistant,
    document: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """What has another certificate than ours gets nothing, least of all a password."""
    entry = new_entry(document)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_FINGERPRINT: "00" * 32}
    )
    flow = await entry.start_reauth_flow(hass)
    form = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: document.password}
    )
    assert form["errors"] == {"base": "certificate_changed"}
    assert document.received == b""


async def reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, **typed: str
) -> ConfigFlowResult:
    """Open an entry's reconfiguration, and fill it in."""
    form = await entry.start_reconfigure_flow(hass)
    assert form["step_id"] == "reconfigure"
    assert suggested(form) == {CONF_HOST: entry.data[CONF_HOST]}
    result = await hass.config_entries.flow.async_configure(form["flow_id"], typed)
    await hass.async_block_till_done()
    return result


async def test_reconfigure_password(
    hass: HomeAssistant, document: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """A new password is tried and stored; a wrong one is asked for again."""
    entry = await add_gateway(document)
    document.password = "fresh"
    host = address_of(document)
    form = await reconfigure(hass, entry, host=host, password="wrong")
    assert form["errors"] == {"base": "invalid_auth"}
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_HOST: host, CONF_PASSWORD: "fresh"}
    )
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_PASSWORD] == "fresh"


async def test_reconfigure_address(
    hass: HomeAssistant, document: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """A new address of the same gateway is taken over, with the password kept."""
    entry = await add_gateway(document)
    result = await reconfigure(hass, entry, host=f"localhost:{document.port}")
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_HOST] == f"localhost:{document.port}"
    assert entry.data[CONF_PASSWORD] == document.password


async def test_reconfigure_certificate(
    hass: HomeAssistant, document: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """A new certificate is shown beside the trusted one before a password goes out."""
    entry = await add_gateway(document)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_FINGERPRINT: "0a" * 32}
    )
    logins = document.logins
    form = await reconfigure(hass, entry, host=address_of(document))
    assert form["step_id"] == "trust"
    shown = form["description_placeholders"]
    assert shown["trusted"] == ":".join(["0A"] * 32)
    assert shown["seen"].replace(":", "").lower() == document.fingerprint
    assert document.logins == logins
    document.refuse_logins(500)
    form = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    assert form["step_id"] == "reconfigure"
    assert form["errors"] == {"base": "not_a_gateway"}
    document.clear_faults()
    form = await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_HOST: address_of(document)}
    )
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_FINGERPRINT] == document.fingerprint


async def test_reconfigure_before_any_certificate(
    hass: HomeAssistant, document: SimulatedGateway, new_entry: NewEntry
) -> None:
    """An entry that never met its gateway trusts the one that is seen first."""
    entry = new_entry(document)
    data = {CONF_HOST: "127.0.0.1:9", CONF_PASSWORD: document.password}
    hass.config_entries.async_update_entry(entry, data=data)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    result = await reconfigure(hass, entry, host=address_of(document))
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_FINGERPRINT] == document.fingerprint


async def test_reconfigure_to_another_gateway(
    hass: HomeAssistant, document: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """Another gateway is no new address of ours, and gets no password."""
    entry = await add_gateway(document)
    document.become("1234567-00-E--TG00000000000X")
    logins = document.logins
    result = await reconfigure(hass, entry, host=address_of(document))
    assert result["reason"] == "another_gateway"
    assert document.logins == logins


async def test_reconfigure_one_known_by_its_address(
    hass: HomeAssistant, start_gateway: StartGateway
) -> None:
    """A gateway without a DIN may move, and stays the same entry."""
    gateway = await start_gateway("restricted")
    host = address_of(gateway)
    result = await enter(hass, await start(hass), host, gateway.password)
    entry = result["result"]
    form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_HOST: f"localhost:{gateway.port}"}
    )
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert entry.unique_id == host
    assert hass.states.get("sensor.tesla_energy_gateway_site_power")


async def test_reconfigure_in_a_cool_down(
    hass: HomeAssistant, document: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """A gateway that wants to be left alone is, by its entry's forms too."""
    entry = await add_gateway(document)
    memory = entry.data[CONF_MEMORY] | {
        "cool_down_until": time.time() + 60,
        "cool_down_length": 300,
    }
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_MEMORY: memory}
    )
    before = len(document.requests)
    form = await reconfigure(hass, entry, host=address_of(document))
    assert form["errors"] == {"base": "rate_limited"}
    assert len(document.requests) == before

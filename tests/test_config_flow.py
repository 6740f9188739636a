"""The config flow: adding, reauthenticating and reconfiguring, with all errors."""

import asyncio
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
    CONF_CLIENT_STATE,
    CONF_FINGERPRINT,
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
    """Open the form to add a gateway."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )


async def enter(
    hass: HomeAssistant, form: ConfigFlowResult, host: str, password: str
) -> ConfigFlowResult:
    """Submit the form."""
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_HOST: host, CONF_PASSWORD: password}
    )
    await hass.async_block_till_done()
    return result


def suggested(form: ConfigFlowResult) -> dict[str, Any]:
    """Return the suggested values of a form."""
    assert form["data_schema"] is not None
    return {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description
    }


async def test_entry_created_with_one_login(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    """Address and password are enough, and flow and set-up share the login."""
    form = await start(hass)
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == {}
    result = await enter(
        hass, form, f" https://{address_of(gateway)}/summary", gateway.password
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.unique_id == gateway.din
    assert entry.data[CONF_HOST] == address_of(gateway)
    assert entry.data[CONF_PASSWORD] == gateway.password
    assert entry.data[CONF_FINGERPRINT] == gateway.fingerprint
    assert gateway.logins == 1
    assert gateway.din not in result["title"]
    assert hass.states.get("sensor.tesla_energy_gateway_grid_power").state == "701"


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
async def test_form_shown_again_with_error(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    fault: tuple[str, Fault],
    error: str,
) -> None:
    """Each failure has its message; the form keeps what was entered and works again."""
    gateway.set_fault(*fault)
    host = address_of(gateway)
    form = await enter(hass, await start(hass), host, gateway.password)
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == {"base": error}
    kept = {} if error == "invalid_auth" else {CONF_PASSWORD: gateway.password}
    assert suggested(form) == {CONF_HOST: host, **kept}
    assert gateway.logins <= 1
    gateway.clear_faults()
    result = await enter(hass, form, host, gateway.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(("status", "error"), [(429, "rate_limited"), (503, "busy")])
async def test_no_request_during_cool_down(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    freezer: FrozenDateTimeFactory,
    status: int,
    error: str,
) -> None:
    """Submitting the form again does not end a cool-down."""
    gateway.refuse_logins(status)
    host = address_of(gateway)
    form = await enter(hass, await start(hass), host, gateway.password)
    assert form["errors"] == {"base": error}
    gateway.accept_logins()
    gateway.forget_requests()
    form = await enter(hass, form, host, gateway.password)
    assert form["errors"] == {"base": "rate_limited"}
    assert gateway.requests == []
    freezer.tick(301)
    result = await enter(hass, form, host, gateway.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_wrong_password_tried_once(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    """A wrong password costs one login, and another one can be entered."""
    host = address_of(gateway)
    form = await enter(hass, await start(hass), host, "wrong")
    assert form["errors"] == {"base": "invalid_auth"}
    assert gateway.logins == 1
    result = await enter(hass, form, host, gateway.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_invalid_host_reported_at_its_field(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    """The error is shown at the field, which keeps the input."""
    form = await enter(hass, await start(hass), "two words", "x")
    assert form["errors"] == {CONF_HOST: "invalid_host"}
    assert suggested(form) == {CONF_HOST: "two words", CONF_PASSWORD: "x"}
    result = await enter(hass, form, address_of(gateway), gateway.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_cannot_connect_without_an_answer(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    """The address can be corrected."""
    form = await enter(hass, await start(hass), "127.0.0.1:1", gateway.password)
    assert form["errors"] == {"base": "cannot_connect"}
    result = await enter(hass, form, address_of(gateway), gateway.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.0 400 Bad Request\r\n\r\n", b"SSH-2.0-dropbear\r\n"]
)
async def test_port_without_https_is_named_in_form_and_entry(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    answer: bytes,
) -> None:
    """A port that speaks plain HTTP has a message of its own, wherever it is met."""

    async def refuse(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read(1)
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        form = await enter(hass, await start(hass), host, "x")
        assert form["errors"] == {"base": "not_https"}
        assert suggested(form) == {CONF_HOST: host, CONF_PASSWORD: "x"}

        entry = await add_gateway(gateway)
        for data in (
            {**entry.data, CONF_HOST: host},
            {CONF_HOST: host, CONF_PASSWORD: "x"},
        ):
            hass.config_entries.async_update_entry(entry, data=data)
            assert not await hass.config_entries.async_reload(entry.entry_id)
            assert entry.error_reason_translation_key == "not_https"


async def test_second_gateway_has_a_title_of_its_own(
    hass: HomeAssistant, gateway: SimulatedGateway, start_gateway: StartGateway
) -> None:
    """Titles of gateways differ, also after one of them is removed."""
    others = [await start_gateway(profile) for profile in ("solar-only", "three-phase")]
    results = []
    for each in (gateway, *others):
        result = await enter(hass, await start(hass), address_of(each), each.password)
        results.append(result)
    titles = [result["title"] for result in results]
    assert titles == [f"Tesla Energy Gateway{end}" for end in ("", " 2", " 3")]
    await hass.config_entries.async_remove(results[1]["result"].entry_id)
    result = await enter(
        hass, await start(hass), address_of(others[0]), others[0].password
    )
    assert result["title"] == titles[1]


async def test_no_password_sent_to_configured_gateway(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """A gateway that is set up aborts the flow before the login."""
    new_entry(gateway)
    result = await enter(hass, await start(hass), address_of(gateway), gateway.password)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert gateway.logins == 0


@pytest.mark.parametrize("status", [404, 500])
async def test_din_taken_from_meters_without_status(
    hass: HomeAssistant, gateway: SimulatedGateway, status: int
) -> None:
    """The unique id is the DIN that the meters report."""
    gateway.set_fault("status", Fault("status", status))
    result = await enter(hass, await start(hass), address_of(gateway), gateway.password)
    assert result["result"].unique_id == gateway.din


async def test_unique_id_is_address_without_din(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    """Old firmware reports no DIN; without meters, the address is the unique id."""
    serve_instead(gateway, "status", {"version": "1.40.2"})
    gateway.set_fault("meters", Fault("status", 500))
    host = address_of(gateway)
    result = await enter(hass, await start(hass), host, gateway.password)
    assert result["result"].unique_id == host


async def test_restricted_gateway_added_once_by_address(
    hass: HomeAssistant, start_gateway: StartGateway
) -> None:
    """A Powerwall 3, which only has totals, is identified by its address."""
    gateway = await start_gateway("restricted")
    host = address_of(gateway)
    result = await enter(hass, await start(hass), host, gateway.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == host
    again = await enter(hass, await start(hass), host, gateway.password)
    assert again["reason"] == "already_configured"


async def test_reauth_stores_accepted_password(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """A changed password is asked for until the gateway accepts it."""
    entry = new_entry(gateway)
    gateway.password = "fresh"
    assert not await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"
    assert gateway.logins == 1

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
    assert entry.data[CONF_HOST] == address_of(gateway)
    assert hass.states.get("sensor.tesla_energy_gateway_grid_power").state == "701"
    assert gateway.logins == 3


async def test_cool_down_of_reauth_applies_to_entry(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """A cool-down that begins in the form also applies to the entry."""
    entry = new_entry(gateway)
    flow = await entry.start_reauth_flow(hass)
    gateway.refuse_logins(429)
    form = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: gateway.password}
    )
    assert form["errors"] == {"base": "rate_limited"}
    gateway.accept_logins()
    gateway.requests.clear()
    assert not await hass.config_entries.async_setup(entry.entry_id)
    await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: gateway.password}
    )
    assert gateway.requests == []


async def test_cool_down_of_reconfigure_survives_reload(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """A cool-down from the form applies to the running entry, also after a reload."""
    entry = await add_gateway(gateway)
    gateway.refuse_logins(429)
    form = await reconfigure(hass, entry, host=address_of(gateway), password="new")
    assert form["errors"] == {"base": "rate_limited"}
    gateway.accept_logins()
    gateway.requests.clear()
    await pass_time(10, times=5)
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert gateway.requests == []


async def test_reauth_sends_no_password_to_wrong_gateway(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """Another gateway at the address gets no password, and the flow stays open."""
    entry = new_entry(gateway)
    serve_instead(gateway, "status", {"din": "1234567-00-E--TG00000000000X"})
    flow = await entry.start_reauth_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: gateway.password}
    )
    assert result["errors"] == {"base": "another_gateway"}
    assert gateway.logins == 0
    gateway.clear_faults()
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: gateway.password}
    )
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"


async def test_reauth_accepts_certificate_without_din(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """A gateway that no longer reports its DIN is identified by its certificate."""
    entry = new_entry(gateway)
    for endpoint in ("status", "meters"):
        gateway.set_fault(endpoint, Fault("status", 404))
    flow = await entry.start_reauth_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: gateway.password}
    )
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"
    assert entry.unique_id == gateway.din


async def test_reauth_sends_nothing_to_another_certificate(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """A device with another certificate gets no request."""
    entry = new_entry(gateway)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_FINGERPRINT: "00" * 32}
    )
    flow = await entry.start_reauth_flow(hass)
    form = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_PASSWORD: gateway.password}
    )
    assert form["errors"] == {"base": "certificate_changed"}
    assert gateway.received == b""


async def reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, **typed: str
) -> ConfigFlowResult:
    """Open the reconfigure form of an entry, and submit it."""
    form = await entry.start_reconfigure_flow(hass)
    assert form["step_id"] == "reconfigure"
    assert suggested(form) == {CONF_HOST: entry.data[CONF_HOST]}
    result = await hass.config_entries.flow.async_configure(form["flow_id"], typed)
    await hass.async_block_till_done()
    return result


async def test_reconfigure_stores_accepted_password(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """A new password is stored if the gateway accepts it."""
    entry = await add_gateway(gateway)
    gateway.password = "fresh"
    host = address_of(gateway)
    form = await reconfigure(hass, entry, host=host, password="wrong")
    assert form["errors"] == {"base": "invalid_auth"}
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_HOST: host, CONF_PASSWORD: "fresh"}
    )
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_PASSWORD] == "fresh"


async def test_reconfigure_keeps_password_with_new_address(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """An empty password keeps the stored one."""
    entry = await add_gateway(gateway)
    result = await reconfigure(hass, entry, host=f"localhost:{gateway.port}")
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_HOST] == f"localhost:{gateway.port}"
    assert entry.data[CONF_PASSWORD] == gateway.password


async def test_reconfigure_asks_before_trusting_new_certificate(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """Both certificates are shown before a password is sent."""
    entry = await add_gateway(gateway)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_FINGERPRINT: "0a" * 32}
    )
    logins = gateway.logins
    form = await reconfigure(hass, entry, host=address_of(gateway))
    assert form["step_id"] == "trust"
    shown = form["description_placeholders"]
    assert shown["trusted"] == ":".join(["0A"] * 32)
    assert shown["seen"].replace(":", "").lower() == gateway.fingerprint
    assert gateway.logins == logins
    gateway.refuse_logins(500)
    form = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    assert form["step_id"] == "reconfigure"
    assert form["errors"] == {"base": "not_a_gateway"}
    # The stored password is never sent to the browser.
    assert suggested(form) == {CONF_HOST: address_of(gateway)}
    gateway.clear_faults()
    form = await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_HOST: address_of(gateway)}
    )
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_FINGERPRINT] == gateway.fingerprint


async def test_reconfigure_trusts_first_certificate(
    hass: HomeAssistant, gateway: SimulatedGateway, new_entry: NewEntry
) -> None:
    """An entry without a trusted certificate trusts the first one."""
    entry = new_entry(gateway)
    data = {CONF_HOST: "127.0.0.1:9", CONF_PASSWORD: gateway.password}
    hass.config_entries.async_update_entry(entry, data=data)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    result = await reconfigure(hass, entry, host=address_of(gateway))
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_FINGERPRINT] == gateway.fingerprint


async def test_reconfigure_aborts_for_wrong_gateway(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """Another gateway gets no password."""
    entry = await add_gateway(gateway)
    gateway.become("1234567-00-E--TG00000000000X")
    logins = gateway.logins
    result = await reconfigure(hass, entry, host=address_of(gateway))
    assert result["reason"] == "another_gateway"
    assert gateway.logins == logins


async def test_reconfigure_keeps_unique_id_without_din(
    hass: HomeAssistant, start_gateway: StartGateway
) -> None:
    """A gateway without a DIN can move and keeps its entry."""
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
    assert hass.states.get("sensor.tesla_energy_gateway_grid_power")


async def test_reconfigure_sends_nothing_during_cool_down(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """A stored cool-down also applies to the entry's forms."""
    entry = await add_gateway(gateway)
    state = entry.data[CONF_CLIENT_STATE] | {
        "cool_down_until": time.time() + 60,
        "cool_down_length": 300,
    }
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_CLIENT_STATE: state}
    )
    before = len(gateway.requests)
    form = await reconfigure(hass, entry, host=address_of(gateway))
    assert form["errors"] == {"base": "rate_limited"}
    assert len(gateway.requests) == before

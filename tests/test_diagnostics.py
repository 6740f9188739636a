"""The diagnostics of a config entry."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.tesla_gateway_meters.gateway import Endpoint, readable, transport
from simulator import Fault, SimulatedGateway

from .conftest import (
    AddGateway,
    NewEntry,
    PassTime,
    StartGateway,
    in_sections,
    payload_of,
    serve_instead,
)


@pytest.fixture(autouse=True)
async def with_diagnostics(hass: HomeAssistant) -> None:
    """Set up diagnostics."""
    assert await async_setup_component(hass, "diagnostics", {})


async def test_running_entry_described_without_identity(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Entry, firmware, failures and powers are included, identifiers are not."""
    entry = await add_gateway(gateway)
    gateway.set_fault("meters/site", Fault("status", 502))
    await pass_time(10)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["entry"] == {
        "state": "loaded",
        "source": "user",
        "version": "1.1",
        "options": {},
        "host": "198.51.100.2",
        "known_by": "din",
        "has_mac": False,
        "certificate": readable(gateway.fingerprint),
    }
    assert found["gateway"]["status"] == {
        "din": "1234567-00-E--TG900000000001",
        "device_type": "teg",
        "version": "23.28.2 27626f98",
    }
    assert found["gateway"]["measured_power_w"]["solar"] == pytest.approx(-4, abs=0.5)
    assert found["gateway"]["silent"] == []
    assert found["polls"]["live"] == {
        "interval_s": 10.0,
        "last_succeeded": True,
        "failed": {"/api/meters/site": "HTTP status 502"},
    }
    assert found["unreadable"] == {}
    assert set(found["payloads"]) == set(Endpoint)


async def test_only_known_options_shown(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
) -> None:
    """Each option of the form is shown; other keys and values are not."""
    entry = await add_gateway(gateway)
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert flow["data_schema"] is not None
    fields = flow["data_schema"](in_sections({}))
    chosen = {
        name: value
        for key, field in fields.items()
        for name, value in (field if isinstance(field, dict) else {key: field}).items()
    }
    hass.config_entries.async_update_entry(
        entry, options={**chosen, "note": "Elm Street", "Elm Street": 5551234}
    )
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    options = found["entry"]["options"]
    assert options.items() >= chosen.items()
    assert len(options) == len(chosen) + 2
    assert "Elm" not in str(found)
    assert "5551234" not in str(found)


async def test_entry_described_if_setup_failed(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
) -> None:
    """An entry whose gateway does not answer has its state and certificate."""
    gateway.set_fault("*", Fault("status", 502))
    entry = new_entry(gateway)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["entry"]["state"] == "setup_retry"
    assert found["entry"]["certificate"] == readable(gateway.fingerprint)
    assert found["gateway"] is None
    assert found["requests"] is None
    assert found["payloads"] == {}


async def test_no_payloads_after_unload(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
) -> None:
    """An unloaded entry keeps no answers of the gateway."""
    entry: MockConfigEntry = await add_gateway(gateway)
    assert await hass.config_entries.async_unload(entry.entry_id)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["entry"]["state"] == "not_loaded"
    assert found["payloads"] == {}


async def test_counts_match_requests_of_gateway(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Requests, logins and failures are those that the gateway counted."""
    gateway = await start_gateway("neurio")
    entry = await add_gateway(gateway)
    gateway.set_fault("meters/site", Fault("status", 502, times=2))
    gateway.set_fault("meters/aggregates", Fault("cut", times=1))
    await pass_time(9, times=4)
    gateway.set_fault("meters/solar", Fault("status", 404))
    gateway.expire_tokens()
    await pass_time(9, times=6)
    gateway.set_fault("meters/site", Fault("status", 429, times=1))
    await pass_time(9)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    requests = found["requests"]
    endpoints = requests["endpoints"]
    for path, each in endpoints.items():
        assert each["requests"] == gateway.count(path), path
    assert sum(each["requests"] for each in endpoints.values()) == gateway.record.total
    assert requests["logins"] == gateway.logins == 2
    assert requests["cool_downs"] == 1
    assert {path: each["failures"] for path, each in endpoints.items()} == {
        **{str(path): {} for path in Endpoint},
        "/api/login/Basic": {},
        "/api/meters/site": {"StatusError": 2, "RateLimitedError": 1},
        "/api/meters/aggregates": {"BrokenAnswerError": 1},
        "/api/meters/solar": {"AbsentError": 1},
    }
    assert {path: each["capability"] for path, each in endpoints.items()} == {
        **{str(path): "ok" for path in Endpoint},
        "/api/login/Basic": "ok",
        "/api/meters/site": "failing",
        "/api/meters/solar": "absent",
    }
    # The last answer of a failed endpoint is kept.
    assert set(found["payloads"]) == set(Endpoint)
    assert requests["per_minute"] > 0


async def test_timings_by_endpoint(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
) -> None:
    """Each endpoint has the times that its answers took."""
    gateway = await start_gateway("restricted")
    gateway.set_fault("system_status/soe", Fault("slow", 0.2))
    entry = await add_gateway(gateway)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    endpoints = found["requests"]["endpoints"]
    for each in endpoints.values():
        if each["capability"] == "ok":
            assert 0 < each["median_ms"] <= each["percentile_95_ms"]
            assert each["last_success"] is not None
    assert endpoints["/api/system_status/soe"]["median_ms"] >= 200
    assert endpoints["/api/meters"]["capability"] == "absent"
    assert endpoints["/api/meters"]["last_success"] is None


async def test_endpoint_without_request_is_not_asked(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An endpoint without a request is distinguished from one that failed."""
    # After two timeouts the third endpoint gets no request.
    monkeypatch.setattr(transport, "REQUEST_TIMEOUT", 0.3)
    for endpoint in ("status", "meters"):
        gateway.set_fault(endpoint, Fault("slow", 3))
    entry = await add_gateway(gateway)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    endpoints = found["requests"]["endpoints"]
    assert endpoints["/api/status"]["capability"] == "failing"
    assert endpoints["/api/status"]["failures"] == {"AnswerTimeoutError": 1}
    assert endpoints["/api/meters/readings"] == {"capability": "not asked"}


async def test_held_counter_shown_without_serial(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """The state of each counter is shown, under a key without a meter's number."""
    gateway = await start_gateway("neurio", frozen=True)
    entry = await add_gateway(gateway)
    totals = payload_of(gateway, "meters/aggregates")
    good = totals["site"]["energy_imported"]
    totals["site"]["energy_imported"] = 0
    serve_instead(gateway, "meters/aggregates", totals)
    await pass_time(10)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    held = found["counters"]["site_energy_imported"]
    assert held["is_held"] is True
    assert held["published"] == held["good"]["value"] == good
    assert held["last"]["value"] == 0
    assert found["counters"]["site_energy_exported"]["is_held"] is False
    # The order of the two changes from call to call.
    numbers = {"90001", "90002"}
    keys = {f"neurio_tcp_{each}_site_energy_imported" for each in numbers}
    assert len(keys & set(found["counters"])) == 1


async def test_length_shown_if_not_json(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """An answer that is not JSON cannot be redacted, so only its length is shown."""
    entry = await add_gateway(gateway)
    gateway.set_fault("meters/site", Fault("body", gateway.din))
    await pass_time(10)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["unreadable"] == {"/api/meters/site": len(gateway.din)}
    assert set(found["payloads"]) == set(Endpoint) - {Endpoint.SITE}

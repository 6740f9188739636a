"""The schedule of polls, and the effect of endpoints that fail."""

from collections.abc import Awaitable, Callable
import gc

import aiohttp
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.tesla_gateway_meters.const import CONF_FINGERPRINT, DOMAIN
from custom_components.tesla_gateway_meters.gateway.transport import Answer
from simulator import Certificate, Fault, SimulatedGateway, serve

from .conftest import AddGateway, PassTime, payload_of, serve_instead

# A location's only phase is disabled by default, since it equals the location.
pytestmark = pytest.mark.usefixtures("all_entities_enabled")

GATEWAY = "sensor.tesla_energy_gateway"
SITE_POWER = f"{GATEWAY}_grid_power"
SITE_POWER_L1 = f"{GATEWAY}_grid_power_l1"
SOLAR_POWER_L2 = f"{GATEWAY}_solar_power_l2"
STATE_OF_CHARGE = f"{GATEWAY}_battery_state_of_charge"
GRID_STATUS = f"{GATEWAY}_grid_status"
CT_VALID = "binary_sensor.tesla_energy_gateway_meter_x_grid_ct1"
READING_STATUS = "sensor.tesla_energy_gateway_meter_x_reading_status"


def state(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity, which has to exist."""
    found = hass.states.get(entity_id)
    assert found is not None, entity_id
    return found.state


async def test_each_endpoint_is_requested_at_its_interval(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Live endpoints are polled every 10 s or 30 s, slow ones every five minutes."""
    await add_gateway(gateway)
    gateway.requests.clear()
    await pass_time(10, times=30)
    assert {
        endpoint: gateway.count(endpoint)
        for endpoint in (
            "meters/aggregates",
            "meters/site",
            "meters/solar",
            "system_status/soe",
            "system_status/grid_status",
            "meters",
            "meters/readings",
            "status",
        )
    } == {
        "meters/aggregates": 30,
        "meters/site": 30,
        "meters/solar": 10,
        "system_status/soe": 10,
        "system_status/grid_status": 10,
        "meters": 1,
        "meters/readings": 1,
        "status": 1,
    }
    assert gateway.connections == 1
    assert gateway.logins == 0


async def test_states_follow_the_answers(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Sensors have the new values after the next poll."""
    await add_gateway(gateway)
    totals = payload_of(gateway, "meters/aggregates")
    totals["site"]["instant_power"] = -1500.6
    serve_instead(gateway, "meters/aggregates", totals)
    await pass_time(10)
    assert state(hass, SITE_POWER) == "-1501"
    assert state(hass, f"{GATEWAY}_grid_export_power") == "1501"
    assert state(hass, f"{GATEWAY}_grid_import_power") == "0"


@pytest.mark.parametrize(
    ("endpoint", "unavailable"),
    [
        ("meters/aggregates", SITE_POWER),
        ("meters/site", SITE_POWER_L1),
        ("meters/solar", SOLAR_POWER_L2),
        ("system_status/soe", STATE_OF_CHARGE),
        ("system_status/grid_status", GRID_STATUS),
        ("meters", CT_VALID),
        ("meters/readings", READING_STATUS),
        ("status", None),
    ],
)
@pytest.mark.parametrize(
    "fault", [Fault("status", 404), Fault("status", 502), Fault("html")], ids=str
)
async def test_failed_endpoint_makes_only_its_entities_unavailable(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    endpoint: str,
    unavailable: str | None,
    fault: Fault,
) -> None:
    """The entities are available again after the endpoint's next answer."""
    await add_gateway(gateway)
    gateway.set_fault(endpoint, fault)
    await pass_time(10, times=31)
    others = {
        SITE_POWER,
        SITE_POWER_L1,
        SOLAR_POWER_L2,
        STATE_OF_CHARGE,
        GRID_STATUS,
        CT_VALID,
        READING_STATUS,
    } - {unavailable}
    if endpoint == "meters":
        # Readings are matched with meters by the list of meters.
        others.remove(READING_STATUS)
    assert STATE_UNAVAILABLE not in {state(hass, each) for each in others}
    if unavailable is not None:
        assert state(hass, unavailable) == STATE_UNAVAILABLE
    gateway.clear_faults()
    # An endpoint that was absent is requested again after ten minutes.
    await pass_time(60, times=16)
    if unavailable is not None:
        assert state(hass, unavailable) != STATE_UNAVAILABLE
    assert gateway.logins == 1


async def test_failure_and_recovery_are_logged_once(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A failing endpoint is logged once, and once when it answers again."""
    await add_gateway(gateway)
    caplog.clear()
    gateway.set_fault("meters/site", Fault("status", 502))
    await pass_time(10, times=5)
    gateway.clear_faults()
    await pass_time(10, times=3)
    lines = [
        (record.levelname, record.getMessage())
        for record in caplog.records
        if "meters/site" in record.getMessage() and record.name.startswith("custom_")
    ]
    assert lines == [
        (
            "WARNING",
            "Tesla Energy Gateway live: /api/meters/site does not answer: HTTP status 502",
        ),
        ("INFO", "Tesla Energy Gateway live: /api/meters/site is answering again"),
    ]


@pytest.mark.parametrize(
    "fault",
    [Fault("status", 502), Fault("status", 429), Fault("status", 503), Fault("reset")],
    ids=str,
)
async def test_all_unavailable_when_nothing_answers(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    fault: Fault,
) -> None:
    """All entities are available again after the next answer."""
    await add_gateway(gateway)
    gateway.set_fault("*", fault)
    await pass_time(10, times=31)
    for entity_id in (
        SITE_POWER,
        SITE_POWER_L1,
        STATE_OF_CHARGE,
        CT_VALID,
        READING_STATUS,
    ):
        assert state(hass, entity_id) == STATE_UNAVAILABLE
    gateway.clear_faults()
    # Cool-downs have grown to ten minutes by now.
    await pass_time(60, times=21)
    for entity_id in (
        SITE_POWER,
        SITE_POWER_L1,
        STATE_OF_CHARGE,
        CT_VALID,
        READING_STATUS,
    ):
        assert state(hass, entity_id) != STATE_UNAVAILABLE


@pytest.mark.parametrize("endpoint", ["meters", "meters/readings", "status"])
@pytest.mark.parametrize("fault", [Fault("status", 500), Fault("null")], ids=str)
async def test_entities_are_added_when_a_missing_endpoint_answers(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    endpoint: str,
    fault: Fault,
) -> None:
    """Setup succeeds without the endpoint."""
    gateway.set_fault(endpoint, fault)
    await add_gateway(gateway)
    assert state(hass, SITE_POWER) == "701"
    gateway.clear_faults()
    await pass_time(10, times=31)
    assert state(hass, CT_VALID) == "on"
    assert state(hass, READING_STATUS) == "blocked_while_running"


async def test_set_up_without_any_slow_endpoint(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
) -> None:
    """Powers are shown, although no meter is known."""
    for endpoint in ("meters", "meters/readings", "status"):
        gateway.set_fault(endpoint, Fault("status", 500))
    await add_gateway(gateway)
    assert state(hass, SITE_POWER) == "701"
    assert state(hass, SITE_POWER_L1) == "267"


async def test_set_up_is_retried_while_the_gateway_restarts(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """The entry is not ready until the gateway answers."""
    gateway.set_fault("meters/aggregates", Fault("status", 502))
    gateway.set_fault("meters/site", Fault("status", 502))
    entry = new_entry(gateway)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY


async def test_unavailable_while_the_gateway_is_down(
    hass: HomeAssistant,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
    pass_time: PassTime,
    socket_enabled: None,
) -> None:
    """Entities are available again when the gateway is."""
    certificate = Certificate.generate()
    async with serve(profile="document", certificate=certificate) as gateway:
        entry = new_entry(gateway)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        port = gateway.port
    await pass_time(10)
    assert state(hass, SITE_POWER) == STATE_UNAVAILABLE
    async with serve(profile="document", certificate=certificate, port=port):
        await pass_time(10)
        assert state(hass, SITE_POWER) == "701"


@pytest.mark.parametrize(
    ("endpoint", "fault"),
    [
        *(("*", each) for each in ("404", "429", "502", "body:[[", "cut", "large:2")),
        *(("login/Basic", each) for each in ("403", "body:{}", "large:2")),
    ],
)
async def test_errors_do_not_keep_answers_alive(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    quiet_log: None,
    endpoint: str,
    fault: str,
) -> None:
    """Errors are kept, but not the answers behind them, each of up to a mebibyte."""
    await add_gateway(gateway)
    gateway.set_fault(endpoint, Fault.parse(fault))
    gateway.expire_tokens()
    await pass_time(10, times=31)
    assert state(hass, SITE_POWER) == STATE_UNAVAILABLE
    gc.collect()
    assert not [
        each
        for each in gc.get_objects()
        if isinstance(each, (Answer, aiohttp.ClientResponse))
    ]


async def test_entities_are_added_for_a_new_meter_and_location(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """A generator and a remote meter that are installed later get their entities."""
    await add_gateway(gateway)
    totals = payload_of(gateway, "meters/aggregates")
    totals["generator"] = totals["site"] | {"instant_power": 3000}
    totals["wind_turbine"] = totals["site"] | {"instant_power": 12, "frequency": 50}
    serve_instead(gateway, "meters/aggregates", totals)
    meters = payload_of(gateway, "meters")
    remote = {"serial": "OBB1", "short_id": "12345", "type": "neurio_tcp"}
    roles = [{"type": "newrole", "valid": [True], "inverted": [False]}]
    serve_instead(
        gateway, "meters", [*meters, remote | {"cts": roles}, {"type": "abc"}]
    )
    readings = payload_of(gateway, "meters/readings")
    readings["OBB1"] = {
        "error": "",
        "data": {"firmwareVersion": "1.7", "f_Hz": 60, "cts": [{"ct": 1, "v_V": 120}]},
    }
    serve_instead(gateway, "meters/readings", readings)
    await pass_time(10)
    assert state(hass, f"{GATEWAY}_generator_power") == "3000"
    assert state(hass, f"{GATEWAY}_wind_turbine_power") == "12"
    assert state(hass, f"{GATEWAY}_wind_turbine_frequency") == "50"
    await pass_time(300)
    assert (
        state(hass, "sensor.tesla_energy_gateway_remote_meter_reading_status") == "ok"
    )
    assert (
        state(hass, "binary_sensor.tesla_energy_gateway_remote_meter_reading") == "off"
    )
    assert (
        state(hass, "binary_sensor.tesla_energy_gateway_remote_meter_newrole_ct1")
        == "on"
    )


async def test_unreachable_meter_is_a_problem(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """The meter's status and the gateway's error text are shown."""
    await add_gateway(gateway)
    readings = payload_of(gateway, "meters/readings")
    text = "Get https://10.0.0.9:443/latest: dial tcp: no such host"
    for reading in readings.values():
        reading["error"] = text
    serve_instead(gateway, "meters/readings", readings)
    await pass_time(300)
    assert state(hass, READING_STATUS) == "unreachable"
    assert hass.states.get(READING_STATUS).attributes["error"] == text
    assert state(hass, "binary_sensor.tesla_energy_gateway_meter_x_reading") == "on"


@pytest.mark.parametrize("missing", ["instant_power", "energy_exported"])
async def test_unknown_when_a_key_is_missing(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    missing: str,
) -> None:
    """Only the entity of that key is unknown."""
    await add_gateway(gateway)
    totals = payload_of(gateway, "meters/aggregates")
    del totals["site"][missing]
    serve_instead(gateway, "meters/aggregates", totals)
    await pass_time(10)
    entity_ids = {
        "instant_power": f"{GATEWAY}_grid_power",
        "energy_exported": f"{GATEWAY}_grid_energy_exported",
    }
    for key, entity_id in entity_ids.items():
        assert (state(hass, entity_id) == STATE_UNKNOWN) == (key == missing)
    assert state(hass, f"{GATEWAY}_solar_power") == "-4"


async def test_unavailable_when_a_location_disappears(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Only the entities of that location are unavailable."""
    await add_gateway(gateway)
    totals = payload_of(gateway, "meters/aggregates")
    del totals["solar"]
    serve_instead(gateway, "meters/aggregates", totals)
    await pass_time(10)
    assert state(hass, f"{GATEWAY}_solar_power") == STATE_UNAVAILABLE
    assert state(hass, SITE_POWER) == "701"


async def test_unavailable_when_a_meter_role_or_ct_disappears(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Only the entities of that meter, role or CT are unavailable."""
    await add_gateway(gateway)
    meters = payload_of(gateway, "meters")
    meters[0]["cts"][0]["valid"] = []
    del meters[0]["cts"][1]
    serve_instead(gateway, "meters", meters[:1])
    site = payload_of(gateway, "meters/site")
    del site[0]["ct_voltage_references"]["ct1"]
    serve_instead(gateway, "meters/site", site[:1])
    await pass_time(300)
    for entity_id in (
        "binary_sensor.tesla_energy_gateway_meter_y_grid_ct1",
        "binary_sensor.tesla_energy_gateway_meter_y_solar_ct2",
        CT_VALID,
        "sensor.tesla_energy_gateway_meter_x_grid_power",
        "sensor.tesla_energy_gateway_meter_y_ct1_voltage_reference",
    ):
        assert state(hass, entity_id) == STATE_UNAVAILABLE, entity_id
    assert (
        state(hass, "sensor.tesla_energy_gateway_meter_y_ct2_voltage_reference") == "l2"
    )


async def test_poll_ends_after_two_timeouts_in_a_row(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Values that arrived before the timeouts are shown."""
    live = (await add_gateway(gateway)).runtime_data.live
    monkeypatch.setattr(
        f"custom_components.{DOMAIN}.gateway.transport.REQUEST_TIMEOUT",
        0.2,
    )
    for endpoint in (
        "meters/site",
        "meters/solar",
        "system_status/soe",
        "system_status/grid_status",
    ):
        gateway.set_fault(endpoint, Fault("slow", 5))
    # Not with `pass_time`: frozen time would stop the timeouts as well.
    for _ in range(2):
        await live.async_refresh()
    gateway.requests.clear()
    await live.async_refresh()
    requested = [request.path.removeprefix("/api/") for request in gateway.requests]
    assert requested == ["meters/aggregates", "meters/site", "meters/solar"]
    assert state(hass, SITE_POWER) == "701"
    for entity_id in (SITE_POWER_L1, SOLAR_POWER_L2, STATE_OF_CHARGE, GRID_STATUS):
        assert state(hass, entity_id) == STATE_UNAVAILABLE
    gateway.clear_faults()
    for _ in range(3):
        await live.async_refresh()
    for entity_id in (SITE_POWER_L1, SOLAR_POWER_L2, STATE_OF_CHARGE, GRID_STATUS):
        assert state(hass, entity_id) != STATE_UNAVAILABLE


async def test_known_solar_meters_are_remembered_when_solar_fails(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
) -> None:
    """A gateway whose solar meters are known is not treated as one without any."""
    entry = await add_gateway(gateway)
    before = {each.entity_id for each in hass.states.async_all()}
    gateway.set_fault("meters/solar", Fault("null"))
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert {each.entity_id for each in hass.states.async_all()} == before


async def test_token_is_reused_after_a_reload(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
) -> None:
    """A reload does not log in again."""
    entry = await add_gateway(gateway)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert gateway.logins == 1
    assert state(hass, SITE_POWER) == "701"


@pytest.mark.parametrize("status", [429, 503])
async def test_no_request_during_a_cool_down(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    status: int,
) -> None:
    """Neither a poll nor a reload sends a request."""
    entry = await add_gateway(gateway)
    gateway.set_fault("meters/aggregates", Fault("status", status, times=1))
    await pass_time(10)
    assert state(hass, SITE_POWER) == STATE_UNAVAILABLE
    gateway.requests.clear()
    await pass_time(10, times=10)
    assert not await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(10, times=10)
    assert gateway.requests == []
    await pass_time(60, times=15)
    assert state(hass, SITE_POWER) == "701"


async def test_refused_password_is_sent_once(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """One refusal starts one reauthentication, over polls, reloads and restarts."""
    entry = await add_gateway(gateway)
    gateway.password = "fresh"
    gateway.expire_tokens()
    await pass_time(10, times=31)
    assert not await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(600)
    assert gateway.logins == 2
    assert len(hass.config_entries.flow.async_progress()) == 1


async def test_nothing_is_sent_to_another_certificate(
    hass: HomeAssistant,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
    pass_time: PassTime,
    socket_enabled: None,
) -> None:
    """The entities are unavailable, and a repair issue is raised."""
    async with serve(profile="document") as gateway:
        entry = new_entry(gateway)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        port = gateway.port
    async with serve(profile="document", port=port) as other_gateway:
        await pass_time(10, times=31)
        assert state(hass, SITE_POWER) == STATE_UNAVAILABLE
        assert state(hass, CT_VALID) == STATE_UNAVAILABLE
        assert other_gateway.received == b""
        assert other_gateway.handshakes > 0


async def test_first_certificate_is_trusted(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
) -> None:
    """An entry without a certificate stores that of the first gateway that answers."""
    entry = new_entry(gateway)
    known = {key: value for key, value in entry.data.items() if key != CONF_FINGERPRINT}
    unreachable = known | {CONF_HOST: "127.0.0.1:1"}
    hass.config_entries.async_update_entry(entry, data=unreachable)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    hass.config_entries.async_update_entry(entry, data=known)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.data[CONF_FINGERPRINT] == gateway.fingerprint
    assert state(hass, SITE_POWER) == "701"


async def test_another_gateway_is_detected_by_the_next_slow_poll(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """The other gateway's values are not shown, and it gets no more requests."""
    await add_gateway(gateway)
    gateway.become("1234567-00-E--TG00000000000X")
    await pass_time(10, times=31)
    gateway.requests.clear()
    await pass_time(10)
    assert state(hass, SITE_POWER) == STATE_UNAVAILABLE
    assert gateway.requests == []


async def test_no_request_after_unloading(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """The entities are unavailable."""
    entry = await add_gateway(gateway)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert state(hass, SITE_POWER) == STATE_UNAVAILABLE
    gateway.requests.clear()
    await pass_time(300)
    assert gateway.requests == []


async def test_devices_form_a_tree(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Locations are parts of the gateway, and meters are linked to it."""
    entry = await add_gateway(gateway)
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier(
        (DOMAIN, gateway.din), entry.entry_id
    )
    assert device.name == "Tesla Energy Gateway"
    assert device.serial_number == gateway.din
    assert device.model_id == "1234567-00-E"
    assert device.sw_version == payload_of(gateway, "status")["version"]
    site = registry.async_get_child_device_by_identifier(
        (DOMAIN, f"{gateway.din}_site"), entry.entry_id
    )
    assert site.name == "Grid"
    assert site.parent_device_id == device.id
    meter = registry.async_get_device_by_identifier(
        (DOMAIN, f"{gateway.din}_synchrometerX"), entry.entry_id
    )
    assert meter.name == "Meter X"
    assert meter.via_device_id == device.id
    assert meter.serial_number == "JBL12345Y1F01E"

    status = payload_of(gateway, "status")
    serve_instead(gateway, "status", status | {"version": "99.1 abc"})
    await pass_time(300)
    device = registry.async_get_device_by_identifier(
        (DOMAIN, gateway.din), entry.entry_id
    )
    assert device.sw_version == "99.1 abc"


async def test_no_state_written_when_nothing_changed(
    hass: HomeAssistant,
    start_gateway: Callable[..., Awaitable[SimulatedGateway]],
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """A poll with the same values writes no state."""
    gateway = await start_gateway("document", frozen=True)
    await add_gateway(gateway)
    # The absence of export becomes known after two minutes.
    await pass_time(10, times=12)
    before = {each.entity_id: each.last_reported for each in hass.states.async_all()}
    await pass_time(10, times=31)
    after = {each.entity_id: each.last_reported for each in hass.states.async_all()}
    assert gateway.count("meters/aggregates") > 30
    assert before == after

"""Tests of known answers of gateways, and similar ones, in Home Assistant.

Each home is a diagnostics download that the simulator serves, set up by the config flow.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
import copy
import json
import logging
from pathlib import Path
import re
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PASSWORD, EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.tesla_gateway_meters.const import DOMAIN
from custom_components.tesla_gateway_meters.markdown import as_plain_text
from simulator import Fault, SimulatedGateway, serve

from .conftest import PassTime, address_of, serve_instead

pytestmark = pytest.mark.usefixtures(
    "enable_custom_integrations", "all_entities_enabled", "socket_enabled"
)

NOW = "2026-06-21T12:00:00.5+02:00"
DIN = "1232100-00-E--TG000000000001"
BLOCKED = ("run sitemanager flag enabled", "sitemanager process is running")

type Home = dict[str, Any]
type SetUp = Callable[[Home], Awaitable[tuple[SimulatedGateway, ConfigEntry]]]


def totals(power: float, exported: float = 1000, imported: float = 2000) -> Any:
    """Make totals, of a location or a meter."""
    return {
        "last_communication_time": NOW,
        "instant_power": power,
        "instant_reactive_power": 0,
        "energy_exported": exported,
        "energy_imported": imported,
        "timeout": 1_500_000_000,
    }


def location_meter(
    number: int, location: str, meter_type: str, cts: str, **cached: Any
) -> Any:
    """Make a meter's entry at a location; `cts` has the numbers of its CTs."""
    power = sum(cached.get(f"real_power_{phase}", 0) for phase in "abc")
    counted = {key: cached.pop(key, 3000) for key in ("exported", "imported")}
    readings = totals(power, **counted) | {
        "last_phase_power_communication_time": NOW,
        **{f"i_{phase}_current": 0 for phase in "abc"},
    }
    return {
        "id": number,
        "location": location,
        "type": meter_type,
        "cts": [str(ct) in cts for ct in range(1, 5)],
        "inverted": [False] * 4,
        "connection": {"short_id": short_id(meter_type)},
        "Cached_readings": readings | cached,
    }


def short_id(meter_type: str) -> str:
    """Return the id of a meter: the gateway's, or one of its own."""
    return DIN if meter_type.startswith("synchrometer") else "73533"


def listed_meter(meter_type: str, serial: str | None, **roles: str) -> Any:
    """Make a meter of `/api/meters`; a role has the numbers of its CTs."""
    return {
        "serial": serial,
        "short_id": short_id(meter_type),
        "type": meter_type,
        "cts": [
            {
                "type": role,
                "valid": [str(ct) in cts for ct in range(1, 5)],
                "inverted": [False] * 4,
            }
            for role, cts in roles.items()
        ],
    }


def home(**answers: Any) -> Home:
    """Make the answers of a gateway with one meter at the site."""
    volts = {"v_l1n": 231, "v_l2n": 232, "v_l3n": 233}
    serial = "JBL1synchrometerX"
    return {
        "status": {"din": DIN, "version": "24.4.0 0fe780c9"},
        "meters/aggregates": {
            "site": totals(500),
            "solar": totals(100),
            "load": totals(600),
        },
        "meters/site": [location_meter(0, "site", "synchrometerX", "123", **volts)],
        "meters/solar": None,
        "meters": [listed_meter("synchrometerX", serial, site="123")],
        "meters/readings": {serial: {"error": ", ".join(BLOCKED), "data": {}}},
        "system_status/soe": {"percentage": 50},
        "system_status/grid_status": {"grid_status": "SystemGridConnected"},
    } | {key.replace("__", "/"): answer for key, answer in answers.items()}


@pytest.fixture
async def set_up(hass: HomeAssistant, tmp_path: Path) -> AsyncGenerator[SetUp]:
    """Serve a home, and add it by the config flow."""
    async with AsyncExitStack() as stack:

        async def add(answers: Home) -> tuple[SimulatedGateway, ConfigEntry]:
            file = tmp_path / "download.json"
            payloads = {f"/api/{name}": answer for name, answer in answers.items()}
            file.write_text(json.dumps({"data": {"payloads": payloads}}), "utf-8")
            gateway = await stack.enter_async_context(serve(replay=file, frozen=True))
            form = await hass.config_entries.flow.async_init(
                DOMAIN, context={"source": SOURCE_USER}
            )
            result = await hass.config_entries.flow.async_configure(
                form["flow_id"],
                {CONF_HOST: address_of(gateway), CONF_PASSWORD: gateway.password},
            )
            await hass.async_block_till_done()
            assert result["type"] is FlowResultType.CREATE_ENTRY, result
            entry: ConfigEntry = result["result"]
            assert entry.state is ConfigEntryState.LOADED
            return gateway, entry

        yield add


def shown(hass: HomeAssistant) -> dict[str, str]:
    """Return all states by unique id without the gateway's DIN."""
    found = {}
    for each in er.async_get(hass).entities.values():
        if each.platform == DOMAIN:
            state = hass.states.get(each.entity_id)
            assert state is not None, each.entity_id
            found[each.unique_id.removeprefix(f"{DIN}_")] = state.state
    return found


def placeholders_of_issues(hass: HomeAssistant, kind: str) -> list[dict[str, str]]:
    """Return the placeholders of the active issues of a kind."""
    return [
        dict(issue.translation_placeholders or {})
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.translation_key == kind and issue.active
    ]


def watch_states(hass: HomeAssistant) -> list[str]:
    """Return the list of our written states from now on, except those that count time."""
    written: list[str] = []

    def add(event: Event[Any]) -> None:
        if not event.data["entity_id"].endswith(("_mean", "_sustained_export")):
            written.append(event.data["entity_id"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, add)
    return written


def log_messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the log messages of the integration."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(f"custom_components.{DOMAIN}")
        and record.levelno >= logging.INFO
    ]


VOLTS = {f"site_voltage_l{n}": f"v_l{n}n" for n in (1, 2, 3)}


@pytest.mark.parametrize(
    ("meter_type", "cts", "volts"),
    [
        ("synchrometerX", "123", {"v_l1n": 0.4, "v_l2n": 0.6, "v_l3n": 0.3}),
        ("synchrometerX", "123", {"v_l1n": 231, "v_l2n": 0.4, "v_l3n": 233}),
        ("synchrometerY", "12", {"v_l1n": 0.3, "v_l2n": 0.0}),
        ("neurio_w2_tcp", "123", {"v_l1n": 0.3, "v_l2n": 0.2, "v_l3n": 0.1}),
        ("acuvim", "123", {"v_l1n": 230, "v_l2n": 231, "v_l3n": 0.1}),
        ("trm_mb", "1", {"v_l1n": 0.3}),
    ],
)
async def test_dead_phase_is_shown_as_measured(
    hass: HomeAssistant,
    set_up: SetUp,
    pass_time: PassTime,
    meter_type: str,
    cts: str,
    volts: dict[str, float],
) -> None:
    """In an outage at the start, and when a phase is lost later."""
    alive = dict.fromkeys(volts, 230.0)
    dead = [location_meter(0, "site", meter_type, cts, **volts)]
    gateway, _ = await set_up(home(meters__site=dead))
    for now, measured in ((dead, volts), (None, alive), (dead, volts)):
        serve_instead(
            gateway,
            "meters/site",
            now or [location_meter(0, "site", meter_type, cts, **alive)],
        )
        await pass_time(10)
        states = shown(hass)
        found = {key: states[key] for key in VOLTS if key in states}
        assert {VOLTS[key]: float(value) for key, value in found.items()} == measured
        for phase in (key[-2:] for key in found):
            assert states[f"site_power_{phase}"] == "0"
            if not meter_type.startswith("neurio"):
                assert float(states[f"site_current_{phase}"]) == 0


async def test_unused_leg_is_no_phase(
    hass: HomeAssistant, set_up: SetUp, pass_time: PassTime
) -> None:
    """A Neurio's second leg has no CT, and some 0.2 V."""
    meter = location_meter(0, "site", "neurio_tcp", "1", v_l1n=247.5, v_l2n=0.2)
    await set_up(home(meters__site=[meter]))
    await pass_time(10, times=2)
    states = shown(hass)
    assert states["site_voltage_l1"] == "247.5"
    assert "site_voltage_l2" not in states


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("SystemGridConnected", "connected"),
        ("SystemIslandedActive", "islanded"),
        ("SystemIslandedReady", "islanded"),
        ("SystemTransitionToGrid", "transition"),
        ("SystemTransitionToIsland", "transition"),
        ("SystemWaitForUser", "waiting"),
        ("SystemMicroGridFaulted", "faulted"),
        ("SystemMicroGridFaulted\n", "faulted"),
        ("SystemOnTheMoon", "unknown"),
        (None, "unknown"),
    ],
)
async def test_grid_status_is_there_from_the_start(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    set_up: SetUp,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
    word: str | None,
    state: str,
) -> None:
    """Each word adds the entity; an unknown one is logged once, and counted."""
    assert await async_setup_component(hass, "diagnostics", {})
    _, entry = await set_up(home(system_status__grid_status={"grid_status": word}))
    assert shown(hass)["grid_status"] == state
    await pass_time(10, times=9)
    assert shown(hass)["grid_status"] == state
    lines = [line for line in log_messages(caplog) if "grid status" in line]
    is_new = word == "SystemOnTheMoon"
    assert len(lines) == is_new
    assert all("'SystemOnTheMoon'" in line for line in lines)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["gateway"]["unknown_words"] == (4 if is_new else 0)


def split_home(meter_type: str, *, ids: bool) -> Home:
    """Make a home whose solar meter has three entries, with one CT each."""
    serial = f"JBL1{meter_type}" if meter_type.startswith("sync") else "OBB1"
    entries = [
        location_meter(
            number,
            "solar",
            meter_type,
            str(number + 1),
            **{f"v_l{number + 1}n": 230, f"real_power_{'abc'[number]}": power},
            imported=counter,
        )
        for number, (power, counter) in enumerate(
            [(4959, 31_005_000), (1785, 11_002_000), (3311, 20_500_000)]
        )
    ]
    if not ids:
        for entry in entries:
            del entry["id"]
    answers = home(meters__solar=entries)
    answers["meters"].append(listed_meter(meter_type, serial, solar="123"))
    return answers


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("meter_type", ["neurio_w2_tcp", "synchrometerY", "trm_mb"])
async def test_entries_of_one_meter_are_distinguished(
    hass: HomeAssistant,
    set_up: SetUp,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
    meter_type: str,
    ids: bool,
) -> None:
    """Each has its power and its counter, in any order, without an issue."""
    answers = split_home(meter_type, ids=ids)
    gateway, entry = await set_up(answers)
    key = meter_type if meter_type.startswith("sync") else f"{meter_type}_73533"
    further = ["1", "2"] if ids else ["ct2", "ct3"]
    names = [f"{key}_solar", *(f"{key}_solar_{part}" for part in further)]

    def check() -> None:
        states = shown(hass)
        powers = [states[f"{name}_power"] for name in names]
        assert powers == ["4959", "1785", "3311"]
        counters = [float(states[f"{name}_energy_exported"]) for name in names]
        assert counters == [31_005, 11_002, 20_500]
        phases = [states[f"solar_power_l{n}"] for n in (1, 2, 3)]
        assert phases == ["4959", "1785", "3311"]

    check()
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert len({device.name for device in devices}) == len(devices)
    written = watch_states(hass)
    caplog.clear()
    entries = answers["meters/solar"]
    for order in (entries[::-1], entries[1:] + entries[:1], entries) * 3:
        serve_instead(gateway, "meters/solar", order)
        await pass_time(10, times=3)
        check()
    await pass_time(300, times=2)
    assert written == []
    assert log_messages(caplog) == []
    assert placeholders_of_issues(hass, "ct_disagreement") == []

    # One of them alone is still itself, also after a restart.
    serve_instead(gateway, "meters/solar", entries[1:2])
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    states = shown(hass)
    assert states[f"{names[1]}_power"] == "1785"
    assert states[f"{names[0]}_power"] == "unavailable"
    gateway.clear_faults()
    await pass_time(10, times=6)
    check()


type Renumber = Callable[[list[Any]], list[Any]]


def _swap_ids(entries: list[Any]) -> list[Any]:
    ids = [each["id"] for each in entries]
    return [
        each | {"id": number} for each, number in zip(entries, ids[::-1], strict=True)
    ]


def _leave_ids_out(entries: list[Any]) -> list[Any]:
    return [
        {key: value for key, value in each.items() if key != "id"} for each in entries
    ]


@pytest.mark.parametrize("renumber", [_swap_ids, _leave_ids_out, reversed])
async def test_entries_are_the_same_after_a_restart(
    hass: HomeAssistant,
    set_up: SetUp,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
    renumber: Renumber,
) -> None:
    """With any ids, a counter never continues that of another entry."""
    answers = split_home("neurio_w2_tcp", ids=True)
    gateway, entry = await set_up(answers)
    await pass_time(10, times=6)
    before = shown(hass)
    stored = entry.data
    serve_instead(gateway, "meters/solar", list(renumber(answers["meters/solar"])))
    caplog.clear()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await pass_time(10, times=6)
    solar = {key: state for key, state in before.items() if "_solar_" in key}
    assert {key: shown(hass).get(key) for key in solar} == solar
    assert shown(hass).keys() == before.keys()
    assert log_messages(caplog) == []
    assert entry.data is stored


@pytest.mark.parametrize("begin", [0, 1, 2])
async def test_entry_that_comes_later(
    hass: HomeAssistant, set_up: SetUp, pass_time: PassTime, begin: int
) -> None:
    """The new entry takes over no entity and no counter of the first one."""
    answers = split_home("synchrometerY", ids=True)
    entries = answers["meters/solar"]
    answers["meters/solar"] = [entries[begin]]
    gateway, entry = await set_up(answers)
    alone = shown(hass)["synchrometerY_solar_power"]
    serve_instead(gateway, "meters/solar", entries)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    states = shown(hass)
    assert states["synchrometerY_solar_power"] == alone
    powers = [
        state
        for key, state in states.items()
        if re.fullmatch(r"synchrometerY_solar(_\d)?_power", key)
    ]
    assert sorted(powers) == ["1785", "3311", "4959"]


async def test_entries_that_lack_a_ct_disagree(
    hass: HomeAssistant, set_up: SetUp, pass_time: PassTime
) -> None:
    """The entries together are compared with the list of all meters."""
    answers = split_home("neurio_w2_tcp", ids=True)
    del answers["meters/solar"][2]
    await set_up(answers)
    await pass_time(300, times=2)
    (placeholders,) = placeholders_of_issues(hass, "ct_disagreement")
    assert placeholders["changes"] == "- Remote meter: Solar CT3: In use → Not in use"


FAULT = {"error": {"Op": "dial", "Net": "tcp", "Err": 113}, "data": {}}


@pytest.mark.parametrize("answer", ["others", "null", "absent", "broken"])
async def test_fault_of_an_unlisted_meter_is_never_lost(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    set_up: SetUp,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
    answer: str,
) -> None:
    """The repair issue contains no serial number, whatever `/api/meters` answers."""
    assert await async_setup_component(hass, "diagnostics", {})
    answers = home()
    answers["meters/readings"]["VAH1234AB1234"] = FAULT
    match answer:
        case "null":
            answers["meters"] = None
        case "absent":
            del answers["meters"]
        case _:
            pass
    gateway, entry = await set_up(answers)
    if answer == "broken":
        gateway.set_fault("meters", Fault("status", 502))
    await pass_time(300, times=2)
    (placeholders,) = placeholders_of_issues(hass, "reading_fault_unlisted")
    assert placeholders["error"] == as_plain_text(
        "dial tcp: error 113 (no route to host)"
    )
    everything = str([*ir.async_get(hass).issues.items(), *log_messages(caplog)])
    assert "VAH1234" not in everything
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["gateway"]["unlisted_readings"]["unreachable"] == 1
    del answers["meters/readings"]["VAH1234AB1234"]
    serve_instead(gateway, "meters/readings", answers["meters/readings"])
    await pass_time(300)
    assert placeholders_of_issues(hass, "reading_fault_unlisted") == []


async def test_fault_stays_while_the_list_is_missing(
    hass: HomeAssistant, set_up: SetUp, pass_time: PassTime
) -> None:
    """Whose reading it is was known before."""
    answers = home()
    answers["meters"].append(listed_meter("neurio_tcp", "OBB1"))
    answers["meters/readings"]["OBB1"] = FAULT
    gateway, _ = await set_up(answers)
    await pass_time(300, times=2)
    key = "neurio_tcp_73533_reading_status"
    for meters in (None, [], ...):
        if meters is ...:
            gateway.set_fault("meters", Fault("status", 404))
        else:
            serve_instead(gateway, "meters", meters)
        await pass_time(300)
        assert [
            placeholders["meter"]
            for placeholders in placeholders_of_issues(hass, "reading_fault")
        ] == ["Remote meter"]
        assert shown(hass)[key] == "unreachable"


@pytest.mark.parametrize("is_unused_listed", [True, False])
async def test_reading_of_the_only_remote_meter_without_one(
    hass: HomeAssistant, set_up: SetUp, pass_time: PassTime, is_unused_listed: bool
) -> None:
    """A synchrometer that has none, or is not listed, cannot be meant."""
    answers = home()
    answers["meters"].append(listed_meter("neurio_w2_tcp", "OBB1", solar="1"))
    if is_unused_listed:
        answers["meters"].append(listed_meter("synchrometerY", "JBL1synchrometerY"))
    else:
        blocked = {"error": ", ".join(BLOCKED), "data": {}}
        answers["meters/readings"]["JBL1synchrometerY"] = blocked
    answers["meters/readings"]["VAH1234AB1234"] = FAULT
    await set_up(answers)
    await pass_time(300, times=2)
    assert shown(hass)["neurio_w2_tcp_73533_reading_status"] == "unreachable"
    (placeholders,) = placeholders_of_issues(hass, "reading_fault")
    assert placeholders["meter"] == "Remote meter"


async def test_reading_of_the_only_meter_without_one(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    """A serial that is not listed is that meter's."""
    answers = home()
    answers["meters"].append(listed_meter("neurio_tcp", "OBB1"))
    answers["meters/readings"]["VAH1"] = FAULT
    await set_up(answers)
    states = shown(hass)
    assert states["neurio_tcp_73533_reading_status"] == "unreachable"
    assert states["neurio_tcp_73533_reading_problem"] == "on"
    assert states["synchrometerX_reading_status"] == "blocked_while_running"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        *((error, "ok") for error in (None, "", " \n")),
        *((error, "error") for error in ({}, {"Err": {}}, [], 5, [{"x": {}}], False)),
        ({"Op": "dial", "Err": {}}, "error"),
        *(({"Err": number}, "unreachable") for number in (101, 110, 111, 113)),
        ({"Op": "Get", "Err": {"Op": "dial", "Err": {"Err": 111}}}, "unreachable"),
    ],
    ids=str,
)
async def test_error_of_a_reading(
    hass: HomeAssistant, set_up: SetUp, error: object, status: str
) -> None:
    """An error that is neither null nor an empty text is a failure."""
    answers = home()
    answers["meters/readings"]["JBL1synchrometerX"]["error"] = error
    await set_up(answers)
    states = shown(hass)
    assert states["synchrometerX_reading_status"] == status
    assert states["synchrometerX_reading_problem"] == (
        "off" if status == "ok" else "on"
    )


async def test_order_of_the_words_writes_no_state(
    hass: HomeAssistant, set_up: SetUp, pass_time: PassTime
) -> None:
    """The normal text is one text."""
    gateway, _ = await set_up(home())
    written = watch_states(hass)
    for clauses in (BLOCKED[::-1], BLOCKED, BLOCKED[::-1], BLOCKED):
        readings = {"JBL1synchrometerX": {"error": ", ".join(clauses), "data": {}}}
        serve_instead(gateway, "meters/readings", readings)
        await pass_time(300)
    assert written == []


@pytest.mark.parametrize(
    ("meter_type", "name"),
    [
        ("msa", "Backup switch meter"),
        ("trm_mb", "Remote meter"),
        ("trm_tcp", "Remote meter"),
        ("neurio_w3_x", "Remote meter"),
        ("acuvim", "Acuvim meter"),
        ("acuvim_2", "Acuvim meter"),
        ("synchrometerZ", "Meter Z"),
        ("brand_new", "Brand new meter"),
        ("power_meter_9", "Power meter 9"),
        ("", "Unknown meter"),
        ("__", "Meter"),
        ("x" * 99, "X" + 57 * "x" + " meter"),
    ],
)
async def test_new_meter_type_has_a_readable_name(
    hass: HomeAssistant, set_up: SetUp, meter_type: str, name: str
) -> None:
    """No third phase is invented on a split-phase service, and CT3 has its own."""
    site = location_meter(
        0, "site", meter_type, "12", v_l1n=121, v_l2n=122, real_power_a=230
    )
    solar = location_meter(0, "solar", meter_type, "3", v_l2n=122, real_power_b=1200)
    answers = home(meters__site=[site], meters__solar=[solar])
    answers["meters"] = [listed_meter(meter_type, "OBB1", site="12", solar="3")]
    _, entry = await set_up(answers)
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert name in {device.name for device in devices}
    states = shown(hass)
    assert states["site_power_l1"] == "230"
    assert states["solar_power_l2"] == "1200"
    assert not any(key.endswith("_l3") for key in states)


async def test_cut_is_logged_once(
    hass: HomeAssistant,
    set_up: SetUp,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A thousand locations and meters make a bounded number of entities."""
    answers = home()
    invented = {f"l{n}": totals(1) for n in range(1000)}
    answers["meters/aggregates"] = invented | answers["meters/aggregates"]
    many = [copy.deepcopy(answers["meters/site"][0]) for _ in range(1000)]
    for number, meter in enumerate(many):
        meter["id"] = number
        meter["type"] = f"t{number}"
        meter["cts"] = [True] * 100
    answers["meters/site"] = answers["meters"] = many
    answers["status"]["version"] = "1.15.0\n" + "x" * 1000
    _, entry = await set_up(answers)
    await pass_time(10, times=5)
    assert shown(hass)["site_power"] == "500"
    lines = [
        line for line in log_messages(caplog) if "more than" in line or "cut" in line
    ]
    assert 3 <= len(lines) <= 6
    assert len(set(lines)) == len(lines)
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert len(devices) <= 1 + 16 + 32
    for state in hass.states.async_all():
        assert len(state.state) <= 255
    (gateway_device,) = (each for each in devices if each.serial_number == DIN)
    assert gateway_device.sw_version is not None
    assert len(gateway_device.sw_version) <= 255


async def test_no_name_is_longer_than_64_characters(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    """Nor is one of a device or an entity that is made with a gateway's words."""
    long = "word " * 50
    meter = location_meter(0, "site", long, "12", v_l1n=120) | {"location": long}
    entry_of_it = location_meter(1, "site", long, "3", v_l1n=120) | {"location": long}
    answers = home(meters__site=[meter, entry_of_it])
    answers["meters/aggregates"][long] = totals(7)
    answers["meters"] = [listed_meter(long, long, **{long: "12"})]
    answers["meters/readings"] = {long: {"error": "", "data": {"cts": [{"ct": 1}]}}}
    _, entry = await set_up(answers)
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    names = [each.name for each in devices] + [each.original_name for each in entities]
    cut = [name for name in names if name and "ord word word" in name]
    assert len(cut) > 8
    assert max(map(len, cut)) <= 64


async def test_weird_names_of_locations(
    hass: HomeAssistant, set_up: SetUp, pass_time: PassTime
) -> None:
    """Locations have names without control characters, of at most 64 characters."""
    answers = home()
    for name in ("", "  ", "véranda ☀", "pool\n", "\x00", "x" * 300):
        answers["meters/aggregates"][name] = totals(7)
    await set_up(answers)
    await pass_time(10, times=2)
    states = shown(hass)
    for name in ("unknown", "véranda ☀", "pool", "x" * 64):
        assert states[f"{name}_power"] == "7"
    names = {device.name or "" for device in dr.async_get(hass).child_devices}
    assert {"Unknown", "Véranda ☀", "Pool"} <= names
    assert all(name.strip() == name and len(name) <= 64 for name in names)

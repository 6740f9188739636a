"""Tests of meters that are added and removed: names, settings, issues, devices."""

import copy
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.tesla_gateway_meters.const import DOMAIN
from custom_components.tesla_gateway_meters.issues import digest
from simulator import SimulatedGateway

from .conftest import NewEntry, SlowPolls, StartGateway, payload_of, serve_instead

SITE, SOLAR = "neurio_tcp_12345", "neurio_tcp_12346"
# Sorts before both.
ADDED = "neurio_tcp_11111"

# As version 1 stored the configuration of the profile.
TEXTS = {
    "Remote meter 1: site CT1": "assigned",
    "Remote meter 1: site CT2": "assigned",
    "Remote meter 2: solar CT1": "assigned",
}


@pytest.fixture
async def gateway(start_gateway: StartGateway) -> SimulatedGateway:
    """Return a gateway with two remote meters."""
    return await start_gateway("neurio", frozen=True, seed=1)


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set the entry up."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


def add_meter(gateway: SimulatedGateway, **role: Any) -> None:
    """List a third meter, with CT1 in a role of its own."""
    meters = payload_of(gateway, "meters")
    # They come in any order.
    solar = next(meter for meter in meters if meter["short_id"] == "12346")
    added = copy.deepcopy(solar) | {"serial": "OBB9", "short_id": "11111"}
    added["cts"][0] |= {"type": "generator", **role}
    serve_instead(gateway, "meters", [*meters, added])
    readings = payload_of(gateway, "meters/readings")
    readings["OBB9"] = copy.deepcopy(readings["OBB0000000001"])
    serve_instead(gateway, "meters/readings", readings)


def fail_reading(gateway: SimulatedGateway, *serials: str) -> None:
    """Let the readings of these meters fail."""
    readings = payload_of(gateway, "meters/readings")
    for serial in serials:
        readings[serial] = {"error": "dial tcp: no route to host", "data": {}}
    serve_instead(gateway, "meters/readings", readings)


def issues_of(hass: HomeAssistant, kind: str) -> list[ir.IssueEntry]:
    """Return the active issues of a kind that are not ignored."""
    return [
        issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
        and issue.translation_key == kind
        and issue.active
        and issue.dismissed_version is None
    ]


def changes(hass: HomeAssistant) -> list[str]:
    """Return the lines of the issue of changed CTs, none without one."""
    return [
        line
        for issue in issues_of(hass, "ct_changed")
        for line in issue.translation_placeholders["changes"].splitlines()
    ]


def device(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> dr.DeviceEntry:
    """Return the device of a meter."""
    found = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, f"{entry.unique_id}_{key}"), entry.entry_id
    )
    assert found is not None
    return found


async def test_only_the_added_meter_is_reported(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    slow_polls: SlowPolls,
) -> None:
    """The key of the new meter sorts before the others."""
    await set_up(hass, new_entry(gateway))
    await slow_polls(2)
    add_meter(gateway)
    await slow_polls(2)
    assert changes(hass) == ["- Remote meter 3: Generator CT1: Not in use → In use"]


async def test_names_and_numbers_are_kept_when_a_meter_is_added(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    slow_polls: SlowPolls,
) -> None:
    """Also over a reload, and in an issue as on the device."""
    entry = new_entry(gateway)
    await set_up(hass, entry)
    assert device(hass, entry, SITE).name == "Remote meter"
    assert device(hass, entry, SOLAR).name == "Remote meter 2"
    add_meter(gateway)
    fail_reading(gateway, "OBB0000000002", "OBB9")
    await slow_polls(2)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await slow_polls(2)
    names = [device(hass, entry, key).name for key in (SITE, SOLAR, ADDED)]
    assert names == ["Remote meter", "Remote meter 2", "Remote meter 3"]
    named = [
        issue.translation_placeholders["meter"]
        for issue in issues_of(hass, "reading_fault")
    ]
    assert sorted(named) == ["Remote meter 2", "Remote meter 3"]


async def test_issue_has_the_name_that_the_user_gave(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    slow_polls: SlowPolls,
) -> None:
    """The name of the device is the user's."""
    entry = new_entry(gateway)
    await set_up(hass, entry)
    dr.async_get(hass).async_update_device(
        device(hass, entry, SOLAR).id, name_by_user="Garage-Dach"
    )
    fail_reading(gateway, "OBB0000000002")
    await slow_polls(2)
    (issue,) = issues_of(hass, "reading_fault")
    assert issue.translation_placeholders["meter"] == "Garage-Dach"


async def test_ignored_reading_fault_stays_with_its_meter(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    slow_polls: SlowPolls,
) -> None:
    """The fault of a meter that is added is reported."""
    entry = new_entry(gateway)
    await set_up(hass, entry)
    fail_reading(gateway, "OBB0000000002")
    await slow_polls(2)
    (issue,) = issues_of(hass, "reading_fault")
    ir.async_ignore_issue(hass, DOMAIN, issue.issue_id, ignore=True)
    add_meter(gateway)
    fail_reading(gateway, "OBB0000000002", "OBB9")
    await slow_polls(3)
    (other,) = issues_of(hass, "reading_fault")
    assert other.translation_placeholders["meter"] == "Remote meter 3"
    for known_id in (issue.issue_id, other.issue_id):
        assert not any(each in known_id for each in ("12346", "11111", "OBB"))


def store_version_1(
    hass_storage: dict[str, Any], entry: MockConfigEntry, texts: dict[str, str]
) -> str:
    """Store a configuration as version 1 did; return its key."""
    key = f"{DOMAIN}.{entry.entry_id}.configuration"
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": texts}
    return key


@pytest.mark.parametrize(
    ("texts", "reported"),
    [
        (TEXTS, []),
        (
            TEXTS | {"Remote meter 2: solar CT1": "assigned, inverted"},
            ["- Remote meter 2: Solar CT1 polarity: Inverted → Normal"],
        ),
        (
            TEXTS | {"Remote meter 1: site scale factor": "2"},
            ["- Remote meter: Grid scale factor: 2 → 1"],
        ),
        (
            TEXTS | {"Remote meter 3: solar CT1": "assigned"},
            ["- Remote meter: Solar CT1: In use → Not in use"],
        ),
        (
            TEXTS | {"Meter X: CT1 voltage reference": "L1"},
            ["- Meter X: CT1 voltage reference: L1 → —"],
        ),
    ],
    ids=["same", "inverted", "scaled", "meter gone", "other meter gone"],
)
async def test_baseline_of_version_1_is_converted(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    slow_polls: SlowPolls,
    texts: dict[str, str],
    reported: list[str],
) -> None:
    """Only what has really changed is reported, also after a restart."""
    entry = new_entry(gateway)
    key = store_version_1(hass_storage, entry, texts)
    await set_up(hass, entry)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await slow_polls(2)
    assert changes(hass) == reported
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert hass_storage[key]["version"] == 2
    assert "assigned" not in str(hass_storage[key])
    await slow_polls(2)
    assert changes(hass) == reported


async def test_baseline_of_version_1_beside_an_added_meter(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    slow_polls: SlowPolls,
) -> None:
    """The numbers of version 1 meant other meters then, as did an ignored issue."""
    entry = new_entry(gateway)
    store_version_1(hass_storage, entry, TEXTS)
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"reading_fault_{entry.entry_id}_remote_meter_2",
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="reading_fault",
        translation_placeholders=dict.fromkeys(("name", "meter", "error"), ""),
    )
    ir.async_ignore_issue(
        hass, DOMAIN, f"reading_fault_{entry.entry_id}_remote_meter_2", ignore=True
    )
    add_meter(gateway)
    fail_reading(gateway, "OBB0000000002", "OBB9")
    await set_up(hass, entry)
    await slow_polls(3)
    # In the order of their keys.
    assert changes(hass) == ["- Remote meter: Generator CT1: Not in use → In use"]
    (issue,) = issues_of(hass, "reading_fault")
    assert issue.issue_id.endswith(digest(ADDED))
    ignored = f"reading_fault_{entry.entry_id}_{digest(SOLAR)}"
    assert ir.async_get(hass).async_get_issue(DOMAIN, ignored).dismissed_version


async def test_device_is_deleted_once_its_meter_is_not_listed(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    slow_polls: SlowPolls,
) -> None:
    """Others are kept; when the meter is listed again, its device and entities return."""
    assert await async_setup_component(hass, "config", {})
    entry = new_entry(gateway)
    add_meter(gateway)
    await set_up(hass, entry)
    client = await hass_ws_client(hass)

    async def delete(found: dr.DeviceEntry) -> bool:
        answer = await client.remove_device(found.id)
        return bool(answer["success"])

    added = device(hass, entry, ADDED)
    before = len(hass.states.async_all())
    assert not await delete(added)
    gateway.clear_faults()
    await slow_polls(1)
    assert await delete(added)
    await hass.async_block_till_done()
    assert len(hass.states.async_all()) < before
    assert not await delete(device(hass, entry, SITE))
    gateway_device = dr.async_get(hass).async_get(entry.runtime_data.device_id)
    assert not await delete(gateway_device)
    add_meter(gateway)
    await slow_polls(1)
    assert device(hass, entry, ADDED).name == added.name
    assert len(hass.states.async_all()) == before


async def test_gateway_has_a_model(
    hass: HomeAssistant, gateway: SimulatedGateway, new_entry: NewEntry
) -> None:
    """The part number in its DIN tells which."""
    entry = new_entry(gateway)
    await set_up(hass, entry)
    found = dr.async_get(hass).async_get(entry.runtime_data.device_id)
    models = {"1118431": "Backup Gateway 1", "1232100": "Backup Gateway 2"}
    assert found.model == models[gateway.din.partition("-")[0]]

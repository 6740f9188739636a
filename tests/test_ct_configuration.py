"""CTs that are set up in another way, or in two ways: said once, and taken back."""

from collections.abc import Callable
import copy
from http import HTTPStatus
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.tesla_gateway_meters.const import DOMAIN
from custom_components.tesla_gateway_meters.markdown import as_plain_text
from simulator import Fault, SimulatedGateway

from .conftest import AddGateway, PassTime, payload_of, serve_instead

type Polls = Callable[[int], Any]


@pytest.fixture
def slow_polls(pass_time: PassTime) -> Polls:
    """Let slow polls pass."""

    async def wait(polls: int) -> None:
        for _ in range(polls):
            # Live polls come between, one in three with solar.
            await pass_time(10, times=3)
            await pass_time(270)

    return wait


def told(hass: HomeAssistant, kind: str) -> dict[str, str] | None:
    """Return what the issue of a kind says, None where there is none."""
    for (domain, _), issue in ir.async_get(hass).issues.items():
        if domain == DOMAIN and issue.translation_key == kind and issue.active:
            return dict(issue.translation_placeholders or {})
    return None


def change(gateway: SimulatedGateway, alter: Callable[[dict[str, Any]], None]) -> None:
    """Alter the configuration of the document's meters, in all places that give it."""
    meters = {
        endpoint: copy.deepcopy(payload_of(gateway, endpoint))
        for endpoint in ("meters", "meters/site", "meters/solar")
    }
    alter(meters)
    for endpoint, payload in meters.items():
        serve_instead(gateway, endpoint, payload)


def lose_site_ct(meters: dict[str, Any]) -> None:
    """Take CT2 of meter X from the site."""
    meters["meters"][1]["cts"][0]["valid"] = [True, False, False, False]
    meters["meters/site"][1]["cts"] = [True, False, False, False]


def invert_solar_ct(meters: dict[str, Any]) -> None:
    """Invert the solar system's CT of meter Y."""
    meters["meters"][0]["cts"][1]["inverted"] = [False, True, False, False]
    meters["meters/solar"][0]["inverted"] = [False, True, False, False]


def scale_solar(meters: dict[str, Any]) -> None:
    """Count the solar system's CT once."""
    meters["meters"][0]["cts"][1]["real_power_scale_factor"] = 1
    meters["meters/solar"][0]["real_power_scale_factor"] = 1


def refer_elsewhere(meters: dict[str, Any]) -> None:
    """Measure CT3 of meter Y against the other phase."""
    for location in ("meters/site", "meters/solar"):
        meters[location][0]["ct_voltage_references"]["ct3"] = "Phase2"


def lose_meter(meters: dict[str, Any]) -> None:
    """List meter X alone."""
    del meters["meters"][0], meters["meters/site"][0], meters["meters/solar"][0]


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (lose_site_ct, ["- Meter X: site CT2: assigned → none"]),
        (invert_solar_ct, ["- Meter Y: solar CT2: assigned → assigned, inverted"]),
        (scale_solar, ["- Meter Y: solar scale factor: 2 → none"]),
        (refer_elsewhere, ["- Meter Y: CT3 voltage reference: L1 → L2"]),
        (
            lose_meter,
            [
                "- Meter Y: CT1 voltage reference: L1 → none",
                "- Meter Y: CT2 voltage reference: L2 → none",
                "- Meter Y: CT3 voltage reference: L1 → none",
                "- Meter Y: site CT1: assigned → none",
                "- Meter Y: solar CT2: assigned → none",
                "- Meter Y: solar scale factor: 2 → none",
            ],
        ),
    ],
)
async def test_a_change(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: Polls,
    alter: Callable[[dict[str, Any]], None],
    said: list[str],
) -> None:
    """It is said after two slow polls, in words, and goes when it is undone."""
    entry = await add_gateway(document)
    await slow_polls(2)
    change(document, alter)
    await slow_polls(1)
    assert told(hass, "ct_changed") is None
    await slow_polls(1)
    assert told(hass, "ct_changed")["changes"].splitlines() == said
    assert document.din not in str(told(hass, "ct_changed"))
    # It is remembered over a restart what was right.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await slow_polls(2)
    assert told(hass, "ct_changed")["changes"].splitlines() == said
    document.clear_faults()
    await slow_polls(2)
    assert told(hass, "ct_changed") is None


async def test_confirmed(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: Polls,
) -> None:
    """What a person confirms is what is right from then on."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await add_gateway(document)
    await slow_polls(2)
    change(document, lose_site_ct)
    await slow_polls(2)
    await confirm(hass_client, entry)
    assert told(hass, "ct_changed") is None
    assert await hass.config_entries.async_reload(entry.entry_id)
    await slow_polls(3)
    assert told(hass, "ct_changed") is None
    document.clear_faults()
    await slow_polls(2)
    assert told(hass, "ct_changed")["changes"] == "- Meter X: site CT2: none → assigned"


async def confirm(
    hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> dict[str, Any]:
    """Open the repair, look at it, and confirm."""
    client = await hass_client()
    url = "/api/repairs/issues/fix"
    issue_id = f"ct_changed_{entry.entry_id}_"
    response = await client.post(url, json={"handler": DOMAIN, "issue_id": issue_id})
    assert response.status == HTTPStatus.OK
    form = await response.json()
    assert "Meter X" in form["description_placeholders"]["changes"]
    response = await client.post(f"{url}/{form['flow_id']}", json={})
    assert response.status == HTTPStatus.OK
    result: dict[str, Any] = await response.json()
    return result


async def test_confirmed_while_unloaded(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: Polls,
) -> None:
    """Nothing is taken for right of a gateway that is not read."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await add_gateway(document)
    await slow_polls(2)
    change(document, lose_site_ct)
    await slow_polls(2)
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await confirm(hass_client, entry)
    assert result["reason"] == "not_loaded"


async def test_confirmed_too_early(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: Polls,
) -> None:
    """Just after a reload nobody knows yet what would be taken for right."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await add_gateway(document)
    await slow_polls(2)
    change(document, lose_site_ct)
    await slow_polls(2)
    before = told(hass, "ct_changed")
    assert await hass.config_entries.async_reload(entry.entry_id)
    result = await confirm(hass_client, entry)
    assert result["reason"] == "not_loaded"
    await slow_polls(2)
    assert told(hass, "ct_changed") == before


async def test_confirmed_beside_a_contradiction(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: Polls,
) -> None:
    """A change that is right takes nothing back of what else is wrong."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await add_gateway(document)
    await slow_polls(2)
    meters = payload_of(document, "meters")
    meters[1]["cts"][0]["valid"] = [True, False, False, False]
    serve_instead(document, "meters", meters)
    await slow_polls(2)
    assert told(hass, "ct_disagreement") is not None
    await confirm(hass_client, entry)
    assert told(hass, "ct_changed") is None
    assert told(hass, "ct_disagreement") is not None


async def test_a_contradiction(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: Polls,
) -> None:
    """Two endpoints that disagree are said to, also at first sight."""
    site = payload_of(document, "meters/site")
    site[1]["cts"] = [True, False, True, False]
    serve_instead(document, "meters/site", site)
    await add_gateway(document)
    await slow_polls(2)
    assert told(hass, "ct_disagreement")["changes"].splitlines() == [
        "- Meter X: site CT2: assigned → none",
        "- Meter X: site CT3: none → assigned",
    ]
    document.clear_faults()
    await slow_polls(2)
    assert told(hass, "ct_disagreement") is None


async def test_a_contradiction_in_scale(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: Polls,
) -> None:
    """A scale factor that two endpoints give is the same in both, or one is wrong."""
    solar = payload_of(document, "meters/solar")
    solar[0]["real_power_scale_factor"] = 1
    serve_instead(document, "meters/solar", solar)
    await add_gateway(document)
    await slow_polls(2)
    assert told(hass, "ct_disagreement")["changes"] == (
        "- Meter Y: solar scale factor: 2 → none"
    )


def reorder(meters: dict[str, Any]) -> None:
    """Give all lists the other way round."""
    for payload in meters.values():
        payload.reverse()
    for meter in meters["meters"]:
        meter["cts"].reverse()


def lose_prefix(meters: dict[str, Any]) -> None:
    """Give serials without their prefix."""
    for meter in meters["meters"]:
        meter["serial"] = meter["type"]


@pytest.mark.parametrize("alter", [reorder, lose_prefix])
async def test_no_change(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: Polls,
    alter: Callable[[dict[str, Any]], None],
) -> None:
    """Another order and other serials mean nothing."""
    await add_gateway(document)
    await slow_polls(2)
    change(document, alter)
    await slow_polls(3)
    assert told(hass, "ct_changed") is None
    assert told(hass, "ct_disagreement") is None


@pytest.mark.parametrize(
    ("endpoint", "fault"),
    [
        ("meters", Fault("body", "[]")),
        ("meters", Fault("null")),
        ("meters", Fault("status", 502)),
        ("meters/site", Fault("status", 502)),
        ("meters/solar", Fault("status", 502)),
        ("meters/aggregates", Fault("status", 502)),
        ("*", Fault("status", 502)),
    ],
    ids=str,
)
async def test_a_restart_is_no_change(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: Polls,
    endpoint: str,
    fault: Fault,
) -> None:
    """A gateway that starts gives half of what it has: nothing is made of that."""
    await add_gateway(document)
    await slow_polls(2)
    if endpoint != "*":
        change(document, lose_meter)
    document.set_fault(endpoint, fault)
    await slow_polls(3)
    document.clear_faults()
    await slow_polls(3)
    assert told(hass, "ct_changed") is None


async def test_a_reading_fault(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: Polls,
) -> None:
    """A meter that cannot be read for five minutes is said to be, without its id."""
    await add_gateway(document)
    readings = payload_of(document, "meters/readings")
    for reading in readings.values():
        reading["error"] = "Get https://Neurio-12345:443/latest: no such host"
    serve_instead(document, "meters/readings", readings)
    await slow_polls(1)
    assert told(hass, "reading_fault") is None
    await slow_polls(1)
    said = told(hass, "reading_fault")
    assert said["meter"] in ("Meter X", "Meter Y")
    assert said["error"] == as_plain_text(
        "Get https://Neurio-...:443/latest: no such host"
    )
    document.clear_faults()
    await slow_polls(1)
    assert told(hass, "reading_fault") is None


async def test_blocked_is_no_fault(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: Polls,
) -> None:
    """That a running system blocks readings is normal."""
    await add_gateway(document)
    await slow_polls(5)
    assert told(hass, "reading_fault") is None


async def test_ignored(
    hass: HomeAssistant,
    document: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: Polls,
) -> None:
    """What a person ignores is ignored for good, over reloads and returns."""
    entry = await add_gateway(document)
    await slow_polls(2)
    change(document, lose_site_ct)
    await slow_polls(2)
    issue_id = f"ct_changed_{entry.entry_id}_"
    ir.async_ignore_issue(hass, DOMAIN, issue_id, ignore=True)
    document.clear_faults()
    await slow_polls(2)
    assert await hass.config_entries.async_reload(entry.entry_id)
    change(document, lose_site_ct)
    await slow_polls(3)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue.dismissed_version is not None

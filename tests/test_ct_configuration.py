"""Issues of a CT configuration that has changed, or that contradicts itself."""

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

from .conftest import AddGateway, SlowPolls, payload_of, serve_instead


def placeholders_of(hass: HomeAssistant, kind: str) -> dict[str, str] | None:
    """Return the placeholders of an active issue, None if there is none."""
    for (domain, _), issue in ir.async_get(hass).issues.items():
        if domain == DOMAIN and issue.translation_key == kind and issue.active:
            return dict(issue.translation_placeholders or {})
    return None


def change(gateway: SimulatedGateway, alter: Callable[[dict[str, Any]], None]) -> None:
    """Alter the configuration of the meters in all answers that contain it."""
    meters = {
        endpoint: copy.deepcopy(payload_of(gateway, endpoint))
        for endpoint in ("meters", "meters/site", "meters/solar")
    }
    alter(meters)
    for endpoint, payload in meters.items():
        serve_instead(gateway, endpoint, payload)


def lose_site_ct(meters: dict[str, Any]) -> None:
    """Remove CT2 of meter X from the site."""
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
    """Remove all meters except meter X."""
    del meters["meters"][0], meters["meters/site"][0], meters["meters/solar"][0]


@pytest.mark.parametrize(
    ("alter", "expected"),
    [
        (lose_site_ct, ["- Meter X: Grid CT2: In use → Not in use"]),
        (invert_solar_ct, ["- Meter Y: Solar CT2 polarity: Normal → Inverted"]),
        (scale_solar, ["- Meter Y: Solar scale factor: 2 → 1"]),
        (refer_elsewhere, ["- Meter Y: CT3 voltage reference: L1 → L2"]),
        (
            lose_meter,
            [
                "- Meter Y: CT1 voltage reference: L1 → —",
                "- Meter Y: CT2 voltage reference: L2 → —",
                "- Meter Y: CT3 voltage reference: L1 → —",
                "- Meter Y: Grid CT1: In use → Not in use",
                "- Meter Y: Solar scale factor: 2 → 1",
                "- Meter Y: Solar CT2: In use → Not in use",
            ],
        ),
    ],
)
async def test_change_is_reported_after_two_polls_until_undone(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
    alter: Callable[[dict[str, Any]], None],
    expected: list[str],
) -> None:
    """After a reload, the configuration is compared with the stored baseline."""
    entry = await add_gateway(gateway)
    await slow_polls(2)
    change(gateway, alter)
    await slow_polls(1)
    assert placeholders_of(hass, "ct_changed") is None
    await slow_polls(1)
    assert placeholders_of(hass, "ct_changed")["changes"].splitlines() == expected
    assert gateway.din not in str(placeholders_of(hass, "ct_changed"))
    assert await hass.config_entries.async_reload(entry.entry_id)
    await slow_polls(2)
    assert placeholders_of(hass, "ct_changed")["changes"].splitlines() == expected
    gateway.clear_faults()
    await slow_polls(2)
    assert placeholders_of(hass, "ct_changed") is None


async def test_confirmed_change_becomes_the_baseline(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
) -> None:
    """The previous configuration is then a change."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await add_gateway(gateway)
    await slow_polls(2)
    change(gateway, lose_site_ct)
    await slow_polls(2)
    await confirm(hass_client, entry)
    assert placeholders_of(hass, "ct_changed") is None
    assert await hass.config_entries.async_reload(entry.entry_id)
    await slow_polls(3)
    assert placeholders_of(hass, "ct_changed") is None
    gateway.clear_faults()
    await slow_polls(2)
    assert (
        placeholders_of(hass, "ct_changed")["changes"]
        == "- Meter X: Grid CT2: Not in use → In use"
    )


async def confirm(
    hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> dict[str, Any]:
    """Open the repair flow and confirm it; return its result."""
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


async def test_confirmation_refused_while_unloaded(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
) -> None:
    """The present configuration is not known."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await add_gateway(gateway)
    await slow_polls(2)
    change(gateway, lose_site_ct)
    await slow_polls(2)
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await confirm(hass_client, entry)
    assert result["reason"] == "not_loaded"


async def test_confirmation_refused_until_known_after_reload(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
) -> None:
    """The issue stays as it was."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await add_gateway(gateway)
    await slow_polls(2)
    change(gateway, lose_site_ct)
    await slow_polls(2)
    before = placeholders_of(hass, "ct_changed")
    assert await hass.config_entries.async_reload(entry.entry_id)
    result = await confirm(hass_client, entry)
    assert result["reason"] == "not_loaded"
    await slow_polls(2)
    assert placeholders_of(hass, "ct_changed") == before


async def test_confirmed_change_leaves_disagreement(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
) -> None:
    """Only the issue that was confirmed is deleted."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await add_gateway(gateway)
    await slow_polls(2)
    meters = payload_of(gateway, "meters")
    meters[1]["cts"][0]["valid"] = [True, False, False, False]
    serve_instead(gateway, "meters", meters)
    await slow_polls(2)
    assert placeholders_of(hass, "ct_disagreement") is not None
    await confirm(hass_client, entry)
    assert placeholders_of(hass, "ct_changed") is None
    assert placeholders_of(hass, "ct_disagreement") is not None


async def test_disagreement_is_reported_until_undone(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
) -> None:
    """Two endpoints that disagree need no baseline."""
    site = payload_of(gateway, "meters/site")
    site[1]["cts"] = [True, False, True, False]
    serve_instead(gateway, "meters/site", site)
    await add_gateway(gateway)
    await slow_polls(2)
    assert placeholders_of(hass, "ct_disagreement")["changes"].splitlines() == [
        "- Meter X: Grid CT2: In use → Not in use",
        "- Meter X: Grid CT3: Not in use → In use",
    ]
    gateway.clear_faults()
    await slow_polls(2)
    assert placeholders_of(hass, "ct_disagreement") is None


async def test_disagreement_in_scale_factor_is_reported(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
) -> None:
    """Both endpoints give one."""
    solar = payload_of(gateway, "meters/solar")
    solar[0]["real_power_scale_factor"] = 1
    serve_instead(gateway, "meters/solar", solar)
    await add_gateway(gateway)
    await slow_polls(2)
    assert placeholders_of(hass, "ct_disagreement")["changes"] == (
        "- Meter Y: Solar scale factor: 2 → 1"
    )


def reorder(meters: dict[str, Any]) -> None:
    """Reverse all lists."""
    for payload in meters.values():
        payload.reverse()
    for meter in meters["meters"]:
        meter["cts"].reverse()


def lose_prefix(meters: dict[str, Any]) -> None:
    """Remove the prefix of serials."""
    for meter in meters["meters"]:
        meter["serial"] = meter["type"]


@pytest.mark.parametrize("alter", [reorder, lose_prefix])
async def test_no_change_in_other_order_or_serials(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
    alter: Callable[[dict[str, Any]], None],
) -> None:
    """Settings go by meter and role."""
    await add_gateway(gateway)
    await slow_polls(2)
    change(gateway, alter)
    await slow_polls(3)
    assert placeholders_of(hass, "ct_changed") is None
    assert placeholders_of(hass, "ct_disagreement") is None


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
async def test_no_change_while_gateway_restarts(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
    endpoint: str,
    fault: Fault,
) -> None:
    """Incomplete answers are not compared."""
    await add_gateway(gateway)
    await slow_polls(2)
    if endpoint != "*":
        change(gateway, lose_meter)
    gateway.set_fault(endpoint, fault)
    await slow_polls(3)
    gateway.clear_faults()
    await slow_polls(3)
    assert placeholders_of(hass, "ct_changed") is None


async def test_reading_fault_is_reported_after_five_minutes(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
) -> None:
    """The issue has no serial."""
    await add_gateway(gateway)
    readings = payload_of(gateway, "meters/readings")
    for reading in readings.values():
        reading["error"] = "Get https://Neurio-12345:443/latest: no such host"
    serve_instead(gateway, "meters/readings", readings)
    await slow_polls(1)
    assert placeholders_of(hass, "reading_fault") is None
    await slow_polls(1)
    placeholders = placeholders_of(hass, "reading_fault")
    assert placeholders["meter"] in ("Meter X", "Meter Y")
    assert placeholders["error"] == as_plain_text(
        "Get https://Neurio-...:443/latest: no such host"
    )
    gateway.clear_faults()
    await slow_polls(1)
    assert placeholders_of(hass, "reading_fault") is None


async def test_no_fault_while_readings_are_blocked(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
) -> None:
    """Blocked readings are normal while the system runs."""
    await add_gateway(gateway)
    await slow_polls(5)
    assert placeholders_of(hass, "reading_fault") is None


async def test_ignored_issue_stays_ignored(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    slow_polls: SlowPolls,
) -> None:
    """Also over reloads, and when the change comes back."""
    entry = await add_gateway(gateway)
    await slow_polls(2)
    change(gateway, lose_site_ct)
    await slow_polls(2)
    issue_id = f"ct_changed_{entry.entry_id}_"
    ir.async_ignore_issue(hass, DOMAIN, issue_id, ignore=True)
    gateway.clear_faults()
    await slow_polls(2)
    assert await hass.config_entries.async_reload(entry.entry_id)
    change(gateway, lose_site_ct)
    await slow_polls(3)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue.dismissed_version is not None

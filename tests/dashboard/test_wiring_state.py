"""Tests of the wiring page: problems, repair issues and missing checks."""

from collections.abc import Callable
import json

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.template import Template
import pytest

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import Fault

from ..conftest import AddGateway, PassTime, StartGateway
from ..shown_texts import ENGLISH, placeholders
from .conftest import GetDashboard, cards

type Rendered = Callable[[], str]

NO_PROBLEM = "No problem found"
NOT_CHECKED = "Not checked"
FEW_CHECKS = "no meters and no phases"


async def _rendered(hass: HomeAssistant, get_dashboard: GetDashboard) -> Rendered:
    """Return a function that renders the texts of the section of problems."""
    wiring = (await get_dashboard())["views"][-1]
    assert wiring["path"] == "wiring"
    templates = [
        Template(card["content"], hass)
        for card in wiring["sections"][0]["cards"]
        if card["type"] == "markdown"
    ]
    return lambda: "\n".join(str(each.async_render()) for each in templates)


def _create_issue(hass: HomeAssistant, issue_id: str) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="negative_load",
        translation_placeholders=dict.fromkeys(
            placeholders(json.dumps(ENGLISH["issues"]["negative_load"])), ""
        ),
    )


async def test_problem_then_issue_then_ignored(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
) -> None:
    """Green means that nothing is wrong and nothing ignored; an ignored issue is not open."""
    entry = await add_gateway(await start_gateway("split-phase"))
    rendered = await _rendered(hass, get_dashboard)
    assert NO_PROBLEM in rendered()
    assert NOT_CHECKED not in rendered()
    assert FEW_CHECKS not in rendered()

    problem = next(
        state
        for state in hass.states.async_all("binary_sensor")
        if state.attributes.get("device_class") == "problem"
    )
    hass.states.async_set(problem.entity_id, "on", problem.attributes)
    assert "Checks with a problem: 1" in rendered()
    assert NO_PROBLEM not in rendered()

    hass.states.async_set(problem.entity_id, "unknown", problem.attributes)
    assert "Not decided yet: 1" in rendered()
    assert NOT_CHECKED not in rendered()
    # As after its entity id was changed, or the gateway removed.
    hass.states.async_remove(problem.entity_id)
    assert "Not decided yet" not in rendered()
    assert NOT_CHECKED in rendered()
    hass.states.async_set(problem.entity_id, "on", problem.attributes)

    issue_id = f"negative_load_{entry.entry_id}"
    _create_issue(hass, issue_id)
    assert "Repair issues: 1" in rendered()
    assert "Ignored" not in rendered()
    ir.async_ignore_issue(hass, DOMAIN, issue_id, ignore=True)
    assert "Repair issues: 1" not in rendered()
    assert "Ignored repair issues: 1" in rendered()
    hass.states.async_set(problem.entity_id, "off", problem.attributes)
    assert NO_PROBLEM not in rendered()

    ir.async_delete_issue(hass, DOMAIN, issue_id)
    _create_issue(hass, "negative_load_of_another_gateway")
    assert NO_PROBLEM in rendered()


@pytest.mark.usefixtures("quiet_log")
async def test_not_checked_while_gateway_fails(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
    pass_time: PassTime,
) -> None:
    """Checks without values find no problem, which is not the same as no problem."""
    gateway = await start_gateway("split-phase")
    await add_gateway(gateway)
    rendered = await _rendered(hass, get_dashboard)
    for endpoint in ("meters/aggregates", "meters/site", "meters/solar"):
        gateway.set_fault(endpoint, Fault.parse("500"))
    await pass_time(30, times=3)
    assert NOT_CHECKED in rendered()
    gateway.set_fault("*", Fault.parse("500"))
    await pass_time(300, times=2)
    assert NOT_CHECKED in rendered()
    assert NO_PROBLEM not in rendered()


async def test_few_checks_mentioned_without_meters(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    get_dashboard: GetDashboard,
) -> None:
    """A gateway without meters has hardly a check, and the page says so."""
    await add_gateway(await start_gateway("restricted"))
    rendered = await _rendered(hass, get_dashboard)
    assert FEW_CHECKS in rendered()
    assert "Checks: 2" in rendered()
    listed = [
        card for card in cards(await get_dashboard(), "wiring") if "entities" in card
    ]
    assert listed

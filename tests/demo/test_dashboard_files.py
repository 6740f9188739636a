"""The dashboards offered to users, on the Home Assistant that the tests run on."""

import asyncio
from collections.abc import AsyncGenerator

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import yaml

from custom_components.tesla_gateway_meters import const
from demo.checks import entities_in
from demo.dashboard_files import FOLDER, KINDS, content, path
from demo.home_assistant import Socket
from demo.pages.surplus import RULE
from demo.pages.wiring import REPAIRS
from demo.registry import Registry

from ..conftest import AddGateway, StartGateway


@pytest.fixture
async def socket(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> AsyncGenerator[Socket]:
    """Talk to Home Assistant as the demo does."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client()
    socket = Socket(client)
    reader = asyncio.create_task(socket.read())
    yield socket
    await client.close()
    await reader


@pytest.mark.parametrize("profile", KINDS)
async def test_file_fits_a_new_home(
    hass: HomeAssistant,
    socket: Socket,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    profile: str,
) -> None:
    """It is what `python -m demo.dashboard_files` writes, and all its entities are there."""
    entry = await add_gateway(await start_gateway(profile))
    registry = await Registry.read(socket, entry.entry_id)
    text = path(profile).read_text()
    assert text == content(profile, registry)
    entities = set(entities_in(yaml.safe_load(text)))
    assert len(entities) > 10
    assert not {each for each in entities if hass.states.get(each) is None}


async def test_problems_come_before_repairs(
    hass: HomeAssistant, start_gateway: StartGateway, add_gateway: AddGateway
) -> None:
    """The page of the wiring says so while a problem is too young for a repair."""
    await add_gateway(await start_gateway("split-phase"))

    def said() -> str:
        return str(Template(REPAIRS, hass).async_render())

    assert "Nothing to repair" in said()
    problem = "binary_sensor.tesla_energy_gateway_meter_x_reading"
    attributes = {"device_class": "problem"}
    hass.states.async_set(problem, "on", attributes)
    assert "If it lasts" in said()
    ir.async_create_issue(
        hass,
        const.DOMAIN,
        "meter_unreadable",
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="meter_unreadable",
    )
    assert "1 to look at" in said()


def test_each_file_is_in_the_readme() -> None:
    """A person finds the one for their home there, and no file is left over."""
    readme = (FOLDER.parent.parent / "README.md").read_text()
    files = sorted(FOLDER.iterdir())
    assert files == sorted(path(profile) for profile in KINDS)
    assert not [each for each in files if f"docs/dashboards/{each.name}" not in readme]


def test_rule_in_words_has_the_defaults() -> None:
    """What the page of the surplus says of sustained export is how it is at first."""
    for words in (
        f"above {const.ON_ABOVE} W for {const.ON_DELAY // 60} minutes",
        f"at or below {const.OFF_BELOW} W for {const.OFF_DELAY // 60} minutes",
    ):
        assert words in RULE

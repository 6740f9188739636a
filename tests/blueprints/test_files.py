"""Tests of the blueprints' files: their schema, inputs and texts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import Blueprint
from homeassistant.components.blueprint.const import CONF_INPUT
from homeassistant.components.blueprint.importer import _get_github_import_url
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.yaml import extract_inputs, load_yaml
import pytest

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import SimulatedGateway
from tests.conftest import AddGateway

from .conftest import BLUEPRINTS, SUSTAINED

FILES = sorted(BLUEPRINTS.rglob("*.yaml"))
PAGE = (BLUEPRINTS.parent.parent / "docs" / "automations.md").read_text("utf-8")
MY = "https://my.home-assistant.io/redirect/blueprint_import"
REPOSITORY = "https://github.com/tesla-gateway-meters/tesla-gateway-meters"


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    """Return each blueprint's file."""
    return request.param


@pytest.fixture
def blueprint(path: Path) -> Blueprint:
    """Return each blueprint, as Home Assistant loads it for automations.

    It checks the schema, and that no input is used that is not there.
    """
    return Blueprint(
        load_yaml(path),
        expected_domain="automation",
        path=str(path),
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )


def test_there_are_blueprints() -> None:
    """None is lost, or left out of what is tested."""
    assert [path.stem for path in FILES] == [
        "charge_car",
        "notify_meter_fault",
        "notify_sustained_export",
        "switch_load",
    ]


def test_it_runs_here(blueprint: Blueprint) -> None:
    """The blueprint's oldest Home Assistant is the integration's, and not newer than this one."""
    assert blueprint.validate() is None
    oldest = blueprint.metadata["homeassistant"]["min_version"]
    assert oldest == "2026.10.0"


def test_no_for_with_list_of_states(blueprint: Blueprint) -> None:
    """Home Assistant 2026.10.0 and 2026.10.1 refuse `for` with a list of states."""
    assert not [
        each
        for each in mappings(blueprint.data)
        if each.get("condition") == "state"
        and "for" in each
        and isinstance(each["state"], list)
    ]


def mappings(node: object) -> Iterator[dict[str, Any]]:
    """Yield every mapping of a blueprint, the inner ones included."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from mappings(value)
    elif isinstance(node, list):
        for value in node:
            yield from mappings(value)


def test_where_it_comes_from(path: Path, blueprint: Blueprint) -> None:
    """Home Assistant can import it by that link, and the page has the link."""
    source = blueprint.metadata["source_url"]
    where = path.relative_to(BLUEPRINTS.parent.parent).as_posix()
    assert source == f"{REPOSITORY}/blob/main/{where}"
    assert _get_github_import_url(source).endswith(f"/main/{where}")
    assert f"({source})" in PAGE
    assert f"({MY}/?blueprint_url={quote(source, safe='')})" in PAGE


def test_no_input_is_unused(blueprint: Blueprint) -> None:
    """Each input is there for something."""
    assert extract_inputs(blueprint.data) == set(blueprint.inputs)


def test_inputs_can_be_filled_in(blueprint: Blueprint) -> None:
    """Inputs stand in sections, and say what they are; entities are not picked from all."""
    for section in blueprint.metadata[CONF_INPUT].values():
        assert section["name"]
        for each in section[CONF_INPUT].values():
            assert each["name"]
            assert each["description"]
            (kind,) = each["selector"]
            if kind == "entity":
                filters = each["selector"][kind]["filter"]
                assert all("domain" in one for one in filters)
                # The load to switch, and a charger, are of other integrations.
                is_load = each["name"] == "Load" or blueprint.name.startswith("Charge")
                assert is_load or all(
                    one.get("integration") == DOMAIN for one in filters
                )
            if kind == "number":
                assert_default_fits(each["default"], each["selector"][kind])


async def test_sustained_export_is_the_only_one_offered(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """A filter by the integration alone would offer every binary sensor of it."""
    await add_gateway(gateway)
    path = next(each for each in FILES if each.stem == "notify_sustained_export")
    what = load_yaml(path)["blueprint"][CONF_INPUT]["what"][CONF_INPUT]
    (chosen,) = what["sustained"]["selector"]["entity"]["filter"]
    offered = [
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.platform == chosen["integration"]
        and entity.domain == chosen["domain"]
        and entity.original_device_class == chosen["device_class"]
    ]
    assert offered == [SUSTAINED]


def assert_default_fits(default: float, selector: dict[str, Any]) -> None:
    """Check that a default number can be selected."""
    assert selector["min"] <= default <= selector["max"]
    assert selector["unit_of_measurement"]

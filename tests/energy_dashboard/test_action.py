"""The action in Home Assistant, with its energy component and recorder."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from homeassistant.components.energy import data
from homeassistant.components.recorder import Recorder
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
    get_start_time,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.tesla_gateway_meters.const import DOMAIN
from custom_components.tesla_gateway_meters.services import ADD_TO_ENERGY_DASHBOARD
from simulator import PROFILES, SimulatedGateway

from ..conftest import AddGateway, NewEntry, StartGateway
from .test_plan import OTHERS

type Run = Callable[..., Awaitable[dict[str, Any]]]
type Command = Callable[..., Awaitable[dict[str, Any]]]

NOON = datetime.fromisoformat("2026-06-21T13:00:00-06:00")
SITE = "sensor.tesla_energy_gateway_grid_"

pytestmark = pytest.mark.usefixtures("quiet_log")


@pytest.fixture
def mock_recorder_before_hass(async_test_recorder: object) -> None:
    """Set up the database before Home Assistant, whatever the order of fixtures."""


@pytest.fixture
async def energy(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    """Set up the energy dashboard."""
    assert await async_setup_component(hass, "energy", {})


@pytest.fixture
def run(hass: HomeAssistant) -> Run:
    """Return a function that runs the action and returns its response."""

    async def run_action(
        *, context: Context | None = None, **fields: Any
    ) -> dict[str, Any]:
        answer = await hass.services.async_call(
            DOMAIN,
            ADD_TO_ENERGY_DASHBOARD,
            fields,
            blocking=True,
            context=context,
            return_response=True,
        )
        assert answer is not None
        return answer

    return run_action


@pytest.fixture
async def command(
    hass: HomeAssistant, energy: None, hass_ws_client: WebSocketGenerator
) -> Command:
    """Return a function that sends a command as the frontend does."""
    client = await hass_ws_client()

    async def send(kind: str, **fields: Any) -> dict[str, Any]:
        await client.send_json_auto_id({"type": kind, **fields})
        return await client.receive_json()

    return send


async def sources(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return a copy of the dashboard's sources."""
    manager = await data.async_get_manager(hass)
    return [] if manager.data is None else deepcopy(manager.data["energy_sources"])


def kinds(answer: dict[str, Any], part: str) -> list[str]:
    """Return the types of source in a part of a response."""
    return [each["type"] for each in answer[part]]


@pytest.mark.parametrize("profile", PROFILES)
async def test_added_sources_are_valid(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    run: Run,
    command: Command,
    profile: str,
) -> None:
    """Home Assistant validates the added sources without an issue, and saves them again."""
    await add_gateway(await start_gateway(profile, start=NOON, frozen=True, seed=1))
    answer = await run()
    await async_wait_recording_done(hass)
    do_adhoc_statistics(hass, start=get_start_time(datetime.now(UTC)))
    await async_wait_recording_done(hass)

    present = await sources(hass)
    left = {
        **({"battery": "no_sensor"} if profile == "solar-only" else {}),
        **({} if hasattr(data, "HomeSourceType") else {"home": "no_home_source"}),
    }
    assert {each["type"]: each["reason"] for each in answer["left_alone"]} == left
    every = ("grid", "solar", "battery", "home")
    assert kinds(answer, "added") == [kind for kind in every if kind not in left]
    assert [source["type"] for source in present] == kinds(answer, "added")
    # Home Assistant adds what a source does: "Grid imported", "Grid exported".
    assert [source["name"] for source in present] == [
        source["type"].capitalize() for source in present
    ]
    validated = (await command("energy/validate"))["result"]
    assert validated["energy_sources"] == [[] for _ in present]
    # The dashboard's own page saves all of it, whatever is changed there.
    assert (await command("energy/save_prefs", energy_sources=present))["success"]
    assert await sources(hass) == present


async def test_each_field_gets_the_sensor_of_the_readme(
    hass: HomeAssistant,
    energy: None,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    run: Run,
) -> None:
    """Sensors are compared by the names of device and entity that users see."""
    await add_gateway(gateway)
    await run()
    devices, entities = dr.async_get(hass), er.async_get(hass)
    chosen = {}
    for source in await sources(hass):
        for field, entity_id in source.items():
            if field.startswith("stat_") and entity_id is not None:
                entity = entities.async_get(entity_id)
                assert entity is not None
                device = devices.async_get(entity.device_id)
                chosen[source["type"], field] = (device.name, entity.original_name)
    chosen.pop(("home", "stat_energy_to"), None)
    chosen.pop(("home", "stat_rate"), None)
    assert chosen == {
        ("grid", "stat_energy_from"): ("Grid", "Energy imported"),
        ("grid", "stat_energy_to"): ("Grid", "Energy exported"),
        ("grid", "stat_rate"): ("Grid", "Power"),
        ("solar", "stat_energy_from"): ("Solar", "Energy produced"),
        ("solar", "stat_rate"): ("Solar", "Power"),
        ("battery", "stat_energy_from"): ("Battery", "Energy discharged"),
        ("battery", "stat_energy_to"): ("Battery", "Energy charged"),
        ("battery", "stat_rate"): ("Battery", "Power"),
        ("battery", "stat_soc"): ("Battery", "State of charge"),
    }


async def test_present_sources_stay_as_they_are(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    command: Command,
    run: Run,
) -> None:
    """The user's sources stay in their order, and a second run adds nothing."""
    await add_gateway(gateway)
    devices = [{"stat_consumption": "sensor.oven"}]
    saved = await command(
        "energy/save_prefs",
        energy_sources=deepcopy(list(OTHERS)),
        device_consumption=devices,
    )
    assert saved["success"]
    before = await sources(hass)
    assert len(before) == len(OTHERS)

    first = await run()
    after = await sources(hass)
    assert after[: len(before)] == before
    assert [each["type"] for each in after[len(before) :]] == kinds(first, "added")

    second = await run()
    assert second["added"] == []
    assert {each["reason"] for each in second["left_alone"]} <= {
        "already_there",
        "no_home_source",
    }
    assert await sources(hass) == after
    manager = await data.async_get_manager(hass)
    assert manager.data is not None
    assert manager.data["device_consumption"] == devices


async def test_dry_run_changes_nothing(
    hass: HomeAssistant,
    energy: None,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    run: Run,
) -> None:
    """A dry run returns the same response as a real run."""
    await add_gateway(gateway)
    dry = await run(dry_run=True)
    assert (await data.async_get_manager(hass)).data is None
    real = await run()
    assert dry.pop("dry_run") is True
    assert real.pop("dry_run") is False
    assert dry == real
    assert real["added"]


async def test_renamed_entity_used_and_disabled_one_named(
    hass: HomeAssistant,
    energy: None,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    run: Run,
) -> None:
    """Entities are found by unique id; a disabled one is in the response, and not used."""
    await add_gateway(gateway)
    registry = er.async_get(hass)
    registry.async_update_entity(
        f"{SITE}energy_imported", new_entity_id="sensor.from_the_street"
    )
    solar = "sensor.tesla_energy_gateway_solar_energy_produced"
    for entity_id in (solar, f"{SITE}power"):
        registry.async_update_entity(
            entity_id, disabled_by=er.RegistryEntryDisabler.USER
        )
    await hass.async_block_till_done()
    answer = await run()
    grid = (await sources(hass))[0]
    assert grid["stat_energy_from"] == "sensor.from_the_street"
    assert "stat_rate" not in grid
    assert answer["added"][0]["without"][0]["reason"] == "disabled"
    left = {each["type"]: each for each in answer["left_alone"]}
    assert left["solar"]["reason"] == "disabled"
    assert left["solar"]["entities"] == [solar]
    assert left["solar"]["explanation"].startswith("The entity is disabled")


@pytest.mark.parametrize(
    "recorder_config", [{"exclude": {"entity_globs": ["sensor.*_battery_*"]}}]
)
async def test_source_left_alone_if_not_recorded(
    energy: None, gateway: SimulatedGateway, add_gateway: AddGateway, run: Run
) -> None:
    """An entity that the recorder excludes would be an error on the dashboard."""
    await add_gateway(gateway)
    left = {each["type"]: each["reason"] for each in (await run())["left_alone"]}
    assert left["battery"] == "not_recorded"


async def test_gateway_must_be_selected_if_there_are_two(
    hass: HomeAssistant,
    energy: None,
    gateway: SimulatedGateway,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    run: Run,
) -> None:
    """Each gateway adds its own sources, and the second warns of those of the first."""
    first = await add_gateway(gateway)
    second = await add_gateway(await start_gateway("solar-only"))
    for entry, title in ((first, "House"), (second, "Cabin")):
        hass.config_entries.async_update_entry(entry, title=title)
    with pytest.raises(ServiceValidationError) as refused:
        await run()
    assert refused.value.translation_domain == DOMAIN
    assert refused.value.translation_key == "several_gateways"
    assert refused.value.translation_placeholders == {"gateways": "Cabin, House"}
    assert await sources(hass) == []
    one = await run(config_entry_id=first.entry_id)
    other = await run(config_entry_id=second.entry_id)
    assert not any("warning" in each for each in one["added"])
    assert kinds(other, "added") == ["grid", "solar"]
    for mine, theirs in zip(other["added"], one["added"], strict=False):
        assert mine["beside"] == [theirs["stat_energy_from"]]
        assert mine["name"] == f"{theirs['name']} (Cabin)"
        assert mine["warning"]


async def test_sources_added_without_a_response(
    hass: HomeAssistant,
    energy: None,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
) -> None:
    """An automation, which has no user, may ignore the response."""
    await add_gateway(gateway)
    await hass.services.async_call(DOMAIN, ADD_TO_ENERGY_DASHBOARD, blocking=True)
    assert await sources(hass)


async def test_refused_for_users_without_admin_rights(
    hass: HomeAssistant,
    energy: None,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    hass_read_only_user: MockUser,
    hass_admin_user: MockUser,
    run: Run,
) -> None:
    """Only administrators may change the dashboard, with or without a dry run."""
    await add_gateway(gateway)
    for dry_run in (True, False):
        with pytest.raises(Unauthorized):
            await run(context=Context(user_id=hass_read_only_user.id), dry_run=dry_run)
    assert await sources(hass) == []
    assert (await run(context=Context(user_id=hass_admin_user.id)))["added"]


async def test_refused_without_energy_dashboard(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway, run: Run
) -> None:
    """The error has a text, and the energy component is not loaded by the action."""
    await add_gateway(gateway)
    with pytest.raises(ServiceValidationError) as refused:
        await run()
    assert refused.value.translation_domain == DOMAIN
    texts = await async_get_translations(hass, "en", "exceptions", {DOMAIN})
    assert texts[
        f"component.{DOMAIN}.exceptions.{refused.value.translation_key}.message"
    ].startswith("The energy dashboard is not set up")
    assert not {"energy", "recorder"} & hass.config.components


async def test_refused_for_unusable_entries(
    hass: HomeAssistant,
    energy: None,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    run: Run,
) -> None:
    """Each refusal has a translation key, also when no gateway is set up."""
    entry = new_entry(gateway)
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    other = MockConfigEntry(domain="sun", title="Sun")
    other.add_to_hass(hass)

    async def refusal(**fields: str) -> str | None:
        with pytest.raises(ServiceValidationError) as refused:
            await run(**fields)
        return refused.value.translation_key

    assert await refusal(config_entry_id="unknown") == "service_config_entry_not_found"
    assert await refusal(config_entry_id=other.entry_id) == (
        "service_config_entry_wrong_domain"
    )
    assert await hass.config_entries.async_unload(entry.entry_id)
    for fields in ({}, {"config_entry_id": entry.entry_id}):
        assert await refusal(**fields) == "service_config_entry_not_loaded"
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    assert await refusal() == "service_found_no_config_entry_for_domain"
    assert await sources(hass) == []

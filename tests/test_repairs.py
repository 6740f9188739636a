"""Repair issues and their flows."""

from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass
from http import HTTPStatus
from unittest.mock import AsyncMock

from homeassistant.components.repairs import ConfirmRepairFlow
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryDisabler,
    ConfigEntryState,
    ConfigFlow,
)
from homeassistant.const import CONF_HOST, CONF_IP_ADDRESS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_config_flow,
    mock_integration,
    mock_platform,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.tesla_gateway_meters.const import CONF_FINGERPRINT, DOMAIN
from custom_components.tesla_gateway_meters.gateway import readable
from custom_components.tesla_gateway_meters.issues import (
    COUNTER_RESET,
    create_reset_issue,
)
from custom_components.tesla_gateway_meters.processing.counter_guard import Reset
from custom_components.tesla_gateway_meters.repairs import async_create_fix_flow
from simulator import Certificate, SimulatedGateway, serve

from .conftest import AddGateway, PassTime

SITE_POWER = "sensor.tesla_energy_gateway_grid_power"
OTHER_DIN = "1234567-00-E--TG00000000000X"


def issues(hass: HomeAssistant) -> list[str | None]:
    """Return the kinds of the issues that are shown."""
    return [
        issue.translation_key
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active and issue.dismissed_version is None
    ]


@dataclass(frozen=True, slots=True)
class Swapped:
    """An entry whose gateway has another certificate now."""

    entry: MockConfigEntry
    gateway: SimulatedGateway
    trusted: Certificate


@pytest.fixture
async def swapped(
    hass: HomeAssistant,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
    pass_time: PassTime,
    socket_enabled: None,
) -> AsyncGenerator[Swapped]:
    """Set a gateway up, and give it another certificate."""
    assert await async_setup_component(hass, "repairs", {})
    trusted = Certificate.generate()
    async with serve(profile="document", certificate=trusted) as gateway:
        entry = new_entry(gateway)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        port = gateway.port
    async with serve(profile="document", port=port) as gateway:
        await pass_time(10)
        yield Swapped(entry, gateway, trusted)


@pytest.fixture
async def fix(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Callable:
    """Submit the repair flow of an issue."""

    async def answer(entry: MockConfigEntry, choice: str) -> tuple[dict, dict]:
        client = await hass_client()
        issue_id = f"certificate_changed_{entry.entry_id}"
        url = "/api/repairs/issues/fix"
        response = await client.post(
            url, json={"handler": DOMAIN, "issue_id": issue_id}
        )
        assert response.status == HTTPStatus.OK
        menu = await response.json()
        response = await client.post(
            f"{url}/{menu['flow_id']}", json={"next_step_id": choice}
        )
        assert response.status == HTTPStatus.OK
        await hass.async_block_till_done()
        return menu, await response.json()

    return answer


async def test_trust_the_new_certificate(
    hass: HomeAssistant, swapped: Swapped, fix: Callable
) -> None:
    """Both fingerprints are shown; one that is trusted is asked again at once."""
    assert issues(hass) == ["certificate_changed"]
    assert swapped.gateway.received == b""
    before = swapped.entry.data[CONF_FINGERPRINT]
    menu, result = await fix(swapped.entry, "trust")
    assert menu["menu_options"] == ["trust", "keep"]
    assert menu["description_placeholders"]["trusted"] == readable(before)
    seen = readable(swapped.gateway.fingerprint)
    assert menu["description_placeholders"]["seen"] == seen
    assert result["type"] == "create_entry"
    assert issues(hass) == []
    assert swapped.entry.data[CONF_FINGERPRINT] == swapped.gateway.fingerprint
    assert hass.states.get(SITE_POWER).state == "701"


async def test_nothing_changes_when_new_certificate_is_refused(
    hass: HomeAssistant, swapped: Swapped, fix: Callable, pass_time: PassTime
) -> None:
    """Nothing changes, and nothing is sent, until the trusted one is back."""
    before = dict(swapped.entry.data)
    _, result = await fix(swapped.entry, "keep")
    assert result["reason"] == "kept"
    await pass_time(10)
    assert swapped.entry.data == before
    assert issues(hass) == ["certificate_changed"]
    assert swapped.gateway.received == b""


async def test_issue_is_deleted_when_trusted_certificate_is_back(
    hass: HomeAssistant,
    new_entry: Callable[[SimulatedGateway], MockConfigEntry],
    pass_time: PassTime,
    gateway: SimulatedGateway,
) -> None:
    """The issue is deleted automatically, also if it was created at the start."""
    entry = new_entry(gateway)
    mine = entry.data
    hass.config_entries.async_update_entry(
        entry, data={**mine, CONF_FINGERPRINT: "0a" * 32}
    )
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert issues(hass) == ["certificate_changed"]
    hass.config_entries.async_update_entry(entry, data=mine)
    await pass_time(60)
    assert entry.state is ConfigEntryState.LOADED
    assert issues(hass) == []


async def test_flow_aborts_when_certificate_changed_again(
    hass: HomeAssistant, swapped: Swapped, fix: Callable
) -> None:
    """Only the certificate that was shown is trusted."""
    registry = ir.async_get(hass)
    issue_id = f"certificate_changed_{swapped.entry.entry_id}"
    issue = registry.async_get_issue(DOMAIN, issue_id)
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={**issue.data, "seen": "0b" * 32},
        is_fixable=True,
        severity=issue.severity,
        translation_key=issue.translation_key,
        translation_placeholders=issue.translation_placeholders,
    )
    before = dict(swapped.entry.data)
    _, result = await fix(swapped.entry, "trust")
    assert result["reason"] == "changed_again"
    assert swapped.entry.data == before


async def test_flow_aborts_when_another_gateway_answers(
    hass: HomeAssistant, swapped: Swapped, fix: Callable
) -> None:
    """A certificate of another gateway is not trusted for ours."""
    swapped.gateway.become(OTHER_DIN)
    before = dict(swapped.entry.data)
    _, result = await fix(swapped.entry, "trust")
    assert result["reason"] == "another_gateway"
    assert swapped.entry.data == before
    assert swapped.gateway.logins == 0


async def test_flow_aborts_when_nothing_answers(
    hass: HomeAssistant, swapped: Swapped, fix: Callable
) -> None:
    """A gateway that is gone at that moment is not trusted unseen."""
    hass.config_entries.async_update_entry(
        swapped.entry, data={**swapped.entry.data, CONF_HOST: "127.0.0.1:1"}
    )
    _, result = await fix(swapped.entry, "trust")
    assert result["reason"] == "cannot_connect"


async def test_issue_until_our_gateway_is_back(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Another gateway at the address raises an issue until ours is back."""
    await add_gateway(gateway)
    din = gateway.din
    gateway.become(OTHER_DIN)
    await pass_time(300)
    assert issues(hass) == ["another_gateway"]
    gateway.become(din)
    await pass_time(300)
    assert issues(hass) == []


@pytest.mark.parametrize("leave", ["disable", "remove"])
async def test_issues_are_deleted_with_the_entry(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    leave: str,
) -> None:
    """An entry that is disabled or removed has no issues."""
    entry = await add_gateway(gateway)
    gateway.become(OTHER_DIN)
    await pass_time(300)
    assert issues(hass) == ["another_gateway"]
    if leave == "remove":
        await hass.config_entries.async_remove(entry.entry_id)
    else:
        await hass.config_entries.async_set_disabled_by(
            entry.entry_id, ConfigEntryDisabler.USER
        )
    assert issues(hass) == []


async def test_reset_issue_has_a_confirmation_flow(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """A counter that started anew did so once: that is only to be read."""
    entry = await add_gateway(gateway)
    create_reset_issue(
        hass, entry, "site_energy_imported", Reset(old=9e6, new=100, at=1e9)
    )
    ((_, known_id), issue) = next(
        each
        for each in ir.async_get(hass).issues.items()
        if each[1].translation_key == COUNTER_RESET
    )
    assert issue.is_fixable
    assert isinstance(
        await async_create_fix_flow(hass, known_id, issue.data), ConfirmRepairFlow
    )


@pytest.fixture
def core_powerwall(hass: HomeAssistant) -> Generator[None]:
    """Mock core's integration, whose library is not installed."""
    mock_integration(
        hass,
        MockModule(
            "powerwall",
            async_setup_entry=AsyncMock(return_value=True),
            async_unload_entry=AsyncMock(return_value=True),
        ),
    )
    mock_platform(hass, "powerwall.config_flow")
    with mock_config_flow("powerwall", ConfigFlow):
        yield


def core_entry(gateway: SimulatedGateway, known_by: str) -> MockConfigEntry:
    """Make an entry of core's integration for the same gateway, or for another."""
    return MockConfigEntry(
        domain="powerwall",
        source=SOURCE_USER,
        unique_id=gateway.din if known_by == "din" else "192.0.2.9",
        data={CONF_IP_ADDRESS: gateway.host if known_by == "host" else "192.0.2.9"},
    )


@pytest.mark.usefixtures("core_powerwall")
@pytest.mark.parametrize("known_by", ["din", "host"])
async def test_core_powerwall_issue_until_it_is_removed(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    known_by: str,
) -> None:
    """Core's integration at the same gateway is mentioned, as long as it is there."""
    core = core_entry(gateway, known_by)
    core.add_to_hass(hass)
    await add_gateway(gateway)
    assert issues(hass) == ["core_powerwall"]
    await hass.config_entries.async_remove(core.entry_id)
    assert issues(hass) == []


@pytest.mark.usefixtures("core_powerwall")
async def test_core_powerwall_issue_when_it_is_added_later(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """One that is added or enabled later is noticed; one that is disabled is not meant."""
    await add_gateway(gateway)
    assert issues(hass) == []
    core = core_entry(gateway, "din")
    await hass.config_entries.async_add(core)
    assert issues(hass) == ["core_powerwall"]
    await hass.config_entries.async_set_disabled_by(
        core.entry_id, ConfigEntryDisabler.USER
    )
    assert issues(hass) == []


async def test_core_powerwall_issue_stays_ignored(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """An ignored issue is not shown again."""
    core_entry(gateway, "din").add_to_hass(hass)
    entry = await add_gateway(gateway)
    ir.async_ignore_issue(hass, DOMAIN, f"core_powerwall_{entry.entry_id}", True)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert issues(hass) == []


async def test_no_core_powerwall_issue_for_other_gateway(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """Core's integration for another gateway raises no issue."""
    core_entry(gateway, "neither").add_to_hass(hass)
    MockConfigEntry(domain="powerwall", data={}).add_to_hass(hass)
    MockConfigEntry(
        domain="powerwall", data={CONF_IP_ADDRESS: "no address"}
    ).add_to_hass(hass)
    await add_gateway(gateway)
    assert issues(hass) == []

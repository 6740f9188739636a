"""Discovery by DHCP leases: new gateways, known ones, and known ones that have moved."""

from collections.abc import Callable

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    SOURCE_DHCP,
    SOURCE_IGNORE,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_MAC, CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import pytest_socket

from custom_components.tesla_gateway_meters.const import CONF_FINGERPRINT, DOMAIN
from simulator import Certificate, Fault, SimulatedGateway, serve

from .conftest import AddGateway, PassTime, StartGateway, address_of

type NewEntry = Callable[[SimulatedGateway], MockConfigEntry]

MAC = "001122aabbcc"
SITE_POWER = "sensor.tesla_energy_gateway_grid_power"

pytestmark = pytest.mark.usefixtures("enable_custom_integrations")


async def lease(
    hass: HomeAssistant, hostname: str, ip: str = "127.0.0.1", mac: str = MAC
) -> ConfigFlowResult:
    """Report a lease to Home Assistant."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_DHCP},
        data=DhcpServiceInfo(ip=ip, hostname=hostname.lower(), macaddress=mac),
    )
    await hass.async_block_till_done()
    return result


@pytest.fixture
def other_address(socket_enabled: None) -> str:
    """Return another loopback address, to which a gateway can move."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "127.0.0.2", "127.0.0.3"])
    return "127.0.0.2"


@pytest.fixture
def served_port(monkeypatch: pytest.MonkeyPatch) -> Callable[[SimulatedGateway], None]:
    """Return a function that discovers gateways at a simulated one's port, not at 443."""

    def take(gateway: SimulatedGateway) -> None:
        monkeypatch.setattr(
            f"custom_components.{DOMAIN}.config_flow.HTTPS_PORT", gateway.port
        )

    return take


@pytest.mark.parametrize(
    ("profile", "hostname"),
    [
        ("document", None),
        ("document", "TeslaPW_A1B2C3"),
        ("restricted", "TeslaPW_A1B2C3"),
    ],
)
async def test_new_gateway_needs_only_password(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    served_port: Callable[[SimulatedGateway], None],
    profile: str,
    hostname: str | None,
) -> None:
    """The form only asks for the password, and a wrong one can be corrected."""
    gateway = await start_gateway(profile)
    served_port(gateway)
    form = await lease(hass, hostname or gateway.din)
    assert form["type"] is FlowResultType.FORM
    assert form["description_placeholders"] == {CONF_HOST: address_of(gateway)}
    assert gateway.logins == 0
    for password, error in (("wrong", "invalid_auth"), (gateway.password, None)):
        result = await hass.config_entries.flow.async_configure(
            form["flow_id"], {CONF_PASSWORD: password}
        )
        if error is not None:
            assert result["errors"] == {"base": error}
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.data[CONF_HOST] == address_of(gateway)
    assert entry.data[CONF_FINGERPRINT] == gateway.fingerprint
    assert hass.states.get(SITE_POWER) is not None
    # Home Assistant reports further leases by the device's MAC address.
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, entry.unique_id), entry.entry_id
    )
    assert (dr.CONNECTION_NETWORK_MAC, "00:11:22:aa:bb:cc") in device.connections


async def test_gateway_offered_once(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    """A second lease starts no second flow."""
    assert (await lease(hass, gateway.din))["type"] is FlowResultType.FORM
    result = await lease(hass, gateway.din)
    assert result["reason"] == "already_in_progress"


async def test_ignored_gateway_not_offered(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    """A gateway that the user ignores is not offered."""
    MockConfigEntry(
        domain=DOMAIN, unique_id=gateway.din, source=SOURCE_IGNORE
    ).add_to_hass(hass)
    assert (await lease(hass, gateway.din))["reason"] == "already_configured"


async def test_not_offered_without_an_answer(
    hass: HomeAssistant, socket_enabled: None
) -> None:
    """A device with a gateway's host name that does not answer is not offered."""
    result = await lease(hass, "TeslaPW_A1B2C3")
    assert result["reason"] == "cannot_connect"


async def test_mac_stored_from_lease_for_known_address(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """A lease for the address in use only adds the MAC address."""
    entry = await add_gateway(gateway)
    before = dict(entry.data)
    result = await lease(hass, gateway.din)
    assert result["reason"] == "already_configured"
    assert entry.data == before | {CONF_MAC: "00:11:22:aa:bb:cc"}
    assert entry.state is ConfigEntryState.LOADED
    logins = gateway.logins
    await lease(hass, gateway.din)
    assert gateway.logins == logins


async def test_entry_not_reloaded_for_new_mac(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """The MAC address is added to entry and device while the entry runs."""
    entry = await add_gateway(gateway)
    running, requests = entry.runtime_data, len(gateway.requests)
    await lease(hass, gateway.din)
    assert entry.data[CONF_MAC] == "00:11:22:aa:bb:cc"
    assert entry.runtime_data is running
    assert len(gateway.requests) == requests
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, entry.unique_id), entry.entry_id
    )
    assert (dr.CONNECTION_NETWORK_MAC, "00:11:22:aa:bb:cc") in device.connections


@pytest.mark.parametrize("known", [None, "00:11:22:aa:bb:cc"])
@pytest.mark.parametrize("hostname", ["DIN", "TeslaPW_A1B2C3", "laptop"])
async def test_one_check_for_many_leases_of_known_address(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    known: str | None,
    hostname: str,
) -> None:
    """Any number of MAC addresses causes one connection, and no reload or request."""
    entry = await add_gateway(gateway)
    if known is not None:
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_MAC: known}
        )
    running = entry.runtime_data
    handshakes, requests = gateway.handshakes, len(gateway.requests)
    name = gateway.din if hostname == "DIN" else hostname
    for number in range(20):
        result = await lease(hass, name, mac=f"66112233{number:04}")
        assert result["reason"] == "already_configured"
    assert entry.runtime_data is running
    assert len(gateway.requests) == requests
    assert gateway.handshakes - handshakes <= 1
    # The first with the gateway's DIN is stored, if none is known.
    first = "66:11:22:33:00:00" if hostname == "DIN" else None
    assert entry.data.get(CONF_MAC) == (known or first)


async def test_mac_of_wrong_gateway_not_stored(
    hass: HomeAssistant, new_entry: NewEntry, socket_enabled: None
) -> None:
    """Another certificate at the known address changes nothing."""
    async with serve(profile="document") as gateway:
        entry = new_entry(gateway)
        port, din = gateway.port, gateway.din
    before = dict(entry.data)
    async with serve(profile="document", port=port) as wrong_gateway:
        await lease(hass, din)
        assert entry.data == before
        assert wrong_gateway.handshakes == 1
        assert wrong_gateway.received == b""


@pytest.mark.parametrize("hostname", ["DIN", "TeslaPW_A1B2C3"])
async def test_unknown_address_checked_once_in_ten_minutes(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    freezer: FrozenDateTimeFactory,
    other_address: str,
    served_port: Callable[[SimulatedGateway], None],
    hostname: str,
) -> None:
    """Many leases for an address cause one check in ten minutes."""
    entry = await add_gateway(gateway)
    served_port(gateway)
    before, handshakes = dict(entry.data), gateway.handshakes
    name = gateway.din if hostname == "DIN" else hostname
    async with serve(
        profile="document", host=other_address, port=gateway.port
    ) as wrong_gateway:
        for number in range(20):
            await lease(hass, name, ip=other_address, mac=f"66112233{number:04}")
        # Without a DIN in the host name, the device is asked for it.
        assert wrong_gateway.connections <= 2
        connections = wrong_gateway.connections
        freezer.tick(601)
        await lease(hass, name, ip=other_address)
        assert wrong_gateway.connections == 2 * connections
        assert b"Authorization" not in wrong_gateway.received
        assert b"Cookie" not in wrong_gateway.received
    assert entry.data == before
    assert gateway.handshakes == handshakes


@pytest.mark.parametrize("same_address", [True, False])
async def test_entry_follows_move_after_foreign_lease(
    hass: HomeAssistant,
    new_entry: NewEntry,
    pass_time: PassTime,
    other_address: str,
    same_address: bool,
) -> None:
    """A foreign lease just before does not use up the check of the gateway's own."""
    certificate = Certificate.generate()
    async with serve(profile="document", certificate=certificate) as gateway:
        entry = new_entry(gateway)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await lease(hass, gateway.din)
        port, din = gateway.port, gateway.din
    await pass_time(10)
    async with serve(profile="document", host="127.0.0.3", port=port):
        ip = other_address if same_address else "127.0.0.3"
        await lease(hass, din, ip=ip, mac="661122330000")
    assert entry.data[CONF_HOST] == f"127.0.0.1:{port}"
    async with serve(
        profile="document", certificate=certificate, host=other_address, port=port
    ):
        await lease(hass, din, ip=other_address)
        assert entry.data[CONF_HOST] == f"{other_address}:{port}"
        assert entry.data[CONF_MAC] == "00:11:22:aa:bb:cc"
        assert hass.states.get(SITE_POWER).state == "701"


@pytest.mark.parametrize("hostname", ["DIN", "TeslaPW_A1B2C3"])
async def test_entry_follows_move_by_din_or_mac(
    hass: HomeAssistant,
    new_entry: NewEntry,
    pass_time: PassTime,
    other_address: str,
    hostname: str,
) -> None:
    """A new address is stored for a gateway known by its DIN or its MAC address."""
    certificate = Certificate.generate()
    async with serve(profile="document", certificate=certificate) as gateway:
        entry = new_entry(gateway)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await lease(hass, gateway.din)
        port, din = gateway.port, gateway.din
    await pass_time(10)
    async with serve(
        profile="document", certificate=certificate, host=other_address, port=port
    ) as moved:
        name = din if hostname == "DIN" else hostname
        result = await lease(hass, name, ip=other_address)
        assert result["reason"] == "already_configured"
        assert entry.data[CONF_HOST] == f"{other_address}:{port}"
        assert hass.states.get(SITE_POWER).state == "701"
        assert moved.logins == 1


async def test_entry_follows_move_by_certificate(
    hass: HomeAssistant,
    new_entry: NewEntry,
    served_port: Callable[[SimulatedGateway], None],
    other_address: str,
) -> None:
    """A gateway with unknown host name and MAC address is known by its certificate."""
    certificate = Certificate.generate()
    async with serve(profile="restricted", certificate=certificate) as gateway:
        entry = new_entry(gateway)
        hass.config_entries.async_update_entry(entry, unique_id=address_of(gateway))
        port = gateway.port
    async with serve(
        profile="restricted", certificate=certificate, host=other_address, port=port
    ) as moved:
        served_port(moved)
        await lease(hass, "TeslaPW_A1B2C3", ip=other_address)
        assert entry.data[CONF_HOST] == f"{other_address}:{port}"


async def test_address_kept_while_gateway_answers_there(
    hass: HomeAssistant,
    add_gateway: AddGateway,
    gateway: SimulatedGateway,
    other_address: str,
) -> None:
    """A second address of a gateway that answers at the first changes nothing."""
    entry = await add_gateway(gateway)
    before = dict(entry.data)
    await lease(hass, gateway.din, ip=other_address)
    assert entry.data == before


async def test_name_with_another_certificate_not_followed(
    hass: HomeAssistant, new_entry: NewEntry, other_address: str
) -> None:
    """A device with the DIN and another certificate gets no request."""
    async with serve(profile="document") as gateway:
        entry = new_entry(gateway)
        port, din = gateway.port, gateway.din
    before = dict(entry.data)
    async with serve(
        profile="document", host=other_address, port=port
    ) as wrong_gateway:
        await lease(hass, din, ip=other_address)
        assert entry.data == before
        assert wrong_gateway.received == b""


async def test_another_din_at_known_address_is_offered(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """A gateway with another DIN is a new one, even at a known address."""
    entry = await add_gateway(gateway)
    before = dict(entry.data)
    form = await lease(hass, "1234567-00-E--TG00000000000X")
    assert form["type"] is FlowResultType.FORM
    assert entry.data == before


async def test_form_waits_for_gateway_that_starts(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    served_port: Callable[[SimulatedGateway], None],
) -> None:
    """A gateway gets its lease before it serves: the form can be submitted later."""
    served_port(gateway)
    gateway.set_fault("*", Fault("status", 502))
    form = await lease(hass, gateway.din)
    password = {CONF_PASSWORD: gateway.password}
    form = await hass.config_entries.flow.async_configure(form["flow_id"], password)
    assert form["errors"] == {"base": "not_a_gateway"}
    gateway.clear_faults()
    result = await hass.config_entries.flow.async_configure(form["flow_id"], password)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert gateway.logins == 2

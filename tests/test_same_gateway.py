"""Identity of a gateway: its DIN, or its certificate if there is no DIN."""

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.tesla_gateway_meters.const import CONF_FINGERPRINT, DOMAIN
from simulator import Certificate, Fault, SimulatedGateway

from .conftest import PassTime, StartGateway, address_of, serve_instead
from .onboarding import add, begin, fill_in, lease

OTHER_DIN = "1707000-30-K--TG00000000000X"

pytestmark = pytest.mark.usefixtures("enable_custom_integrations")


def by_name(gateway: SimulatedGateway) -> str:
    """Return the host name of a gateway."""
    return f"localhost:{gateway.port}"


def hide_din(gateway: SimulatedGateway) -> None:
    """Make a gateway report no DIN, like a Powerwall 3."""
    for endpoint in ("status", "meters"):
        gateway.set_fault(endpoint, Fault("status", 404))


@pytest.mark.parametrize("name_first", [False, True])
async def test_added_once_by_address_and_name(
    hass: HomeAssistant, start_gateway: StartGateway, name_first: bool
) -> None:
    """The certificate identifies a gateway without a DIN."""
    gateway = await start_gateway("restricted")
    ways = [address_of(gateway), by_name(gateway)]
    first, second = reversed(ways) if name_first else ways
    entry = (await add(hass, gateway, host=first))["result"]
    before = dict(entry.data)
    result = await add(hass, gateway, host=second)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert entry.unique_id == first
    assert entry.data == before


async def test_unique_id_kept_if_din_is_reported_later(
    hass: HomeAssistant, gateway: SimulatedGateway, pass_time: PassTime
) -> None:
    """If an update adds a DIN, the entry and its entities keep their unique ids."""
    hide_din(gateway)
    entry = (await add(hass, gateway))["result"]
    identity = address_of(gateway)
    assert entry.unique_id == identity
    gateway.clear_faults()
    await pass_time(60, times=16)
    assert entry.unique_id == identity
    for host in (address_of(gateway), by_name(gateway)):
        assert (await add(hass, gateway, host=host))["reason"] == "already_configured"
    form = await begin(hass, entry, SOURCE_RECONFIGURE)
    result = await fill_in(hass, form, host=by_name(gateway))
    assert result["reason"] == "reconfigure_successful"
    form = await begin(hass, entry, SOURCE_REAUTH)
    result = await fill_in(hass, form, password=gateway.password)
    assert result["reason"] == "reauth_successful"
    assert entry.unique_id == identity
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1
    assert {
        each.unique_id.startswith(f"{identity}_")
        for each in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
    } == {True}


async def test_not_added_again_if_din_is_missing(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    """A gateway known by its DIN is not added again by its address."""
    entry = (await add(hass, gateway))["result"]
    hide_din(gateway)
    assert (await add(hass, gateway))["reason"] == "already_configured"
    assert (await add(hass, gateway, host=by_name(gateway)))["reason"] == (
        "already_configured"
    )
    assert entry.unique_id == gateway.din


async def test_two_entries_for_two_certificates(
    hass: HomeAssistant, start_gateway: StartGateway
) -> None:
    """Gateways without a DIN are distinguished by their certificates."""
    first, second = [await start_gateway("restricted") for _ in range(2)]
    assert (await add(hass, first))["type"] is FlowResultType.CREATE_ENTRY
    assert (await add(hass, second))["type"] is FlowResultType.CREATE_ENTRY
    assert {each.unique_id for each in hass.config_entries.async_entries(DOMAIN)} == {
        address_of(first),
        address_of(second),
    }


@pytest.mark.parametrize("source", ["status", "meters"])
async def test_two_entries_for_two_dins_with_one_certificate(
    hass: HomeAssistant, start_gateway: StartGateway, source: str
) -> None:
    """Gateways may share a certificate; another DIN is another gateway."""
    certificate = Certificate.generate()
    first, second = [
        await start_gateway("document", certificate=certificate) for _ in range(2)
    ]
    second.become(OTHER_DIN)
    if source == "meters":
        second.set_fault("status", Fault("status", 404))
    assert (await add(hass, first))["type"] is FlowResultType.CREATE_ENTRY
    result = await add(hass, second)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == OTHER_DIN
    # And neither can be added once more.
    for each in (first, second):
        assert (await add(hass, each, host=by_name(each)))[
            "reason"
        ] == "already_configured"


async def test_added_at_former_address_of_another_gateway(
    hass: HomeAssistant, start_gateway: StartGateway
) -> None:
    """After a gateway known by its address has moved, another one is added there."""
    gateway, moved = [await start_gateway("restricted") for _ in range(2)]
    entry = (await add(hass, moved))["result"]
    hass.config_entries.async_update_entry(entry, unique_id=address_of(gateway))
    result = await add(hass, gateway)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == gateway.fingerprint
    assert entry.unique_id == address_of(gateway)
    assert (await add(hass, gateway))["reason"] == "already_configured"


async def test_not_added_again_with_new_certificate(
    hass: HomeAssistant, start_gateway: StartGateway
) -> None:
    """A gateway that was reset keeps its entry, which asks about the certificate."""
    gateway = await start_gateway("restricted")
    entry = (await add(hass, gateway))["result"]
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_FINGERPRINT: "00" * 32}
    )
    assert (await add(hass, gateway))["reason"] == "already_configured"


async def test_reconfigure_aborts_for_configured_gateway(
    hass: HomeAssistant, start_gateway: StartGateway
) -> None:
    """A second entry of the same gateway is refused."""
    first, second = [await start_gateway("restricted") for _ in range(2)]
    entry = (await add(hass, first))["result"]
    await add(hass, second)
    before = dict(entry.data)
    form = await begin(hass, entry, SOURCE_RECONFIGURE)
    form = await fill_in(hass, form, host=address_of(second), password=second.password)
    assert form["step_id"] == "trust"
    result = await fill_in(hass, form)
    assert result["reason"] == "already_configured"
    assert entry.data == before


@pytest.mark.parametrize("hostname", ["teslapw_a1b2c3", OTHER_DIN.lower()])
async def test_not_offered_by_lease_of_second_network(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    monkeypatch: pytest.MonkeyPatch,
    hostname: str,
) -> None:
    """A Powerwall 3 has a lease for each network, one of them with its DIN."""
    gateway = await start_gateway("restricted")
    monkeypatch.setattr(
        f"custom_components.{DOMAIN}.config_flow.HTTPS_PORT", gateway.port
    )
    entry = (await add(hass, gateway, host=by_name(gateway)))["result"]
    result = await lease(hass, hostname)
    assert result["reason"] == "already_configured"
    assert entry.unique_id == by_name(gateway)
    assert entry.data[CONF_HOST] == by_name(gateway)


async def test_offered_beside_entry_without_din(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A lease with a DIN offers a new gateway beside one known by its address."""
    known, new = [await start_gateway("restricted") for _ in range(2)]
    await add(hass, known)
    serve_instead(new, "status", {"din": OTHER_DIN})
    monkeypatch.setattr(f"custom_components.{DOMAIN}.config_flow.HTTPS_PORT", new.port)
    # The lease is not of the address that is known.
    entry = hass.config_entries.async_entries(DOMAIN)[0]
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_HOST: by_name(known)}
    )
    form = await lease(hass, "teslapw_a1b2c3")
    assert form["step_id"] == "discovery_confirm"
    result = await fill_in(hass, form, password=new.password)
    assert result["result"].unique_id == OTHER_DIN

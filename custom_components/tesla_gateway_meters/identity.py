"""The identity of a gateway: its DIN, if it reports one."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .gateway import (
    AbsentError,
    Address,
    ForbiddenError,
    GatewayClient,
    GatewayError,
    PayloadError,
    StatusError,
    Transport,
    is_din,
)
from .session import SharedResolver, create_session


async def fetch_din(
    hass: HomeAssistant,
    address: Address,
    fingerprint: str,
    expected: str | None = None,
) -> str | None:
    """Return the DIN of the gateway with this certificate, None if it has none.

    Raises AnotherGatewayError if that is not the expected one, and another
    GatewayError if the gateway does not answer.
    """
    async with create_session(SharedResolver(hass)) as session:
        # The endpoint needs no login, so no password.
        transport = Transport(session, address, fingerprint)
        return await read_din(GatewayClient(transport, "", din=expected))


def expected_din(entry: ConfigEntry) -> str | None:
    """Return the DIN of an entry's gateway, None for one that has no DIN."""
    return entry.unique_id if is_din(entry.unique_id) else None


async def read_din(client: GatewayClient) -> str | None:
    """Return the DIN that the gateway gives without a login, None if it has none.

    Powerwall 3 has no such endpoint, old firmwares have no DIN in it, and some refuse
    it or answer with something else. Raises GatewayError for other failures.
    """
    try:
        return (await client.status()).din
    except AbsentError, ForbiddenError, PayloadError, StatusError:
        return None


async def read_listed_din(client: GatewayClient) -> str | None:
    """Return the DIN in the list of the gateway's own meters, None if there is none."""
    try:
        meters = await client.meters()
    except GatewayError:
        # Without a DIN the address identifies the gateway.
        return None
    return next((meter.din for meter in meters if meter.din), None)

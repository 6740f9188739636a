"""Who a gateway is: its DIN, as far as it tells."""

from homeassistant.config_entries import ConfigEntry

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
from .session import create_session


async def ask_din(
    address: Address, fingerprint: str, expected: str | None = None
) -> str | None:
    """Return the DIN that the gateway with this certificate tells anyone.

    Raises AnotherGatewayError where that is not the expected one, and another
    GatewayError where that gateway does not answer there.
    """
    async with create_session() as session:
        # No password: what is open to all needs none.
        transport = Transport(session, address, fingerprint)
        return await open_din(GatewayClient(transport, "", din=expected))


def expected_din(entry: ConfigEntry) -> str | None:
    """Return the DIN of an entry's gateway; without one it is known by its address."""
    return entry.unique_id if is_din(entry.unique_id) else None


async def open_din(client: GatewayClient) -> str | None:
    """Return the DIN that the gateway tells without a login, if it does.

    Powerwall 3 has no such endpoint, old firmwares have no DIN in it, and some may not
    be read or say nothing of use: what a running entry does without is no reason not
    to set one up. Raises what other failures raise.
    """
    try:
        return (await client.status()).din
    except AbsentError, ForbiddenError, PayloadError, StatusError:
        return None


async def listed_din(client: GatewayClient) -> str | None:
    """Return the DIN that a gateway's own meters carry, if it lists any."""
    try:
        meters = await client.meters()
    except GatewayError:
        # Only the DIN is missed, and the address stands in for it.
        return None
    return next((meter.din for meter in meters if meter.din), None)

"""Who a gateway is: its DIN, as far as it tells."""

from .gateway import (
    AbsentError,
    Address,
    GatewayClient,
    GatewayError,
    StatusError,
    Transport,
)
from .session import create_session


async def ask_din(address: Address, fingerprint: str) -> str | None:
    """Return the DIN that the gateway with this certificate tells anyone.

    Raises GatewayError where that gateway does not answer there.
    """
    async with create_session() as session:
        # No password: what is open to all needs none.
        return await open_din(
            GatewayClient(Transport(session, address, fingerprint), "")
        )


async def open_din(client: GatewayClient) -> str | None:
    """Return the DIN that the gateway tells without a login, if it does.

    Powerwall 3 has no such endpoint, and old firmwares no DIN in it. Raises
    what other failures raise.
    """
    try:
        return (await client.status()).din
    except AbsentError, StatusError:
        return None


async def listed_din(client: GatewayClient) -> str | None:
    """Return the DIN that a gateway's own meters carry, if it lists any."""
    try:
        meters = await client.meters()
    except GatewayError:
        # Only the DIN is missed, and the address stands in for it.
        return None
    return next((meter.din for meter in meters if meter.din), None)

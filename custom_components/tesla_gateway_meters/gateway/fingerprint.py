"""The certificate that identifies a gateway.

It is self-signed, for names that are not those of the local network, so it cannot be
verified; but it is not expected to change (gateway API, section 1). So the first one
is trusted, by its SHA-256 fingerprint, and no other after it.
"""

import asyncio
import hashlib
import ssl

from .address import Address
from .errors import AnswerTimeoutError, ConnectError

# Old firmwares drop the handshake for any name but a few of their own.
_SERVER_NAME = "powerwall"
_TIMEOUT = 8


def server_name(address: Address) -> str | None:
    """Return the name to send in the handshake; for an IP address there is none."""
    return None if address.is_ip else _SERVER_NAME


def readable(fingerprint: str) -> str:
    """Return a fingerprint in pairs of capital letters, as it is compared by eye."""
    pairs = (fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2))
    return ":".join(pairs).upper()


async def fetch_fingerprint(address: Address) -> str:
    """Return the fingerprint (hexadecimal) of what answers; nothing is sent to it.

    Raises ConnectError and AnswerTimeoutError.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(_TIMEOUT):
            _, writer = await asyncio.open_connection(
                address.host,
                address.port,
                ssl=context,
                server_hostname=server_name(address) or address.host,
            )
    except TimeoutError:
        raise AnswerTimeoutError("no TLS handshake in time") from None
    except OSError:
        raise ConnectError("cannot connect") from None
    try:
        certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        # Nothing was exchanged, so nothing is lost.
        writer.transport.abort()
    return hashlib.sha256(certificate).hexdigest()

"""The certificate that identifies a gateway.

It is self-signed, for names that are not those of the local network, so it cannot be
verified; but it is not expected to change (gateway API, section 1). So the first one
is trusted, by its SHA-256 fingerprint, and no other after it.
"""

import asyncio
import hashlib
import socket
import ssl

from aiohttp.abc import AbstractResolver

from .address import Address
from .errors import AnswerTimeoutError, connect_error

# Old firmwares drop the handshake for any name but a few of their own.
_SERVER_NAME = "powerwall"
_TIMEOUT = 8


def server_name(address: Address) -> str | None:
    """Return the name to send in the handshake; for an IP address there is none."""
    return None if address.is_ip else _SERVER_NAME


def readable(fingerprint: str) -> str:
    """Return a fingerprint in pairs of capital letters, for users to compare."""
    pairs = (fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2))
    return ":".join(pairs).upper()


async def fetch_fingerprint(
    address: Address, resolver: AbstractResolver | None = None
) -> str:
    """Return the fingerprint (hexadecimal) of the server at an address; send no request.

    Without a resolver the operating system resolves host names. Raises ConnectError
    (NotHttpsError if something else answers) and AnswerTimeoutError.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(_TIMEOUT):
            writer = await _connect(address, resolver, context)
    except TimeoutError:
        raise AnswerTimeoutError("no TLS handshake in time") from None
    except OSError as err:
        raise connect_error(err) from None
    try:
        certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        # Nothing was exchanged, so nothing is lost.
        writer.transport.abort()
    return hashlib.sha256(certificate).hexdigest()


async def _connect(
    address: Address, resolver: AbstractResolver | None, context: ssl.SSLContext
) -> asyncio.StreamWriter:
    """Connect to the first address of a host that answers. Raises OSError."""
    hosts = [address.host]
    if resolver is not None and not address.is_ip:
        found = await resolver.resolve(address.host, address.port, socket.AF_UNSPEC)
        # IPv4 first: an IPv6 address that leads nowhere would use up the time.
        hosts = sorted((each["host"] for each in found), key=lambda host: ":" in host)
    error: OSError = ConnectionError("no address")
    for host in hosts:
        try:
            _, writer = await asyncio.open_connection(
                host,
                address.port,
                ssl=context,
                server_hostname=server_name(address) or address.host,
            )
        except TimeoutError:
            raise
        except OSError as err:
            error = err
        else:
            return writer
    raise error

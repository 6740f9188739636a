"""What a DHCP lease tells about the gateways that are set up.

A lease names its gateway by a host name that is its DIN (gateways 1 and 2), or
by a MAC address. Neither is proof: the certificate is.
"""

from collections.abc import Iterable

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_MAC
from homeassistant.helpers.device_registry import format_mac
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo

from .const import CONF_FINGERPRINT
from .gateway import Address, GatewayError, fetch_fingerprint, is_din


def named_din(lease: DhcpServiceInfo) -> str | None:
    """Return the DIN that a lease's host name is, if it is one."""
    din = lease.hostname.upper()
    return din if is_din(din) else None


def find_entry(
    entries: Iterable[ConfigEntry], lease: DhcpServiceInfo
) -> ConfigEntry | None:
    """Return the entry of the gateway that a lease names."""
    din, mac = named_din(lease), format_mac(lease.macaddress)
    # One that is known by another DIN it cannot be.
    possible = [
        entry
        for entry in entries
        if din in (None, entry.unique_id) or not is_din(entry.unique_id)
    ]
    for is_named in (
        lambda entry: entry.unique_id == din,
        lambda entry: entry.data.get(CONF_MAC) == mac,
        lambda entry: Address.parse(entry.data[CONF_HOST]).host == lease.ip,
    ):
        for entry in filter(is_named, possible):
            return entry
    return None


def find_certified(
    entries: Iterable[ConfigEntry], fingerprint: str, din: str | None
) -> ConfigEntry | None:
    """Return the entry of the gateway with this certificate and, if told, this DIN.

    Two DINs are two gateways, whatever certificate they share. Where one of the two is
    not known, the certificate tells that it is the same gateway.
    """
    for entry in entries:
        if entry.data.get(CONF_FINGERPRINT) == fingerprint and (
            din in (None, entry.unique_id) or not is_din(entry.unique_id)
        ):
            return entry
    return None


def address_identity(
    entries: Iterable[ConfigEntry], address: Address, fingerprint: str
) -> str:
    """Return what a gateway that tells no DIN is known by, for good: its address.

    Where another one is known by that, which has moved since, it is the certificate.
    """
    identity = str(address)
    for entry in entries:
        if entry.unique_id == identity and (
            Address.parse(entry.data[CONF_HOST]) != address
            and entry.data.get(CONF_FINGERPRINT) != fingerprint
        ):
            return fingerprint
    return identity


async def follow(entry: ConfigEntry, lease: DhcpServiceInfo) -> dict[str, str]:
    """Return what a lease changes in an entry's data; nothing where it stands.

    A gateway on two networks has two leases: as long as it answers at the
    address in use, that is kept.
    """
    known = Address.parse(entry.data[CONF_HOST])
    changes: dict[str, str] = {}
    here = Address(lease.ip, known.port)
    if here != known:
        fingerprint = entry.data.get(CONF_FINGERPRINT)
        if await _has(known, fingerprint) or not await _has(here, fingerprint):
            return {}
        changes[CONF_HOST] = str(here)
    mac = format_mac(lease.macaddress)
    if entry.data.get(CONF_MAC) != mac:
        changes[CONF_MAC] = mac
    return changes


async def _has(address: Address, fingerprint: str | None) -> bool:
    """Whether what answers there has this certificate."""
    try:
        return await fetch_fingerprint(address) == fingerprint
    except GatewayError:
        return False

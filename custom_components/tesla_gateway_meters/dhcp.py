"""Match DHCP leases to config entries, and find gateways that have moved.

A lease names its gateway by a host name that is its DIN (gateways 1 and 2), or by its
MAC address. Any device on the network can request any number of leases under any name,
so only the certificate proves which gateway it is.
"""

from collections.abc import Iterable
import time
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_MAC
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.util.hass_dict import HassKey

from .const import CONF_FINGERPRINT, DOMAIN
from .gateway import Address, GatewayError, fetch_fingerprint, is_din

# Minimum time between two connections to an address because of leases, in seconds.
_CHECK_PAUSE: Final = 10 * 60
# Number of checks kept, since leases can name any number of addresses.
_MAX_CHECKS: Final = 256
_CHECKS: HassKey[dict[tuple[str, str], float]] = HassKey(f"{DOMAIN}_lease_checks")


def named_din(lease: DhcpServiceInfo) -> str | None:
    """Return the host name of a lease if it is a DIN."""
    din = lease.hostname.upper()
    return din if is_din(din) else None


def find_entry(
    entries: Iterable[ConfigEntry], lease: DhcpServiceInfo
) -> ConfigEntry | None:
    """Return the entry of the gateway that a lease names, by DIN, MAC or address."""
    din, mac = named_din(lease), dr.format_mac(lease.macaddress)
    possible = [entry for entry in entries if _may_have_din(entry, din)]
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
    """Return the entry of the gateway with this certificate and, if known, this DIN.

    Two DINs are two gateways, even with the same certificate. If either DIN is unknown,
    the certificate alone decides.
    """
    for entry in entries:
        if entry.data.get(CONF_FINGERPRINT) == fingerprint and _may_have_din(
            entry, din
        ):
            return entry
    return None


def _may_have_din(entry: ConfigEntry, din: str | None) -> bool:
    """Return whether an entry's gateway has this DIN, or either DIN is unknown."""
    return din in (None, entry.unique_id) or not is_din(entry.unique_id)


def address_identity(
    entries: Iterable[ConfigEntry], address: Address, fingerprint: str
) -> str:
    """Return the permanent unique id of a gateway without a DIN: its address.

    If another gateway has that id and has moved since, return the certificate instead.
    """
    identity = str(address)
    for entry in entries:
        if entry.unique_id == identity and (
            Address.parse(entry.data[CONF_HOST]) != address
            and entry.data.get(CONF_FINGERPRINT) != fingerprint
        ):
            return fingerprint
    return identity


@callback
def may_check(
    hass: HomeAssistant, lease: DhcpServiceInfo, entry: ConfigEntry | None = None
) -> bool:
    """Return whether a connection to a lease's address is due: once in ten minutes.

    Leases with the known MAC address of the entry's gateway, with its DIN, and all others
    are counted separately, so that a foreign lease does not use up the gateway's check.
    """
    reason = ""
    if entry is not None and entry.data.get(CONF_MAC) == dr.format_mac(
        lease.macaddress
    ):
        reason = CONF_MAC
    elif entry is not None and _names_gateway(lease, entry):
        reason = "din"
    now = time.monotonic()
    checks = {
        key: at
        for key, at in hass.data.get(_CHECKS, {}).items()
        if now - at < _CHECK_PAUSE
    }
    key = (lease.ip, reason)
    if is_due := key not in checks:
        checks[key] = now
        if len(checks) > _MAX_CHECKS:
            del checks[next(iter(checks))]
    hass.data[_CHECKS] = checks
    return is_due


async def address_updates(
    hass: HomeAssistant,
    entry: ConfigEntry,
    lease: DhcpServiceInfo,
    *,
    may_connect: bool = False,
) -> dict[str, str]:
    """Return the updates of an entry's data for a gateway that has moved.

    They are empty unless the trusted certificate is served at the lease's address, and no
    longer at the known one: a gateway on two networks has two leases. `may_connect` is
    true if `may_check` has already allowed this lease.
    """
    known = Address.parse(entry.data[CONF_HOST])
    here = Address(lease.ip, known.port)
    if here == known and not _has_new_mac(entry, lease):
        return {}
    fingerprint = entry.data.get(CONF_FINGERPRINT)
    if not (may_connect or may_check(hass, lease, entry)) or not await _has_certificate(
        here, fingerprint
    ):
        return {}
    mac = dr.format_mac(lease.macaddress)
    if here == known:
        _store_mac(hass, entry, mac)
        return {}
    if await _has_certificate(known, fingerprint):
        return {}
    return {CONF_HOST: str(here), CONF_MAC: mac}


def _has_new_mac(entry: ConfigEntry, lease: DhcpServiceInfo) -> bool:
    """Return whether to store the MAC address of a lease for the address in use.

    The certificate does not prove a MAC address. So it is stored once, from a lease with
    the gateway's DIN, and never replaced.
    """
    return CONF_MAC not in entry.data and _names_gateway(lease, entry)


def _names_gateway(lease: DhcpServiceInfo, entry: ConfigEntry) -> bool:
    """Return whether a lease's host name is the DIN of an entry's gateway."""
    return named_din(lease) is not None and named_din(lease) == entry.unique_id


@callback
def _store_mac(hass: HomeAssistant, entry: ConfigEntry, mac: str) -> None:
    """Store a MAC address, so that Home Assistant reports the gateway's leases."""
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_MAC: mac})
    if entry.state is ConfigEntryState.LOADED:
        dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={(DOMAIN, entry.unique_id or entry.entry_id)},
            connections={(dr.CONNECTION_NETWORK_MAC, mac)},
        )


async def _has_certificate(address: Address, fingerprint: str | None) -> bool:
    """Return whether this certificate is served at an address."""
    try:
        return await fetch_fingerprint(address) == fingerprint
    except GatewayError:
        return False

"""What a DHCP lease tells about the gateways that are set up.

A lease names its gateway by a host name that is its DIN (gateways 1 and 2), or
by a MAC address. Neither is proof: the certificate is. Anyone on the network
can ask for leases, as many as they like, in anyone's name.
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

# How seldom an address is connected to because of leases, in seconds.
_CHECK_PAUSE: Final = 10 * 60
# What is remembered of checks at most; leases can name any number of addresses.
_MOST_CHECKS: Final = 256
_CHECKS: HassKey[dict[tuple[str, str], float]] = HassKey(f"{DOMAIN}_lease_checks")


def named_din(lease: DhcpServiceInfo) -> str | None:
    """Return the DIN that a lease's host name is, if it is one."""
    din = lease.hostname.upper()
    return din if is_din(din) else None


def find_entry(
    entries: Iterable[ConfigEntry], lease: DhcpServiceInfo
) -> ConfigEntry | None:
    """Return the entry of the gateway that a lease names."""
    din, mac = named_din(lease), dr.format_mac(lease.macaddress)
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


@callback
def may_check(
    hass: HomeAssistant, lease: DhcpServiceInfo, entry: ConfigEntry | None = None
) -> bool:
    """Whether to connect to a lease's address; if so, not again for ten minutes.

    Leases by the known MAC address of an entry's gateway count apart from those
    by its DIN, and from the rest, so that no stranger's lease uses up the check
    that the gateway's own is worth.
    """
    reason = ""
    if entry is not None and entry.data.get(CONF_MAC) == dr.format_mac(
        lease.macaddress
    ):
        reason = CONF_MAC
    elif entry is not None and _names(lease, entry):
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
        if len(checks) > _MOST_CHECKS:
            del checks[next(iter(checks))]
    hass.data[_CHECKS] = checks
    return is_due


async def follow(
    hass: HomeAssistant,
    entry: ConfigEntry,
    lease: DhcpServiceInfo,
    *,
    may_connect: bool = False,
) -> dict[str, str]:
    """Return what a gateway that has moved changes in its entry's data.

    Nothing changes unless what answers at the lease's address has the trusted
    certificate, and nothing else does at the known one: a gateway on two networks
    has two leases. `may_connect` is for a lease that `may_check` has let through.
    """
    known = Address.parse(entry.data[CONF_HOST])
    here = Address(lease.ip, known.port)
    if here == known and not _teaches_mac(entry, lease):
        return {}
    fingerprint = entry.data.get(CONF_FINGERPRINT)
    if not (may_connect or may_check(hass, lease, entry)) or not await _has(
        here, fingerprint
    ):
        return {}
    mac = dr.format_mac(lease.macaddress)
    if here == known:
        _learn_mac(hass, entry, mac)
        return {}
    if await _has(known, fingerprint):
        return {}
    return {CONF_HOST: str(here), CONF_MAC: mac}


def _teaches_mac(entry: ConfigEntry, lease: DhcpServiceInfo) -> bool:
    """Whether a lease for the address in use has a MAC address to be learned.

    The certificate does not vouch for that, as it is not part of what answers. So
    it is learned once, from a lease in the gateway's name, and never replaced.
    """
    return CONF_MAC not in entry.data and _names(lease, entry)


def _names(lease: DhcpServiceInfo, entry: ConfigEntry) -> bool:
    """Whether a lease's host name is the DIN of an entry's gateway."""
    return named_din(lease) is not None and named_din(lease) == entry.unique_id


@callback
def _learn_mac(hass: HomeAssistant, entry: ConfigEntry, mac: str) -> None:
    """Keep a MAC address, by which Home Assistant reports this gateway's leases."""
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_MAC: mac})
    if entry.state is ConfigEntryState.LOADED:
        dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={(DOMAIN, entry.unique_id or entry.entry_id)},
            connections={(dr.CONNECTION_NETWORK_MAC, mac)},
        )


async def _has(address: Address, fingerprint: str | None) -> bool:
    """Whether what answers there has this certificate."""
    try:
        return await fetch_fingerprint(address) == fingerprint
    except GatewayError:
        return False

"""The address of a gateway: a host and a port, parsed from what a user types."""

from dataclasses import dataclass
from ipaddress import ip_address
import re
from typing import Self, override

from yarl import URL

from .errors import InvalidAddressError

HTTPS_PORT = 443

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")
# What an IPv6 address may have behind its `%`: the name of an interface.
_ZONE = re.compile(rf"(?=.{{1,15}}$){_LABEL}(\.{_LABEL})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """A host (name, IPv4 or IPv6 without brackets, lower case) and a port."""

    host: str
    port: int = HTTPS_PORT

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a name, an address, `host:port` or a pasted URL.

        Only host and port count in a URL: gateways speak HTTPS alone.
        Raises InvalidAddressError for anything else.
        """
        text = text.strip()
        scheme, separator, rest = text.rpartition("://")
        if separator and scheme.lower() not in ("http", "https"):
            raise InvalidAddressError("not a web address")
        authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
        host, port = _split_port(authority)
        address = cls(_checked_host(host.lower()), port)
        try:
            # Resolving a host and showing its URL need one of these each.
            is_usable = address.host.encode("idna") and address.url.host
        except ValueError:
            is_usable = None
        if not is_usable:
            raise InvalidAddressError("not a host name")
        return address

    @property
    def is_ip(self) -> bool:
        """Return whether the host is an IP address and not a name."""
        return _is_ip(self.host)

    @property
    def url(self) -> URL:
        """The base URL of the gateway."""
        return URL.build(scheme="https", host=self.host, port=self.port)

    @override
    def __str__(self) -> str:
        """Return the shortest text that `parse` reads back as the same."""
        if self.port == HTTPS_PORT:
            return self.host
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def _is_ip(host: str) -> bool:
    address, separator, zone = host.partition("%")
    try:
        ip_address(address)
    except ValueError:
        return False
    return not separator or (":" in address and _ZONE.fullmatch(zone) is not None)


def _split_port(authority: str) -> tuple[str, int]:
    """Split `host`, `host:port`, `[IPv6]`, `[IPv6]:port` or a bare IPv6."""
    if _is_ip(authority):
        return authority, HTTPS_PORT
    if match := re.fullmatch(
        r"\[([^\]]*)\](?::(\d{1,5}))?|([^:]*)(?::(\d{1,5}))?", authority
    ):
        in_brackets, port_behind_brackets, host, port = match.groups()
        if in_brackets is not None and not _is_ip(in_brackets):
            raise InvalidAddressError("no IPv6 address in the brackets")
        number = int(port or port_behind_brackets or HTTPS_PORT)
        if 0 < number < 65536:
            return in_brackets or host, number
    raise InvalidAddressError("no host and port")


def _checked_host(host: str) -> str:
    if _is_ip(host):
        return host
    # A name whose last part is a number is a mistyped IPv4 address.
    if (
        not _HOST_NAME.fullmatch(host)
        or len(host) > 253
        or host.rstrip(".").rpartition(".")[2].isdigit()
    ):
        raise InvalidAddressError("not a host name")
    return host

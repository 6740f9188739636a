"""Tests of parsing a gateway's address as a user enters it."""

from random import Random, randrange

import pytest

from custom_components.tesla_gateway_meters.gateway import Address, InvalidAddressError

# A host name of 253 characters.
LONGEST = ".".join(["x" * 63] * 3 + ["x" * 61])


@pytest.mark.parametrize(
    ("typed", "host", "port"),
    [
        ("192.168.1.50", "192.168.1.50", 443),
        ("  192.168.1.50 ", "192.168.1.50", 443),
        ("192.168.1.50:8443", "192.168.1.50", 8443),
        ("https://192.168.1.50/", "192.168.1.50", 443),
        ("https://192.168.1.50:8443/summary?x=1#y", "192.168.1.50", 8443),
        ("http://powerwall", "powerwall", 443),
        ("HTTPS://Powerwall.Local", "powerwall.local", 443),
        ("powerwall.local.", "powerwall.local.", 443),
        ("teg-1A2", "teg-1a2", 443),
        ("my_gateway", "my_gateway", 443),
        ("powerwall/summary", "powerwall", 443),
        ("host:1", "host", 1),
        ("host:65535", "host", 65535),
        (LONGEST, LONGEST, 443),
        ("fe80::1", "fe80::1", 443),
        ("[fe80::1]", "fe80::1", 443),
        ("[fe80::1]:8443", "fe80::1", 8443),
        ("https://[fd00::2]:8443/x", "fd00::2", 8443),
        ("fe80::1%eth0", "fe80::1%eth0", 443),
        ("[fe80::1%eth0.10]:8443", "fe80::1%eth0.10", 8443),
    ],
)
def test_address_is_parsed_from_what_a_user_types(
    typed: str, host: str, port: int
) -> None:
    """Names, addresses, ports and pasted URLs are understood, and read back."""
    address = Address.parse(typed)
    assert (address.host, address.port) == (host, port)
    assert Address.parse(str(address)) == address
    assert address.url.host == host
    assert address.url.port == port


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "https://",
        "two words",
        "ftp://192.168.1.50",
        "192.168.1.500",
        "192.168.1",
        "192.168.1.",
        "12345.",
        f"{LONGEST}x",
        "12345",
        "a..b",
        "-a",
        "host:port",
        "host:0",
        "host:65536",
        "host:99999999",
        "host:1:2",
        "user@host",
        "user:secret@host",
        "[192.168.1.50",
        "[nonsense]:443",
        "x" * 64,
        ".".join(["x" * 60] * 5),
        "ho<st",
        "fe80::1%",
        "fe80::1%" + "a" * 16,
        "fe80::1%" + "a" * 300,
        "fe80::1%a b",
        "[fe80::1%" + "a" * 300 + "]:443",
        "fe80::1%..",
        "fe80::1%\u2028",
        "fe80::1%a%b",
        "127.0.0.1%eth0",
        "xn--_",
    ],
)
def test_text_that_is_no_address_is_refused(typed: str) -> None:
    """Nonsense is refused, and no other error than the client's own comes out."""
    with pytest.raises(InvalidAddressError):
        Address.parse(typed)


# What addresses are made of, and what breaks those who read them.
PIECES = (
    *("fe80::1", "::", "127.0.0.1", "::ffff:1.2.3.4", "host", "a", "xn--", "eth0"),
    *("%", "%25", "%00", "[", "]", ":", "443", "0", "65535", "/", "?", "#", "@", "\\"),
    *(
        "https://",
        "-",
        "_",
        ".",
        "..",
        " ",
        "\0",
        "\n",
        "\u2028",
        "\ud800",
        "é",
        "\uff11",
    ),
    *("٣", "ß", "İ", "😀", "a" * 300, "1" * 5000),
)


def test_any_text_is_an_address_or_refused() -> None:
    """A parsed address can be shown, requested and looked up, whatever the input."""
    seed = randrange(10**6)
    print(f"seed {seed}")
    random = Random(seed)
    understood = 0
    for _ in range(20_000):
        typed = "".join(random.choices(PIECES, k=random.randint(1, 6)))
        try:
            address = Address.parse(typed)
        except InvalidAddressError:
            continue
        understood += 1
        assert Address.parse(str(address)) == address
        assert address.url.with_path("/api/status").port == address.port
        # As all that looks names up does first.
        address.host.encode("idna")
    assert understood > 100


def test_usual_port_is_not_shown() -> None:
    """The usual port is not shown; an IPv6 address with a port gets brackets."""
    assert str(Address("powerwall")) == "powerwall"
    assert str(Address("powerwall", 8443)) == "powerwall:8443"
    assert str(Address("fe80::1", 8443)) == "[fe80::1]:8443"


def test_ip_address_is_told_from_a_name() -> None:
    """An address is distinguished from a name, since only a name sends a server name."""
    assert Address("192.168.1.50").is_ip
    assert Address("fe80::1").is_ip
    assert not Address("powerwall").is_ip

"""Tests that any text as an address gives a message or the next step."""

from collections.abc import Iterator
import json
from pathlib import Path
from random import Random, randrange
import socket
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
import pytest_socket

from simulator import Fault, LoginLimit, SimulatedGateway

from .conftest import NewEntry, StartGateway, address_of
from .gateway.test_address import PIECES
from .onboarding import begin
from .test_config_flow import start, suggested

pytestmark = pytest.mark.usefixtures("enable_custom_integrations")

TRANSLATIONS = Path("custom_components/tesla_gateway_meters/translations/en.json")
MESSAGES = json.loads(TRANSLATIONS.read_text())["config"]["error"]
# An IPv4 address as a socket for IPv6 takes it.
MAPPED = "::ffff:127.0.0.1"
ODD = (
    *("fe80::1%" + "a" * 300, "[fe80::1%" + "a" * 300 + "]:443", "fe80::1%eth0"),
    *("fe80::1%25eth0", "fe80::1%", "[fe80::1%eth0]:8443", "::%\u2028", "::1", "::"),
    *("[]", "[]:443", "[", "]", "[::1", "::1]", "[[::1]]", "https://[]/", "[ ]"),
    *(":", ":443", "host:", "host:0", "host:65536", "host:-1", "host:٤٤٣", "1.2.3.4:1"),
    *("host:" + "9" * 5000, "[::1]:" + "9" * 5000, "0x7f.1", "0177.0.0.1", "127.1"),
    *("a" * 63, "a" * 64, "a" * 253, "a." * 126 + "a", "a" * 5000, "a." * 5000),
    *("\0", "a\0b", "a\r\nHost: b", "a\tb", "\x1b[31m", "\x7f", "\ud800", "\u202ehost"),
    *("é", "ß.de", "İstanbul", "日本.jp", "xn--", "xn--a", "xn--\udcff", "a.xn--zzzz"),
    *(
        "。",
        "a。b",
        "1。2。3。4",
        "👨‍👩‍👧",
        "ⓗⓞⓢⓣ",
        "\uff11.2.3.4",
        "\u200bhost",
        "\ufeffhost",
    ),
    *(
        "https://",
        "https:///",
        "https://@",
        "//host",
        "file:///etc/passwd",
        "http:host",
    ),
    *("https://user:secret@host:1/x", "https://a/" + "b" * 5000, "javascript:alert(1)"),
    *(
        "",
        " ",
        ".",
        "..",
        "-",
        "_",
        "*",
        "{host}",
        "%s",
        "%",
        "%00",
        "a%zz",
        "\\\\host",
    ),
    *(
        "255.255.255.255",
        "224.0.0.1",
        "::ffff:1.2.3.4",
        "fe80::1::2",
        "1:2:3:4:5:6:7:8",
    ),
)


def typed_texts(random: Random) -> Iterator[str]:
    """Return plausible and absurd texts for the field of the address."""
    yield from ODD
    for _ in range(600):
        yield "".join(random.choices(PIECES, k=random.randint(1, 6)))
    for _ in range(200):
        yield "".join(
            chr(random.randrange(0x11000)) for _ in range(random.randrange(1, 40))
        )
    for _ in range(100):
        # One that is nearly right.
        text = list(random.choice(("192.168.1.50:443", "https://[fd00::2]:8443/x")))
        text[random.randrange(len(text))] = chr(random.randrange(0x3000))
        yield "".join(text)


@pytest.fixture
async def everywhere(
    hass: HomeAssistant, start_gateway: StartGateway, monkeypatch: pytest.MonkeyPatch
) -> SimulatedGateway:
    """Let one gateway answer at every address and name, over TLS; it refuses logins.

    What comes before a connection is as ever: what cannot be looked up or be a server's
    name in a handshake raises what it does.
    """
    # Each try counts at a gateway, and this is about addresses.
    gateway = await start_gateway("document", login_limit=LoginLimit(10_000))
    pytest_socket.socket_allow_hosts(["127.0.0.1", MAPPED])
    connect = hass.loop.sock_connect

    async def look_up(host: Any, port: Any, **_: Any) -> list[Any]:
        # As socket.getaddrinfo does first.
        host.encode("idna")
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", gateway.port))
        ]

    async def redirect(sock: socket.socket, _: Any) -> None:
        is_v6 = sock.family == socket.AF_INET6
        await connect(sock, (MAPPED if is_v6 else "127.0.0.1", gateway.port))

    monkeypatch.setattr(hass.loop, "getaddrinfo", look_up)
    monkeypatch.setattr(hass.loop, "sock_connect", redirect)
    gateway.set_fault("login/Basic", Fault("status", 401))
    return gateway


async def enter(
    hass: HomeAssistant, form: ConfigFlowResult, typed: dict[str, str]
) -> ConfigFlowResult:
    """Fill the form in, and send it."""
    return await hass.config_entries.flow.async_configure(form["flow_id"], typed)


@pytest.mark.parametrize("is_new", [True, False], ids=["user", "reconfigure"])
async def test_any_text_as_address_brings_a_message_and_stays(
    hass: HomeAssistant,
    everywhere: SimulatedGateway,
    new_entry: NewEntry,
    is_new: bool,
) -> None:
    """The form never fails, says in words what is wrong, and keeps what was typed.

    An address that can be one leads to the gateway, which refuses the password.
    """
    seed = randrange(10**6)
    print(f"seed {seed}")
    form = await (
        start(hass)
        if is_new
        else begin(hass, new_entry(everywhere), SOURCE_RECONFIGURE)
    )
    reached = refused = 0
    for typed in typed_texts(Random(seed)):
        values = {CONF_HOST: typed, CONF_PASSWORD: "wrong"}
        form = await enter(hass, form, values)
        assert form["type"] is FlowResultType.FORM, (typed, form)
        is_refused = form["errors"] == {"base": "invalid_auth"}
        # A password that the gateway refused is not offered again.
        assert suggested(form) == ({CONF_HOST: typed} if is_refused else values)
        assert form["errors"] in (
            {CONF_HOST: "invalid_host"},
            {"base": "invalid_auth"},
        ), repr(typed)
        assert set(form["errors"].values()) <= MESSAGES.keys()
        reached += "base" in form["errors"]
        refused += CONF_HOST in form["errors"]
    assert reached > 30
    assert refused > 300
    everywhere.clear_faults()
    result = await enter(
        hass,
        form,
        {CONF_HOST: address_of(everywhere), CONF_PASSWORD: everywhere.password},
    )
    await hass.async_block_till_done()
    if is_new:
        assert result["type"] is FlowResultType.CREATE_ENTRY
    else:
        assert result["reason"] == "reconfigure_successful"

"""Actions on a gateway, the network or Home Assistant, and their reversals."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import json
from typing import override

from aiohttp import web
from homeassistant.config_entries import SOURCE_DHCP
from homeassistant.const import CONF_HOST, CONF_PASSWORD
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
import pytest_socket

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import Certificate, Fault
from simulator.answers import Answer

from .row import Action
from .world import ENDPOINTS, NAME, NEW_PASSWORD, World

# The DIN of another gateway, which does not exist.
_OTHER_DIN = "1234567-00-E--TG00000000000X"
_NEW_HOST = "127.0.0.2"
# Seconds: longer than we wait for a connection, than a live poll may take, and than anyone.
_PAST_CONNECTING = 6
_PAST_ANSWERING = 12
_FOR_EVER = 24 * 60 * 60
# The first bytes of a TLS record with a handshake of 16 KiB.
_ENDLESS_HANDSHAKE = b"\x16\x03\x03\x40\x00\0"
# Long enough, in seconds, for a request to be on its way.
_MOMENT = 0.05


@dataclass(frozen=True, slots=True)
class _Noticed(Fault):
    """A fault of the simulator, and something that happens as soon as it is met."""

    then: Callable[[], None] = lambda: None

    @override
    async def send(
        self, request: web.BaseRequest, answer: Answer
    ) -> web.StreamResponse:
        """Let it happen, and send the answer in the fault's way."""
        self.then()
        return await Fault.send(self, request, answer)


def fault(endpoint: str, *kind: object, **options: object) -> Action:
    """Set a fault of the simulator, at one endpoint or at all (`*`)."""

    async def action(world: World) -> None:
        world.gateway.set_fault(endpoint, Fault(*kind, **options))  # type: ignore[arg-type]

    return action


def altered(endpoint: str, old: str, new: str) -> Action:
    """Let an endpoint serve what it serves now, with one piece of its JSON replaced."""

    async def action(world: World) -> None:
        text = json.dumps(world.gateway.payload(endpoint))
        assert text.count(old) == 1
        world.gateway.set_fault(endpoint, Fault("body", text.replace(old, new)))

    return action


def everywhere_but_at_login(status: int) -> Action:
    """Answer with a status at all endpoints except the login."""

    async def action(world: World) -> None:
        for endpoint in ENDPOINTS:
            world.gateway.set_fault(endpoint, Fault("status", status))

    return action


def late(kind: str, value: str | float = _FOR_EVER) -> Action:
    """Let all answers come too late, in this way."""

    async def action(world: World) -> None:
        world.gateway.set_fault(
            "*", _Noticed(kind, value, then=_tick(world, _PAST_ANSWERING))
        )

    return action


def _tick(world: World, seconds: float) -> Callable[[], None]:
    """Return what lets time pass for those who wait, once they have begun to wait.

    Nobody waits in real time, and our own timeouts are those that end it.
    """

    def tick() -> None:
        asyncio.get_running_loop().call_later(_MOMENT, world.clock.tick, seconds)

    return tick


async def mend(world: World) -> None:
    """Clear all faults."""
    world.gateway.clear_faults()


async def nothing(world: World) -> None:
    """Do nothing, as the fault ends by itself."""


async def switch_off(world: World) -> None:
    """Take the gateway off the network: its address refuses connections."""
    await world.stop_gateway()


async def switch_on(world: World) -> None:
    """Reconnect the gateway, without its earlier sessions."""
    await world.start_gateway()


async def use_a_name(world: World) -> None:
    """Let the entry reach the gateway by its name."""
    world.resolve(known=True)
    entry = world.entry
    world.hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_HOST: f"{NAME}:{world.gateway.port}"}
    )
    assert await world.hass.config_entries.async_reload(entry.entry_id)
    await world.settle()


async def forget_the_name(world: World) -> None:
    """Make the gateway's name unknown, and end its connections."""
    world.resolve(known=False)
    world.gateway.drop_connections()


async def know_the_name(world: World) -> None:
    """Let the name server know the gateway's name again."""
    world.resolve(known=True)


async def listen_only(world: World) -> None:
    """Accept connections at the gateway's address, and never answer handshakes."""
    await _listen(world, b"")


async def drip_handshake(world: World) -> None:
    """Accept connections, and answer handshakes with an endless record."""
    await _listen(world, _ENDLESS_HANDSHAKE)


async def _listen(world: World, sent: bytes) -> None:
    """Listen at the gateway's address, and send this to each client."""
    host, port = world.gateway.host, world.gateway.port
    await world.stop_gateway()
    tick = _tick(world, _PAST_CONNECTING)

    def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        tick()

    server = await asyncio.start_server(connected, host, port)
    await world.served.enter_async_context(server)


async def stop_listening(world: World) -> None:
    """Let the gateway take the place of what listened."""
    await world.stop_gateway()
    await world.start_gateway()


async def drop_silently(world: World) -> None:
    """Drop the idle connection, so that its next request is answered by a reset."""
    world.gateway.drop_connections(silently=True)


async def has_reconnected(world: World) -> None:
    """Do nothing, as the client reconnects."""
    assert world.gateway.connections == 2


async def expire_in_mid_poll(world: World) -> None:
    """Expire the token after the first answer of a poll."""
    world.gateway.set_fault(
        "meters/aggregates",
        _Noticed("slow", 0, times=1, then=world.gateway.expire_tokens),
    )


async def change_password(world: World) -> None:
    """Change the password at the gateway."""
    world.gateway.password = NEW_PASSWORD
    world.gateway.expire_tokens()


async def enter_password(world: World) -> None:
    """Enter the new password in the reauthentication form."""
    flows = world.hass.config_entries.flow
    (flow,) = flows.async_progress_by_handler(DOMAIN)
    await flows.async_configure(flow["flow_id"], {CONF_PASSWORD: NEW_PASSWORD})
    await world.settle()


async def swap_certificate(world: World) -> None:
    """Let something with another certificate answer at the gateway's address."""
    await world.stop_gateway()
    await world.start_gateway(certificate=Certificate.generate())


async def swap_back(world: World) -> None:
    """Let the one that is trusted answer again; the other one has heard not a byte."""
    assert world.gateway.handshakes > 0
    assert world.gateway.received == b""
    await world.stop_gateway()
    await world.start_gateway()


async def become_another(world: World) -> None:
    """Let another gateway answer, with the same certificate."""
    world.gateway.become(_OTHER_DIN)


async def become_ours(world: World) -> None:
    """Let our gateway answer again."""
    world.gateway.become(world.entry.unique_id or "")


async def stop_sitemanager(world: World) -> None:
    """Stop what runs the site."""
    world.gateway.stop_sitemanager()


async def start_sitemanager(world: World) -> None:
    """Start it again."""
    world.gateway.start_sitemanager()


async def reboot(world: World) -> None:
    """Restart the gateway, which ends all sessions and connections."""
    world.gateway.reboot()


async def refuse_logins(world: World) -> None:
    """Restart the gateway with its login limit reached."""
    world.gateway.reboot()
    world.gateway.refuse_logins(429)


async def restart_in_a_cool_down(world: World) -> None:
    """Start a cool-down, then restart Home Assistant."""
    world.gateway.set_fault("meters/aggregates", Fault("status", 503, times=1))
    await world.poll()
    await world.restart_home_assistant()


async def move(world: World) -> None:
    """Let the gateway have another address on the network."""
    pytest_socket.socket_allow_hosts([world.gateway.host, _NEW_HOST])
    await world.stop_gateway()
    await world.start_gateway(host=_NEW_HOST)


async def announce(world: World) -> None:
    """Let Home Assistant see that the gateway takes a DHCP lease for its new address."""
    lease = DhcpServiceInfo(
        ip=_NEW_HOST,
        hostname=str(world.entry.unique_id).lower(),
        macaddress="4cfcaa000000",
    )
    await world.hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_DHCP}, data=lease
    )
    await world.settle()

"""What is done to a gateway, the network or Home Assistant, and what makes it good again."""

from contextlib import closing
import socket

import aiohttp
from homeassistant.const import CONF_HOST, CONF_PASSWORD

from custom_components.tesla_gateway_meters.const import DOMAIN
from custom_components.tesla_gateway_meters.gateway import transport
from simulator import Certificate, Fault

from .row import Act
from .world import NAME, World

# Of another gateway; nobody has it.
_OTHER_DIN = "1234567-00-E--TG00000000000X"
_NEW_PASSWORD = "changed"
# In place of ten seconds: nobody is to wait for a gateway that never answers.
_SHORT_TIMEOUT = aiohttp.ClientTimeout(total=0.3, sock_connect=0.2)
# Longer than that, and than the test.
_LATE = 60


def fault(endpoint: str, *kind: object, **options: object) -> Act:
    """Put a fault of the simulator in force, at one endpoint or at all (`*`)."""

    async def act(world: World) -> None:
        world.gateway.set_fault(endpoint, Fault(*kind, **options))  # type: ignore[arg-type]

    return act


def late(kind: str) -> Act:
    """Let all answers come too late, in this way."""

    async def act(world: World) -> None:
        await hurry(world)
        await fault("*", kind, _LATE)(world)

    return act


async def hurry(world: World) -> None:
    """Give the gateway less time, so that the test takes less of it."""
    world.patch.setattr(transport, "REQUEST_TIMEOUT", _SHORT_TIMEOUT)


async def take_time(world: World) -> None:
    """Take back `hurry`."""
    world.patch.setattr(transport, "REQUEST_TIMEOUT", _TIMEOUT)


_TIMEOUT = transport.REQUEST_TIMEOUT


async def mend(world: World) -> None:
    """Take all faults back."""
    world.gateway.clear_faults()
    await take_time(world)


async def nothing(world: World) -> None:
    """Do nothing: it passes by itself."""


async def switch_off(world: World) -> None:
    """Take the gateway off the network: its address refuses connections."""
    await world.stop_gateway()


async def switch_on(world: World) -> None:
    """Put it back; it knows none of the sessions of before."""
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
    """Let nobody know the gateway's name, and connections end, so that it is asked for."""
    world.resolve(known=False)
    world.gateway.drop_connections()


async def know_the_name(world: World) -> None:
    """Let the name server know the gateway's name again."""
    world.resolve(known=True)


async def listen_only(world: World) -> None:
    """Take connections at the gateway's address, and say nothing to them."""
    await hurry(world)
    host, port = world.gateway.host, world.gateway.port
    await world.stop_gateway()
    world.leave.enter_context(closing(socket.create_server((host, port))))


async def stop_listening(world: World) -> None:
    """Let the gateway take the place of what listened."""
    await world.leave.aclose()
    await switch_on(world)
    await take_time(world)


async def drop_silently(world: World) -> None:
    """Forget the idle connection, so that the next request on it is met by a reset."""
    world.gateway.drop_connections(silently=True)


async def expire_in_mid_poll(world: World) -> None:
    """End the token's life between two requests of a poll."""
    world.gateway.set_fault("meters/site", Fault("status", 401, times=1))


async def change_password(world: World) -> None:
    """Change the password, as a person does at the gateway's own page."""
    world.gateway.password = _NEW_PASSWORD
    world.gateway.expire_tokens()


async def enter_password(world: World) -> None:
    """Answer the question for the new password."""
    flows = world.hass.config_entries.flow
    (flow,) = flows.async_progress_by_handler(DOMAIN)
    await flows.async_configure(flow["flow_id"], {CONF_PASSWORD: _NEW_PASSWORD})
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
    """Restart the gateway: no session and no connection is left."""
    world.gateway.reboot()

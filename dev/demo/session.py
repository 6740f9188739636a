"""A demo, from its start to its end."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
import fcntl
from pathlib import Path
import shutil
import time
from typing import TYPE_CHECKING

import aiohttp

from . import car, dashboard, energy, gateway_setup, history, onboarding
from .gateway import FIRST_PORT, Gateway, Home, simulated
from .home_assistant import HomeAssistant, Socket
from .ports import LOOPBACK, free_port
from .processes import Program
from .registry import Registry
from .terminal import DemoError, say

if TYPE_CHECKING:
    from .simulated_past import Past

READY_WITHIN = 120
STOPPED_WITHIN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The gateway to show, and the folder of the state. With a `host` it is a real gateway."""

    state: Path
    profile: str
    port: int
    host: str | None = None
    password: str = ""
    gateway_port: int = FIRST_PORT


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A gateway and a Home Assistant that are up, and that need not know each other."""

    plan: Plan
    gateway: Gateway
    home_assistant: HomeAssistant
    program: Program
    socket: Socket
    past: asyncio.Task[Past] | None = None

    async def one_ends(self) -> None:
        """Wait until one of the programs ends by itself, which is an error."""
        programs = [self.program] + (
            [self.gateway.program] if self.gateway.program else []
        )
        await asyncio.gather(*(each.ended() for each in programs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(House):
    """A demo that is up: Home Assistant shows the gateway's meters."""

    registry: Registry


def forget(state: Path) -> None:
    """Delete the state of earlier demos."""
    if state.exists():
        with _locked(state):
            shutil.rmtree(state)


def home_assistant_log(state: Path) -> Path:
    """Return where Home Assistant's log is."""
    return state / "home-assistant.log"


@asynccontextmanager
async def opened(plan: Plan) -> AsyncIterator[Session]:
    """Start everything, and stop it at the end."""
    async with built(plan) as house:
        yield await _set_up(house)


@asynccontextmanager
async def built(plan: Plan) -> AsyncIterator[House]:
    """Start the gateway and a Home Assistant without it."""
    plan.state.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        stack.enter_context(_locked(plan.state))
        if plan.host is None:
            gateway = await stack.enter_async_context(
                simulated(plan.state, plan.profile, plan.gateway_port)
            )
        else:
            gateway = Gateway(host=plan.host, password=plan.password)

        # It takes as long as Home Assistant takes to start, so both at a time.
        past = None
        if gateway.home and not gateway_setup.is_set_up(plan.state / "config"):
            past = asyncio.create_task(_past(plan, gateway.home))
        port = free_port(plan.port)
        if plan.port and port != plan.port:
            say(f"Port {plan.port} is taken: Home Assistant gets {port}.")
        say("Starting Home Assistant ...")
        config = plan.state / "config"
        more = ""
        if gateway.charger and gateway.control_url:
            more = car.write_configuration(config, gateway.control_url, gateway.charger)
        onboarding.write_configuration(config, port, more)
        program = await stack.enter_async_context(
            Program(
                "Home Assistant",
                "demo.reduced_home_assistant",
                *("--skip-pip", "--log-no-color", "--config", str(config)),
                log=home_assistant_log(plan.state),
                patience=STOPPED_WITHIN,
            )
        )
        http = await stack.enter_async_context(aiohttp.ClientSession())
        home_assistant = HomeAssistant(http, f"http://{LOOPBACK}:{port}")
        await program.until(home_assistant.answers(), READY_WITHIN)

        first_time = await onboarding.onboard(home_assistant)
        socket = await stack.enter_async_context(home_assistant.websocket())
        await program.until(onboarding.running(socket), READY_WITHIN)
        if first_time:
            await onboarding.move_in(socket)
        yield House(
            plan=plan,
            gateway=gateway,
            home_assistant=home_assistant,
            program=program,
            socket=socket,
            past=past,
        )


async def _set_up(house: House) -> Session:
    """Add the gateway, and what the dashboards make of it, unless that is there already."""
    entry = await gateway_setup.entry_id(house.socket)
    if entry is None:
        gateway = house.gateway
        say(f"Setting up the integration with {gateway.host} ...")
        entry = await gateway_setup.add_gateway(
            house.home_assistant, house.socket, gateway.host, gateway.password
        )
    session = await furnished(house, entry)
    await energy.wire(house.socket, entry)
    return session


async def _past(plan: Plan, home: Home) -> Past:
    return await asyncio.to_thread(history.simulate, plan.profile, home.since)


async def furnished(house: House, entry: str) -> Session:
    """Write the past of the gateway's meters, if needed, and a dashboard."""
    await gateway_setup.loaded(house.socket, entry)
    registry = await Registry.read(house.socket, entry)
    if house.gateway.home and house.past:
        past = await house.past
        if past.times[-1] < time.time():  # added a while after the start
            past = await _past(house.plan, house.gateway.home)
        await history.write(house.socket, registry, past)
    own_views = []
    if house.gateway.charger:
        await car.automate(house.home_assistant, registry, house.gateway.charger)
        # The cards are the integration's, and to import it takes seconds.
        from .car_page import car_view  # noqa: PLC0415

        own_views.append(car_view(registry))
    await dashboard.furnish(house.socket, entry, own_views)
    return Session(
        plan=house.plan,
        gateway=house.gateway,
        home_assistant=house.home_assistant,
        program=house.program,
        socket=house.socket,
        registry=registry,
    )


@contextmanager
def _locked(state: Path) -> Iterator[None]:
    """Lock the state against a second demo while the context lasts."""
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemoError(
                f"A demo with its state in {state} is running already."
            ) from error
        yield

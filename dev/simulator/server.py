"""The server of a simulated gateway: HTTPS, and a plain control port."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from aiohttp import web

from .certificate import Certificate
from .charger_control import ChargerControl, charger_at
from .clock import Clock
from .connection_monitor import MonitoredServer
from .control import serve_control
from .gateway import SimulatedGateway
from .profiles import Replay, create
from .profiles.catalogue import EQUIPMENT
from .sessions import LoginLimit, Sessions

LOOPBACK: Final = "127.0.0.1"
DEFAULT_PASSWORD: Final = "SIMUL"  # noqa: S105 - there is nothing behind it
_PATIENCE: Final = 0.1  # seconds that a request in hand may take when the server stops


@asynccontextmanager
async def serve(
    *,
    profile: str = "document",
    password: str = DEFAULT_PASSWORD,
    host: str = LOOPBACK,
    port: int = 0,
    control_port: int | None = None,
    seed: int = 1,
    speed: float = 1.0,
    frozen: bool = False,
    start: datetime | None = None,
    token_life: float | None = None,
    login_limit: LoginLimit | None = None,
    certificate: Certificate | None = None,
    replay: Path | None = None,
    charger: Path | None = None,
) -> AsyncIterator[SimulatedGateway]:
    """Serve a gateway as long as the context lasts. Port 0 takes a free one.

    `start` (default: now) is the first moment of simulated time, which runs `speed` times as
    fast as real time, or stands still if `frozen`. `token_life` and the login limit's window
    are simulated seconds. `replay` is a diagnostics download to serve in place of a profile;
    ReplayError says what is wrong with it. `charger` is a file for the commands of a car's
    charger, which the home then has; ValueError if it is a profile without a house.
    """
    clock = Clock(start=start, speed=speed, frozen=frozen)
    sessions = Sessions(
        clock, password, token_life=token_life, limit=login_limit or LoginLimit()
    )
    served = Replay.read(replay, clock) if replay else create(profile, clock, seed)
    gateway = SimulatedGateway(served, clock, sessions)
    charger_control = None
    if charger is not None:
        if replay or profile not in EQUIPMENT:
            raise ValueError("a car can only charge at a simulated house")
        charger_control = ChargerControl(
            gateway, charger_at(EQUIPMENT[profile].installation), charger
        )
    certificate = certificate or Certificate.generate()
    gateway.fingerprint = certificate.fingerprint
    context = certificate.server_context()
    gateway.monitor.watch(context)
    server = MonitoredServer(gateway.handle, gateway.monitor)
    runner = web.ServerRunner(server, shutdown_timeout=_PATIENCE)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, ssl_context=context)
        await site.start()
        gateway.host = host
        gateway.port = runner.addresses[0][1]
        if control_port is None:
            yield gateway
        else:
            async with serve_control(gateway, control_port, charger_control) as control:
                gateway.control_port = control
                yield gateway
    finally:
        if charger_control is not None:
            charger_control.stop()
        await runner.cleanup()

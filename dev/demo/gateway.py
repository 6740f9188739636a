"""The gateway that the demo shows: a simulated or a real one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
import json
from pathlib import Path
from typing import Any, Self

import aiohttp

from .car import Charger, charger_of
from .expectations import CONSTANT
from .ports import LOOPBACK, free_port, is_free
from .processes import Program
from .terminal import DemoError, say
from .time_zone import local_time_zone

SIMULATOR_PASSWORD = "SIMUL"  # noqa: S105 - that of every simulated gateway
FIRST_PORT = 8443
READY_WITHIN = 300
# The simulated home has been in use for a while when the demo starts for the first time.
PAST = timedelta(days=7)
# Of the simulation of what has passed since, each followed by a line of progress.
STEPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The state of a simulated home that the demo keeps between starts.

    Home Assistant knows it at this port. Its counters are the sums of its powers
    since the given time, so that they go on where they stopped.
    """

    port: int
    since: datetime

    @classmethod
    def of(cls, state: Path, lowest_port: int) -> Self:
        """Read it, or make it up."""
        path = state / "home.json"
        if path.exists():
            stored = json.loads(path.read_text())
            home = cls(
                port=stored["port"], since=datetime.fromisoformat(stored["since"])
            )
            if not is_free(home.port):
                raise DemoError(
                    f"Port {home.port} of the simulated gateway is taken. Stop what listens "
                    "there, or start with --fresh."
                )
            return home
        today = datetime.now(local_time_zone()).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        home = cls(port=free_port(lowest_port), since=today - PAST)
        path.write_text(
            json.dumps({"port": home.port, "since": home.since.isoformat()})
        )
        return home


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The address and password of a gateway; a simulated one has more."""

    host: str
    password: str
    home: Home | None = None
    control_url: str | None = None
    charger: Charger | None = None
    program: Program | None = None


@asynccontextmanager
async def simulated(
    state: Path, profile: str, lowest_port: int
) -> AsyncIterator[Gateway]:
    """Run the simulator."""
    home = Home.of(state, lowest_port)
    control_port = free_port()
    has_car = profile not in CONSTANT
    say(f"Starting the simulated gateway ({profile}) ...")
    async with Program(
        "The simulated gateway",
        "simulator",
        *("--profile", profile, "--password", SIMULATOR_PASSWORD),
        *("--port", str(home.port), "--control-port", str(control_port)),
        *(
            "--certificate",
            str(state / "gateway.pem"),
            "--start",
            home.since.isoformat(),
        ),
        *(["--charger", str(state / "charger")] if has_car else []),
        log=state / "gateway.log",
    ) as program:
        url = f"http://{LOOPBACK}:{control_port}"
        say("Simulating what the home used and made since it began ...")
        await program.until(_brought_to_now(url), READY_WITHIN)
        yield Gateway(
            host=f"{LOOPBACK}:{home.port}",
            password=SIMULATOR_PASSWORD,
            home=home,
            control_url=url,
            charger=await charger_of(url) if has_car else None,
            program=program,
        )


async def _brought_to_now(control_url: str) -> None:
    """Advance the simulated home to the present, once the control port answers.

    A week takes seconds of CPU, and minutes on a busy machine: Home Assistant, which
    starts afterwards, would not wait so long for the answer to a request.
    """
    async with aiohttp.ClientSession(control_url) as session:
        shown = datetime.fromisoformat((await _state(session))["time"])
        behind = (datetime.now(shown.tzinfo) - shown).total_seconds()
        for step in range(1, STEPS + 1):
            body = {"seconds": max(behind, 0) / STEPS}
            async with session.post("/advance", json=body) as answer:
                answer.raise_for_status()
            say(f"  {100 * step // STEPS} % of {behind / 86400:.1f} days")


async def _state(session: aiohttp.ClientSession) -> dict[str, Any]:
    while True:
        with suppress(aiohttp.ClientConnectionError):
            async with session.get("/state") as answer:
                answer.raise_for_status()
                state: dict[str, Any] = await answer.json()
                return state
        await asyncio.sleep(0.1)

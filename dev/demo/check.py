"""The demo as a check: what Home Assistant shows, asked over its own API."""

from collections.abc import Awaitable, Callable
from pathlib import Path
import time

from . import car_check, checks, log
from .checks import CheckError
from .home_assistant import ApiError
from .session import Plan, Session, forget, home_assistant_log, opened
from .terminal import DemoError, say

type Check = Callable[[Session], Awaitable[str]]

CHECKS: dict[str, Check] = {
    "entities": checks.entities,
    "states": checks.states,
    "changes": checks.changes,
    "energy": checks.energy,
    "dashboard": checks.dashboard,
    "frontend": checks.frontend,
    "repairs": checks.repairs,
    "car": car_check.charges,
    "system log": log.system_log,
}
# Above the demo's own ports: one that is up may stay up.
LOWEST_PORT, LOWEST_GATEWAY_PORT = 18123, 18443


async def profile(state: Path, name: str) -> bool:
    """Start one profile, check and stop it; return whether all checks passed."""
    started = time.monotonic()
    forget(state)
    plan = Plan(
        state=state, profile=name, port=LOWEST_PORT, gateway_port=LOWEST_GATEWAY_PORT
    )
    say(f"--- {name}")
    try:
        async with opened(plan) as session:
            say(f"Up after {time.monotonic() - started:.0f} s.")
            fine = [
                await _report(title, check(session)) for title, check in CHECKS.items()
            ]
    except (DemoError, ApiError) as error:
        say(f"  FAILED  start: {error}")
        return False
    # Once more at the end: unloading leaves its marks there too.
    fine.append(await _report("log file", log.file(home_assistant_log(state))))
    say(
        f"{name}: {'fine' if all(fine) else 'NOT FINE'}, {time.monotonic() - started:.0f} s"
    )
    return all(fine)


async def _report(title: str, result: Awaitable[str]) -> bool:
    try:
        say(f"  ok      {title}: {await result}")
    except (CheckError, ApiError) as error:
        say(f"  FAILED  {title}: {error}")
        return False
    return True

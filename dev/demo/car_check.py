"""Check that the demo's car charges with surplus, and only with that."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import ClientSession

from . import car
from .checks import CheckError
from .session import Session

# Clouds may be there, and the machine may be busy.
STARTS_WITHIN, STOPS_WITHIN = 420, 420  # s
BIG_LOAD = 30_000  # W, more than the sun can make
# One of each kind of charger: it takes minutes, and the others differ in their meters.
CHECKED = ("split-phase", "three-phase")


async def charges(session: Session) -> str:
    """Wait until the car charges; take the sun away, and wait until it does not."""
    gateway = session.gateway
    if gateway.charger is None or gateway.control_url is None:
        return "none here"
    if session.plan.profile not in CHECKED:
        return "is there"
    least = 6 * gateway.charger.volts * gateway.charger.phases * 0.9
    state = await _until(
        session,
        lambda now: now[car.SWITCH] == "on" and float(now[car.POWER]) > least,
        STARTS_WITHIN,
    )
    power, current = float(state[car.POWER]), state[car.CURRENT]
    load = session.registry.find("load_power") or ""
    await _until(session, lambda now: float(now[load]) > 0.8 * power, STARTS_WITHIN)
    await _house(gateway.control_url, BIG_LOAD)
    await _until(
        session,
        lambda now: now[car.SWITCH] == "off" and float(now[car.POWER]) == 0,
        STOPS_WITHIN,
    )
    await _house(gateway.control_url, 0)
    return f"charged with {power:.0f} W at {float(current):.0f} A, and stopped for a big load"


async def _until(
    session: Session, holds: Callable[[dict[str, str]], bool], seconds: float
) -> dict[str, str]:
    now: dict[str, str] = {}
    try:
        async with asyncio.timeout(seconds):
            while True:
                found: list[dict[str, Any]] = await session.socket.command("get_states")
                now = {each["entity_id"]: each["state"] for each in found}
                try:
                    if holds(now):
                        return now
                except ValueError:
                    pass  # a state that is unknown so far
                await asyncio.sleep(2)
    except TimeoutError:
        shown = {
            entity: now.get(entity)
            for entity in (car.SWITCH, car.CURRENT, car.POWER, car.AUTOMATION)
        }
        surplus = car.available_power(session.registry)
        raise CheckError(
            f"not within {seconds} s: {shown}, surplus {now.get(surplus or '')}"
        ) from None


async def _house(control_url: str, watts: int) -> None:
    async with (
        ClientSession() as http,
        http.post(f"{control_url}/house", json={"watts": watts}) as answer,
    ):
        answer.raise_for_status()

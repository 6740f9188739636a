"""Checks of a running demo. Each returns its result as text."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from .energy import add
from .expectations import (
    CONSTANT,
    UNKNOWN_AT_FIRST,
    VALUES,
    expected_keys,
    expected_sources,
)
from .gateway_setup import DOMAIN
from .session import Session

# A house at night may take the same for as long as this, to the watt.
CHANGES_WITHIN = 10 * 60
STATISTICS_WITHIN = 30
FRONTEND_COMMANDS = ("get_config", "get_services", "get_panels", "frontend/get_themes")
MOVING = ("site_power", "load_power")


class CheckError(Exception):
    """A check found something."""


async def entities(session: Session) -> str:
    """Check that the entities of this kind of gateway exist."""
    missing = [
        key
        for key in expected_keys(session.plan.profile)
        if not session.registry.find(key)
    ]
    if missing:
        raise CheckError(f"none for {', '.join(missing)}")
    devices = [device.name for device, _ in session.registry.by_device()]
    return f"{len(session.registry.entities)} of {len(devices)} devices ({', '.join(devices)})"


async def states(session: Session) -> str:
    """Check that each entity has a plausible state, and the documented ones."""
    now = await _states(session)
    problems = [
        f"{entity.entity_id} {problem}"
        for entity in session.registry.entities
        for problem in _problems(now.get(entity.entity_id))
        if not (problem == "is unknown" and entity.unique_id.endswith(UNKNOWN_AT_FIRST))
    ]
    for key, value in VALUES.get(session.plan.profile, {}).items():
        entity_id = session.registry.find(key)
        shown = now[entity_id]["state"] if entity_id else None
        if shown is None or not _same(shown, value):
            problems.append(f"{key} is {shown}, not {value}")
    if problems:
        raise CheckError("; ".join(problems))
    return f"all {len(session.registry.entities)} have a plausible one"


async def _states(session: Session) -> dict[str, dict[str, Any]]:
    return {
        each["entity_id"]: each for each in await session.socket.command("get_states")
    }


def _same(shown: str, value: float | str) -> bool:
    return (
        shown == value if isinstance(value, str) else abs(float(shown) - value) < 1e-6
    )


def _problems(state: dict[str, Any] | None) -> Iterator[str]:
    """Yield what is wrong with a state: none, or one that no meter can mean."""
    if state is None:
        yield "has no state"
        return
    shown, attributes = state["state"], state["attributes"]
    if shown in {"unavailable", "unknown"}:
        yield f"is {shown}"
        return
    match attributes.get("device_class"):
        case "timestamp":
            if datetime.now(UTC) - datetime.fromisoformat(shown) > timedelta(days=1):
                yield f"is a time long ago, {shown}"
        case "frequency":
            if not 45 < float(shown) < 65:
                yield f"is {shown} Hz"
        case "voltage":
            # Between lines, or to neutral; 210 V is the gateway's fiction of 121 V x sqrt(3).
            if not 90 < float(shown) < 260 or 205 < float(shown) < 215:
                yield f"is {shown} V"


async def changes(session: Session) -> str:
    """Wait until any of what flows has changed."""
    if session.plan.profile in CONSTANT:
        return "none expected of this profile"
    moving = set(session.registry.find_all(*MOVING))
    events = await session.socket.subscribe(
        "subscribe_events", event_type="state_changed"
    )
    try:
        async with asyncio.timeout(CHANGES_WITHIN):
            while (changed := (await events.get())["data"]["entity_id"]) not in moving:
                pass
    except TimeoutError:
        raise CheckError(
            f"{', '.join(moving)} the same for {CHANGES_WITHIN} s"
        ) from None
    return str(changed)


async def energy(session: Session) -> str:
    """Check that Home Assistant reports no fault in the sources that the action added."""
    preferences = await session.socket.command("energy/get_prefs")
    kinds = [source["type"] for source in preferences["energy_sources"]]
    if missing := set(expected_sources(session.plan.profile)) - set(kinds):
        raise CheckError(f"no {', '.join(sorted(missing))}")
    if again := (await add(session.socket))["added"]:
        raise CheckError(f"added twice: {again}")
    problems = None
    try:
        async with asyncio.timeout(STATISTICS_WITHIN):
            # The recorder writes the imported statistics in its own time.
            while problems := await _energy_problems(session):  # noqa: ASYNC110
                await asyncio.sleep(0.5)
    except TimeoutError:
        raise CheckError(f"{problems}") from None
    return f"{', '.join(kinds)} validated"


async def _energy_problems(session: Session) -> list[Any]:
    result = await session.socket.command("energy/validate")
    return [issue for source in result["energy_sources"] for issue in source]


async def dashboard(session: Session) -> str:
    """Check that each entity of the dashboard has a state."""
    config = await session.socket.command("lovelace/config", url_path="gateway-meters")
    named = set(entities_in(config))
    if missing := named - (await _states(session)).keys():
        raise CheckError(f"not there: {', '.join(sorted(missing))}")
    return f"{len(named)} entities, all there"


def entities_in(card: Any) -> Iterator[str]:
    """Yield the entities named anywhere in a part of a dashboard."""
    if isinstance(card, dict):
        if isinstance(card.get("entity"), str):
            yield card["entity"]
        for value in card.values():
            yield from entities_in(value)
    elif isinstance(card, list):
        for value in card:
            if isinstance(value, str) and value.startswith(
                ("sensor.", "binary_sensor.")
            ):
                yield value
            yield from entities_in(value)


async def frontend(session: Session) -> str:
    """Check that the frontend gets what it needs to start."""
    page = await session.home_assistant.page("/")
    if "<home-assistant" not in page:
        raise CheckError("its page is not served")
    for command in FRONTEND_COMMANDS:
        await session.socket.command(command)
    return "its page, and the answers it starts with"


async def repairs(session: Session) -> str:
    """Check that there is no repair issue."""
    answer = await session.socket.command("repairs/list_issues")
    found = [each for each in answer["issues"] if each["domain"] == DOMAIN]
    if found:
        raise CheckError(", ".join(each["translation_key"] for each in found))
    return f"none ({len(answer['issues'])} of others)"

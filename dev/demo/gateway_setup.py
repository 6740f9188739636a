"""Set up the integration by its config flow."""

import asyncio
import json
from pathlib import Path
from typing import Any

from .home_assistant import HomeAssistant, Socket
from .terminal import DemoError, say

DOMAIN = "tesla_gateway_meters"
FLOWS = "/api/config/config_entries/flow"
# Questions after the first that can be answered with an empty form, such as a confirmation.
MOST_STEPS = 5
LOADED_WITHIN = 90


def is_set_up(config: Path) -> bool:
    """Return whether Home Assistant's files have an entry of the integration."""
    store = config / ".storage" / "core.config_entries"
    if not store.exists():
        return False
    entries = json.loads(store.read_text())["data"]["entries"]
    return any(entry["domain"] == DOMAIN for entry in entries)


async def entry_id(socket: Socket) -> str | None:
    """Return the integration's config entry, if there is one."""
    entries = await socket.command("config_entries/get", domain=DOMAIN)
    return next((entry["entry_id"] for entry in entries), None)


async def added(socket: Socket) -> str:
    """Return the integration's config entry as soon as there is one."""
    changes = await socket.subscribe("config_entries/subscribe")
    while (entry := await entry_id(socket)) is None:
        await changes.get()
    return entry


async def add_gateway(
    home_assistant: HomeAssistant, socket: Socket, host: str, password: str
) -> str:
    """Complete the config flow and return the entry.

    What the flow objects to becomes a `DemoError` in the flow's own words.
    """
    words = await _words(socket)
    step = await home_assistant.request("POST", FLOWS, json={"handler": DOMAIN})
    answers: dict[str, str] = {"host": host, "password": password}
    for _ in range(MOST_STEPS):
        if step["type"] == "create_entry":
            entry: str = step["result"]["entry_id"]
            return entry
        if step["type"] == "abort":
            raise DemoError(_in_words(words, "abort", step["reason"], step))
        if step.get("errors"):
            problems = [
                _in_words(words, "error", each, step)
                for each in step["errors"].values()
            ]
            raise DemoError(" ".join(problems))
        flow = f"{FLOWS}/{step['flow_id']}"
        fields = {field["name"] for field in step["data_schema"]}
        given = {name: value for name, value in answers.items() if name in fields}
        step = await home_assistant.request("POST", flow, json=given)
    raise DemoError(f"The config flow asks for more than the demo knows: {step}")


async def _words(socket: Socket) -> dict[str, str]:
    answer = await socket.command(
        "frontend/get_translations",
        language="en",
        category="config",
        integration=[DOMAIN],
    )
    words: dict[str, str] = answer["resources"]
    return words


def _in_words(
    words: dict[str, str], section: str, key: str, step: dict[str, Any]
) -> str:
    text = words.get(f"component.{DOMAIN}.config.{section}.{key}", key)
    for name, value in (step.get("description_placeholders") or {}).items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


async def loaded(socket: Socket, entry_id: str) -> None:
    """Return once the entry's entities are there."""
    changes = await socket.subscribe("config_entries/subscribe")
    reason = None
    try:
        async with asyncio.timeout(LOADED_WITHIN):
            while True:
                for change in await changes.get():
                    entry = change["entry"]
                    if entry["entry_id"] != entry_id:
                        continue
                    if entry["state"] == "loaded":
                        return
                    if entry["reason"] and entry["reason"] != reason:
                        reason = entry["reason"]
                        say(f"Home Assistant says: {reason}")
    except TimeoutError:
        raise DemoError(f"The gateway's entities do not come up: {reason}") from None

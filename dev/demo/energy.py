"""The energy dashboard, wired to the gateway's meters by the integration itself."""

from typing import Any

from .actions import run
from .home_assistant import ApiError, Socket

ACTION = "add_to_energy_dashboard"


async def wire(socket: Socket, entry_id: str) -> None:
    """Run the integration's action, unless sources are already set up."""
    try:
        preferences = await socket.command("energy/get_prefs")
    except ApiError:
        preferences = {"energy_sources": []}
    if not preferences["energy_sources"]:
        await add(socket, config_entry_id=entry_id)


async def add(socket: Socket, **fields: str) -> dict[str, Any]:
    """Run the action and return its response."""
    return await run(socket, ACTION, **fields)

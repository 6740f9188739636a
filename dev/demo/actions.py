"""Calls of the integration's actions."""

from typing import Any

from .gateway_setup import DOMAIN
from .home_assistant import Socket


async def run(socket: Socket, action: str, **fields: str) -> dict[str, Any]:
    """Run an action and return its answer."""
    result = await socket.command(
        "call_service",
        domain=DOMAIN,
        service=action,
        service_data=fields,
        return_response=True,
    )
    response: dict[str, Any] = result["response"]
    return response

"""The demo's dashboard: the one that the integration gives each user, and views of the demo's own."""

from typing import Any

from .actions import run
from .home_assistant import Socket
from .own_views import own_views

ACTION = "get_dashboard"
URL_PATH = "gateway-meters"
TITLE = "Gateway meters"


async def furnish(socket: Socket, entry_id: str) -> None:
    """Create the dashboard and make it the first page; leave one that exists alone."""
    boards = await socket.command("lovelace/dashboards/list")
    if any(board["url_path"] == URL_PATH for board in boards):
        return
    config = await _config(socket, entry_id)
    await socket.command(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title=TITLE,
        icon="mdi:meter-electric",
        show_in_sidebar=True,
        require_admin=False,
        mode="storage",
    )
    await socket.command("lovelace/config/save", url_path=URL_PATH, config=config)
    await socket.command(
        "frontend/set_system_data", key="core", value={"default_panel": URL_PATH}
    )


async def _config(socket: Socket, entry_id: str) -> dict[str, Any]:
    config = await run(socket, ACTION, config_entry_id=entry_id)
    return {**config, "views": [*config["views"], *own_views()]}

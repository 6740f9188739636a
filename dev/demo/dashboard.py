"""The demo's dashboard: the one that the integration gives each user, and views of the demo's own."""

from collections.abc import Sequence
from typing import Any

from .actions import run
from .home_assistant import Socket

ACTION = "get_dashboard"
URL_PATH = "gateway-meters"
TITLE = "Gateway meters"
# Behind the pages of power and surplus.
OWN_VIEWS_AT = 2


async def furnish(
    socket: Socket, entry_id: str, own_views: Sequence[dict[str, Any]] = ()
) -> None:
    """Create the dashboard and make it the first page; leave one that exists alone.

    `own_views` are those of what the demo has and the gateway has not.
    """
    boards = await socket.command("lovelace/dashboards/list")
    if any(board["url_path"] == URL_PATH for board in boards):
        return
    config = await run(socket, ACTION, config_entry_id=entry_id)
    config["views"][OWN_VIEWS_AT:OWN_VIEWS_AT] = own_views
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

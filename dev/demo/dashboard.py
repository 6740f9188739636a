"""The demo's dashboard, made of what the gateway has and of cards that Home Assistant ships."""

from .car_page import car_view
from .cards import Card, view
from .home_assistant import Socket
from .pages import energy, phases, power, surplus, wiring
from .registry import Registry

URL_PATH = "gateway-meters"
TITLE = "Gateway meters"


async def furnish(socket: Socket, registry: Registry, *, car: bool) -> None:
    """Create the dashboard and make it the first page; leave one that exists alone."""
    boards = await socket.command("lovelace/dashboards/list")
    if any(board["url_path"] == URL_PATH for board in boards):
        return
    await socket.command(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title=TITLE,
        icon="mdi:meter-electric",
        show_in_sidebar=True,
        require_admin=False,
        mode="storage",
    )
    config = dashboard(registry)
    if car:
        config["views"].insert(2, car_view(registry))
    await socket.command("lovelace/config/save", url_path=URL_PATH, config=config)
    await socket.command(
        "frontend/set_system_data", key="core", value={"default_panel": URL_PATH}
    )


def dashboard(registry: Registry) -> Card:
    """Return the whole dashboard."""
    views = [
        view("Power", "mdi:flash", power.sections(registry)),
        view("Surplus", "mdi:solar-power-variant", surplus.sections(registry)),
        view("Phases", "mdi:sine-wave", phases.sections(registry)),
        view("Energy", "mdi:lightning-bolt-circle", energy.sections(registry)),
        view("Wiring", "mdi:stethoscope", wiring.sections(registry), columns=2),
    ]
    # A Powerwall 3 shows neither phases nor meters.
    return {"title": TITLE, "views": [each for each in views if each["sections"]]}

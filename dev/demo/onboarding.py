"""Onboarding of Home Assistant by its API."""

from http import HTTPStatus
import json
from pathlib import Path
from typing import Any

from .home_assistant import PASSWORD, USERNAME, ApiError, HomeAssistant, Socket
from .ports import LOOPBACK
from .time_zone import local_time_zone

REPOSITORY = Path(__file__).parents[2]
COMPONENTS = (
    REPOSITORY / "custom_components" / "tesla_gateway_meters",
    REPOSITORY / "dev" / "demo" / "components" / "demo_past",
    REPOSITORY / "dev" / "demo" / "components" / "demo_events",
)
CONFIGURATION = """\
# Written by the demo at every start.
homeassistant:
energy:
history:
logbook:
my:
demo_events:
demo_past:
recorder:
  commit_interval: 1
sun:
"""
HOUSE = {
    "location_name": "Demo house",
    "latitude": 40.0,
    "longitude": -105.3,
    "elevation": 1650,
    "country": "US",
    "currency": "USD",
    "language": "en",
    "unit_system": "metric",
}
# The pages show the time of the house, which need not be that of the browser.
LOCALE = {
    "language": "en",
    "number_format": "language",
    "time_format": "language",
    "date_format": "language",
    "first_weekday": "language",
    "time_zone": "server",
}


def write_configuration(folder: Path, port: int, more: str = "") -> None:
    """Write what Home Assistant reads before it starts, and more of its configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "configuration.yaml").write_text(CONFIGURATION + more)
    components = folder / "custom_components"
    if components.is_symlink():  # to the integration alone, as it once was
        components.unlink()
    components.mkdir(exist_ok=True)
    # Without it Python takes the repository's own folder of that name instead.
    (components / "__init__.py").touch()
    for component in COMPONENTS:
        link = components / component.name
        if not link.is_symlink():
            link.symlink_to(component, target_is_directory=True)
    write_stores(folder, port)


def write_stores(folder: Path, port: int) -> None:
    """Write the address that Home Assistant listens on, and what its onboarding skips."""
    storage = folder / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    # Address and port live in a store: the same in YAML is a repair issue since 2026.11.
    # Its first version needs no more than this, and Home Assistant migrates it.
    _write_store(
        storage / "http",
        version=1,
        data={"server_host": [LOOPBACK], "server_port": port},
    )
    # That onboarding step sets up a weather service, internet radio and the like.
    onboarding = storage / "onboarding"
    if not onboarding.exists():
        _write_store(onboarding, version=4, data={"done": ["core_config"]})


def _write_store(path: Path, *, version: int, data: dict[str, Any]) -> None:
    path.write_text(
        json.dumps(
            {"version": version, "minor_version": 1, "key": path.name, "data": data}
        )
    )


async def onboard(home_assistant: HomeAssistant) -> bool:
    """Create the demo's user, finish the onboarding and log in; tell if it was the first time."""
    missing = await _missing_steps(home_assistant)
    client = {"client_id": home_assistant.client_id}
    if "user" in missing:
        user = {
            "name": "Demo",
            "username": USERNAME,
            "password": PASSWORD,
            "language": "en",
        }
        await home_assistant.request(
            "POST", "/api/onboarding/users", json=user | client
        )
    await home_assistant.log_in()
    if "analytics" in missing:
        await home_assistant.request("POST", "/api/onboarding/analytics")
    if "integration" in missing:
        back = {"redirect_uri": home_assistant.client_id}
        await home_assistant.request(
            "POST", "/api/onboarding/integration", json=client | back
        )
    return bool(missing)


async def _missing_steps(home_assistant: HomeAssistant) -> set[str]:
    try:
        steps = await home_assistant.request("GET", "/api/onboarding")
    except ApiError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return set()  # it serves this no more once the onboarding is done
    return {step["step"] for step in steps if not step["done"]}


async def running(socket: Socket) -> None:
    """Return once Home Assistant has started everything."""
    events = await socket.subscribe(
        "subscribe_events", event_type="homeassistant_started"
    )
    if (await socket.command("get_config"))["state"] != "RUNNING":
        await events.get()


async def move_in(socket: Socket) -> None:
    """Set the home's location, and remove the map, whose tiles come from the internet."""
    await socket.command("config/core/update", **HOUSE, time_zone=local_time_zone().key)
    await socket.command("frontend/set_user_data", key="language", value=LOCALE)
    panels = await socket.subscribe("subscribe_events", event_type="panels_updated")
    while not (maps := await _map_dashboards(socket)):
        await panels.get()
    await socket.command("lovelace/dashboards/delete", dashboard_id=maps[0])


async def _map_dashboards(socket: Socket) -> list[str]:
    dashboards = await socket.command("lovelace/dashboards/list")
    return [board["id"] for board in dashboards if board["url_path"] == "map"]

"""The demo's dashboard: power, phases and diagnostics, made of what the gateway has."""

from .cards import Card, bars, heading, history, rows, section, tile, view
from .home_assistant import Socket
from .registry import Registry

URL_PATH = "gateway-meters"
LOCATIONS = {
    "site": ("Grid", "mdi:transmission-tower", "blue"),
    "solar": ("Solar", "mdi:solar-power-variant", "orange"),
    "battery": ("Battery", "mdi:home-battery", "teal"),
    "load": ("Home", "mdi:home-lightning-bolt", "purple"),
}
COUNTERS = {
    "site_energy_imported": ("From the grid", "blue"),
    "site_energy_exported": ("To the grid", "purple"),
    "solar_energy_exported": ("Produced", "orange"),
    "load_energy_imported": ("Consumed", "indigo"),
    "battery_energy_exported": ("Discharged", "teal"),
    "battery_energy_imported": ("Charged", "pink"),
}
PHASES = ("l1", "l2", "l3")
PHASE_COLORS = ("red", "amber", "cyan")
QUANTITIES = {"power": "Power", "voltage": "Voltage", "current": "Current"}


async def furnish(socket: Socket, registry: Registry) -> None:
    """Create the dashboard and make it the first page; leave one that exists alone."""
    boards = await socket.command("lovelace/dashboards/list")
    if any(board["url_path"] == URL_PATH for board in boards):
        return
    await socket.command(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title="Gateway meters",
        icon="mdi:meter-electric",
        show_in_sidebar=True,
        require_admin=False,
        mode="storage",
    )
    await socket.command(
        "lovelace/config/save", url_path=URL_PATH, config=dashboard(registry)
    )
    await socket.command(
        "frontend/set_system_data", key="core", value={"default_panel": URL_PATH}
    )


def dashboard(registry: Registry) -> Card:
    """Return the whole dashboard."""
    return {
        "title": "Gateway meters",
        "views": [
            view("Power", "power", "mdi:flash", _power(registry)),
            view("Phases", "phases", "mdi:sine-wave", _phases(registry)),
            view(
                "Diagnostics", "diagnostics", "mdi:stethoscope", _diagnostics(registry)
            ),
        ],
    }


def _power(registry: Registry) -> list[Card]:
    now = [
        tile(entity, name, color, trend=True)
        for key, (name, _, color) in LOCATIONS.items()
        if (entity := registry.find(f"{key}_power"))
    ]
    charge = registry.find_all("battery_charge")
    now += [
        tile(each, "State of charge", "green", trend=True, columns="full")
        for each in charge
    ]
    lines = {
        entity: name
        for key, (name, _, _) in LOCATIONS.items()
        if (entity := registry.find(f"{key}_power"))
    }
    counters = {
        entity: (name, color)
        for key, (name, color) in COUNTERS.items()
        if (entity := registry.find(key))
    }
    return [
        section(heading("Now", "mdi:flash"), *now),
        section(heading("Power", "mdi:chart-line"), history("", lines), span=2),
        section(
            heading("Energy counters", "mdi:counter"),
            *(tile(entity, name, color) for entity, (name, color) in counters.items()),
        ),
        section(
            heading("Energy by hour", "mdi:chart-bar"),
            bars("", {entity: name for entity, (name, _) in counters.items()}),
            span=2,
        ),
    ]


def _phases(registry: Registry) -> list[Card]:
    sections = []
    for location, (name, icon, _) in LOCATIONS.items():
        cards: list[Card] = []
        for quantity, title in QUANTITIES.items():
            lines = {
                entity: phase.upper()
                for phase in PHASES
                if (entity := registry.find(f"{location}_{quantity}_{phase}"))
            }
            if lines:
                cards += [
                    tile(entity, f"{title} {phase}", color, columns=12 // len(lines))
                    for (entity, phase), color in zip(
                        lines.items(), PHASE_COLORS, strict=False
                    )
                ]
                cards.append(history("", lines, hours=1))
        if cards:
            sections.append(section(heading(f"{name}, by phase", icon), *cards))
    return sections


def _diagnostics(registry: Registry) -> list[Card]:
    return [
        section(
            heading(device.name, "mdi:meter-electric"),
            rows(None, [each.entity_id for each in entities if each.diagnostic]),
        )
        for device, entities in registry.by_device()
        if any(each.diagnostic for each in entities)
    ]

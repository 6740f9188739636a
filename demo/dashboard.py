"""The demo's dashboard: power, phases and diagnostics, made of what the gateway has."""

from .cards import (
    Card,
    Line,
    bars,
    changes,
    energy_today,
    heading,
    history,
    section,
    states,
    text,
    tile,
    view,
)
from .home_assistant import Socket
from .registry import Device, Entity, Registry

URL_PATH = "gateway-meters"
LOCATIONS = {
    "site": ("Grid", "blue", "mdi:transmission-tower"),
    "solar": ("Solar", "orange", "mdi:solar-power-variant"),
    "battery": ("Battery", "teal", "mdi:home-battery"),
    "load": ("Home", "pink", "mdi:home-lightning-bolt"),
}
COUNTERS = {
    "site_energy_imported": ("From the grid", "blue"),
    "site_energy_exported": ("To the grid", "deep-purple"),
    "solar_energy_exported": ("Produced", "orange"),
    "load_energy_imported": ("Consumed", "pink"),
    "battery_energy_exported": ("Discharged", "teal"),
    "battery_energy_imported": ("Charged", "light-green"),
}
PHASES = {"l1": "brown", "l2": "blue-grey", "l3": "cyan"}
QUANTITIES = {"power": "Power", "voltage": "Voltage", "current": "Current"}
METER_ICON = "mdi:meter-electric"


async def furnish(socket: Socket, registry: Registry) -> None:
    """Create the dashboard and make it the first page; leave one that exists alone."""
    boards = await socket.command("lovelace/dashboards/list")
    if any(board["url_path"] == URL_PATH for board in boards):
        return
    await socket.command(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title="Gateway meters",
        icon=METER_ICON,
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
    views = [
        view("Power", "mdi:flash", _power(registry)),
        view("Phases", "mdi:sine-wave", _phases(registry)),
        view("Diagnostics", "mdi:stethoscope", _diagnostics(registry), columns=2),
    ]
    # A Powerwall 3 shows neither phases nor meters.
    return {
        "title": "Gateway meters",
        "views": [each for each in views if each["sections"]],
    }


def _power(registry: Registry) -> list[Card]:
    powers = [
        Line(entity=entity, name=name, color=color, icon=icon)
        for key, (name, color, icon) in LOCATIONS.items()
        if (entity := registry.find(f"{key}_power"))
    ]
    counters = [
        Line(entity=entity, name=name, color=color)
        for key, (name, color) in COUNTERS.items()
        if (entity := registry.find(key))
    ]
    now = [tile(line) for line in powers]
    for entity in registry.find_all("battery_charge"):
        charge = Line(entity=entity, name="State of charge", color="green")
        now.append(tile(charge, "full", feature={"type": "bar-gauge"}))
    return [
        section(heading("Now", "mdi:flash"), *now),
        section(heading("Power", "mdi:chart-line"), history(powers, 6, 5), span=2),
        section(heading("Today", "mdi:calendar-today"), energy_today()),
        section(heading("Energy by hour", "mdi:chart-bar"), bars(counters, 6), span=2),
        section(
            heading("Meter readings", METER_ICON),
            *(tile(line) for line in counters),
            span=3,
        ),
    ]


def _phases(registry: Registry) -> list[Card]:
    return [
        section(heading(name, icon), *cards)
        for location, (name, _, icon) in LOCATIONS.items()
        if (cards := _phases_of(registry, location))
    ]


def _phases_of(registry: Registry, location: str) -> list[Card]:
    """Return a row of tiles for each phase, and a graph for each quantity."""
    tiles: list[Card] = []
    graphs: dict[str, list[Line]] = {title: [] for title in QUANTITIES.values()}
    for phase, color in PHASES.items():
        for key, title in QUANTITIES.items():
            if entity := registry.find(f"{location}_{key}_{phase}"):
                label = phase.upper()
                line = Line(entity=entity, name=f"{title} {label}", color=color)
                tiles.append(tile(line, 4, vertical=True))
                graphs[title].append(Line(entity=entity, name=label, color=color))
    cards = tiles
    for title, lines in graphs.items():
        if lines:
            cards += [
                heading(title, "mdi:chart-line", "subtitle"),
                history(lines, 1, 4),
            ]
    return cards


def _diagnostics(registry: Registry) -> list[Card]:
    sections = [
        section(heading(device.name, METER_ICON), text(_about(device)), states(names))
        for device, entities in registry.by_device()
        if (names := _diagnostic_names(entities))
    ]
    flags = [
        entity.entity_id
        for entity in registry.entities
        if entity.diagnostic and entity.domain == "binary_sensor"
    ]
    if flags:
        sections.append(section(heading("Changes", "mdi:history"), changes(flags)))
    return sections


def _about(device: Device) -> str:
    facts = {"Type": device.model, "Serial": device.serial, "Firmware": device.firmware}
    return "  \n".join(f"{name} **{fact}**" for name, fact in facts.items() if fact)


def _diagnostic_names(entities: list[Entity]) -> dict[str, str]:
    chosen = [
        each for each in entities if each.diagnostic or "grid_status" in each.unique_id
    ]
    return {
        each.entity_id: each.name for each in sorted(chosen, key=lambda each: each.name)
    }

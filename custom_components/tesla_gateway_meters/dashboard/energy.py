"""The page of energy: in a selected period, and on each day of the last week."""

from typing import Final

from .cards import Card, bars, heading, of_energy, section, tile
from .home import Home
from .locations import METER_ICON

_COUNTERS: Final = {
    "site_energy_imported": "blue",
    "site_energy_exported": "deep-purple",
    "solar_energy_exported": "orange",
    "load_energy_imported": "pink",
    "battery_energy_exported": "teal",
    "battery_energy_imported": "light-green",
}


def sections(home: Home) -> list[Card]:
    """Return the page's sections."""
    counters = home.lines(_COUNTERS)
    if not counters:
        return []
    return [
        *(_of_energy_dashboard(home) if home.has_energy else ()),
        section(
            heading(home.text("seven_days"), "mdi:calendar-week"),
            bars(counters, period="day", days=7, rows=6),
            span=3,
        ),
        section(
            heading(home.text("counters"), METER_ICON),
            *(tile(line, 12) for line in counters),
            span=3,
        ),
    ]


def _of_energy_dashboard(home: Home) -> list[Card]:
    cards = [
        section(of_energy("energy-date-selection"), span=3),
        section(
            heading(home.text("flow"), "mdi:swap-horizontal"),
            of_energy("energy-distribution"),
        ),
        section(
            heading(home.text("consumption"), "mdi:home-lightning-bolt"),
            of_energy("energy-usage-graph"),
        ),
    ]
    if solar := home.entities.get("solar_energy_exported"):
        cards.append(
            section(
                heading(home.device_name(solar), "mdi:solar-power-variant"),
                of_energy("energy-solar-graph"),
                of_energy("energy-self-sufficiency-gauge", columns=6),
                of_energy("energy-solar-consumed-gauge", columns=6),
            )
        )
    return cards

"""What was moved: on the day or in the time that is chosen, and on each day of the week."""

from demo.cards import Card, bars, heading, of_energy, section, tile
from demo.registry import Registry

from .locations import METER_ICON, lines

COUNTERS = {
    "site_energy_imported": ("From the grid", "blue"),
    "site_energy_exported": ("To the grid", "deep-purple"),
    "solar_energy_exported": ("Produced", "orange"),
    "load_energy_imported": ("Consumed", "pink"),
    "battery_energy_exported": ("Discharged", "teal"),
    "battery_energy_imported": ("Charged", "light-green"),
}


def sections(registry: Registry) -> list[Card]:
    """Return the page's sections."""
    counters = lines(registry, COUNTERS)
    if not counters:
        return []
    return [
        section(of_energy("energy-date-selection"), span=3),
        section(
            heading("Where it came from and went", "mdi:swap-horizontal"),
            of_energy("energy-distribution"),
        ),
        section(
            heading("Use", "mdi:home-lightning-bolt"),
            of_energy("energy-usage-graph"),
        ),
        section(
            heading("Solar", "mdi:solar-power-variant"),
            of_energy("energy-solar-graph"),
            of_energy("energy-self-sufficiency-gauge", columns=6),
            of_energy("energy-solar-consumed-gauge", columns=6),
        ),
        section(
            heading("The last seven days", "mdi:calendar-week"),
            bars(counters, period="day", days=7, rows=6),
            span=3,
        ),
        section(
            heading("Meter readings", METER_ICON),
            *(tile(line) for line in counters),
            span=3,
        ),
    ]

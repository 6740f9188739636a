"""What is left over, and whether it lasts."""

from demo.cards import Card, Line, heading, history, section, text, tile
from demo.registry import Registry

from .locations import charge, lines

TREND = {"type": "trend-graph", "hours_to_show": 12}
POWERS = {
    "site_export_power": ("Export", "deep-purple"),
    "battery_power": ("Battery", "teal"),
    "site_import_power": ("Import", "blue"),
}
# The defaults of the options.
RULE = """\
*Sustained export* comes on once export has been **above 1000 W for 5 minutes**, and goes off \
once it has been **at or below 200 W for 2 minutes**. Between the two nothing turns, and a \
short cloud or a kettle only costs time.

Powers and delays are options of the integration, behind *Configure*, and so is whether it \
watches export or surplus.
"""


def sections(registry: Registry) -> list[Card]:
    """Return the page's sections."""
    surplus = lines(registry, {"site_solar_surplus": ("Solar surplus", "orange")})
    sustained = [
        Line(
            entity=entity, name="Sustained export", color="green", icon="mdi:timer-sand"
        )
        for entity in registry.find_all("site_sustained_export")
    ]
    powers = lines(registry, POWERS)
    if not powers or not sustained:
        return []
    # Without a battery, export is all the surplus that there is.
    main = surplus or powers[:1]
    return [
        section(
            heading("Now", "mdi:solar-power-variant"),
            *(tile(line, "full", feature=TREND) for line in main),
            *(tile(line, "full") for line in sustained),
            *(tile(line) for line in (*powers, *charge(registry)) if line not in main),
        ),
        section(
            heading("The last twelve hours", "mdi:chart-line"),
            history([*surplus, *powers[:1]], 12, 6),
            history(sustained, 12),
            span=2,
        ),
        section(
            heading("When export is sustained", "mdi:timer-sand"), text(RULE), span=3
        ),
    ]

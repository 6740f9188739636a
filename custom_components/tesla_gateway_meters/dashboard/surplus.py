"""The page of surplus and sustained export."""

from typing import Final

from ..const import (
    CONF_OFF_BELOW,
    CONF_OFF_DELAY,
    CONF_ON_ABOVE,
    CONF_ON_DELAY,
    CONF_WATCHED,
    OFF_BELOW,
    OFF_DELAY,
    ON_ABOVE,
    ON_DELAY,
)
from .cards import Card, Line, heading, history, section, text, tile
from .home import Home
from .locations import charge, power

_TREND: Final[Card] = {"type": "trend-graph", "hours_to_show": 12}
_IF_UNKNOWN: Final = '{{% if is_state("{entity}", "unknown") %}}{text}{{% endif %}}'


def sections(home: Home) -> list[Card]:
    """Return the page's sections."""
    surplus = home.lines({"site_solar_surplus": "orange"})
    sustained = list(home.line("site_sustained_export", "green", "mdi:timer-sand"))
    exported = home.lines({"site_export_power": "deep-purple"})
    # Without a battery, all surplus is exported, and has no entity by default.
    main = surplus or exported
    if not main or not sustained:
        return []
    others = [
        *exported,
        *home.lines({"site_import_power": "blue"}),
        *power(home, "battery"),
        *charge(home),
    ]
    return [
        section(
            heading(home.text("now"), "mdi:solar-power-variant"),
            *(tile(line, "full", feature=_TREND) for line in main),
            *(tile(line, "full") for line in sustained),
            *(_if_unknown(home, line) for line in sustained),
            *(tile(line) for line in others if line not in main),
        ),
        section(
            heading(home.text("twelve_hours"), "mdi:chart-line"),
            history([*surplus, *exported], 12, 6),
            history(sustained, 12),
            span=2,
        ),
        section(
            heading(sustained[0].name, "mdi:timer-sand"),
            text(_rule(home)),
            span=3,
        ),
    ]


def _if_unknown(home: Home, line: Line) -> Card:
    content = home.text("sustained_unknown")
    return text(_IF_UNKNOWN.format(entity=line.entity, text=content))


def _rule(home: Home) -> str:
    """Return the rule of sustained export, with the present options."""
    lines = (
        home.text(f"sustained_{home.options.get(CONF_WATCHED, 'export')}"),
        home.text(
            "sustained_on",
            power=_option(home, CONF_ON_ABOVE, ON_ABOVE),
            delay=_option(home, CONF_ON_DELAY, ON_DELAY),
        ),
        home.text(
            "sustained_off",
            power=_option(home, CONF_OFF_BELOW, OFF_BELOW),
            delay=_option(home, CONF_OFF_DELAY, OFF_DELAY),
        ),
    )
    return "\n".join((*(f"- {line}" for line in lines), "", home.text("options")))


def _option(home: Home, key: str, default: int) -> str:
    value = home.options.get(key, default)
    return f"{value:g}" if isinstance(value, int | float) else str(value)

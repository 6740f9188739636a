"""The page of surplus and sustained export."""

from typing import Final

from ..const import CONF_OFF_BELOW, CONF_OFF_DELAY, CONF_ON_ABOVE, CONF_ON_DELAY
from ..options import number, watched
from .cards import Card, Line, heading, history, section, text, tile
from .home import Home
from .locations import power, state_of_charge

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
        *state_of_charge(home),
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
        home.text(f"sustained_{watched(home.options)}"),
        _switching(home, "sustained_on", CONF_ON_ABOVE, CONF_ON_DELAY),
        _switching(home, "sustained_off", CONF_OFF_BELOW, CONF_OFF_DELAY),
    )
    return "\n".join((*(f"- {line}" for line in lines), "", home.text("options")))


def _switching(home: Home, text: str, power: str, delay: str) -> str:
    """Return the text of turning on or off, with the values of these options."""
    power, delay = (f"{number(home.options, key):g}" for key in (power, delay))
    return home.text(text, power=power, delay=delay)

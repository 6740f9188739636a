"""The page of the present power, and the power of today."""

from typing import Final

from .cards import Card, heading, hidden_in, history, of_energy, section, text, tile
from .home import Home
from .locations import powers, state_of_charge

_GAUGE: Final[Card] = {"type": "bar-gauge"}
_SIGNS: Final = ("site", "solar", "battery")


def sections(home: Home) -> list[Card]:
    """Return the page's sections."""
    lines = powers(home)
    if not lines:
        return []
    now = [*_connection(home), *(tile(line) for line in lines)]
    now += [tile(line, "full", feature=_GAUGE) for line in state_of_charge(home)]
    now += [tile(line, "full") for line in home.lines({"grid_status": "blue"})]
    energy = [
        section(
            heading(home.text("flow"), "mdi:transit-connection-variant"),
            of_energy("power-sankey", rows=6, layout="horizontal"),
            span=2,
        ),
        section(
            heading(home.text("today"), "mdi:calendar-today"),
            of_energy("power-sources-graph"),
            span=3,
        ),
    ]
    return [
        section(heading(home.text("now"), "mdi:flash"), *now, *_signs(home)),
        *(energy if home.has_energy else ()),
        section(
            heading(home.text("six_hours"), "mdi:chart-line"),
            history(lines, 6, 6),
            span=3,
        ),
    ]


def _connection(home: Home) -> list[Card]:
    """Return the card of the connection, hidden while the gateway is connected."""
    return [
        hidden_in(
            "connected",
            tile(line, "full") | {"state_content": ["state", "until"]},
        )
        for line in home.lines({"connection": "red"})
    ]


def _signs(home: Home) -> list[Card]:
    """Return the meaning of a negative power, for locations that can have one."""
    texts = [
        home.text(f"negative_{location}")
        for location in _SIGNS
        if f"{location}_power" in home.entities
    ]
    return [text("\n".join(f"- {each}" for each in texts))] if texts else []

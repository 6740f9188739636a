"""The configuration of a dashboard for one gateway, made of cards that Home Assistant ships."""

from . import energy, phases, power, surplus, wiring
from .cards import Card, view
from .home import Home, read_home

__all__ = ["dashboard", "read_home"]


def dashboard(home: Home) -> Card:
    """Return the configuration, as the raw configuration editor takes it.

    Pages without content are left out: a Powerwall 3 has neither phases nor meters.
    """
    pages = (
        ("power", "mdi:flash", 3, power.sections(home)),
        ("surplus", "mdi:solar-power-variant", 3, surplus.sections(home)),
        ("phases", "mdi:sine-wave", 3, phases.sections(home)),
        ("energy", "mdi:lightning-bolt-circle", 3, energy.sections(home)),
        ("wiring", "mdi:stethoscope", 2, wiring.sections(home)),
    )
    views = [
        view(home.text(name), name, icon, sections, columns)
        for name, icon, columns, sections in pages
        if sections
    ]
    return {"title": home.name, "views": [*views]}

"""Offline simulated homes: their physics, their meters, and what can be wired wrongly."""

from .draw import draw
from .faults import Fault, faults_of
from .home import Home
from .hostile import HOSTILE, UNMETERED
from .meters import Polls, measure
from .physics import Flows, days
from .presets import FAULTY, PRESETS

__all__ = [
    "FAULTY",
    "HOSTILE",
    "PRESETS",
    "UNMETERED",
    "Fault",
    "Flows",
    "Home",
    "Polls",
    "days",
    "draw",
    "faults_of",
    "measure",
]

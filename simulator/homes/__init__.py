"""Offline simulated homes: their physics, their meters, and what can be wired wrongly."""

from .draw import draw
from .faults import Fault, faults_of
from .home import Home
from .meters import Polls, measure
from .physics import Flows, days
from .presets import PRESETS, preset

__all__ = [
    "PRESETS",
    "Fault",
    "Flows",
    "Home",
    "Polls",
    "days",
    "draw",
    "faults_of",
    "measure",
    "preset",
]

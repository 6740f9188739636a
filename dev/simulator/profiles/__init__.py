"""The kinds of gateway that the simulator can be."""

from typing import Final

from simulator.clock import Clock

from .base import Profile, Truth
from .catalogue import EQUIPMENT
from .document import Document
from .live import Live
from .replay import Replay, ReplayError

__all__ = ["PROFILES", "Profile", "Replay", "ReplayError", "Truth", "create"]

PROFILES: Final = ("document", *EQUIPMENT)


def create(name: str, clock: Clock, seed: int) -> Profile:
    """Make a profile by its name."""
    if name == "document":
        return Document(clock)
    if name not in EQUIPMENT:
        raise ValueError(f"unknown profile {name!r}: know {', '.join(PROFILES)}")
    return Live(EQUIPMENT[name], clock, seed)

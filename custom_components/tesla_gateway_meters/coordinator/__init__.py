"""Update coordinators: when endpoints are polled, and what happens when they fail."""

from .base import GatewayCoordinator
from .live import LiveCoordinator
from .slow import SlowCoordinator

__all__ = ["GatewayCoordinator", "LiveCoordinator", "SlowCoordinator"]

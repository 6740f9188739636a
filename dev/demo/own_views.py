"""Views of what the demo has and the gateway has not, behind those of the integration."""

from typing import Any


def own_views() -> list[dict[str, Any]]:
    """Return them, as Home Assistant stores views."""
    return []

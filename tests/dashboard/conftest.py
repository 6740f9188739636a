"""The action that returns a dashboard, and what is in one."""

from collections.abc import Awaitable, Callable, Iterator
import json
from typing import Any

from homeassistant.core import Context, HomeAssistant
import pytest

from custom_components.tesla_gateway_meters.const import DOMAIN
from custom_components.tesla_gateway_meters.services import GET_DASHBOARD

type GetDashboard = Callable[..., Awaitable[dict[str, Any]]]


def cards(config: dict[str, Any], page: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the cards of one page or of all."""
    for view in config["views"]:
        if page in (None, view["path"]):
            for section in view["sections"]:
                yield from section["cards"]


@pytest.fixture
def get_dashboard(hass: HomeAssistant) -> GetDashboard:
    """Return a function that runs the action and returns its response."""

    async def run(*, context: Context | None = None, **fields: Any) -> dict[str, Any]:
        answer = await hass.services.async_call(
            DOMAIN,
            GET_DASHBOARD,
            fields,
            blocking=True,
            context=context,
            return_response=True,
        )
        assert answer is not None
        # What is not JSON would not reach the frontend.
        assert json.loads(json.dumps(answer)) == answer
        return answer

    return run

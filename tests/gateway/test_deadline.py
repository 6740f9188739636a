"""The time that all requests of a poll have together."""

import asyncio

import pytest

from custom_components.tesla_gateway_meters.gateway import (
    AnswerTimeoutError,
    poll_timeout,
)
from custom_components.tesla_gateway_meters.gateway.deadline import deadline_after


async def test_request_ends_with_the_poll_at_the_latest() -> None:
    """Whichever of the two ends earlier; without a poll there is one limit."""
    start = asyncio.get_running_loop().time()
    assert start + 8000 <= deadline_after(8000) < start + 9000
    with poll_timeout(5000):
        assert start + 3000 <= deadline_after(3000) < start + 4000
        assert start + 5000 <= deadline_after(8000) < start + 6000


async def test_no_request_is_sent_after_the_poll() -> None:
    """A poll that is over has no time left for another request."""
    with poll_timeout(0), pytest.raises(AnswerTimeoutError):
        deadline_after(8)

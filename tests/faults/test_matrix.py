"""Each row of the matrix against a running Home Assistant, over real HTTPS."""

import logging

import pytest

from .matrix import ROWS
from .row import Row
from .run import run
from .world import World


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_row(row: Row, world: World, caplog: pytest.LogCaptureFixture) -> None:
    """What comes of a fault is what the table says."""
    caplog.set_level(logging.DEBUG, "custom_components.tesla_gateway_meters")
    observed = await run(row, world, caplog)
    assert observed == row.expected

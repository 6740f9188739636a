"""Each row of the matrix against a running Home Assistant, over real HTTPS."""

from dataclasses import asdict
import logging

import pytest

from .matrix import ROWS
from .row import Row
from .run import run
from .world import PASSWORD, World


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_row(row: Row, world: World, caplog: pytest.LogCaptureFixture) -> None:
    """What comes of a fault is what the table says, and no secret gets into a log."""
    caplog.set_level(logging.DEBUG, "custom_components.tesla_gateway_meters")
    assert len(world.states()) == 50
    observed = await run(row, world, caplog)
    assert asdict(observed) == asdict(row.expected)
    for record in caplog.records:
        assert PASSWORD not in record.getMessage()

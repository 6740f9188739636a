"""Tests of each row of the matrix, in a running Home Assistant over HTTPS."""

from dataclasses import asdict
import logging

import pytest

from custom_components.tesla_gateway_meters.const import CONF_CLIENT_STATE

from .matrix import HOSTILE, ROWS
from .row import Row
from .run import INTEGRATION, run
from .world import NEW_PASSWORD, PASSWORD, World

# What the default entities of the simulated gateway are, so that none is overlooked.
_ENTITIES = 45


@pytest.mark.parametrize("row", ROWS + HOSTILE, ids=lambda row: row.name)
async def test_row(row: Row, world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The outcome of a fault is that of the table, and no log contains a secret."""
    caplog.set_level(logging.DEBUG, INTEGRATION)
    caplog.set_level(logging.DEBUG, "aiohttp")
    assert len(world.states()) == _ENTITIES
    tokens = {world.entry.data[CONF_CLIENT_STATE]["token"]}
    dins = {gateway.din for gateway in world.gateways}
    observed = await run(row, world, caplog)
    assert asdict(observed) == asdict(row.expected)
    tokens.add(world.entry.data[CONF_CLIENT_STATE]["token"])
    secrets = {PASSWORD, NEW_PASSWORD} | tokens | dins
    formatter = logging.Formatter()
    for record in caplog.records:
        if record.name.startswith((INTEGRATION, "aiohttp", "asyncio")):
            text = formatter.format(record)
            assert not [secret for secret in secrets if secret in text]

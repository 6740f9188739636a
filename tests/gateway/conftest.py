"""Fixtures of the tests of the gateway client."""

from collections.abc import AsyncGenerator, Callable

import pytest

from custom_components.tesla_gateway_meters.gateway import (
    Address,
    GatewayClient,
    Transport,
)
from custom_components.tesla_gateway_meters.session import create_session
from simulator import SimulatedGateway

from ..conftest import address_of

type Connect = Callable[..., GatewayClient]


@pytest.fixture
async def connect() -> AsyncGenerator[Connect]:
    """Make clients, all through one session."""
    async with create_session() as session:

        def make(
            gateway: SimulatedGateway, password: str | None = None, **options: object
        ) -> GatewayClient:
            address = Address.parse(address_of(gateway))
            if "clock" in options:
                options.setdefault("monotonic", options["clock"])
            return GatewayClient(
                Transport(session, address, gateway.fingerprint),
                gateway.password if password is None else password,
                **options,  # type: ignore[arg-type]
            )

        yield make

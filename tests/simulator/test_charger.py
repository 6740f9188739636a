"""A simulated charger: what it refuses, how it follows, and that the site feels it."""

from datetime import datetime

import pytest

from simulator import SimulatedGateway
from simulator.physics.charger import Charger, RefusedError
from tests.conftest import StartGateway

START = datetime.fromisoformat("2026-06-21T11:00:00-06:00")


def test_refused_under_its_minimum() -> None:
    """A car charges with 6 A at least."""
    charger = Charger()
    for amperes in (5.9, 16.1):
        with pytest.raises(RefusedError):
            charger.set_current(0, amperes)
    assert charger.current == 6


def test_followed_after_a_delay_along_a_ramp() -> None:
    """The charge begins with the minimum, rises by and by, and ends at once."""
    charger = Charger(delay=10, ramp=1)
    charger.set_current(0, 12)
    charger.switch(0, on=True)
    powers = {time: charger.power(time) / 230 for time in (9, 10, 12, 14, 30)}
    assert powers == {9: 0, 10: 6, 12: 8, 14: 10, 30: 12}
    charger.switch(30, on=False)
    assert charger.power(39) == 12 * 230
    assert charger.power(40) == 0


def test_unplugged() -> None:
    """Nothing flows without a car, and again with one."""
    charger = Charger(delay=0)
    charger.switch(0, on=True)
    assert charger.power(10) == 6 * 230
    charger.plug(10, connected=False)
    assert charger.power(20) == 0
    charger.plug(20, connected=True)
    assert charger.power(30) == 6 * 230


async def test_felt_by_the_site(start_gateway: StartGateway) -> None:
    """The car's power is part of the load while it charges."""
    gateway = await start_gateway("solar-only", frozen=True, start=START)
    twin = await start_gateway("solar-only", frozen=True, start=START)
    charger = Charger(delay=5, ramp=10, volts=240)
    gateway.install(charger)

    def more() -> float:
        return gateway.truth("site").power - twin.truth("site").power

    def advance(*gateways: SimulatedGateway) -> None:
        for each in gateways:
            each.advance(30)

    assert more() == 0
    charger.set_current(gateway.clock.now().timestamp(), 10)
    charger.switch(gateway.clock.now().timestamp(), on=True)
    advance(gateway, twin)
    assert more() == 2400


async def test_none_without_physics(start_gateway: StartGateway) -> None:
    """A profile whose payloads never change has no place for a car."""
    gateway = await start_gateway("document")
    with pytest.raises(ValueError, match="no house"):
        gateway.install(Charger())

"""A car that follows what a simulated gateway measures, of a site that feels the car."""

from datetime import datetime

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant

from custom_components.tesla_gateway_meters.const import CONF_LIVE_INTERVAL
from simulator.physics.charger import Charger
from tests.conftest import AddGateway, StartGateway

from .car_house import CAR_POWER, CarHouse

EXPORT = "sensor.tesla_energy_gateway_grid_export_power"
IMPORT = "sensor.tesla_energy_gateway_grid_import_power"
START = "2026-06-21T10:00:03-06:00"


async def test_follows_the_gateway(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
) -> None:
    """Within an hour nearly all that solar makes and the house does not use is charged."""
    hass.loop.set_debug(False)
    start = datetime.fromisoformat(START)
    freezer.move_to(start)
    gateway = await start_gateway("solar-only", frozen=True, start=start)
    charger = Charger(volts=240, maximum=32, delay=15)
    gateway.install(charger)
    await add_gateway(gateway, **{CONF_LIVE_INTERVAL: 10})
    house = CarHouse(hass=hass, freezer=freezer, charger=charger)
    await house.start(
        left_over=EXPORT,
        missing=[IMPORT],
        car_power=CAR_POWER,
        phases="split",
        maximum=32,
    )
    available = charged = drawn = 0.0
    for number in range(360):
        gateway.advance(10)
        await house.tick(10)
        house.show_charger()
        await hass.async_block_till_done(wait_background_tasks=True)
        gateway.forget_requests()
        car, site = charger.power(house.time), gateway.truth("site").power
        # The first minutes are for the start.
        if number > 30:
            available += min(max(car - site, 0), 32 * 240)
            charged += car
            drawn += min(max(site, 0), car)
    await house.end()
    print(f"charged {charged / available:.1%}, {drawn / charged:.1%} from the grid")
    assert available > 0
    assert charged >= 0.85 * available
    assert drawn <= 0.06 * charged

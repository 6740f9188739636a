"""Tests of solar surplus with batteries, generators and grid in any state."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.const import (
    STATE_OFF,
    STATE_ON,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_gateway_meters.const import (
    CONF_GRID_FLOOR,
    CONF_ON_DELAY,
    CONF_WATCHED,
)
from simulator import SimulatedGateway

from .conftest import AddGateway, PassTime, payload_of, serve_instead
from .onboarding import add

SITE = "tesla_energy_gateway_grid"
SUSTAINED = f"binary_sensor.{SITE}_sustained_export"
SURPLUS = f"sensor.{SITE}_solar_surplus"
MEAN = f"sensor.{SITE}_solar_surplus_1_minute_mean"

# Signs as in aggregates. Site, battery, solar, load, generator (None: there is none),
# and what is left over.
HOMES = [
    (5400, -5000, 0, 400, None, 0),
    (-4050, 5000, 50, 1000, None, 0),
    (1317, -2180, 2173, 1338, None, 863),
    (-3000, 0, 4000, 1000, None, 3000),
    (0, -2500, 3500, 1000, None, 2500),
    (0, -2000, 0, 1500, 3500, 0),
    # A battery that adds to what the sun exports, and one that the grid helps to fill.
    (-6000, 3500, 3300, 800, None, 2500),
    (800, -3300, 3000, 500, None, 2500),
    # A generator beside the sun: it carries the home, and sun and it fill the battery.
    (0, -4000, 3000, 1000, 2000, 2000),
    (0, -500, 600, 3100, 3000, 0),
    # One that stands still, and one that takes a few watts.
    (-1200, 0, 2000, 800, 0, 1200),
    (-1180, 0, 2000, 800, -20, 1200),
    # No battery, and so none that takes anything.
    (-500, None, 900, 400, None, 500),
    # At night, with noise at each meter.
    (12, 430, -6, 436, None, 0),
    (-9, -3, -8, 4, None, 12),
]


def serve_home(
    gateway: SimulatedGateway, *, stamps: Mapping[str, datetime], **powers: Any
) -> None:
    """Let these powers flow; a location that is None is not there.

    One that has no stamp is as new as those of the simulator.
    """
    gateway.clear_faults()
    totals = payload_of(gateway, "meters/aggregates")
    for location, power in powers.items():
        if power is None:
            totals.pop(location, None)
            continue
        each = totals.setdefault(location, dict(totals["load"]))
        each["instant_power"] = None if power == "null" else power
    for location, each in totals.items():
        if (stamp := stamps.get(location)) is not None:
            each["last_communication_time"] = stamp.isoformat()
    serve_instead(gateway, "meters/aggregates", totals)


def state(hass: HomeAssistant, entity_id: str) -> str:
    """Return a state that has to be there."""
    found = hass.states.get(entity_id)
    assert found is not None, entity_id
    return found.state


@pytest.mark.usefixtures("enable_custom_integrations", "all_entities_enabled")
@pytest.mark.parametrize(
    ("site", "battery", "solar", "load", "generator", "surplus"), HOMES
)
async def test_surplus_mean_and_sustained_export_of_each_home(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    pass_time: PassTime,
    site: float,
    battery: float | None,
    solar: float,
    load: float,
    generator: float | None,
    surplus: float,
) -> None:
    """The values are known right after the setup."""
    serve_home(
        gateway,
        stamps={},
        site=site,
        battery=battery,
        solar=solar,
        load=load,
        generator=generator,
    )
    entry = (await add(hass, gateway))["result"]
    hass.config_entries.async_update_entry(
        entry, options={CONF_WATCHED: "surplus", CONF_ON_DELAY: 60}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    seen = []
    for _ in range(16):
        assert state(hass, SURPLUS) == str(surplus)
        seen.append(state(hass, SUSTAINED))
        await pass_time(10)
    assert state(hass, MEAN) == str(surplus)
    assert (STATE_ON in seen) is (surplus > 1000)
    assert state(hass, SUSTAINED) == (
        STATE_ON if surplus > 1000 else STATE_OFF if surplus <= 200 else STATE_UNKNOWN
    )


@pytest.mark.parametrize("location", ["site", "battery", "generator"])
@pytest.mark.parametrize("how", ["silent", "null"])
async def test_surplus_unknown_while_a_power_is_unknown(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    location: str,
    how: str,
) -> None:
    """Solar and load may be unknown: they are not used."""
    powers: dict[str, Any] = {"site": -2000, "battery": -1000, "generator": 500}
    began = datetime.now(UTC)

    def serve_poll(poll: int, quiet: str | None) -> None:
        stamps = {
            each: began + timedelta(seconds=0 if each == quiet else 10 * poll)
            for each in (*powers, "solar", "load")
        }
        null = {} if quiet is None or how == "silent" else {quiet: "null"}
        serve_home(gateway, stamps=stamps, **(powers | null))

    serve_poll(0, None)
    await add_gateway(gateway)
    assert state(hass, SURPLUS) == "2500"
    for poll in range(1, 5):
        serve_poll(poll, location)
        await pass_time(10)
    assert state(hass, SURPLUS) == STATE_UNKNOWN
    serve_poll(5, None)
    await pass_time(10)
    assert state(hass, SURPLUS) == "2500"
    for poll in range(6, 10):
        serve_poll(poll, "solar")
        await pass_time(10)
    assert state(hass, SURPLUS) == "2500"


@pytest.mark.parametrize("location", ["battery", "generator"])
@pytest.mark.parametrize("answer", [None, {}, [], "off", False, {"instant_power": "5"}])
async def test_surplus_unknown_while_a_location_is_null(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    location: str,
    answer: object,
) -> None:
    """A location that is null or broken is not absent."""
    serve_home(gateway, stamps={}, site=-2000, battery=-1000, generator=500)
    totals = payload_of(gateway, "meters/aggregates")
    serve_instead(gateway, "meters/aggregates", totals | {location: answer})
    await add_gateway(gateway)
    assert state(hass, SURPLUS) == STATE_UNKNOWN
    serve_home(gateway, stamps={}, site=-2000, battery=-1000, generator=500)
    await pass_time(10)
    assert state(hass, SURPLUS) == "2500"


@pytest.mark.parametrize(
    ("site", "battery", "surplus"),
    [
        # Export that is hidden is none here either.
        (-40, 0, "0"),
        (-40, -1500, "1500"),
        # Import that is hidden is still bought.
        (40, -40, "0"),
        (40, -1500, "1460"),
        (400, -1500, "1100"),
    ],
)
async def test_no_surplus_from_powers_that_an_option_hides(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    site: float,
    battery: float,
    surplus: str,
) -> None:
    """An option that hides small powers makes no surplus out of them."""
    serve_home(gateway, stamps={}, site=site, battery=battery)
    await add_gateway(gateway, **{CONF_GRID_FLOOR: 50})
    assert state(hass, SURPLUS) == surplus

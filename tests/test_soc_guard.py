"""The guard of the state of charge: false zeros and true ones."""

from homeassistant.core import HomeAssistant
from hypothesis import given, strategies as st

from custom_components.tesla_gateway_meters.processing.soc_guard import SocGuard
from simulator import SimulatedGateway

from .conftest import AddGateway, PassTime, payload_of, serve_instead

STATE_OF_CHARGE = "sensor.tesla_energy_gateway_battery_state_of_charge"
SOE = "system_status/soe"


async def test_held_when_charge_drops_to_zero(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """The last charge stays, also between full polls, and the next one is shown."""
    await add_gateway(gateway)
    shown = hass.states.get(STATE_OF_CHARGE).state
    assert float(shown) > 50

    serve_instead(gateway, SOE, payload_of(gateway, SOE) | {"percentage": 0})
    for _ in range(6):
        await pass_time(10)
        assert hass.states.get(STATE_OF_CHARGE).state == shown
    serve_instead(gateway, SOE, payload_of(gateway, SOE) | {"percentage": 12.5})
    await pass_time(10, times=3)
    assert float(hass.states.get(STATE_OF_CHARGE).state) == 12.5


async def test_zero_shown_once_the_battery_could_be_empty(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """No later than the battery could be empty."""
    await add_gateway(gateway)
    serve_instead(gateway, SOE, payload_of(gateway, SOE) | {"percentage": 0})
    await pass_time(60, times=50)
    assert float(hass.states.get(STATE_OF_CHARGE).state) == 0


@given(
    st.lists(st.floats(0, 100), min_size=1),
    st.floats(0, 1.7),
)
def test_shown_when_a_battery_discharges_as_fast_as_it_can(
    charges: list[float], slope: float
) -> None:
    """Any charge but 0 is shown unchanged."""
    guard = SocGuard()
    for number, charge in enumerate(charges):
        if charge:
            assert guard.filter(charge, number * 30) == charge
    charge, now = guard.filter(100, 10_000) or 0, 10_000
    while charge > 0:
        charge, now = max(charge - max(slope, 0.1), 0), now + 60
        assert guard.filter(charge, now) == charge


def test_unknown_and_first_zero_are_shown() -> None:
    """No charge stays unknown, and a first 0 is taken as it is."""
    guard = SocGuard()
    assert guard.filter(0, 0) == 0
    assert guard.filter(None, 30) is None
    assert guard.filter(40, 60) == 40
    assert guard.filter(None, 90) is None
    assert guard.filter(0, 120) == 40

"""The sensor of the connection: available when nothing else is, and quiet."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.tesla_gateway_meters.connection_sensor import Connection
from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import Certificate, Fault, SimulatedGateway, serve

from .conftest import AddGateway, PassTime

CONNECTION = "sensor.tesla_energy_gateway_connection"
GRID_POWER = "sensor.tesla_energy_gateway_grid_power"
COOL_DOWN = 300  # s

type Break = Callable[[SimulatedGateway], Awaitable[None]]


def shown(hass: HomeAssistant) -> State:
    """Return the state of the sensor, which has to be there."""
    state = hass.states.get(CONNECTION)
    assert state is not None
    return state


async def _refuse_password(gateway: SimulatedGateway) -> None:
    gateway.password = "another"
    gateway.expire_tokens()


async def _be_another(gateway: SimulatedGateway) -> None:
    gateway.become("1234567-00-E--TG00000000000X")


async def _answer_nothing_usable(gateway: SimulatedGateway) -> None:
    gateway.set_fault("*", Fault("status", 502))


async def _be_busy(gateway: SimulatedGateway) -> None:
    gateway.set_fault("*", Fault("status", 503))


@pytest.mark.parametrize(
    ("fail", "expected"),
    [
        (_refuse_password, Connection.LOGIN_REFUSED),
        (_be_another, Connection.ANOTHER_GATEWAY),
        (_answer_nothing_usable, Connection.NO_ANSWER),
        (_be_busy, Connection.WAITING),
    ],
)
async def test_cause_is_shown_while_all_else_is_unavailable(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
    fail: Break,
    expected: Connection,
) -> None:
    """Each cause has a state of its own."""
    await add_gateway(gateway)
    assert shown(hass).state == Connection.CONNECTED
    await fail(gateway)
    await pass_time(300)
    await pass_time(10)
    assert shown(hass).state == expected
    assert hass.states.get(GRID_POWER).state == "unavailable"


async def test_end_of_cool_down_is_an_attribute(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """The attribute is the time of the next request, and None without a cool-down."""
    await add_gateway(gateway)
    assert shown(hass).attributes["until"] is None
    gateway.set_fault("*", Fault("status", 503, times=1))
    before = dt_util.utcnow()
    await pass_time(10)
    until = shown(hass).attributes["until"]
    assert isinstance(until, datetime)
    assert COOL_DOWN <= (until - before).total_seconds() <= COOL_DOWN + 20
    await pass_time(COOL_DOWN)
    assert shown(hass).state == Connection.CONNECTED
    assert shown(hass).attributes["until"] is None


async def test_second_cause_in_a_row_is_shown(
    hass: HomeAssistant,
    add_gateway: AddGateway,
    pass_time: PassTime,
    socket_enabled: None,
) -> None:
    """A gateway that is gone, and then another device: Home Assistant hears of one failure."""
    async with serve(profile="document") as gateway:
        await add_gateway(gateway)
        port = gateway.port
    await pass_time(10)
    assert shown(hass).state == Connection.UNREACHABLE
    async with serve(profile="document", port=port, certificate=Certificate.generate()):
        await pass_time(10)
        assert shown(hass).state == Connection.CERTIFICATE_CHANGED


async def test_nothing_is_written_while_nothing_changes(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Neither while all is well nor in a failure that lasts."""
    await add_gateway(gateway)
    written = []

    @callback
    def note(event: Event) -> None:
        if event.data["entity_id"] == CONNECTION:
            written.append(event)

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    await pass_time(10, times=12)
    assert written == []
    gateway.set_fault("*", Fault("status", 502))
    await pass_time(10, times=12)
    assert len(written) == 1


async def test_it_is_a_diagnostic_of_the_gateway_and_on_by_default(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """A person finds it at the device of the gateway."""
    await add_gateway(gateway)
    entity = er.async_get(hass).async_get(CONNECTION)
    assert entity is not None
    assert entity.disabled_by is None
    assert entity.entity_category == "diagnostic"
    device = dr.async_get(hass).async_get(entity.device_id)
    assert device.identifiers == {(DOMAIN, gateway.din)}

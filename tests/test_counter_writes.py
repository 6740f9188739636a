"""Tests of the times at which a counter's state is written: few rows, none late."""

from collections.abc import Callable

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import (
    EVENT_HOMEASSISTANT_STOP,
    EVENT_STATE_CHANGED,
    EVENT_STATE_REPORTED,
)
from homeassistant.core import CoreState, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.tesla_gateway_meters.const import CONF_LIVE_INTERVAL
from custom_components.tesla_gateway_meters.processing.counter_writes import (
    WrittenCounter,
)
from simulator import Fault, SimulatedGateway

from .conftest import AddGateway, PassTime, payload_of, serve_instead

IMPORTED = "sensor.tesla_energy_gateway_grid_energy_imported"
POLL = 9  # s, to which `pass_time` adds one


@pytest.mark.parametrize(
    ("energy", "waited", "is_due"),
    [
        (5009.9, 59.9, False),
        (5000, 0, False),
        (5010, 0.1, True),
        (5000.1, 60, True),
        # No energy of this counter: whatever it is, it is news.
        (4999, 1, True),
        (None, 1, True),
        # A clock that went back is not waited for.
        (5001, -1, True),
    ],
)
def test_counter_is_due_after_ten_watt_hours_or_a_minute(
    energy: float | None, waited: float, is_due: bool
) -> None:
    """Both are since it was written last."""
    written = WrittenCounter(5000, at=100)
    assert written.is_due(energy, 100 + waited) is is_due
    assert written.due_at == 160


def test_first_energy_is_due_at_once() -> None:
    """Until then the state was unknown."""
    assert WrittenCounter(None, at=100).is_due(5000, 100)


@pytest.fixture
def writes(hass: HomeAssistant) -> list[str]:
    """Return the list of written states of the site's imported energy."""
    found: list[str] = []

    @callback
    def note(event: Event) -> None:
        if event.data["entity_id"] == IMPORTED:
            found.append(event.data["new_state"].state)

    @callback
    def anything(_: object) -> bool:
        return True

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    hass.bus.async_listen(EVENT_STATE_REPORTED, note, event_filter=anything)
    return found


@pytest.fixture
async def counted(
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    freezer: FrozenDateTimeFactory,
    writes: list[str],
) -> Callable[[float], None]:
    """Add a gateway whose site has imported 5 kWh; return what makes it more (Wh)."""

    def count(more: float) -> None:
        totals = payload_of(gateway, "meters/aggregates")
        # Enough power that the counter's guard finds the energy explained.
        totals["site"] |= {"energy_imported": 5000 + more, "instant_power": 5000}
        serve_instead(gateway, "meters/aggregates", totals)

    count(0)
    await add_gateway(gateway)
    assert writes == ["5.0"]
    writes.clear()
    return count


async def test_counter_is_written_once_it_has_risen_by_ten_watt_hours(
    counted: Callable[[float], None], pass_time: PassTime, writes: list[str]
) -> None:
    """Less than that waits, until it is more."""
    for more in (4, 8, 12, 16):
        counted(more)
        await pass_time(POLL)
    assert writes == ["5.012"]


async def test_counter_that_stands_still_again_is_written_within_a_minute(
    counted: Callable[[float], None], pass_time: PassTime, writes: list[str]
) -> None:
    """Nothing is added to it, and no energy is left out; then no state is written."""
    counted(3)
    await pass_time(POLL, times=5)
    assert writes == []
    await pass_time(POLL)
    assert writes == ["5.003"]
    await pass_time(POLL, times=60)
    assert writes == ["5.003"]


async def test_steps_below_a_watt_hour_add_up(
    counted: Callable[[float], None], pass_time: PassTime, writes: list[str]
) -> None:
    """At most one state a minute, and each is another."""
    for poll in range(1, 61):
        counted(0.3 * poll)
        await pass_time(POLL)
    assert 9 <= len(writes) <= 10
    assert len(set(writes)) == len(writes)
    assert float(writes[-1]) == pytest.approx(5.018, abs=0.003)


@pytest.mark.parametrize(("after", "written"), [(3, "5.003"), (2, "5.002")])
async def test_counter_is_written_at_once_where_a_glitch_ends(
    counted: Callable[[float], None],
    pass_time: PassTime,
    writes: list[str],
    after: float,
    written: str,
) -> None:
    """The counter follows its readings again, also if they are as before the glitch."""
    counted(2)
    await pass_time(POLL)
    counted(-5000)
    await pass_time(POLL)
    assert writes == []
    counted(after)
    await pass_time(POLL)
    assert writes == [written]


async def test_pending_energy_is_written_before_the_counter_becomes_unavailable(
    gateway: SimulatedGateway,
    counted: Callable[[float], None],
    pass_time: PassTime,
    writes: list[str],
) -> None:
    """Or it would belong to the time after the outage; then nothing is pending."""
    counted(3)
    await pass_time(POLL)
    assert writes == []
    gateway.set_fault("*", Fault("reset"))
    await pass_time(POLL, times=12)
    assert writes == ["5.003", "unavailable"]


async def test_each_direction_is_written_by_its_own_energy(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    pass_time: PassTime,
) -> None:
    """Little that is imported is not written because much is exported."""
    written: dict[str, int] = {}

    @callback
    def note(event: Event) -> None:
        key = event.data["entity_id"].removeprefix("sensor.tesla_energy_gateway_grid_")
        written[key] = written.get(key, 0) + 1

    totals = payload_of(gateway, "meters/aggregates")
    site = totals["site"] | {"instant_power": -5000}
    serve_instead(gateway, "meters/aggregates", totals | {"site": site})
    await add_gateway(gateway)
    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    for _ in range(6):
        site = {
            **site,
            "energy_exported": site["energy_exported"] + 12,
            "energy_imported": site["energy_imported"] + 1,
        }
        serve_instead(gateway, "meters/aggregates", totals | {"site": site})
        await pass_time(POLL)
    assert written["energy_exported"] == 6
    assert written["energy_imported"] == 1


async def test_disabled_counter_leaves_no_timer(
    hass: HomeAssistant,
    counted: Callable[[float], None],
    pass_time: PassTime,
    writes: list[str],
) -> None:
    """The energy is shown again when the entity is enabled."""
    counted(3)
    await pass_time(POLL)
    er.async_get(hass).async_update_entity(
        IMPORTED, disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done()
    assert hass.states.get(IMPORTED) is None
    await pass_time(POLL, times=7)
    assert hass.states.get(IMPORTED) is None
    er.async_get(hass).async_update_entity(IMPORTED, disabled_by=None)
    await pass_time(POLL, times=7)
    assert hass.states.get(IMPORTED).state == "5.003"


async def test_counter_is_written_at_once_where_it_becomes_available(
    gateway: SimulatedGateway,
    counted: Callable[[float], None],
    pass_time: PassTime,
    writes: list[str],
) -> None:
    """With the energy of now, although it is little."""
    counted(3)
    gateway.set_fault("*", Fault("reset"))
    await pass_time(POLL)
    assert writes == ["unavailable"]
    gateway.clear_faults("*")
    await pass_time(POLL)
    assert writes == ["unavailable", "5.003"]


async def test_pending_energy_is_written_as_home_assistant_stops(
    hass: HomeAssistant,
    counted: Callable[[float], None],
    pass_time: PassTime,
    writes: list[str],
) -> None:
    """The values of a poll during the stop are written too."""
    counted(3)
    await pass_time(POLL)
    assert writes == []
    # The answers of a poll that is not done when Home Assistant stops.
    counted(4)
    (entry,) = hass.config_entries.async_entries()
    late = await entry.runtime_data.live._poll()
    hass.set_state(CoreState.stopping)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert writes == ["5.003"]
    entry.runtime_data.live.async_set_updated_data(late)
    assert writes == ["5.003", "5.004"]


async def test_reload_with_pending_energy_goes_on_from_it(
    hass: HomeAssistant,
    counted: Callable[[float], None],
    pass_time: PassTime,
    writes: list[str],
) -> None:
    """As with other options: the first state has it, and no timer is left."""
    counted(3)
    await pass_time(POLL)
    (entry,) = hass.config_entries.async_entries()
    hass.config_entries.async_update_entry(entry, options={CONF_LIVE_INTERVAL: 20})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert writes[0] == "unavailable"
    assert writes[-1] == "5.003"
    await pass_time(POLL, times=12)
    assert writes[-1] == "5.003"

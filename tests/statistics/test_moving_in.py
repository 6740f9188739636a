"""The history of another integration's entities goes on, as docs/moving-in.md says."""

from datetime import datetime, timedelta
from itertools import pairwise

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    async_fire_time_changed,
    mock_integration,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_recorder_block_till_done,
    async_wait_recording_done,
)

from simulator import SimulatedGateway

from ..conftest import AddGateway, payload_of, serve_instead
from .home import BEGIN, OURS

OUR_POWER = OURS.replace("energy_imported", "power")
OLD = "sensor.my_site_site_import"
OLD_POWER = "sensor.my_site_site_power"
ENERGY = {
    "device_class": "energy",
    "state_class": "total_increasing",
    "unit_of_measurement": "kWh",
}
POWER = {
    "device_class": "power",
    "state_class": "measurement",
    "unit_of_measurement": "kW",
}
# What the home imports (W), and the counter at the beginning (Wh).
IMPORT, FIRST = 3000, 5_000_000
STEP = 300


class Home:
    """A home whose import is constant, in steps of five minutes."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        """Start without any integration."""
        self.hass = hass
        self.freezer = freezer
        self.seconds = 0
        self.gateway: SimulatedGateway | None = None
        self.old: MockConfigEntry | None = None
        self.old_offset = 0.0

    @property
    def counter(self) -> float:
        """The energy imported so far, in Wh."""
        return FIRST + IMPORT * self.seconds / 3600

    def add_old(self, *, offset: float = 0) -> None:
        """Add what core's powerwall registers; its counter may begin elsewhere (Wh)."""
        self.old_offset = offset
        # Its library is not installed here.
        mock_integration(self.hass, MockModule("powerwall"))
        self.old = MockConfigEntry(domain="powerwall")
        self.old.add_to_hass(self.hass)
        for entity_id, key in ((OLD, "import"), (OLD_POWER, "power")):
            er.async_get(self.hass).async_get_or_create(
                "sensor",
                "powerwall",
                key,
                config_entry=self.old,
                suggested_object_id=entity_id.partition(".")[2],
            )
        self.show()

    async def add_new(self, gateway: SimulatedGateway, add_gateway: AddGateway) -> None:
        """Add our integration, for a gateway with this home's counter."""
        self.gateway = gateway
        self.show()
        await add_gateway(gateway)

    def show(self) -> None:
        """Show what both integrations read now."""
        if self.old is not None:
            kwh = (self.counter + self.old_offset) / 1000
            self.hass.states.async_set(OLD, f"{kwh}", ENERGY)
            self.hass.states.async_set(OLD_POWER, f"{IMPORT / 1000}", POWER)
        if self.gateway is not None:
            totals = payload_of(self.gateway, "meters/aggregates")
            totals["site"]["energy_imported"] = self.counter
            totals["site"]["instant_power"] = IMPORT
            serve_instead(self.gateway, "meters/aggregates", totals)

    async def live(self, hours: float) -> None:
        """Let time pass, in which the recorder compiles statistics."""
        end = self.seconds + hours * 3600
        while self.seconds < end:
            for _ in range(STEP // 60):
                self.seconds += 60
                self.show()
                self.freezer.move_to(BEGIN + timedelta(seconds=self.seconds))
                async_fire_time_changed(self.hass)
                await self.hass.async_block_till_done(wait_background_tasks=True)
            await async_recorder_block_till_done(self.hass)

    async def remove_old(self) -> None:
        """Delete the other integration, with its entities."""
        assert self.old is not None
        await self.hass.config_entries.async_remove(self.old.entry_id)
        for entity_id in (OLD, OLD_POWER):
            self.hass.states.async_remove(entity_id)
        self.old = None
        await self.hass.async_block_till_done()
        assert er.async_get(self.hass).async_get(OLD) is None

    async def rename(self) -> None:
        """Rename our entities to the ids of the old ones."""
        registry = er.async_get(self.hass)
        registry.async_update_entity(OURS, new_entity_id=OLD)
        registry.async_update_entity(OUR_POWER, new_entity_id=OLD_POWER)
        await self.hass.async_block_till_done()

    async def sums(self, entity_id: str) -> dict[datetime, float]:
        """Return the sums (kWh) of an entity's 5-minute statistics by their time."""
        rows = await self._statistics(entity_id, "sum")
        return {datetime.fromtimestamp(at, BEGIN.tzinfo): each for at, each in rows}

    async def means(self, entity_id: str) -> set[float]:
        """Return the different means (kW) of an entity's 5-minute statistics."""
        return {round(mean, 6) for _, mean in await self._statistics(entity_id, "mean")}

    async def _statistics(self, entity_id: str, kind: str) -> list[tuple[float, float]]:
        await async_wait_recording_done(self.hass)
        found = await get_instance(self.hass).async_add_executor_job(
            statistics_during_period,
            self.hass,
            BEGIN - timedelta(hours=1),
            None,
            {entity_id},
            "5minute",
            {"energy": "kWh", "power": "kW"},
            {kind},
        )
        return [(row["start"], row[kind]) for row in found.get(entity_id, [])]


@pytest.fixture(name="begin")
def begin_fixture(freezer: FrozenDateTimeFactory) -> None:
    """Set the time before the recorder makes its timetable."""
    freezer.move_to(BEGIN)


@pytest.fixture(name="home")
async def home_fixture(
    begin: None,
    recorder_mock: Recorder,
    hass: HomeAssistant,
    quiet_log: None,
    freezer: FrozenDateTimeFactory,
) -> Home:
    """Return a home with a recorder and without the integration."""
    # It compiles the statistics of all sensors.
    assert await async_setup_component(hass, "sensor", {})
    await hass.async_block_till_done()
    return Home(hass, freezer)


@pytest.mark.parametrize("hours_beside", [0, 0.5])
async def test_history_goes_on_under_the_old_entity_id(
    home: Home,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    caplog: pytest.LogCaptureFixture,
    hours_beside: float,
) -> None:
    """The energy between the last old reading and the first new one is counted too.

    Whether ours has had statistics of its own by then makes no difference.
    """
    home.add_old()
    await home.live(1)
    await home.add_new(gateway, add_gateway)
    await home.live(hours_beside)
    await home.remove_old()
    await home.live(0.25)
    await home.rename()
    await home.live(1)

    sums = await home.sums(OLD)
    assert list(sums.values()) == sorted(sums.values())
    first, *_, last = sums.items()
    hours = (last[0] - first[0]) / timedelta(hours=1)
    assert hours > 2 + hours_beside
    assert last[1] - first[1] == pytest.approx(IMPORT * hours / 1000, abs=0.3)
    # Core's power is in kW, and ours in W: the statistics stay in kW.
    assert await home.means(OLD_POWER) == {IMPORT / 1000}
    # What the page says to expect in the log.
    assert f"`{OLD}` because the new statistic_id is already in use" in caplog.text


async def test_counter_that_begins_elsewhere_jumps_under_the_old_entity_id(
    home: Home, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """The page therefore keeps such a sensor as a separate source."""
    home.add_old(offset=-FIRST)
    await home.live(0.5)
    await home.add_new(gateway, add_gateway)
    await home.remove_old()
    await home.rename()
    await home.live(0.5)
    sums = list((await home.sums(OLD)).values())
    jumps = (after - before for before, after in pairwise(sums))
    assert max(jumps) > FIRST / 1000 - 10


async def test_old_history_stays_beside_the_new_one(
    home: Home, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """As two sources they add up: one ends where the other begins."""
    home.add_old(offset=-FIRST)
    await home.live(1)
    await home.remove_old()
    await home.add_new(gateway, add_gateway)
    await home.live(1)
    old, new = await home.sums(OLD), await home.sums(OURS)
    assert max(old) < min(new)
    energy = sum(max(each.values()) - min(each.values()) for each in (old, new))
    assert energy == pytest.approx(IMPORT * 2 / 1000, abs=0.6)

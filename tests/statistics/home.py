"""A Home Assistant with a real recorder, which can be restarted on its own database."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from freezegun.api import FrozenDateTimeFactory
from homeassistant import loader
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    EVENT_HOMEASSISTANT_STARTED,
)
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import (
    entity_registry as er,
    frame,
    issue_registry as ir,
    restore_state,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_test_home_assistant,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_recorder_block_till_done,
    async_wait_recording_done,
)

from custom_components.tesla_gateway_meters.const import (
    CONF_FINGERPRINT,
    CONF_LIVE_INTERVAL,
    DOMAIN,
)
from custom_components.tesla_gateway_meters.issues import COUNTER_RESET
from simulator import Fault, SimulatedGateway

from ..conftest import address_of, payload_of, serve_instead
from .plain import PLAIN, PlainSensor, add_plain_sensor
from .scenarios import POLL, Counters, Restart

OURS: Final = "sensor.tesla_energy_gateway_grid_energy_imported"
# A little past what the recorder compiles at: ten seconds past each five minutes.
BEGIN: Final = datetime(2026, 6, 1, 0, 0, 15, tzinfo=UTC)

_ENTRY_ID: Final = "gateway"
_STORE: Final = f"{DOMAIN}.{_ENTRY_ID}"
# The recorder writes all it has before it compiles statistics.
_RECORDER: Final = {"include": {"entities": [OURS, PLAIN]}, "commit_interval": 300}
# What these tests have no use for costs time at each poll.
_OTHERS: Final = (
    "meters",
    "meters/readings",
    "meters/site",
    "meters/solar",
    "system_status/grid_status",
    "system_status/soe",
)

# A counter that steps back so far is good, and waited for.
_STEP_BACK: Final = 200

type StartRecorder = Callable[..., AbstractAsyncContextManager[Recorder]]


@dataclass(slots=True)
class Home:
    """A Home Assistant that reads the gateway's counters, with our sensor and a plain one.

    `storage` is what is on disk beside the recorder's database, `interval` (s) that of
    live polls.
    """

    gateway: SimulatedGateway
    freezer: FrozenDateTimeFactory
    start_recorder: StartRecorder
    storage: dict[str, Any]
    interval: float = POLL
    issues: dict[str, ir.IssueEntry] = field(default_factory=dict)
    _reported: Counters | None = None
    _data: dict[str, Any] = field(default_factory=dict)
    _memory: dict[str, restore_state.StoredState] = field(default_factory=dict)
    _entity: er.RegistryEntry | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _hass: HomeAssistant | None = None
    _entry: MockConfigEntry | None = None
    _plain: PlainSensor | None = None

    def __post_init__(self) -> None:
        """Reduce the gateway to the counters of its site."""
        self._data = {
            CONF_HOST: address_of(self.gateway),
            CONF_PASSWORD: self.gateway.password,
            CONF_FINGERPRINT: self.gateway.fingerprint,
        }
        for endpoint in _OTHERS:
            self.gateway.set_fault(endpoint, Fault("status", 404))

    @property
    def is_running(self) -> bool:
        """Return whether Home Assistant is running."""
        return self._hass is not None

    @property
    def hass(self) -> HomeAssistant:
        """The running Home Assistant."""
        assert self._hass is not None
        return self._hass

    async def start(self) -> None:
        """Start Home Assistant, on what is on disk."""
        self._stack = AsyncExitStack()
        hass = await self._stack.enter_async_context(async_test_home_assistant())
        self._hass = hass
        # What reports an integration's use of Home Assistant; 2026.11 asks for it.
        frame.async_setup(hass)
        # To note where each callback came from takes longer than to call it.
        hass.loop.set_debug(False)
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
        # The recorder compiles what it has missed when all has started, and no sooner:
        # a period of a sensor that is not there yet would have no statistics.
        hass.set_state(CoreState.starting)
        await self._stack.enter_async_context(self.start_recorder(hass, _RECORDER))
        self._plain = await add_plain_sensor(hass)
        self._entry = MockConfigEntry(
            domain=DOMAIN,
            entry_id=_ENTRY_ID,
            title="Tesla Energy Gateway",
            unique_id=self.gateway.din,
            data=self._data,
            options={CONF_LIVE_INTERVAL: self.interval},
        )
        self._entry.add_to_hass(hass)
        self._remember(hass)
        await self._set_up()
        hass.set_state(CoreState.running)
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
        # A set-up that failed is tried again now, in the background.
        await hass.async_block_till_done(wait_background_tasks=True)
        # A clock that jumped first would leave the first hour without a beginning.
        await async_wait_recording_done(hass)

    async def stop(self, *, crash: bool = False) -> None:
        """Stop Home Assistant in order, or as a loss of power does."""
        hass, entry = self.hass, self._entry
        assert entry is not None
        self._note_issues()
        self._hass = None
        await async_wait_recording_done(hass)
        self._data = dict(entry.data)
        stored = restore_state.async_get(hass).async_get_stored_states()
        self._entity = er.async_get(hass).async_get(OURS)
        self._memory = {each.state.entity_id: each for each in stored}
        at_crash = deepcopy(self.storage.get(_STORE))
        await hass.async_stop(force=True)
        at_stop = deepcopy(self.storage.get(_STORE))
        # Home Assistant does not unload what it stops; a test has to, to go on.
        await hass.config_entries.async_unload(entry.entry_id)
        await self._stack.aclose()
        self.storage.pop(_STORE)
        if (written := at_crash if crash else at_stop) is not None:
            self.storage[_STORE] = written

    def lose_file(self) -> None:
        """Delete the counters' file; Home Assistant's restored states stay."""
        del self.storage[_STORE]

    async def shut_down(self, how: Restart) -> None:
        """Shut Home Assistant down."""
        if how is Restart.RELOAD:
            await self.hass.config_entries.async_unload(_ENTRY_ID)
        else:
            await self.stop(crash=how is Restart.CRASH)

    async def start_up(self, how: Restart) -> None:
        """Start what a restart starts."""
        if how is Restart.RELOAD:
            await self._set_up()
        else:
            await self.start()

    def go_to(self, seconds: float) -> None:
        """Let it be this long after the beginning."""
        self.freezer.move_to(BEGIN + timedelta(seconds=seconds))

    def set_counters(self, counters: Counters | None) -> None:
        """Let the gateway say something else from now on, or nothing at all."""
        self._reported = counters
        if counters is None:
            self.gateway.set_fault("*", Fault("reset"))
            return
        self.gateway.clear_faults("*")
        site = payload_of(self.gateway, "meters/aggregates")["site"]
        site["energy_imported"] = counters.imported
        site["energy_exported"] = counters.exported
        site["instant_power"] = counters.power
        serve_instead(self.gateway, "meters/aggregates", {"site": site})

    async def poll(self) -> None:
        """Let what is due be done, and the recorder finish with it."""
        async_fire_time_changed(self.hass)
        await self.hass.async_block_till_done(wait_background_tasks=True)
        self._show_plain(self._reported)
        await async_recorder_block_till_done(self.hass)

    async def statistics(
        self, period: Literal["5minute", "hour"], days: int
    ) -> dict[str, list[float]]:
        """Return the sums (Wh) of both sensors over the days from the beginning on."""
        await async_wait_recording_done(self.hass)
        start = BEGIN.replace(second=0)
        rows = await get_instance(self.hass).async_add_executor_job(
            statistics_during_period,
            self.hass,
            start,
            start + timedelta(days=days),
            {OURS, PLAIN},
            period,
            {"energy": "Wh"},
            {"sum"},
        )
        return {
            entity_id: [row["sum"] or 0 for row in rows.get(entity_id, [])]
            for entity_id in (OURS, PLAIN)
        }

    def check_what_was_read(self) -> None:
        """Check that a poll brought what the gateway says, or nothing if it is silent."""
        assert self._entry is not None
        if self._entry.state is ConfigEntryState.SETUP_RETRY:
            # Started in an outage, it tries again later.
            assert self._reported is None
            return
        data = self._entry.runtime_data
        assert data.live.last_update_success is (self._reported is not None)
        if self._reported is not None:
            counter = data.counters.known["site_energy_imported"]
            read = counter.last if counter.is_held else counter.good
            assert read.value == pytest.approx(self._reported.imported, abs=_STEP_BACK)

    def resets(self) -> list[ir.IssueEntry]:
        """Return the resets that issues reported, in all runs."""
        self._note_issues()
        return list(self.issues.values())

    def _remember(self, hass: HomeAssistant) -> None:
        """Load the restored states, which the test plugin does not."""
        restore_state.async_get(hass).last_states.update(self._memory)
        if self._entity is None:
            return
        registry = er.async_get(hass)
        registry.async_get_or_create(
            "sensor",
            DOMAIN,
            self._entity.unique_id,
            suggested_object_id=OURS.partition(".")[2],
        )
        # The unit is among them.
        for domain, options in self._entity.options.items():
            registry.async_update_entity_options(OURS, domain, options)

    async def _set_up(self) -> None:
        await self.hass.config_entries.async_setup(_ENTRY_ID)
        await self.hass.async_block_till_done(wait_background_tasks=True)
        self._show_plain(self._reported)

    def _show_plain(self, counters: Counters | None) -> None:
        assert self._plain is not None
        self._plain.show(None if counters is None else counters.imported)

    def _note_issues(self) -> None:
        for (domain, issue_id), issue in ir.async_get(self.hass).issues.items():
            if domain == DOMAIN and issue.translation_key == COUNTER_RESET:
                self.issues[issue_id] = issue

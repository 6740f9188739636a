"""Simulated days of a gateway in a running Home Assistant, with random faults."""

import asyncio
from collections import Counter
from dataclasses import dataclass
import gc
import linecache
import logging
from random import Random
import tracemalloc

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import CONF_PASSWORD, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store
from homeassistant.util.async_ import get_scheduled_timer_handles
import psutil
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import SimulatedGateway

from .troubles import LONGEST, Trouble, any_trouble

POLL = 10
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# A trouble begins every four minutes on average.
_CHANCE_PER_MINUTE = 1 / 4
# Minutes until the user enters a new password.
_PASSWORD_INTERVAL = 10


@dataclass(frozen=True, slots=True)
class Census:
    """Counts of objects and connections between two polls.

    `memory` is what Python's own allocations hold in bytes, exact to the byte,
    as far as they were made since tracing began. `resident` is what the process
    holds in all: it also sees what OpenSSL or a C extension keeps, but is coarse.
    """

    memory: int
    resident: int
    tasks: int
    timers: int
    connections: int
    descriptors: int
    states: int
    unavailable: frozenset[str]
    issues: int


class Soak:
    """A soak run: simulated time with random faults, and counts."""

    def __init__(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        gateway: SimulatedGateway,
        random: Random,
    ) -> None:
        """Start with a gateway that is set up and without a fault; its clock must be frozen."""
        self._hass = hass
        self._freezer = freezer
        self._gateway = gateway
        self._random = random
        self._now: dict[str, tuple[int, Trouble]] = {}
        self._minute = 0
        self.troubles: Counter[str] = Counter()
        self.peak = 0
        self.start_counting()
        # In debug mode the loop keeps a traceback of each task, and takes our
        # moving of its clock for slowness.
        hass.loop.set_debug(False)

    @property
    def logins(self) -> int:
        """The number of logins since counting began."""
        return self._gateway.logins - self._logins_before

    @property
    def live_polls(self) -> int:
        """The number of live polls since counting began."""
        return self._gateway.count("meters/aggregates") - self._polls_before

    def start_counting(self) -> None:
        """Count from now on."""
        gateway = self._gateway
        self.troubles.clear()
        self.logins_allowed = 0
        self._logins_before = gateway.logins
        self._polls_before = gateway.count("meters/aggregates")
        self._requests_before = gateway.record.total
        self._connections_before = gateway.connections

    def counted(self) -> str:
        """Return the counts."""
        gateway = self._gateway
        return (
            f"{self.live_polls} live polls came, "
            f"{gateway.record.total - self._requests_before} requests, "
            f"{self.logins} logins (at most {self.logins_allowed} and those of each hour), "
            f"{gateway.connections - self._connections_before} connections, "
            f"{self.troubles.total()} troubles of {len(self.troubles)} kinds"
        )

    async def poll(self) -> None:
        """Let ten seconds pass: one live poll."""
        self._freezer.tick(POLL)
        self._gateway.advance(POLL)
        async_fire_time_changed(self._hass)
        await self._hass.async_block_till_done(wait_background_tasks=True)

    async def be_well(self, seconds: int) -> None:
        """Let time pass with a gateway that is well."""
        for _ in range(seconds // MINUTE):
            await self._pass_minute()

    async def be_troubled(self, seconds: int) -> None:
        """Let time pass with frequent faults, which are cleared at the end."""
        for _ in range(seconds // MINUTE):
            if self._random.random() < _CHANCE_PER_MINUTE:
                self._begin(any_trouble(self._random))
            await self._pass_minute()
            for where, (until, trouble) in list(self._now.items()):
                if self._minute >= until:
                    self._end(where, trouble)
        for where, (_, trouble) in list(self._now.items()):
            self._end(where, trouble)
        self._gateway.clear_faults()

    def _begin(self, trouble: Trouble) -> None:
        if trouble.where in self._now:
            return
        self.troubles[f"{trouble.where}: {trouble.what}"] += 1
        self.logins_allowed += trouble.logins
        trouble.begin(self._gateway)
        until = self._minute + self._random.randint(1, LONGEST)
        self._now[trouble.where] = until, trouble

    def _end(self, where: str, trouble: Trouble) -> None:
        del self._now[where]
        if trouble.end is not None:
            trouble.end(self._gateway)

    async def _pass_minute(self) -> None:
        for _ in range(MINUTE // POLL):
            await self.poll()
        self._minute += 1
        if self._minute % _PASSWORD_INTERVAL == 0:
            await self._enter_password()
        if self._minute % 60 == 0:
            self._forget()

    async def _enter_password(self) -> None:
        """Enter the password if a reauthentication form is open."""
        for flow in self._hass.config_entries.flow.async_progress_by_handler(
            DOMAIN, match_context={"source": SOURCE_REAUTH}
        ):
            self.logins_allowed += 1
            await self._hass.config_entries.flow.async_configure(
                flow["flow_id"], {CONF_PASSWORD: self._gateway.password}
            )
            await self._hass.async_block_till_done(wait_background_tasks=True)

    def _forget(self) -> None:
        """Clear the records of the simulator and pytest, which are not leaks."""
        self._gateway.forget_requests()
        self._gateway.monitor._received.clear()
        for handler in logging.getLogger().handlers:
            # pytest keeps all records, to show those of a test that fails.
            if (clear := getattr(handler, "clear", None)) is not None:
                clear()
        # The plugin's mock of the disk keeps all that was ever read or written.
        for name in ("_async_load", "_async_write_data", "async_remove"):
            getattr(Store, name).reset_mock()
        self.peak = max(self.peak, psutil.Process().memory_info().rss)

    def census(self) -> Census:
        """Count what is there."""
        self._forget()
        # Lines of source that tracebacks have shown are no state of ours.
        linecache.clearcache()
        gc.collect()
        states = self._hass.states.async_all()
        return Census(
            memory=tracemalloc.get_traced_memory()[0],
            resident=psutil.Process().memory_info().rss,
            tasks=len(asyncio.all_tasks()),
            timers=sum(
                not handle.cancelled()
                for handle in get_scheduled_timer_handles(self._hass.loop)
            ),
            connections=len(self._gateway.monitor._open),
            descriptors=psutil.Process().num_fds(),
            states=len(states),
            unavailable=frozenset(
                state.entity_id for state in states if state.state == STATE_UNAVAILABLE
            ),
            issues=len(ir.async_get(self._hass).issues),
        )

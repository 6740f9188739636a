"""Update coordinators: when endpoints are polled, and what happens when they fail."""

from abc import abstractmethod
import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
import logging
from operator import attrgetter
import re
import time
from typing import TYPE_CHECKING, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .const import (
    CONF_METER_ENTRIES,
    DOMAIN,
    FULL_POLL_INTERVAL,
    LOGGER,
    SLOW_INTERVAL,
)
from .gateway import (
    NOT_ASKED,
    AbsentError,
    AnotherGatewayError,
    AnswerTimeoutError,
    BadCredentialsError,
    BusyError,
    CertificateChangedError,
    ConnectError,
    Endpoint,
    GatewayClient,
    GatewayError,
    LoginError,
    MeterReading,
    RateLimitedError,
    SessionClosedError,
    TryLaterError,
    match_readings,
    poll_timeout,
)
from .issues import (
    create_connection_issue,
    create_reset_issue,
    delete_connection_issues,
)
from .options import live_interval, noise_floor, surplus_monitor
from .processing.pipeline import FullPollData, Pipeline, PollData
from .processing.snapshot import LiveSnapshot, MeterSnapshot, Snapshot
from .shutdown import finish_before_stop
from .storage.counter_store import CounterStore

if TYPE_CHECKING:
    from .runtime_data import GatewayConfigEntry

# Errors that end a poll, since the other endpoints would fail as well.
_MESSAGES: dict[type[GatewayError], str] = {
    AnotherGatewayError: "another_gateway",
    BadCredentialsError: "bad_credentials",
    BusyError: "try_later",
    CertificateChangedError: "certificate_changed",
    ConnectError: "cannot_connect",
    LoginError: "no_login",
    RateLimitedError: "try_later",
    TryLaterError: "try_later",
}
_POLL_ENDING: tuple[type[GatewayError], ...] = (*_MESSAGES, SessionClosedError)

# The key of the power sensor of a meter's further entry: see `LocationMeter.name`.
_METER_ENTRY = re.compile(r"(?P<name>.+_(site|solar))_(?P<part>(ct|n)?\d+)_power")

# A gateway that hangs accepts every request and answers none: more would only wait.
_MAX_TIMEOUTS_IN_A_ROW = 2
# A poll ends before the next one is due, and before Home Assistant gives up on it.
_MAX_PART_OF_INTERVAL = 0.9
_LONGEST_POLL = 30  # s


class GatewayCoordinator[SnapshotT: Snapshot](DataUpdateCoordinator[SnapshotT]):
    """A coordinator that requests several endpoints, each of which may fail alone.

    The endpoints that failed are part of the snapshot, from which entities get their
    availability. A poll fails as a whole where the gateway cannot be reached, asks for
    a cool-down, or answers none of the requests.
    """

    config_entry: GatewayConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: GatewayConfigEntry,
        client: GatewayClient,
        counters: CounterStore,
        *,
        name: str,
        interval: timedelta,
    ) -> None:
        """Poll with this client; the store has the counters of earlier polls."""
        self._client = client
        self._counters = counters
        self._failed: dict[Endpoint, GatewayError] = {}
        self._poll_listeners: list[Callable[[SnapshotT], None]] = []
        self._timeouts_in_a_row = 0
        self._poll_timeout = min(
            _MAX_PART_OF_INTERVAL * interval.total_seconds(), _LONGEST_POLL
        )
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{entry.title} {name}",
            update_interval=interval,
            always_update=False,
        )

    @property
    def failed(self) -> Mapping[Endpoint, GatewayError]:
        """The errors of the endpoints whose last request failed."""
        return self._failed

    @abstractmethod
    async def _poll(self) -> SnapshotT:
        """Request the endpoints, one after the other."""

    @override
    async def _async_update_data(self) -> SnapshotT:
        """Poll the gateway, and raise errors as Home Assistant expects them."""
        self._timeouts_in_a_row = 0
        try:
            with finish_before_stop(self.hass), poll_timeout(self._poll_timeout):
                snapshot = await self._poll()
        except SessionClosedError as err:
            return self._last_snapshot(err)
        except _POLL_ENDING as err:
            create_connection_issue(self.hass, self.config_entry, err)
            key = _MESSAGES[type(err)]
            # Home Assistant keeps the last error even after polls succeed again.
            cause = err.without_traceback()
            if isinstance(err, BadCredentialsError):
                raise ConfigEntryAuthFailed(
                    translation_domain=DOMAIN, translation_key=key
                ) from cause
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key=key,
                retry_after=err.retry_after if isinstance(err, TryLaterError) else None,
            ) from cause
        for counter, reset in self._counters.finish_poll().items():
            create_reset_issue(self.hass, self.config_entry, counter, reset)
        for update in self._poll_listeners:
            update(snapshot)
        return snapshot

    def _last_snapshot(self, err: SessionClosedError) -> SnapshotT:
        """Return the last snapshot, as a poll that unloading ended has not failed."""
        # Home Assistant logs neither equal data nor a second failure in a row.
        if self.data is None or not self.last_update_success:
            raise UpdateFailed(
                translation_domain=DOMAIN, translation_key="cannot_connect"
            ) from err.without_traceback()
        return self.data

    @callback
    def async_add_poll_listener(
        self, update: Callable[[SnapshotT], None]
    ) -> CALLBACK_TYPE:
        """Call back with the snapshot of each poll, also where it equals the last one."""
        self._poll_listeners.append(update)
        return lambda: self._poll_listeners.remove(update)

    async def _request[T](
        self, endpoint: Endpoint, call: Callable[[], Awaitable[T]]
    ) -> T | None:
        """Return the answer of an endpoint, None for a failure that does not end the poll."""
        if self._timeouts_in_a_row == _MAX_TIMEOUTS_IN_A_ROW:
            self._note_failure(endpoint, AnswerTimeoutError(NOT_ASKED))
            return None
        try:
            answer = await call()
        except _POLL_ENDING:
            raise
        except GatewayError as err:
            is_timeout = isinstance(err, AnswerTimeoutError)
            self._timeouts_in_a_row = self._timeouts_in_a_row + 1 if is_timeout else 0
            self._note_failure(endpoint, err)
            return None
        self._timeouts_in_a_row = 0
        delete_connection_issues(self.hass, self.config_entry)
        for message in self._client.limits.take_messages():
            LOGGER.warning("%s: %s", self.name, message)
        if (error := self._failed.pop(endpoint, None)) is not None:
            _log(logging.INFO, error, "%s: %s is answering again", self.name, endpoint)
        return answer

    def _note_failure(self, endpoint: Endpoint, err: GatewayError) -> None:
        """Keep an error, and log it unless the last one of the endpoint was of its type."""
        earlier = self._failed.get(endpoint)
        self._failed[endpoint] = err.without_traceback()
        if type(earlier) is not type(err):
            _log(
                logging.WARNING,
                err,
                "%s: %s does not answer: %s",
                self.name,
                endpoint,
                err,
            )

    def _raise_if_all_failed(self, endpoints: tuple[Endpoint, ...]) -> None:
        """Raise UpdateFailed with the first error if all endpoints failed.

        An endpoint that this gateway does not have has not failed: where all are absent,
        nothing is raised.
        """
        errors = [self._failed[each] for each in endpoints if each in self._failed]
        broken = [err for err in errors if not isinstance(err, AbsentError)]
        if broken and len(errors) == len(endpoints):
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="no_answer",
            ) from broken[0]


def _log(level: int, err: GatewayError, message: str, *args: object) -> None:
    """Log that an endpoint fails or answers again; at debug level if it is just absent."""
    LOGGER.log(logging.DEBUG if isinstance(err, AbsentError) else level, message, *args)


class LiveCoordinator(GatewayCoordinator[LiveSnapshot]):
    """The coordinator of live values: totals and phases each time, more in full polls."""

    _ENDPOINTS_OF_EACH_POLL = (Endpoint.AGGREGATES, Endpoint.SITE)

    def __init__(
        self,
        hass: HomeAssistant,
        entry: GatewayConfigEntry,
        client: GatewayClient,
        counters: CounterStore,
    ) -> None:
        """Poll with this client."""
        interval = live_interval(entry.options)
        super().__init__(hass, entry, client, counters, name="live", interval=interval)
        identity = entry.unique_id or entry.entry_id
        keys = [
            each.unique_id.removeprefix(f"{identity}_")
            for each in er.async_entries_for_config_entry(
                er.async_get(hass), entry.entry_id
            )
        ]
        client.limits.restore_locations(
            identifier.removeprefix(f"{identity}_")
            for device in dr.async_child_entries_for_config_entry(
                dr.async_get(hass), entry.entry_id
            )
            for _, identifier in device.identifiers
        )
        # The gateway may list some of a meter's entries only after Home Assistant's start.
        client.meter_entries.restore(
            entry.data.get(CONF_METER_ENTRIES),
            (
                (found["name"], found["part"])
                for key in keys
                if (found := _METER_ENTRY.fullmatch(key))
            ),
        )
        self._stored_meter_entries = client.meter_entries.as_dict()
        self._surplus = surplus_monitor(entry.options, interval)
        self._pipeline = Pipeline(
            counters.counters,
            noise_floor(entry.options),
            self._surplus,
            interval=interval.total_seconds(),
            # Known from the entities, as a gateway that starts may list no meters.
            has_solar_meters=any(key.startswith("solar_power_l") for key in keys),
        )
        self.wiring = self._pipeline.wiring
        self._polls = 0
        self._polls_per_full_poll = max(1, round(FULL_POLL_INTERVAL / interval))

    @override
    async def _async_update_data(self) -> LiveSnapshot:
        """Poll the gateway; a poll that fails is a gap for the surplus."""
        try:
            return await super()._async_update_data()
        except ConfigEntryAuthFailed, UpdateFailed:
            self._surplus.add_failed_poll(time.monotonic())
            raise

    @override
    async def _poll(self) -> LiveSnapshot:
        """Request totals and site meters, and the rest where a full poll is due."""
        client = self._client
        totals = await self._request(Endpoint.AGGREGATES, client.aggregates) or {}
        site = await self._request(Endpoint.SITE, client.site_meters) or ()
        self._raise_if_all_failed(self._ENDPOINTS_OF_EACH_POLL)

        is_full_poll = self._pipeline.update_stale_locations(totals)
        # Values from before an outage may be outdated.
        is_full_poll |= not self.last_update_success
        is_full_poll |= self._polls % self._polls_per_full_poll == 0
        full = await self._full_poll() if is_full_poll else None
        self._polls += 1
        self._store_meter_entries()
        failed = frozenset(self._failed)
        poll = PollData(totals=totals, site=site, full=full, failed=failed)
        # The last answer, the pipeline and the entities each block the loop for a while.
        await asyncio.sleep(0)
        snapshot = self._pipeline.update(poll)
        await asyncio.sleep(0)
        return snapshot

    async def _full_poll(self) -> FullPollData:
        """Request the endpoints that only a full poll requests."""
        client = self._client
        solar = await self._request(Endpoint.SOLAR, client.solar_meters)
        if isinstance(self._failed.get(Endpoint.SOLAR), AbsentError):
            solar = ()
        return FullPollData(
            solar=solar,
            charge=await self._request(Endpoint.CHARGE, client.charge),
            grid_status=await self._request(Endpoint.GRID_STATUS, client.grid_status),
        )

    def _store_meter_entries(self) -> None:
        """Store what identifies the entries of meters listed more than once, if it changed."""
        entries = self._client.meter_entries.as_dict()
        if entries is not self._stored_meter_entries:
            self._stored_meter_entries = entries
            entry = self.config_entry
            self.hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_METER_ENTRIES: entries}
            )


class SlowCoordinator(GatewayCoordinator[MeterSnapshot]):
    """The coordinator of slow values: meters, CTs, meters' own readings, firmware."""

    _ENDPOINTS = (Endpoint.STATUS, Endpoint.METERS, Endpoint.READINGS)

    def __init__(
        self,
        hass: HomeAssistant,
        entry: GatewayConfigEntry,
        client: GatewayClient,
        counters: CounterStore,
    ) -> None:
        """Poll with this client."""
        super().__init__(
            hass, entry, client, counters, name="meters", interval=SLOW_INTERVAL
        )
        # Entities may read the data before the first poll has succeeded.
        self.data = MeterSnapshot(
            meters={},
            listed={},
            readings={},
            unlisted={},
            status=None,
            failed=frozenset(),
        )

    @override
    async def _poll(self) -> MeterSnapshot:
        """Request status, meters and readings."""
        client = self._client
        status = await self._request(Endpoint.STATUS, client.status)
        # In a fixed order: Home Assistant numbers entities of the same name as they are added.
        received = sorted(
            await self._request(Endpoint.METERS, client.meters) or (),
            key=attrgetter("key"),
        )
        meters = {meter.key: meter for meter in received}
        readings = await self._request(Endpoint.READINGS, client.readings) or {}
        self._raise_if_all_failed(self._ENDPOINTS)
        # Without a new list, readings are matched with the meters of the last one.
        listed = meters or self.data.listed
        matched, unlisted = match_readings(readings, listed.values())
        return MeterSnapshot(
            meters=meters,
            listed=listed,
            readings={
                key: self._guard_counters(key, each) for key, each in matched.items()
            },
            unlisted=unlisted,
            status=status,
            failed=frozenset(self._failed),
        )

    def _guard_counters(self, key: str, reading: MeterReading) -> MeterReading:
        """Return a meter's reading with guarded counters."""
        cts = {
            ct: self._counters.counters.guard_ct(f"{key}_ct{ct}", each)
            for ct, each in reading.cts.items()
        }
        return replace(reading, cts=cts)

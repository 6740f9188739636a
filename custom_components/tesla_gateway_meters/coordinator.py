"""When we ask the gateway, and what one answer means for the rest."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
import logging
from operator import attrgetter
import re
import time
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .const import (
    CONF_LIVE_INTERVAL,
    CONF_METER_ENTRIES,
    CONF_WATCHED,
    DOMAIN,
    LIVE_INTERVAL,
    LOGGER,
    REST_INTERVAL,
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
    Meter,
    MeterReading,
    RateLimitedError,
    SessionClosedError,
    TryLaterError,
    match_readings,
    poll_limit,
)
from .issues import create_connection_issue, delete_connection_issues
from .processing.noise_floor import NoiseFloor
from .processing.pipeline import LiveView, Rest
from .processing.snapshot import LiveSnapshot, MeterSnapshot, Snapshot
from .processing.surplus import ExportWatch, Watched
from .storage.counter_store import Counters

# What ends a poll, since the endpoints behind it would fare no better.
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

# The key of a further entry's power: see `LocationMeter.name`.
_FURTHER_ENTRY = re.compile(r"(?P<name>.+_(site|solar))_(?P<part>(ct|n)?\d+)_power")

# A gateway that hangs takes every request and answers none.
_TIMEOUTS_IN_A_ROW = 2
# A poll is over before the next one is due, and before anyone gives up on it.
_SHARE_OF_INTERVAL = 0.9
_LONGEST_POLL = 30


class GatewayCoordinator[SnapshotT: Snapshot](DataUpdateCoordinator[SnapshotT]):
    """Asks several endpoints, each of which may fail without the others.

    The endpoints that failed are part of the snapshot; entities read their
    availability from there. The poll as a whole fails where the gateway cannot
    be reached, wants to be left alone, or answers nothing we asked for.
    """

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: GatewayClient,
        *,
        name: str,
        interval: timedelta,
    ) -> None:
        """Poll this client."""
        self._client = client
        self._failed: dict[Endpoint, GatewayError] = {}
        self._hearers: list[Callable[[SnapshotT], None]] = []
        self._timeouts = 0
        self._limit = min(_SHARE_OF_INTERVAL * interval.total_seconds(), _LONGEST_POLL)
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
        """The endpoints that gave no answer last time, and why."""
        return self._failed

    @abstractmethod
    async def _poll(self) -> SnapshotT:
        """Ask the endpoints, one request after the other."""

    @override
    async def _async_update_data(self) -> SnapshotT:
        """Poll, and tell Home Assistant what a poll that failed means."""
        self._timeouts = 0
        try:
            with poll_limit(self._limit):
                snapshot = await self._poll()
        except SessionClosedError as err:
            return self._unchanged(err)
        except _POLL_ENDING as err:
            create_connection_issue(self.hass, self.config_entry, err)
            key = _MESSAGES[type(err)]
            # Home Assistant keeps the last error, also when all is well again.
            cause = err.bare()
            if isinstance(err, BadCredentialsError):
                raise ConfigEntryAuthFailed(
                    translation_domain=DOMAIN, translation_key=key
                ) from cause
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key=key,
                retry_after=err.retry_after if isinstance(err, TryLaterError) else None,
            ) from cause
        for hear in self._hearers:
            hear(snapshot)
        return snapshot

    def _unchanged(self, err: SessionClosedError) -> SnapshotT:
        """End a poll during which the entry was unloaded: that is no failure."""
        # Home Assistant logs neither what is as before nor a second failure in a row.
        if self.data is None or not self.last_update_success:
            raise UpdateFailed(
                translation_domain=DOMAIN, translation_key="cannot_connect"
            ) from err.bare()
        return self.data

    @callback
    def async_hear(self, hear: Callable[[SnapshotT], None]) -> CALLBACK_TYPE:
        """Call back with each poll's snapshot; listeners hear of new ones alone."""
        self._hearers.append(hear)
        return lambda: self._hearers.remove(hear)

    async def _ask[T](
        self, endpoint: Endpoint, call: Callable[[], Awaitable[T]]
    ) -> T | None:
        """Return the answer of an endpoint, None where it alone fails."""
        if self._timeouts == _TIMEOUTS_IN_A_ROW:
            err = AnswerTimeoutError(NOT_ASKED)
            self._note_failure(endpoint, err)
            return None
        try:
            answer = await call()
        except _POLL_ENDING:
            raise
        except GatewayError as err:
            is_timeout = isinstance(err, AnswerTimeoutError)
            self._timeouts = self._timeouts + 1 if is_timeout else 0
            self._note_failure(endpoint, err)
            return None
        self._timeouts = 0
        delete_connection_issues(self.hass, self.config_entry)
        for message in self._client.limits.take_messages():
            LOGGER.warning("%s: %s", self.name, message)
        if (failed := self._failed.pop(endpoint, None)) is not None:
            _log(logging.INFO, failed, "%s: %s is answering again", self.name, endpoint)
        return answer

    def _note_failure(self, endpoint: Endpoint, err: GatewayError) -> None:
        """Keep a failure, and log the first of its kind in a row."""
        earlier = self._failed.get(endpoint)
        self._failed[endpoint] = err.bare()
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
        """Fail the poll where nothing answered, unless nothing ever would.

        The reason is that of the first. An endpoint that this gateway does not have
        is no failure.
        """
        errors = [self._failed[each] for each in endpoints if each in self._failed]
        broken = [err for err in errors if not isinstance(err, AbsentError)]
        if broken and len(errors) == len(endpoints):
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="no_answer",
            ) from broken[0]


def _log(level: int, err: GatewayError, message: str, *args: object) -> None:
    """Log a part that fell silent or came back; one that is absent is normal."""
    LOGGER.log(logging.DEBUG if isinstance(err, AbsentError) else level, message, *args)


def live_interval(entry: ConfigEntry) -> timedelta:
    """Return the time between two live polls, as chosen in the options."""
    chosen: float | None = entry.options.get(CONF_LIVE_INTERVAL)
    return LIVE_INTERVAL if chosen is None else timedelta(seconds=chosen)


class LiveCoordinator(GatewayCoordinator[LiveSnapshot]):
    """Polls what flows: totals and phases, and less often the rest of it."""

    _EVERY_POLL = (Endpoint.AGGREGATES, Endpoint.SITE)

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: GatewayClient,
        counters: Counters,
    ) -> None:
        """Poll this client."""
        interval = live_interval(entry)
        super().__init__(hass, entry, client, name="live", interval=interval)
        identity = entry.unique_id or entry.entry_id
        keys = [
            each.unique_id.removeprefix(f"{identity}_")
            for each in er.async_entries_for_config_entry(
                er.async_get(hass), entry.entry_id
            )
        ]
        # An answer without meters may be that of a gateway that starts.
        solar_meters_known = any(key.startswith("solar_power_l") for key in keys)
        # One entry of several may be missing when Home Assistant starts.
        client.entries.restore(
            entry.data.get(CONF_METER_ENTRIES),
            (
                (found["name"], found["part"])
                for key in keys
                if (found := _FURTHER_ENTRY.fullmatch(key))
            ),
        )
        self._stored_entries: Mapping[str, object] = client.entries.as_dict()
        self.export = ExportWatch.from_options(
            interval.total_seconds(),
            entry.options,
            entry.options.get(CONF_WATCHED, Watched.EXPORT),
        )
        self._view = LiveView(
            counters,
            NoiseFloor.from_options(entry.options),
            self.export,
            interval=interval.total_seconds(),
            solar_meters_known=solar_meters_known,
        )
        self.wiring = self._view.wiring
        self._polls = 0
        self._polls_per_full_poll = max(1, round(REST_INTERVAL / interval))

    @override
    async def _async_update_data(self) -> LiveSnapshot:
        """Poll; what counts time has to know of a poll that failed."""
        try:
            return await super()._async_update_data()
        except ConfigEntryAuthFailed, UpdateFailed:
            self.export.miss(time.monotonic())
            raise

    @override
    async def _poll(self) -> LiveSnapshot:
        """Ask for what flows."""
        client = self._client
        totals = await self._ask(Endpoint.AGGREGATES, client.aggregates) or {}
        site = await self._ask(Endpoint.SITE, client.site_meters) or ()
        self._raise_if_all_failed(self._EVERY_POLL)

        is_turn = self._polls % self._polls_per_full_poll == 0
        stale = self._view.silent_locations(totals)
        silent = "solar" in stale
        last = self.data
        rest: Rest | None = None
        # What was true before an outage may not be now, nor what was before silence.
        if (
            is_turn
            or last is None
            or not self.last_update_success
            or silent is not ("solar" in last.stale)
        ):
            rest = Rest(
                solar=await self._ask(Endpoint.SOLAR, client.solar_meters) or (),
                charge=await self._ask(Endpoint.CHARGE, client.charge),
                grid_status=await self._ask(Endpoint.GRID_STATUS, client.grid_status),
            )
        self._polls += 1
        self._keep_entries()
        return self._view.look(
            totals, site, rest, stale=stale, failed=self._failed, last=last
        )

    def _keep_entries(self) -> None:
        """Store how several entries of one meter are told apart, when that changes."""
        entries = self._client.entries.as_dict()
        if entries is not self._stored_entries:
            self._stored_entries = entries
            entry = self.config_entry
            self.hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_METER_ENTRIES: entries}
            )


class SlowCoordinator(GatewayCoordinator[MeterSnapshot]):
    """Polls what an installer changes: meters, CTs, firmware."""

    _ALL = (Endpoint.STATUS, Endpoint.METERS, Endpoint.READINGS)

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: GatewayClient,
        counters: Counters,
    ) -> None:
        """Poll this client."""
        super().__init__(hass, entry, client, name="meters", interval=SLOW_INTERVAL)
        self._counters = counters
        # Entities may look before the first poll has brought anything.
        self.data = MeterSnapshot(
            meters={},
            listed={},
            readings={},
            unlisted={},
            status=None,
            failed=frozenset(),
        )
        self._listed: Mapping[str, Meter] = {}

    @override
    async def _poll(self) -> MeterSnapshot:
        """Ask for the meters."""
        client = self._client
        status = await self._ask(Endpoint.STATUS, client.status)
        # In an order of its own: entities of like names are numbered as they come.
        answer = sorted(
            await self._ask(Endpoint.METERS, client.meters) or (),
            key=attrgetter("key"),
        )
        meters = {meter.key: meter for meter in answer}
        readings = await self._ask(Endpoint.READINGS, client.readings) or {}
        self._raise_if_all_failed(self._ALL)
        # Whose readings they are is known also while the list is missing.
        self._listed = meters or self._listed
        matched, unlisted = match_readings(readings, self._listed.values())
        guarded = {key: self._guarded(key, reading) for key, reading in matched.items()}
        self._counters.finish_poll()
        return MeterSnapshot(
            meters=meters,
            listed=self._listed,
            readings=guarded,
            unlisted=unlisted,
            status=status,
            failed=frozenset(self._failed),
        )

    def _guarded(self, key: str, reading: MeterReading) -> MeterReading:
        cts = {
            ct: self._counters.ct_reading(f"{key}_ct{ct}", each)
            for ct, each in reading.cts.items()
        }
        return replace(reading, cts=cts)

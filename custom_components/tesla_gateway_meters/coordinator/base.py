"""The base of the coordinators: requests, errors and listeners of a poll."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
import logging
from typing import TYPE_CHECKING, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from ..const import DOMAIN, LOGGER
from ..gateway import (
    NOT_REQUESTED,
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
    NotHttpsError,
    RateLimitedError,
    SessionClosedError,
    TryLaterError,
    poll_timeout,
)
from ..issues import (
    create_connection_issue,
    create_reset_issue,
    delete_connection_issues,
)
from ..processing.snapshot import Snapshot
from ..shutdown import finish_before_stop
from ..storage.counter_store import CounterStore

if TYPE_CHECKING:
    from ..runtime_data import GatewayConfigEntry

# Errors that end a poll, since the other endpoints would fail as well.
_TRANSLATION_KEYS: dict[type[GatewayError], str] = {
    AnotherGatewayError: "another_gateway",
    BadCredentialsError: "bad_credentials",
    BusyError: "try_later",
    CertificateChangedError: "certificate_changed",
    ConnectError: "cannot_connect",
    LoginError: "no_login",
    NotHttpsError: "not_https",
    RateLimitedError: "try_later",
    TryLaterError: "try_later",
}
_POLL_ENDING: tuple[type[GatewayError], ...] = (*_TRANSLATION_KEYS, SessionClosedError)

# A gateway that hangs accepts each request and answers none, so more would only wait.
_MAX_TIMEOUTS_IN_A_ROW = 2
# A poll ends before the next one is due, and before Home Assistant gives up on it.
_MAX_SHARE_OF_INTERVAL = 0.9
_LONGEST_POLL = 30  # s


class GatewayCoordinator[SnapshotT: Snapshot](DataUpdateCoordinator[SnapshotT]):
    """A coordinator that requests several endpoints, each of which may fail alone.

    The endpoints that failed are part of the snapshot, from which entities get their
    availability. A poll fails as a whole if the gateway cannot be reached, asks for
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
        """Initialize the coordinator; the store has the counters of earlier polls."""
        self._client = client
        self._counter_store = counters
        self._failed: dict[Endpoint, GatewayError] = {}
        self._poll_listeners: list[Callable[[SnapshotT], None]] = []
        self._refresh_listeners: list[CALLBACK_TYPE] = []
        self._timeouts_in_a_row = 0
        self._poll_timeout = min(
            _MAX_SHARE_OF_INTERVAL * interval.total_seconds(), _LONGEST_POLL
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
            key = _TRANSLATION_KEYS[type(err)]
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
        for counter, reset in self._counter_store.finish_poll().items():
            create_reset_issue(self.hass, self.config_entry, counter, reset)
        for update in self._poll_listeners:
            update(snapshot)
        return snapshot

    def _last_snapshot(self, err: SessionClosedError) -> SnapshotT:
        """Return the last snapshot: a poll that unloading has ended did not fail."""
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
        """Call a listener with the snapshot of each poll, also if it equals the last one."""
        self._poll_listeners.append(update)
        return lambda: self._poll_listeners.remove(update)

    @callback
    def async_add_refresh_listener(self, update: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener after each refresh, whether it succeeded or failed.

        Home Assistant's own listeners miss a failure that follows another, even
        if its cause is different.
        """
        self._refresh_listeners.append(update)
        return lambda: self._refresh_listeners.remove(update)

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        for update in self._refresh_listeners:
            update()

    async def _request[T](
        self, endpoint: Endpoint, call: Callable[[], Awaitable[T]]
    ) -> T | None:
        """Return the answer of an endpoint, None after a failure that does not end the poll."""
        if self._timeouts_in_a_row == _MAX_TIMEOUTS_IN_A_ROW:
            self._store_failure(endpoint, AnswerTimeoutError(NOT_REQUESTED))
            return None
        try:
            answer = await call()
        except _POLL_ENDING:
            raise
        except GatewayError as err:
            is_timeout = isinstance(err, AnswerTimeoutError)
            self._timeouts_in_a_row = self._timeouts_in_a_row + 1 if is_timeout else 0
            self._store_failure(endpoint, err)
            return None
        self._timeouts_in_a_row = 0
        delete_connection_issues(self.hass, self.config_entry)
        for message in self._client.limits.take_messages():
            LOGGER.warning("%s: %s", self.name, message)
        if (error := self._failed.pop(endpoint, None)) is not None:
            _log(logging.INFO, error, "%s: %s is answering again", self.name, endpoint)
        return answer

    def _store_failure(self, endpoint: Endpoint, err: GatewayError) -> None:
        """Store an error; log it unless the last one of the endpoint had the same type."""
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

        An endpoint that this gateway does not have has not failed: if all are absent,
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

"""The sensor of the connection: why all other entities are unavailable."""

from datetime import datetime
from enum import StrEnum
import math
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .gateway import (
    AnotherGatewayError,
    BadCredentialsError,
    CertificateChangedError,
    ConnectError,
    GatewayError,
    LoginError,
    TryLaterError,
)
from .runtime_data import GatewayData


class Connection(StrEnum):
    """The outcome of the last poll of live values."""

    CONNECTED = "connected"
    WAITING = "waiting"
    LOGIN_REFUSED = "login_refused"
    LOGIN_FAILED = "login_failed"
    ANOTHER_GATEWAY = "another_gateway"
    CERTIFICATE_CHANGED = "certificate_changed"
    UNREACHABLE = "unreachable"
    NO_ANSWER = "no_answer"


_BY_ERROR: Final[dict[type[GatewayError], Connection]] = {
    TryLaterError: Connection.WAITING,
    BadCredentialsError: Connection.LOGIN_REFUSED,
    LoginError: Connection.LOGIN_FAILED,
    AnotherGatewayError: Connection.ANOTHER_GATEWAY,
    CertificateChangedError: Connection.CERTIFICATE_CHANGED,
    ConnectError: Connection.UNREACHABLE,
}

CONNECTION: Final = SensorEntityDescription(
    key="connection",
    translation_key="connection",
    device_class=SensorDeviceClass.ENUM,
    entity_category=EntityCategory.DIAGNOSTIC,
    options=list(Connection),
)


class ConnectionSensor(SensorEntity):
    """The state of the connection, always available.

    While the gateway asks for no requests, the attribute `until` has the end of the
    cool-down, otherwise None.
    """

    entity_description = CONNECTION
    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, data: GatewayData) -> None:
        """Initialize the sensor."""
        self._data = data
        self._attr_unique_id = f"{data.identity}_{CONNECTION.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, data.identity)})
        self._published = self._update()

    @override
    async def async_added_to_hass(self) -> None:
        """Update with each poll, also with one that fails like the last."""
        self.async_on_remove(
            self._data.live.async_add_refresh_listener(self._handle_refresh)
        )

    @callback
    def _handle_refresh(self) -> None:
        """Write the state if it has changed."""
        if self._published != (published := self._update()):
            self._published = published
            self.async_write_ha_state()

    def _update(self) -> tuple[Connection, datetime | None]:
        """Set the state and the attribute; return both."""
        live = self._data.live
        state, until = Connection.CONNECTED, None
        if not live.last_update_success:
            cause = (
                None if live.last_exception is None else live.last_exception.__cause__
            )
            state = next(
                (
                    found
                    for error, found in _BY_ERROR.items()
                    if isinstance(cause, error)
                ),
                Connection.NO_ANSWER,
            )
        if state is Connection.WAITING:
            ends = self._data.client.state.cool_down.until
            until = dt_util.utc_from_timestamp(math.ceil(ends))
        self._attr_native_value = state
        self._attr_extra_state_attributes = {"until": until}
        return state, until

"""The coordinator of slow values."""

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, override

from homeassistant.core import HomeAssistant

from ..const import SLOW_INTERVAL
from ..gateway import Endpoint, GatewayClient, MeterReading, match_readings
from ..processing.snapshot import MeterSnapshot
from ..storage.counter_store import CounterStore
from .base import GatewayCoordinator

if TYPE_CHECKING:
    from ..runtime_data import GatewayConfigEntry


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
        """Initialize the coordinator."""
        super().__init__(
            hass, entry, client, counters, name="meters", interval=SLOW_INTERVAL
        )
        # Entities may read the data before the first poll has succeeded.
        self.data = MeterSnapshot(
            listed={},
            listed_now={},
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
        listed_now = {meter.key: meter for meter in received}
        readings = await self._request(Endpoint.READINGS, client.readings) or {}
        self._raise_if_all_failed(self._ENDPOINTS)
        # Without a new list, readings are matched with the meters of the last one.
        listed = listed_now or self.data.listed
        matched, unlisted = match_readings(readings, listed.values())
        return MeterSnapshot(
            listed=listed,
            listed_now=listed_now,
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
            ct: self._counter_store.counters.guard_ct(f"{key}_ct{ct}", each)
            for ct, each in reading.cts.items()
        }
        return replace(reading, cts=cts)

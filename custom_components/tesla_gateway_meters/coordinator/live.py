"""The coordinator of live values."""

import asyncio
import re
import time
from typing import TYPE_CHECKING, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.update_coordinator import UpdateFailed

from ..const import CONF_METER_ENTRIES, FULL_POLL_INTERVAL
from ..gateway import AbsentError, Endpoint, GatewayClient
from ..options import live_interval, noise_floor, surplus_monitor
from ..processing.pipeline import FullPollData, Pipeline, PollData
from ..processing.snapshot import LiveSnapshot
from ..storage.counter_store import CounterStore
from .base import GatewayCoordinator

if TYPE_CHECKING:
    from ..runtime_data import GatewayConfigEntry

# Key of the power sensor of a meter that a location lists again: `LocationMeter.name`.
_METER_ENTRY = re.compile(r"(?P<name>.+_(site|solar))_(?P<part>(ct|n)?\d+)_power")


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
        """Initialize the coordinator; restore the client's locations and meters."""
        interval = live_interval(entry.options)
        super().__init__(hass, entry, client, counters, name="live", interval=interval)
        keys = self._restore_client()
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

    def _restore_client(self) -> list[str]:
        """Restore the client's locations and meters; return the entities' keys."""
        hass, entry, client = self.hass, self.config_entry, self._client
        prefix = f"{entry.unique_id or entry.entry_id}_"
        known = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        keys = [each.unique_id.removeprefix(prefix) for each in known]
        client.limits.restore_locations(
            identifier.removeprefix(prefix)
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
                if key.endswith("_power") and (found := _METER_ENTRY.fullmatch(key))
            ),
        )
        return keys

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
        """Request totals and site meters, and all others if a full poll is due."""
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
        # Parsing, the pipeline and the entities each block the loop for a while: let
        # other tasks run in between.
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
        soc = await self._request(Endpoint.STATE_OF_CHARGE, client.state_of_charge)
        return FullPollData(
            solar=solar,
            state_of_charge=soc,
            grid_status=await self._request(Endpoint.GRID_STATUS, client.grid_status),
        )

    def _store_meter_entries(self) -> None:
        """Store the identities of meters that are listed more than once, if they changed."""
        entries = self._client.meter_entries.as_dict()
        if entries is not self._stored_meter_entries:
            self._stored_meter_entries = entries
            entry = self.config_entry
            self.hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_METER_ENTRIES: entries}
            )

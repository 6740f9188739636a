"""The runtime data of a loaded config entry."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .coordinator import LiveCoordinator, SlowCoordinator
from .gateway import AbsentError, Endpoint, GatewayClient
from .meter_names import MeterNames
from .processing.counters import Counters
from .repair_monitor import RepairMonitor

type GatewayConfigEntry = ConfigEntry[GatewayData]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayData:
    """The client, coordinators and identities that entities and actions use.

    `identity` is the gateway's DIN, or its address or certificate if it gave no DIN
    at setup: the ids of all devices and entities begin with it. `device_id` is that of
    the gateway's device. `known_entities` has the unique ids of those added so
    far, and of those that need not be added.
    """

    client: GatewayClient
    repair_monitor: RepairMonitor
    meter_names: MeterNames
    counters: Counters
    identity: str
    device_id: str
    live: LiveCoordinator
    slow: SlowCoordinator
    known_entities: set[str | None]

    def is_known(self, key: str) -> bool:
        """Return whether the entity whose unique id ends in a key need not be added."""
        return f"{self.identity}_{key}" in self.known_entities

    def meter_devices(self) -> set[str] | None:
        """Return the ends of the identifiers of the listed meters' devices.

        None as long as the gateway has listed none. One without the endpoint lists
        them at their locations only.
        """
        located = [each for some in self.live.data.meters.values() for each in some]
        keys = set(self.slow.data.listed)
        if not keys:
            if not isinstance(self.slow.failed.get(Endpoint.METERS), AbsentError):
                return None
            keys = {each.key for each in located}
        parts = {each.name for each in located if each.part and each.key in keys}
        return keys | parts

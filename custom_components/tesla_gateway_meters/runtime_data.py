"""The runtime data of a loaded config entry."""

from dataclasses import dataclass, field

from homeassistant.config_entries import ConfigEntry

from .coordinator import LiveCoordinator, SlowCoordinator
from .gateway import AbsentError, Endpoint, GatewayClient
from .meter_names import MeterNames
from .repair_monitor import RepairMonitor
from .storage.counter_store import Counters

type GatewayConfigEntry = ConfigEntry[GatewayData]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayData:
    """The runtime data of a config entry.

    `identity` is the gateway's DIN, or its address or certificate where it gave no DIN
    when it was set up: the identifiers of all devices and entities begin with it.
    `device_id` is that of the gateway's device. `is_child_device` has the kind of
    each device so far, by its identifier: Home Assistant accepts no other while the
    entry is loaded. `known_sensors` has the unique ids of the sensors so far.
    """

    client: GatewayClient
    repair_monitor: RepairMonitor
    meter_names: MeterNames
    counters: Counters
    identity: str
    device_id: str
    live: LiveCoordinator
    slow: SlowCoordinator
    known_sensors: set[str | None] = field(default_factory=set)
    is_child_device: dict[tuple[str, str], bool] = field(default_factory=dict)

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

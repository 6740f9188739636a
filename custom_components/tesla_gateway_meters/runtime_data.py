"""The data of a loaded config entry: what its entities, actions and pages are made of."""

from dataclasses import dataclass, field

from homeassistant.config_entries import ConfigEntry

from .coordinator import LiveCoordinator, SlowCoordinator
from .gateway import GatewayClient
from .repair_monitor import Diagnostician
from .storage.counter_store import Counters

type GatewayConfigEntry = ConfigEntry[GatewayData]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayData:
    """What a loaded config entry holds.

    `identity` is the gateway's DIN, or its address or certificate where it told no DIN
    when it was set up: every device and entity of the entry is named after it.
    `device_id` is that of the gateway's device. `known_sensors` has the unique ids of
    the sensors so far.
    """

    client: GatewayClient
    diagnostician: Diagnostician
    counters: Counters
    identity: str
    device_id: str
    live: LiveCoordinator
    slow: SlowCoordinator
    known_sensors: set[str | None] = field(default_factory=set)

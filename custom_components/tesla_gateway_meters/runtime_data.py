"""The data of a loaded config entry."""

from dataclasses import dataclass, field

from homeassistant.config_entries import ConfigEntry

from .coordinator import LiveCoordinator, SlowCoordinator
from .gateway import GatewayClient
from .processing.counters import Counters
from .repair_monitor import Diagnostician

type GatewayConfigEntry = ConfigEntry[GatewayData]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayData:
    """The client, coordinators and identities that entities and actions use.

    `identity` is the gateway's DIN, or its address or certificate where it gave no DIN
    at setup: the ids of all devices and entities begin with it. `device_id` is that of
    the gateway's device. `known_sensors` has the unique ids of the sensors added so far.
    """

    client: GatewayClient
    diagnostician: Diagnostician
    counters: Counters
    identity: str
    device_id: str
    live: LiveCoordinator
    slow: SlowCoordinator
    known_sensors: set[str | None] = field(default_factory=set)

"""The integration's devices and entities, found by what they are, not by their names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from .gateway_setup import DOMAIN
from .home_assistant import Socket


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An enabled entity."""

    entity_id: str
    unique_id: str
    device_id: str
    name: str
    diagnostic: bool

    @property
    def domain(self) -> str:
        """The kind of entity: sensor, binary_sensor."""
        return self.entity_id.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device; the parts of a gateway only have a name."""

    id: str
    name: str
    model: str | None
    serial: str | None
    firmware: str | None


class Registry:
    """The integration's enabled entities and their devices."""

    def __init__(self, entities: list[Entity], devices: dict[str, Device]) -> None:
        """Store the entities and devices."""
        self.entities = entities
        self.devices = devices

    @classmethod
    async def read(cls, socket: Socket, entry_id: str) -> Self:
        """Read both registries."""
        entities = [
            Entity(
                entity_id=entry["entity_id"],
                unique_id=entry["unique_id"],
                device_id=entry["device_id"],
                name=entry["name"] or entry["original_name"] or "",
                diagnostic=entry["entity_category"] == "diagnostic",
            )
            for entry in await socket.command("config/entity_registry/list")
            if entry["platform"] == DOMAIN and not entry["disabled_by"]
        ]
        devices = {
            entry["id"]: Device(
                id=entry["id"],
                name=entry["name_by_user"] or entry["name"],
                model=entry.get("model"),
                serial=entry.get("serial_number"),
                firmware=entry.get("sw_version"),
            )
            for entry in await socket.command("config/device_registry/list")
            if _belongs(entry, entry_id)
        }
        return cls(entities, devices)

    def find(self, key: str) -> str | None:
        """Return the entity whose unique id ends with the key.

        A meter's own entities may end alike: theirs are the longer ones.
        """
        matches = [each for each in self.entities if each.unique_id.endswith(f"_{key}")]
        if not matches:
            return None
        return min(matches, key=lambda each: len(each.unique_id)).entity_id

    def find_all(self, *keys: str) -> list[str]:
        """Return those of the entities that exist, in this order."""
        return [entity_id for key in keys if (entity_id := self.find(key))]

    def by_device(self) -> Iterator[tuple[Device, list[Entity]]]:
        """Return each device that has entities, with them: the gateway, then by name."""
        gateway, *others = self.devices.values()
        for device in (gateway, *sorted(others, key=lambda each: each.name)):
            entities = [each for each in self.entities if each.device_id == device.id]
            if entities:
                yield device, entities


def _belongs(device: dict[str, Any], entry_id: str) -> bool:
    return entry_id in device.get("config_entries", ()) or entry_id == device.get(
        "config_entry_id"
    )

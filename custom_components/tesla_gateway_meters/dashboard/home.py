"""The enabled entities of a gateway and their devices, for its dashboard.

Entities are found by their unique ids, so that names and entity ids may be any.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_RESTORED, EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .cards import Line

_UNNAMED: Final = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An enabled entity; `key` is its unique id without the gateway's identity."""

    entity_id: str
    key: str
    name: str
    device_id: str
    is_diagnostic: bool
    is_problem: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device; a location has no model."""

    id: str
    name: str
    model: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Entities by key and devices by id, the gateway's first; texts are translated.

    `has_energy` says whether Home Assistant has its energy dashboard, `options` are those
    of the entry.
    """

    entities: Mapping[str, Entity]
    devices: Mapping[str, Device]
    texts: Mapping[str, str]
    options: Mapping[str, object]
    has_energy: bool

    @property
    def name(self) -> str:
        """The name of the gateway's device."""
        return next((each.name for each in self.devices.values()), _UNNAMED)

    def text(self, key: str, **values: str | float) -> str:
        """Return a text with its placeholders filled in."""
        text = self.texts[key]
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    def device_name(self, entity: Entity) -> str:
        """Return the name of an entity's device."""
        return self.devices[entity.device_id].name

    def line(self, key: str, color: str, icon: str | None = None) -> Iterator[Line]:
        """Yield the entity of this key under its own name, if there is one."""
        if entity := self.entities.get(key):
            yield Line(
                entity=entity.entity_id, name=entity.name, color=color, icon=icon
            )

    def lines(self, colors: Mapping[str, str]) -> list[Line]:
        """Return those of the entities that exist, by key with their colours."""
        return [line for key, color in colors.items() for line in self.line(key, color)]


@callback
def read_home(
    hass: HomeAssistant,
    entry: ConfigEntry,
    identity: str,
    gateway_id: str,
    texts: Mapping[str, str],
) -> Home:
    """Return the entities of a gateway that are enabled and not hidden.

    `identity` begins its unique ids, `gateway_id` is the id of its own device.
    """
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    found = [
        _entity(each, each.unique_id.removeprefix(f"{identity}_"), each.device_id)
        for each in registered
        if each.device_id is not None and _is_shown(hass, each)
    ]
    others = {each.device_id for each in found} - {gateway_id}
    devices = [_device(hass, each) for each in others]
    devices.sort(key=lambda each: (each.model is not None, each.name, each.id))
    return Home(
        entities={
            each.key: each for each in sorted(found, key=lambda each: each.entity_id)
        },
        devices={each.id: each for each in (_device(hass, gateway_id), *devices)},
        texts=texts,
        options=entry.options,
        has_energy="energy" in hass.config.components,
    )


def _is_shown(hass: HomeAssistant, entry: er.RegistryEntry) -> bool:
    """Return whether the integration provides it now, and the user wants to see it."""
    state = hass.states.get(entry.entity_id)
    return (
        entry.disabled_by is None
        and entry.hidden_by is None
        and state is not None
        and not state.attributes.get(ATTR_RESTORED)
    )


def _entity(entry: er.RegistryEntry, key: str, device_id: str) -> Entity:
    return Entity(
        entity_id=entry.entity_id,
        key=key,
        name=entry.name or entry.original_name or _UNNAMED,
        device_id=device_id,
        is_diagnostic=entry.entity_category is EntityCategory.DIAGNOSTIC,
        is_problem=entry.original_device_class == "problem",
    )


def _device(hass: HomeAssistant, device_id: str) -> Device:
    device = dr.async_get(hass).async_get(device_id)
    if device is None:
        return Device(id=device_id, name=_UNNAMED, model=None)
    return Device(
        id=device_id,
        name=device.name_by_user or device.name or _UNNAMED,
        model=device.model if isinstance(device, dr.DeviceEntry) else None,
    )

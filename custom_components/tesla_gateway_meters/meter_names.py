"""Names of meters: those of their devices, numbered if several have the same name."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_cached_translations

from .const import CONF_METER_NUMBERS, DOMAIN
from .gateway import LocationMeter, Meter
from .gateway.meter_types import readable_name, translation_key
from .markdown import as_plain_text

# Stands for a name or a CT that is not known.
UNKNOWN: Final = "—"


class MeterNames:
    """The numbers and names of an entry's meters, by their keys.

    A meter keeps its number as long as it has a device, whichever others are added or
    removed. The first of a name shows none. A key may contain a serial, a name never.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, identity: str) -> None:
        """Load the numbers. `identity` begins the identifiers of all devices."""
        self._hass = hass
        self._entry = entry
        self._identity = identity
        self._types: dict[str, str] = {}
        self._has_numbered = False
        self._numbers: dict[str, int] = _read_numbers(
            entry.data.get(CONF_METER_NUMBERS)
        )
        self._earlier = {key for key, _ in self._devices()}

    @callback
    def add(self, meters: Iterable[Meter | LocationMeter]) -> None:
        """Assign numbers to the meters that have none, in the order of their keys."""
        new = {each.key: each.type for each in meters if each.key not in self._types}
        if not new:
            return
        self._types |= new
        before = dict(self._numbers)
        self._numbers = {
            key: number
            for key, number in before.items()
            if key in self._types or self._device(key) is not None
        }
        for key in sorted(new):
            if key not in self._numbers:
                name = readable_name(new[key])
                taken = {
                    number
                    for each, number in self._numbers.items()
                    if readable_name(self._type_of(each)) == name
                }
                self._numbers[key] = min({*range(1, len(taken) + 2)} - taken)
        if self._numbers != before:
            self._hass.config_entries.async_update_entry(
                self._entry,
                data={**self._entry.data, CONF_METER_NUMBERS: dict(self._numbers)},
            )

    def parts(self, key: str) -> tuple[str, ...]:
        """Return the suffixes of the name of a meter's device: its number, or none.

        The first has none. A new device gets its number in `number_devices`.
        """
        is_new = not self._has_numbered and key not in self._earlier
        return () if is_new else self._number(key)

    @callback
    def number_devices(self) -> None:
        """Add the numbers to the names of new devices.

        Call this after the platforms are set up: entity ids are made of the names without
        numbers, as in the first version.
        """
        self._has_numbered = True
        registry = dr.async_get(self._hass)
        for identifier, device in self._devices():
            key = next(
                (
                    each
                    for each in (identifier, *self._numbers)
                    if each in self._numbers and f"{identifier}_".startswith(f"{each}_")
                ),
                None,
            )
            if key is None or not (number := self._number(key)):
                continue
            plain, numbered = self._default_name(key), self._default_name(key, number)
            name = device.name or plain
            if name.startswith(plain) and not name.startswith(numbered):
                registry.async_update_device(
                    device.id, name=f"{numbered}{name.removeprefix(plain)}"
                )

    def name(self, key: str) -> str:
        """Return a meter's name as markdown: its device's, or as that would be."""
        if (device := self._device(key)) is not None:
            return device.name_by_user or as_plain_text(device.name or UNKNOWN)
        return as_plain_text(self._default_name(key, self._number(key)))

    def _number(self, key: str) -> tuple[str, ...]:
        number = self._numbers.get(key, 1)
        return (str(number),) if number > 1 else ()

    def _default_name(self, key: str, parts: tuple[str, ...] = ()) -> str:
        """Return the name of a meter's device, in the language of Home Assistant."""
        kind = translation_key(key)
        if kind is None:
            if key not in self._types:
                return UNKNOWN
            return " ".join((readable_name(self._types[key]), *parts))
        texts = async_get_cached_translations(
            self._hass, self._hass.config.language, "device", DOMAIN
        )
        suffix = "_part" if parts else ""
        text = texts.get(f"component.{DOMAIN}.device.{kind}{suffix}.name", UNKNOWN)
        return text.replace("{part}", " ".join(parts))

    def location_name(self, location: str) -> str:
        """Return the name of a location's device as markdown."""
        device = dr.async_get(self._hass).async_get_child_device_by_identifier(
            (DOMAIN, f"{self._identity}_{location}"), self._entry.entry_id
        )
        if device is None:
            return as_plain_text(location.replace("_", " ").capitalize())
        return device.name_by_user or as_plain_text(device.name or UNKNOWN)

    def known(self) -> Mapping[str, str]:
        """Return the types of the entry's meters by key, including removed meters."""
        removed = {
            identifier: device.model
            for identifier, device in self._devices()
            if device.model
        }
        # A further entry of a meter has a device too, which begins with the meter's key.
        return {
            key: meter_type
            for key, meter_type in {**removed, **self._types}.items()
            if key in self._types
            or not any(key.startswith(f"{other}_") for other in removed)
        }

    def _type_of(self, key: str) -> str:
        if key in self._types:
            return self._types[key]
        device = self._device(key)
        return key if device is None or device.model is None else device.model

    def _devices(self) -> Iterator[tuple[str, dr.DeviceEntry]]:
        """Yield the entry's devices, with the ends of their identifiers."""
        prefix = f"{self._identity}_"
        for device in dr.async_entries_for_config_entry(
            dr.async_get(self._hass), self._entry.entry_id
        ):
            for domain, identifier in device.identifiers:
                if domain == DOMAIN and identifier.startswith(prefix):
                    yield identifier.removeprefix(prefix), device

    def _device(self, key: str) -> dr.DeviceEntry | None:
        return dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, f"{self._identity}_{key}"), self._entry.entry_id
        )


def _read_numbers(stored: object) -> dict[str, int]:
    """Return stored numbers, without invalid ones."""
    if not isinstance(stored, dict):
        return {}
    return {
        str(key): number
        for key, number in stored.items()
        if isinstance(number, int) and number > 0
    }

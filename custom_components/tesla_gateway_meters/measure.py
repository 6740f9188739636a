"""The description of a sensor that shows one value of a part of a snapshot."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription

type Value = float | str | datetime | None


@dataclass(frozen=True, kw_only=True)
class Measure[PartT](SensorEntityDescription):
    """A description of a sensor that shows one value of a part of a snapshot.

    Without a `value_fn` the value is the part's attribute of the name `key`. With
    `only_if_given` there is no sensor before the gateway gave the value. With
    `available_when_stale` the sensor stays available when its part is stale.
    """

    value_fn: Callable[[PartT], Value] | None = None
    digits: int | None = None
    only_if_given: bool = False
    available_when_stale: bool = False

    def value_of(self, part: PartT) -> Value:
        """Return the value of a part, rounded to `digits`."""
        value: Value = (
            getattr(part, self.key) if self.value_fn is None else self.value_fn(part)
        )
        if self.digits is not None and isinstance(value, float):
            # Without a number of digits `round` returns an integer.
            return round(value, self.digits or None)
        return value

    def off_if(self, is_known: bool) -> Measure[PartT]:
        """Return the description of an entity that is disabled if its value is known."""
        if is_known:
            return replace(self, entity_registry_enabled_default=False)
        return self


@dataclass(frozen=True, slots=True)
class Quantity:
    """A physical quantity: its unit, and the digits that are kept and displayed."""

    device_class: SensorDeviceClass | None
    unit: str | None
    digits: int
    displayed: int

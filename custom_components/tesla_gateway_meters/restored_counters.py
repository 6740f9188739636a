"""What Home Assistant itself remembers of a counter, where our own file is lost."""

from homeassistant.components.sensor.const import DOMAIN as SENSOR
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfEnergy
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, restore_state
from homeassistant.util.unit_conversion import EnergyConverter

from .const import DOMAIN
from .processing.counter_guard import Point


@callback
def restored_energy(hass: HomeAssistant, entry: ConfigEntry, key: str) -> Point | None:
    """Return what a counter's entity showed last (Wh) and when, None if nobody knows.

    The entity may have been removed with its entry, to be added again.
    """
    registry = er.async_get(hass)
    unique_id = f"{entry.unique_id or entry.entry_id}_{key}"
    entity_id = registry.async_get_entity_id(SENSOR, DOMAIN, unique_id)
    if entity_id is None:
        removed = registry.deleted_entities.get((SENSOR, DOMAIN, unique_id))
        entity_id = None if removed is None else removed.entity_id
    stored = restore_state.async_get(hass).last_states.get(entity_id or "")
    if stored is None:
        return None
    energy = _native(stored)
    if energy is None:
        energy = _shown(stored)
    return None if energy is None else Point(energy, stored.last_seen.timestamp())


def _native(stored: restore_state.StoredState) -> float | None:
    """Return what the sensor kept beside its state, which is there in an outage too."""
    data = {} if stored.extra_data is None else stored.extra_data.as_dict()
    value = data.get("native_value")
    return value if isinstance(value, int | float) else None


def _shown(stored: restore_state.StoredState) -> float | None:
    """Return what the state says, in the unit that its user chose."""
    unit = stored.state.attributes.get(
        ATTR_UNIT_OF_MEASUREMENT, UnitOfEnergy.KILO_WATT_HOUR
    )
    if unit not in EnergyConverter.VALID_UNITS:
        return None
    try:
        shown = float(stored.state.state)
    except ValueError:
        return None
    return EnergyConverter.convert(shown, unit, UnitOfEnergy.WATT_HOUR)

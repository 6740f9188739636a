"""The last states of counters in Home Assistant, in case our file is lost."""

from collections.abc import Mapping

from homeassistant.components.sensor.const import DOMAIN as SENSOR
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfEnergy
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, restore_state
from homeassistant.util.unit_conversion import EnergyConverter

from ..const import DOMAIN
from ..processing.counter_guard import Point


@callback
def restored_energy(hass: HomeAssistant, entry: ConfigEntry, key: str) -> Point | None:
    """Return the energy (Wh) that a counter's entity showed last and when, None if unknown.

    The entity may have been removed with its entry, to be added again.
    """
    registry = er.async_get(hass)
    unique_id = f"{entry.unique_id or entry.entry_id}_{key}"
    entity_id = registry.async_get_entity_id(SENSOR, DOMAIN, unique_id)
    known = (
        registry.deleted_entities.get((SENSOR, DOMAIN, unique_id))
        if entity_id is None
        else registry.async_get(entity_id)
    )
    stored = None if known is None else _stored_state(hass, known.entity_id, known.id)
    if stored is None:
        return None
    energy = _native_energy(stored)
    if energy is None:
        energy = _shown_energy(stored)
    return None if energy is None else Point(energy, stored.last_seen.timestamp())


def _stored_state(
    hass: HomeAssistant, entity_id: str, registry_id: str
) -> restore_state.StoredState | None:
    """Return the last state that Home Assistant keeps of an entity."""
    data = restore_state.async_get(hass)
    # Keyed by entity id until 2026.10, later by registry entry if there is one.
    for attribute, key in (
        ("last_states_by_entity_registry_id", registry_id),
        ("last_states_by_entity_id", entity_id),
        ("last_states", entity_id),
    ):
        states: Mapping[str, restore_state.StoredState] = getattr(data, attribute, {})
        if (stored := states.get(key)) is not None:
            return stored
    return None


def _native_energy(stored: restore_state.StoredState) -> float | None:
    """Return the native value (Wh), which is kept during an outage too."""
    data = {} if stored.extra_data is None else stored.extra_data.as_dict()
    value = data.get("native_value")
    return value if isinstance(value, int | float) else None


def _shown_energy(stored: restore_state.StoredState) -> float | None:
    """Return the state in Wh; it is in the unit that the user chose."""
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

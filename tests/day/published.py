"""States of a gateway's entities, as numbers."""

from homeassistant.const import UnitOfEnergy, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.tesla_gateway_meters.const import DOMAIN


class Published:
    """The numbers of one gateway's entities, by what their unique ids end in."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        """Read the states of this entry's sensors."""
        self._hass = hass
        self._identity = entry.runtime_data.identity

    def power(self, key: str) -> float:
        """Return a power in W."""
        return self._number(key, UnitOfPower.WATT)

    def net(self, part: str) -> float:
        """Return import minus export of a location or a meter, in Wh."""
        imported, exported = (
            self._number(f"{part}_energy_{way}", UnitOfEnergy.KILO_WATT_HOUR) * 1000
            for way in ("imported", "exported")
        )
        return imported - exported

    def _number(self, key: str, unit: str) -> float:
        entity_id = er.async_get(self._hass).async_get_entity_id(
            "sensor", DOMAIN, f"{self._identity}_{key}"
        )
        assert entity_id is not None, key
        state = self._hass.states.get(entity_id)
        assert state is not None, entity_id
        assert state.attributes["unit_of_measurement"] == unit
        return float(state.state)

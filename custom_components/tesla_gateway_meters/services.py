"""The integration's actions: there also while no gateway is set up, to say so."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, cast

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, Platform
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    config_validation as cv,
    entity_registry as er,
    service,
)
import voluptuous as vol

from .const import DOMAIN
from .energy_plan import KEYS, Gateway, Reason, Statistic, plan
from .runtime_data import GatewayConfigEntry

if TYPE_CHECKING:
    from homeassistant.components.energy.data import EnergyPreferencesUpdate

ADD_TO_ENERGY_DASHBOARD: Final = "add_to_energy_dashboard"
ATTR_DRY_RUN: Final = "dry_run"

_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        vol.Optional(ATTR_DRY_RUN, default=False): cv.boolean,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions.

    Core's admin actions take a call without a user, as an automation makes it: whoever
    may write automations is an admin too.
    """
    service.async_register_admin_service(
        hass,
        DOMAIN,
        ADD_TO_ENERGY_DASHBOARD,
        _add_to_energy_dashboard,
        _SCHEMA,
        SupportsResponse.OPTIONAL,
    )


async def _add_to_energy_dashboard(call: ServiceCall) -> ServiceResponse:
    """Add what the energy dashboard lacks of a gateway, and tell what that was."""
    hass = call.hass
    entry: GatewayConfigEntry = service.async_get_config_entry(
        hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
    )
    if "energy" not in hass.config.components:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="energy_not_set_up"
        )
    # Not everybody has it; here it is loaded already.
    from homeassistant.components.energy.data import (  # noqa: PLC0415
        ENERGY_SOURCE_SCHEMA,
        async_get_manager,
    )

    manager = await async_get_manager(hass)
    # From here on nothing is waited for until the manager has the new sources: a
    # change that a person saves meanwhile would be lost.
    preferences = manager.data or manager.default_preferences()
    present = preferences["energy_sources"]
    planned = plan(
        present, _gateway(hass, entry), has_home=_knows_home(ENERGY_SOURCE_SCHEMA)
    )
    if planned.additions and not call.data[ATTR_DRY_RUN]:
        # Through the schema that the dashboard's own page has to pass, for its defaults;
        # what is there stays out of it, since nothing of that may change.
        added = ENERGY_SOURCE_SCHEMA(planned.sources)
        update = cast("EnergyPreferencesUpdate", {"energy_sources": [*present, *added]})
        await manager.async_update(update)
    return {ATTR_DRY_RUN: call.data[ATTR_DRY_RUN], **planned.told()}


def _knows_home(schema: Callable[[list[dict[str, str]]], object]) -> bool:
    """Ask the energy component itself: the source came with one of its releases."""
    try:
        schema([{"type": "home", "stat_energy_to": "sensor.home"}])
    except vol.Invalid:
        return False
    return True


def _gateway(hass: HomeAssistant, entry: GatewayConfigEntry) -> Gateway:
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return Gateway(
        statistics=dict(_statistics(hass, entry)),
        entities={each.entity_id for each in registered},
    )


def _statistics(
    hass: HomeAssistant, entry: GatewayConfigEntry
) -> Iterator[tuple[str, Statistic]]:
    """Find the sensors by their unique ids: a person may have renamed the entities."""
    from homeassistant.components.recorder import is_entity_recorded  # noqa: PLC0415

    registry = er.async_get(hass)
    for key in KEYS:
        entity_id = registry.async_get_entity_id(
            Platform.SENSOR, DOMAIN, f"{entry.runtime_data.identity}_{key}"
        )
        if entity_id is None or (found := registry.async_get(entity_id)) is None:
            continue
        problem = None
        if found.disabled:
            problem = Reason.DISABLED
        elif not is_entity_recorded(hass, entity_id):
            problem = Reason.NOT_RECORDED
        yield key, Statistic(entity_id, problem)

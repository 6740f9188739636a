"""Actions of the integration, registered even while no gateway is set up."""

from collections.abc import Callable, Iterator, Mapping
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
from homeassistant.helpers.translation import async_get_translations
import voluptuous as vol

from .const import DOMAIN
from .dashboard import dashboard, read_home
from .energy_plan import KEYS, Gateway, Reason, Statistic, plan
from .runtime_data import GatewayConfigEntry

if TYPE_CHECKING:
    from homeassistant.components.energy.data import EnergyPreferencesUpdate

ADD_TO_ENERGY_DASHBOARD: Final = "add_to_energy_dashboard"
GET_DASHBOARD: Final = "get_dashboard"
ATTR_DRY_RUN: Final = "dry_run"

_GATEWAY_FIELDS: Final = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
_SCHEMA: Final = vol.Schema(
    {**_GATEWAY_FIELDS, vol.Optional(ATTR_DRY_RUN, default=False): cv.boolean}
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions, for administrators and for calls without a user.

    Automations call without a user, and only administrators can write automations.
    """
    service.async_register_admin_service(
        hass,
        DOMAIN,
        ADD_TO_ENERGY_DASHBOARD,
        _add_to_energy_dashboard,
        _SCHEMA,
        SupportsResponse.OPTIONAL,
    )
    service.async_register_admin_service(
        hass,
        DOMAIN,
        GET_DASHBOARD,
        _get_dashboard,
        vol.Schema(_GATEWAY_FIELDS),
        SupportsResponse.ONLY,
    )


async def _add_to_energy_dashboard(call: ServiceCall) -> ServiceResponse:
    """Add the sources of a gateway that the energy dashboard lacks, and return them."""
    hass = call.hass
    entry = _entry(call)
    if "energy" not in hass.config.components:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="energy_not_set_up"
        )
    # The energy component is optional, and loaded at this point.
    from homeassistant.components.energy.data import (  # noqa: PLC0415
        ENERGY_SOURCE_SCHEMA,
        async_get_manager,
    )

    texts = await _texts(hass, ADD_TO_ENERGY_DASHBOARD)
    manager = await async_get_manager(hass)
    # No await from here until the manager has the new sources: a change that the user
    # saves in between would be lost.
    preferences = manager.data or manager.default_preferences()
    present = preferences["energy_sources"]
    planned = plan(
        present,
        _gateway(hass, entry, texts),
        has_home=_knows_home(ENERGY_SOURCE_SCHEMA),
    )
    if planned.additions and not call.data[ATTR_DRY_RUN]:
        # The schema adds defaults, as it does for the dashboard's settings page. Present
        # sources do not pass it, so that they stay as they are.
        added = ENERGY_SOURCE_SCHEMA(planned.sources)
        update = cast("EnergyPreferencesUpdate", {"energy_sources": [*present, *added]})
        await manager.async_update(update)
    return {ATTR_DRY_RUN: call.data[ATTR_DRY_RUN], **planned.as_response(texts)}


def _entry(call: ServiceCall) -> GatewayConfigEntry:
    """Return the entry of the selected gateway, or of the only one.

    Raises ServiceValidationError if there is no such entry, or several to select from.
    """
    selected = call.data.get(ATTR_CONFIG_ENTRY_ID)
    entries = call.hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    if selected is None and len(entries) > 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="several_gateways",
            translation_placeholders={
                "gateways": ", ".join(sorted(entry.title for entry in entries))
            },
        )
    return service.async_get_config_entry(call.hass, DOMAIN, selected)


def _knows_home(schema: Callable[[list[dict[str, str]]], object]) -> bool:
    """Return whether the energy component supports the source type "home" (2026.11)."""
    try:
        schema([{"type": "home", "stat_energy_to": "sensor.home"}])
    except vol.Invalid:
        return False
    return True


async def _get_dashboard(call: ServiceCall) -> ServiceResponse:
    """Return a dashboard for a gateway, for the raw configuration editor.

    Developer tools show and copy a response as YAML.
    """
    hass = call.hass
    entry = _entry(call)
    data = entry.runtime_data
    texts = await _texts(hass, GET_DASHBOARD)
    return dashboard(read_home(hass, entry, data.identity, data.device_id, texts))


async def _texts(hass: HomeAssistant, action: str) -> dict[str, str]:
    """Return the texts in an action's response, in the language of Home Assistant."""
    texts = await async_get_translations(
        hass, hass.config.language, "selector", {DOMAIN}
    )
    prefix = f"component.{DOMAIN}.selector.{action}.options."
    return {
        key.removeprefix(prefix): text
        for key, text in texts.items()
        if key.startswith(prefix)
    }


def _gateway(
    hass: HomeAssistant, entry: GatewayConfigEntry, names: Mapping[str, str]
) -> Gateway:
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return Gateway(
        title=entry.title,
        names=names,
        statistics=dict(_statistics(hass, entry)),
        entities={each.entity_id for each in registered},
    )


def _statistics(
    hass: HomeAssistant, entry: GatewayConfigEntry
) -> Iterator[tuple[str, Statistic]]:
    """Yield the statistics by key; unique ids find entities that the user has renamed."""
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

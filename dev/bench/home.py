"""A real Home Assistant on a folder of its own, with a recorder, as far as it matters here.

It is started by its own bootstrap; what is left out (frontend, cloud, the default
integrations) has no part in a poll.
"""

from collections import Counter
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import aiohttp
from homeassistant import bootstrap, loader
from homeassistant.config_entries import ConfigEntries, ConfigEntry
from homeassistant.const import CONF_HOST, CONF_IP_ADDRESS, CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.helpers import aiohttp_client, entity_platform
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.setup import async_setup_component

from custom_components.tesla_gateway_meters.const import CONF_FINGERPRINT
from custom_components.tesla_gateway_meters.gateway import Endpoint

ROOT: Final = Path(__file__).parents[2]
CORE: Final = "powerwall"


async def _resolver(_: HomeAssistant) -> aiohttp.ThreadedResolver:
    """Replace the resolver that listens for mDNS; an address needs none."""
    return aiohttp.ThreadedResolver()


async def start(folder: Path, *, recorder: bool) -> HomeAssistant:
    """Start Home Assistant in a folder."""
    aiohttp_client._async_make_resolver = _resolver  # type: ignore[assignment]
    (folder / "custom_components").symlink_to(ROOT / "custom_components")
    hass = HomeAssistant(str(folder))
    loader.async_setup(hass)
    hass.config.skip_pip = True
    hass.config_entries = ConfigEntries(hass, {})
    await loader.async_get_custom_components(hass)
    await bootstrap.async_load_base_functionality(hass)
    await async_process_ha_core_config(hass, {})
    for component in ("homeassistant", "persistent_notification"):
        await async_setup_component(hass, component, {})
    if recorder:
        async_initialize_recorder(hass)
        url = f"sqlite:///{folder / 'home-assistant_v2.db'}"
        await async_setup_component(
            hass, "recorder", {"recorder": {"db_url": url, "commit_interval": 5}}
        )
    await hass.async_start()
    await hass.async_block_till_done()
    return hass


def new_entry(
    kind: str, gateway: dict[str, Any], options: dict[str, Any]
) -> ConfigEntry[Any]:
    """Return a config entry for a gateway, as its config flow would make it."""
    if kind == CORE:
        data = {CONF_IP_ADDRESS: gateway["host"], CONF_PASSWORD: gateway["password"]}
    else:
        data = {
            CONF_HOST: gateway["host"],
            CONF_PASSWORD: gateway["password"],
            CONF_FINGERPRINT: gateway["fingerprint"],
        }
    return ConfigEntry(
        data=data,
        discovery_keys=MappingProxyType({}),
        domain=kind,
        minor_version=1,
        options=options,
        source="user",
        subentries_data=(),
        title="Tesla Energy Gateway",
        unique_id=gateway["din"],
        version=1,
    )


def values_by_endpoint(hass: HomeAssistant, kind: str) -> Counter[str]:
    """Count the enabled entities that show an answer of an endpoint.

    Core's show a refresh as a whole, of which aggregates are a part.
    """
    counted: Counter[str] = Counter()
    for platform in entity_platform.async_get_platforms(hass, kind):
        for entity in platform.entities.values():
            if not isinstance(entity, CoordinatorEntity):
                continue
            source = getattr(entity, "_source", None)
            counted[Endpoint.AGGREGATES if source is None else source.endpoint] += 1
    return counted

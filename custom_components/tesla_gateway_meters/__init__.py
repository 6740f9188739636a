"""Reads the meters of a Tesla Energy Gateway on the local network."""

from contextlib import suppress

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    CONF_HOST,
    CONF_MAC,
    CONF_PASSWORD,
    EVENT_HOMEASSISTANT_STOP,
    Platform,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .const import CONF_FINGERPRINT, CONF_MEMORY, DOMAIN
from .coordinator import LiveCoordinator, SlowCoordinator
from .core_powerwall import watch_core_powerwall
from .entity import gateway_model
from .gateway import (
    Address,
    GatewayClient,
    GatewayError,
    Memory,
    Transport,
    fetch_fingerprint,
)
from .identity import expected_din
from .issues import delete_all_issues
from .meter_names import MeterNames
from .repair_monitor import RepairMonitor, async_forget_configuration
from .runtime_data import GatewayConfigEntry, GatewayData
from .services import async_setup_services
from .session import create_session
from .storage.counter_store import Counters, async_forget_counters
from .storage.wiring_store import WiringStore, async_forget_wiring

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = [Platform.BINARY_SENSOR, Platform.SENSOR]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Offer the actions."""
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: GatewayConfigEntry) -> bool:
    """Connect to a gateway and show what its meters say."""
    address = Address.parse(entry.data[CONF_HOST])
    if CONF_FINGERPRINT not in entry.data:
        await _trust(hass, entry, address)
    session = create_session()
    transport = Transport(session, address, entry.data[CONF_FINGERPRINT])

    async def close(_event: Event | None = None) -> None:
        transport.close()
        await session.close()

    entry.async_on_unload(close)
    # A poll that waits for the gateway does not keep Home Assistant from stopping.
    entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, close))

    @callback
    def keep(memory: Memory) -> None:
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_MEMORY: memory.as_dict()}
        )

    client = GatewayClient(
        transport,
        entry.data[CONF_PASSWORD],
        din=expected_din(entry),
        memory=Memory.from_dict(entry.data.get(CONF_MEMORY, {})),
        on_memory=keep,
    )
    counters = Counters(hass, entry)
    await counters.async_load()
    entry.async_on_unload(counters.async_save)
    live = LiveCoordinator(hass, entry, client, counters)
    slow = SlowCoordinator(hass, entry, client, counters)
    evidence = WiringStore(hass, entry, live.wiring)
    await evidence.async_load()
    entry.async_on_unload(evidence.async_save)
    entry.async_on_unload(live.async_add_listener(evidence.schedule_save))
    # It asks who answers, before anything is sent that only our gateway may see.
    # Powerwall 3 has none of its endpoints: that is not to keep the rest out. A
    # refresh of another kind would log its failure at each try to set up.
    with suppress(ConfigEntryNotReady):
        await slow.async_config_entry_first_refresh()
    await live.async_config_entry_first_refresh()

    watch_core_powerwall(hass, entry)

    identity = entry.unique_id or entry.entry_id
    mac = entry.data.get(CONF_MAC)
    registry = dr.async_get(hass)
    device = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, identity)},
        # By it Home Assistant tells us of each lease of this gateway.
        connections=set() if mac is None else {(dr.CONNECTION_NETWORK_MAC, mac)},
        manufacturer="Tesla",
        model=gateway_model(entry.unique_id),
        translation_key="gateway",
        configuration_url=str(address.url),
    )

    @callback
    def describe_device() -> None:
        if (status := slow.data.status) is not None:
            registry.async_update_device(
                device.id,
                model=gateway_model(status.din or entry.unique_id),
                model_id=status.part_number,
                serial_number=status.din,
                sw_version=status.version,
            )

    describe_device()
    # The firmware changes while we run.
    entry.async_on_unload(slow.async_add_listener(describe_device))

    names = MeterNames(hass, entry, identity)
    monitor = RepairMonitor(hass, entry, live, slow, names)
    entry.runtime_data = GatewayData(
        client=client,
        repair_monitor=monitor,
        meter_names=names,
        counters=counters,
        identity=identity,
        device_id=device.id,
        live=live,
        slow=slow,
    )
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    names.number_devices()
    # Repair issues have the names of the devices that the platforms have created.
    await monitor.async_start()
    return True


async def _trust(
    hass: HomeAssistant, entry: GatewayConfigEntry, address: Address
) -> None:
    """Trust the certificate that is seen first, for an entry that has none yet."""
    try:
        fingerprint = await fetch_fingerprint(address)
    except GatewayError as err:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN, translation_key="cannot_connect"
        ) from err
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_FINGERPRINT: fingerprint}
    )


async def async_remove_config_entry_device(
    hass: HomeAssistant,
    entry: GatewayConfigEntry,
    device: dr.DeviceEntry | dr.ChildDeviceEntry,
) -> bool:
    """Return whether a device may be deleted: a meter's that is no longer listed.

    Not while the entry is not loaded or the gateway has not listed its meters yet.
    """
    if entry.state is not ConfigEntryState.LOADED or isinstance(
        device, dr.ChildDeviceEntry
    ):
        return False
    data = entry.runtime_data
    present = data.meter_devices()
    return present is not None and not any(
        identifier == data.identity
        or identifier.removeprefix(f"{data.identity}_") in present
        for domain, identifier in device.identifiers
        if domain == DOMAIN
    )


async def async_unload_entry(hass: HomeAssistant, entry: GatewayConfigEntry) -> bool:
    """Take a gateway's entities down; the connection closes with the entry."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded and entry.disabled_by is not None:
        delete_all_issues(hass, entry)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: GatewayConfigEntry) -> None:
    """Forget a gateway that is no longer set up."""
    delete_all_issues(hass, entry)
    await async_forget_counters(hass, entry)
    await async_forget_configuration(hass, entry)
    await async_forget_wiring(hass, entry)

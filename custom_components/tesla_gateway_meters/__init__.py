"""The integration of a Tesla Energy Gateway's meters on the local network."""

import asyncio
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

from .const import CONF_CLIENT_STATE, CONF_FINGERPRINT, DOMAIN
from .coordinator import LiveCoordinator, SlowCoordinator
from .core_powerwall import watch_core_powerwall
from .devices import gateway_model
from .gateway import (
    Address,
    ClientState,
    GatewayClient,
    GatewayError,
    NotHttpsError,
    Transport,
    fetch_fingerprint,
)
from .identity import expected_din
from .issues import delete_all_issues
from .meter_names import MeterNames
from .registered import find_registered_disabled, note_registered
from .repair_monitor import RepairMonitor
from .runtime_data import GatewayConfigEntry, GatewayData
from .services import async_setup_services
from .session import SharedResolver, create_session
from .shutdown import finish_before_stop
from .storage.counter_store import CounterStore, counter_file
from .storage.ct_store import CtStore
from .storage.wiring_store import WiringStore, wiring_file

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = [Platform.BINARY_SENSOR, Platform.SENSOR]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions."""
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: GatewayConfigEntry) -> bool:
    """Set up a gateway: client, coordinators, device and entities."""
    address = Address.parse(entry.data[CONF_HOST])
    if CONF_FINGERPRINT not in entry.data:
        await _trust(hass, entry, address)
    client = _create_client(hass, entry, address)
    counters = await CounterStore.async_load(hass, entry)
    entry.async_on_unload(counters.async_save)
    live = LiveCoordinator(hass, entry, client, counters)
    slow = SlowCoordinator(hass, entry, client, counters)
    evidence = WiringStore(hass, entry, live.wiring)
    await evidence.async_load()
    entry.async_on_unload(evidence.async_save)
    entry.async_on_unload(live.async_add_listener(evidence.schedule_save))
    # The slow poll checks the gateway's identity before the password is sent. Powerwall 3
    # has none of its endpoints, which must not prevent the setup. Another kind of
    # refresh would log its failure at each retry.
    with suppress(ConfigEntryNotReady):
        await slow.async_config_entry_first_refresh()
    await live.async_config_entry_first_refresh()

    watch_core_powerwall(hass, entry)

    identity = entry.unique_id or entry.entry_id
    device = _register_device(hass, entry, address, slow)

    names = MeterNames(hass, entry, identity)
    monitor = RepairMonitor(hass, entry, live, slow, names)
    entry.runtime_data = GatewayData(
        client=client,
        repair_monitor=monitor,
        meter_names=names,
        counters=counters.counters,
        identity=identity,
        device_id=device.id,
        live=live,
        slow=slow,
        known_entities=find_registered_disabled(hass, entry),
    )
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    note_registered(hass, entry)
    names.number_devices()
    # Repair issues have the names of the devices that the platforms have created.
    await monitor.async_start()
    return True


def _create_client(
    hass: HomeAssistant, entry: GatewayConfigEntry, address: Address
) -> GatewayClient:
    """Return the client of an entry, whose connection is closed with the entry."""
    session = create_session(SharedResolver(hass))
    transport = Transport(session, address, entry.data[CONF_FINGERPRINT])

    async def close(_event: Event | None = None) -> None:
        transport.close()
        await session.close()

    entry.async_on_unload(close)
    # A poll that waits for the gateway must not keep Home Assistant from stopping.
    entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, close))

    @callback
    def store_state(state: ClientState) -> None:
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_CLIENT_STATE: state.as_dict()}
        )

    return GatewayClient(
        transport,
        entry.data[CONF_PASSWORD],
        din=expected_din(entry),
        state=ClientState.from_dict(entry.data.get(CONF_CLIENT_STATE, {})),
        on_state_change=store_state,
    )


def _register_device(
    hass: HomeAssistant,
    entry: GatewayConfigEntry,
    address: Address,
    slow: SlowCoordinator,
) -> dr.DeviceEntry:
    """Register the gateway's device, and keep its firmware version up to date."""
    mac = entry.data.get(CONF_MAC)
    registry = dr.async_get(hass)
    device = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.unique_id or entry.entry_id)},
        # Home Assistant matches DHCP leases of this gateway by it.
        connections=set() if mac is None else {(dr.CONNECTION_NETWORK_MAC, mac)},
        manufacturer="Tesla",
        model=gateway_model(entry.unique_id),
        translation_key="gateway",
        configuration_url=str(address.url),
    )

    @callback
    def update_device() -> None:
        if (status := slow.data.status) is not None:
            registry.async_update_device(
                device.id,
                model=gateway_model(status.din or entry.unique_id),
                model_id=status.part_number,
                serial_number=status.din,
                sw_version=status.version,
            )

    update_device()
    entry.async_on_unload(slow.async_add_listener(update_device))
    return device


async def _trust(
    hass: HomeAssistant, entry: GatewayConfigEntry, address: Address
) -> None:
    """Trust the first certificate seen, for an entry that has none yet.

    Raises ConfigEntryNotReady if the gateway does not answer.
    """
    try:
        async with asyncio.timeout(None) as limit:
            with finish_before_stop(hass, lambda: limit.reschedule(0)):
                fingerprint = await fetch_fingerprint(address, SharedResolver(hass))
    except (GatewayError, TimeoutError) as err:
        is_https = not isinstance(err, NotHttpsError)
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="cannot_connect" if is_https else "not_https",
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
    """Unload the entities; the connection is closed by the entry's callbacks."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded and entry.disabled_by is not None:
        delete_all_issues(hass, entry)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: GatewayConfigEntry) -> None:
    """Delete the issues and files of an entry that is removed."""
    delete_all_issues(hass, entry)
    for store in (counter_file, CtStore, wiring_file):
        await store(hass, entry).async_remove()

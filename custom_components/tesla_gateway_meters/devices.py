"""The devices: the gateway, its locations, and the meters that are linked to it.

All identifiers start with the gateway's.
"""

from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo

from .const import DOMAIN
from .gateway import KNOWN_LOCATIONS, Endpoint, LocationMeter, Meter
from .gateway.meter_types import readable_name, translation_key
from .runtime_data import GatewayData

# By the part number that the gateway's DIN begins with.
_MODELS = {
    "1118431": "Backup Gateway 1",
    "1152100": "Backup Gateway 2",
    "1232100": "Backup Gateway 2",
    "1707000": "Powerwall 3",
}
_ANY_MODEL = "Energy Gateway"

# The endpoints that list a location's meters.
METER_ENDPOINTS = {"site": Endpoint.SITE, "solar": Endpoint.SOLAR}


def gateway_device(data: GatewayData) -> DeviceInfo:
    """Return the gateway's device, which `async_setup_entry` has registered."""
    return DeviceInfo(identifiers={(DOMAIN, data.identity)})


def gateway_model(din: str | None) -> str:
    """Return the model of the gateway of a DIN."""
    return _MODELS.get((din or "").partition("-")[0], _ANY_MODEL)


def location_device(data: GatewayData, location: str) -> ChildDeviceInfo:
    """Return the device of a location, a part of the gateway."""
    return ChildDeviceInfo(
        identifiers={(DOMAIN, f"{data.identity}_{location}")},
        parent_device_id=data.device_id,
        translation_key=location if location in KNOWN_LOCATIONS else None,
        name=location.replace("_", " ").capitalize(),
    )


def meter_device(data: GatewayData, meter: Meter | LocationMeter) -> DeviceInfo:
    """Return the device of a physical meter, linked to the gateway.

    A further entry of a meter at a location is a device of its own, named by its CTs.
    """
    reading = data.slow.data.readings.get(meter.key)
    key, name = translation_key(meter.type), readable_name(meter.type)
    identity, parts = meter.key, data.meter_names.parts(meter.key)
    if isinstance(meter, LocationMeter) and meter.part:
        identity = meter.name
        cts = [f"CT{ct}" for ct, is_used in enumerate(meter.cts, 1) if is_used]
        parts = (*parts, ", ".join(cts) or meter.part)
    if parts:
        key, name = key and f"{key}_part", " ".join((name, *parts))
    return DeviceInfo(
        identifiers={(DOMAIN, f"{data.identity}_{identity}")},
        translation_key=key,
        translation_placeholders={"part": " ".join(parts)} if parts else None,
        name=name,
        model=meter.type,
        serial_number=meter.board_serial,
        sw_version=None if reading is None else reading.firmware,
        via_device_id=data.device_id,
    )

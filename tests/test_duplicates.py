"""Tests that duplicate values are disabled by default, for new entities only."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import SimulatedGateway

from .conftest import (
    AddGateway,
    LivePolls,
    NewEntry,
    StartGateway,
    payload_of,
    serve_instead,
)
from .test_profiles import NOON

# What was enabled by default before, of the document's gateway.
ENABLED_BEFORE = (
    "battery_charge_power",
    "battery_discharge_power",
    "battery_frequency",
    "site_current",
    "solar_current",
    "solar_current_l2",
    "solar_power_l2",
    "solar_voltage_l2",
    "synchrometerX_site_power",
    "synchrometerY_site_power",
    "synchrometerY_site_energy_imported",
)


def enabled(hass: HomeAssistant) -> dict[str, str]:
    """Return the sensors that are enabled: their entity ids by the end of their unique ids."""
    return {
        entry.unique_id.partition("_")[2]: entry.entity_id
        for entry in er.async_get(hass).entities.values()
        if entry.platform == DOMAIN and entry.domain == "sensor" and not entry.disabled
    }


def number(hass: HomeAssistant, entity_id: str) -> float | None:
    """Return the number that an entity shows, None if it shows none."""
    try:
        return float(hass.states.get(entity_id).state)
    except ValueError:
        return None


@pytest.mark.parametrize(
    "profile",
    ["split-phase", "three-phase", "neurio", "powerwall-plus", "solar-only"],
)
async def test_no_two_enabled_sensors_show_the_same(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    live_polls: LivePolls,
    profile: str,
) -> None:
    """Over some polls at noon; what idles at one value is left aside."""
    gateway = await start_gateway(profile, start=NOON, frozen=True, seed=1)
    await add_gateway(gateway)
    shown: dict[str, list[float | None]] = defaultdict(list)
    for _ in range(12):
        await live_polls(3, gateway)
        for key, entity_id in enabled(hass).items():
            shown[key].append(number(hass, entity_id))
    same: dict[tuple[float | None, ...], list[str]] = defaultdict(list)
    for key, series in shown.items():
        if len(set(series)) > 2:
            same[tuple(series)].append(key)
    assert len(same) > 8
    assert [keys for keys in same.values() if len(keys) > 1] == []


async def test_existing_entities_stay_enabled(
    hass: HomeAssistant, gateway: SimulatedGateway, new_entry: NewEntry
) -> None:
    """The default is that of new entities alone."""
    entry = new_entry(gateway)
    registry = er.async_get(hass)
    known = [
        registry.async_get_or_create(
            "sensor", DOMAIN, f"{entry.unique_id}_{key}", config_entry=entry
        )
        for key in ENABLED_BEFORE
    ]
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    for each in known:
        assert registry.async_get(each.entity_id).disabled_by is None
        assert number(hass, each.entity_id) is not None, each.entity_id


async def test_new_entities_are_enabled_where_nothing_else_shows_the_same(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """The document's gateway has one meter at work at each location."""
    await add_gateway(gateway)
    found = enabled(hass)
    assert found.keys().isdisjoint(ENABLED_BEFORE)
    assert {
        "site_power",
        "site_import_power",
        "site_export_power",
        "site_solar_surplus",
        "site_power_l1",
        "site_current_l1",
        "site_voltage_l1",
        "solar_power",
        "battery_power",
        "load_power",
    } <= found.keys()


def with_readings(meter: Mapping[str, Any], **readings: float) -> dict[str, Any]:
    """Return the entry of a meter with other readings."""
    return {**meter, "Cached_readings": {**meter["Cached_readings"], **readings}}


async def test_meters_that_share_a_location_show_their_part(
    hass: HomeAssistant, gateway: SimulatedGateway, add_gateway: AddGateway
) -> None:
    """Both measure something, so that neither is what the site shows."""
    idle, busy = payload_of(gateway, "meters/site")
    busy_too = with_readings(idle, instant_power=300, energy_imported=5000)
    serve_instead(gateway, "meters/site", [busy_too, busy])
    await add_gateway(gateway)
    assert {
        f"synchrometer{meter}_site_{key}"
        for meter in "XY"
        for key in ("power", "energy_exported", "energy_imported")
    } <= enabled(hass).keys()

"""What the dashboards are made of, for gateways that show more and less."""

from typing import Any

import pytest

from demo.dashboard import dashboard
from demo.energy import sources
from demo.registry import Device, Entity, Registry


def _registry(*keys: str) -> Registry:
    entities = [
        Entity(
            entity_id=f"sensor.{key}",
            unique_id=f"DIN_{key}",
            device_id="gateway",
            name=key,
            diagnostic=False,
        )
        for key in keys
    ]
    gateway = Device(
        id="gateway", name="Gateway", model=None, serial="DIN", firmware=None
    )
    return Registry(entities, {"gateway": gateway})


def _titles(registry: Registry) -> list[str]:
    return [view["title"] for view in dashboard(registry)["views"]]


BATTERY = ("battery_energy_imported", "battery_energy_exported")


@pytest.mark.parametrize(
    ("keys", "types"),
    [
        ((), []),
        (("site_energy_imported",), ["grid"]),
        (("site_energy_exported", "site_power"), ["grid"]),
        (("solar_energy_exported", "load_energy_imported"), ["solar", "home"]),
        (("battery_energy_imported",), []),
        (BATTERY, ["battery"]),
        (("site_power", "battery_charge"), []),
    ],
)
def test_energy_sources(keys: tuple[str, ...], types: list[str]) -> None:
    """A source is there where the counters are that it needs."""
    assert [source["type"] for source in sources(_registry(*keys))] == types


def test_energy_sources_say_nothing_of_what_is_not_there() -> None:
    """What is missing is left out, which the preferences' schema wants."""
    battery: dict[str, Any] = sources(_registry(*BATTERY, "battery_power"))[0]
    assert battery["stat_rate"] == "sensor.battery_power"
    assert "stat_soc" not in battery


def test_pages_without_content_are_left_out() -> None:
    """A gateway that shows totals alone gets no page for phases and meters."""
    assert _titles(_registry("site_power")) == ["Power"]
    assert _titles(_registry("site_power", "site_power_l1")) == ["Power", "Phases"]


def test_the_location_is_found_beside_its_meters() -> None:
    """A meter's own entity may end like the location's."""
    registry = _registry(
        "synchrometerX_site_power", "site_power", "synchrometerY_site_power"
    )
    assert registry.find("site_power") == "sensor.site_power"
    assert registry.find("load_power") is None

"""What the dashboards are made of, for gateways that show more and less."""

from demo.dashboard import dashboard
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


def _entities_of(registry: Registry, title: str) -> set[str]:
    """Return all entities that a page shows, in whatever card."""
    (view,) = (each for each in dashboard(registry)["views"] if each["title"] == title)
    known = {entity.entity_id for entity in registry.entities}
    return {each for each in known if f"'{each}'" in str(view)}


def test_an_only_phase_shows_the_power_of_its_location() -> None:
    """Its own is the same, and disabled by default."""
    registry = _registry("site_power", "site_voltage_l1", "site_current_l1")
    assert "sensor.site_power" in _entities_of(registry, "Phases")


def test_without_a_battery_the_surplus_page_shows_export() -> None:
    """Surplus is the same there, and disabled by default."""
    registry = _registry(
        "site_power", "site_export_power", "site_import_power", "site_sustained_export"
    )
    assert "sensor.site_export_power" in _entities_of(registry, "Surplus")

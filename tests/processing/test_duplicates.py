"""Which values of a home equal another one, at their margins."""

from collections.abc import Mapping

import pytest

from custom_components.tesla_gateway_meters.gateway import (
    LocationMeter,
    Phase,
    PhaseReading,
    Totals,
)
from custom_components.tesla_gateway_meters.processing.duplicates import (
    of_location,
    of_meter,
    of_phase,
    of_surplus,
)
from custom_components.tesla_gateway_meters.processing.snapshot import LiveSnapshot
from custom_components.tesla_gateway_meters.processing.surplus import Export

from .parts import meter, phase, sustained, totals

L1, L2 = Phase.L1, Phase.L2


def live(
    locations: Mapping[str, Totals] | None = None,
    *,
    phases: Mapping[str, Mapping[Phase, PhaseReading]] | None = None,
    meters: tuple[LocationMeter, ...] = (),
    state_of_charge: float | None = None,
) -> LiveSnapshot:
    """Return a snapshot of which these parts alone are known; the meters are of the site."""
    return LiveSnapshot(
        totals=locations or {},
        measured_power={},
        meters={"site": meters} if meters else {},
        phases=phases or {},
        state_of_charge=state_of_charge,
        grid_status=None,
        stale=frozenset(),
        check_results={},
        export=Export(surplus=0, means={}, sustained=sustained(), shown=()),
        failed=frozenset(),
    )


@pytest.mark.parametrize(
    ("location", "volts", "phase_volts", "is_known"),
    [
        ("battery", 230, 230, True),
        ("battery", 230, 219, True),
        ("battery", 230, 218, False),
        ("battery", 230, 399, False),
        ("battery", None, None, False),
        ("battery", None, 230, False),
        ("battery", 230, None, False),
        ("load", 230, 230, False),
    ],
)
def test_voltage_of_a_battery_on_a_phase_of_the_site_is_known(
    location: str, volts: float | None, phase_volts: float | None, is_known: bool
) -> None:
    """Within 5 %; between two phases it is a voltage of its own."""
    snapshot = live(
        {location: totals(average_voltage=volts)},
        phases={"site": {L1: phase(5, 120), L2: phase(5, phase_volts)}},
    )
    expected = frozenset({"voltage"}) if is_known else frozenset()
    assert of_location(snapshot, location) == expected


def test_voltage_of_a_battery_without_phases_of_the_site_is_its_own() -> None:
    """The phases of solar do not count."""
    snapshot = live(
        {"battery": totals(average_voltage=230)}, phases={"solar": {L1: phase(5, 230)}}
    )
    assert of_location(snapshot, "battery") == frozenset()


@pytest.mark.parametrize(
    ("measured", "is_there"),
    [
        ({}, False),
        ({"power": 9.9}, False),
        ({"power": 10}, True),
        ({"power": -10}, True),
        ({"energy_exported": 99, "energy_imported": 99}, False),
        ({"energy_exported": 100}, True),
        ({"energy_imported": 100}, True),
    ],
)
@pytest.mark.parametrize("location", ["battery", "generator", "solar"])
def test_surplus_is_export_where_no_battery_and_no_generator_ever_measured(
    location: str, measured: dict[str, float], is_there: bool
) -> None:
    """A CT that nothing flows through reads noise."""
    found = of_surplus(live({location: totals(**measured)}))
    has_another = is_there and location != "solar"
    assert found == (frozenset() if has_another else {"solar_surplus"})


def test_surplus_is_a_value_of_its_own_where_there_is_a_charge() -> None:
    """There is a battery then, even at 0 %."""
    assert of_surplus(live(state_of_charge=0.0)) == frozenset()


@pytest.mark.parametrize(
    ("site", "solar", "of_site", "of_solar"),
    [
        ([L1], [L1], {"power"}, {"power", "current", "voltage"}),
        ([L1, L2], [L1], set(), {"power", "current", "voltage"}),
        ([L1], [L1, L2], {"power"}, {"voltage"}),
        ([L2], [L1], {"power"}, {"power", "current"}),
        ([L1, L2], [L1, L2], set(), {"voltage"}),
    ],
)
def test_only_phase_is_the_location_and_has_the_voltage_of_the_site(
    site: list[Phase], solar: list[Phase], of_site: set[str], of_solar: set[str]
) -> None:
    """The site's current stays: it has a fuse."""
    snapshot = live(
        phases={
            "site": dict.fromkeys(site, phase(5)),
            "solar": dict.fromkeys(solar, phase(5)),
        }
    )
    assert of_phase(snapshot, "site", site[0]) == of_site
    assert of_phase(snapshot, "solar", L1) == of_solar


def test_voltage_of_a_phase_is_its_own_without_phases_of_the_site() -> None:
    """Nothing else shows it."""
    snapshot = live(phases={"solar": {L1: phase(5), L2: phase(5)}})
    assert of_phase(snapshot, "solar", L1) == frozenset()


SHARE = {"power", "energy_exported", "energy_imported"}


def test_meter_shows_its_location_unless_another_measures_something_too() -> None:
    """The sum of one busy meter and idle ones is that of the busy one."""
    busy = meter("a", "site", {}, totals(power=700))
    idle = meter("b", "site", {}, totals(power=1))
    other = meter("c", "site", {}, totals(energy_exported=5000))
    assert of_meter(live(meters=(busy,)), busy) == SHARE
    assert of_meter(live(meters=(busy, idle)), busy) == SHARE
    assert of_meter(live(meters=(busy, idle)), idle) == SHARE
    three = live(meters=(busy, idle, other))
    assert of_meter(three, busy) == of_meter(three, other) == frozenset()
    assert of_meter(three, idle) == SHARE
    assert of_meter(live(), busy) == SHARE

"""Tests of the measured power that each counter counts."""

from dataclasses import fields

import pytest

from custom_components.tesla_gateway_meters.gateway import (
    CtReading,
    PhaseReading,
    Totals,
)
from custom_components.tesla_gateway_meters.processing.counter_evidence import Flow
from custom_components.tesla_gateway_meters.processing.counter_flows import (
    NOT_MEASURED,
    ct_flows,
    location_flows,
)

NONE = Flow(0, 0)


def totals(power: float | None) -> Totals:
    """Return totals of which the power alone is known."""
    return Totals(**{each.name: None for each in fields(Totals)} | {"power": power})


def phase(power: float | None) -> PhaseReading:
    """Return a phase of which the power alone is known."""
    return PhaseReading(voltage=None, current=None, power=power, reactive_power=None)


@pytest.mark.parametrize(
    ("location", "power", "exported", "imported"),
    [
        ("site", 700, 0, 700),
        ("site", -700, 700, 0),
        ("load", 700, 0, 700),
        ("solar", 700, 700, 0),
        ("solar", -4, 0, 4),
        ("battery", 700, 700, 0),
        ("battery", -700, 0, 700),
        ("generator", 700, 700, 0),
    ],
)
def test_sign_of_each_location(
    location: str, power: float, exported: float, imported: float
) -> None:
    """A location that supplies energy exports it."""
    flows = location_flows(location, totals(power), [], {})
    assert flows == (Flow(exported, exported), Flow(imported, imported))


def test_unknown_location_counts_either_way() -> None:
    """The sign is unknown, so the minimum is 0."""
    for power in (-5, 5):
        flows = location_flows("busway", totals(power), [], {})
        assert flows == (Flow(0, 5), Flow(0, 5))


def test_power_that_is_missing_is_not_measured() -> None:
    """None is no 0."""
    assert location_flows("site", totals(None), [phase(5)], {}) == NOT_MEASURED


def test_phases_bound_a_counter_of_each_phase() -> None:
    """Import and export both rise while the sum is 0."""
    phases = [phase(900), phase(-800), phase(None)]
    flows = location_flows("site", totals(0), phases, {"load": totals(5000)})
    assert flows == (Flow(0, 800), Flow(0, 900))
    flows = location_flows("solar", totals(2000), [phase(900), phase(-100)], {})
    assert flows == (Flow(2000, 2000), Flow(0, 100))


def test_other_locations_bound_the_site_without_phases() -> None:
    """No more comes in than is used and stored, nor goes out than is made and given."""
    locations = {
        "load": totals(1000),
        "battery": totals(-300),
        "solar": totals(400),
        "generator": totals(50),
    }
    assert location_flows("site", totals(0), [], locations) == (
        Flow(0, 450),
        Flow(0, 1300),
    )
    locations |= {"battery": totals(300), "load": totals(None), "solar": totals(-4)}
    assert location_flows("site", totals(0), [phase(None)], locations) == (
        Flow(0, 350),
        NONE,
    )
    locations = {"load": totals(-5), "battery": totals(0), "generator": totals(-9)}
    assert location_flows("site", totals(-7), [], locations) == (Flow(7, 7), NONE)
    assert location_flows("site", totals(7), [], {}) == (NONE, Flow(7, 7))


def test_ct_may_be_inverted() -> None:
    """The power of a CT counts as import, and may count as export."""

    def flows(power: float | None) -> object:
        reading = CtReading(
            voltage=None,
            power=power,
            reactive_power=None,
            current=None,
            energy_exported=None,
            energy_imported=None,
        )
        return ct_flows(reading)

    assert flows(5) == (Flow(0, 5), Flow(5, 5))
    assert flows(-5) == (Flow(5, 5), Flow(0, 5))
    assert flows(None) == NOT_MEASURED

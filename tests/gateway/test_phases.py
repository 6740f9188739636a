"""Phases of a meter, and of a location's meters together."""

from typing import Any

import pytest

from custom_components.tesla_gateway_meters.gateway.models import Phase, PhaseReading
from custom_components.tesla_gateway_meters.gateway.parse import parse_site_meters
from custom_components.tesla_gateway_meters.gateway.phases import (
    current_imbalance,
    current_spread,
    sum_phases,
)

NOW = "2026-06-21T12:00:00.123456789-06:00"
LONG_AGO = "2026-06-21T11:00:00.123456789-06:00"


def meter(
    cts: tuple[bool, ...] = (True, True, False, False),
    meter_type: str = "synchrometerX",
    **cached: Any,
) -> dict[str, Any]:
    """Make an entry of `/api/meters/site`."""
    readings: dict[str, Any] = {
        "last_communication_time": NOW,
        "last_phase_power_communication_time": NOW,
        "i_a_current": 0,
        "i_b_current": 0,
        "i_c_current": 0,
    }
    return {
        "location": "site",
        "type": meter_type,
        "cts": list(cts),
        "Cached_readings": readings | cached,
    }


def phases(*meters: dict[str, Any]) -> dict[Phase, PhaseReading]:
    """Return the phases of a location with these meters."""
    return sum_phases(parse_site_meters(list(meters)))


def test_absent_power_is_zero_when_fresh() -> None:
    """The gateway leaves out a power of 0."""
    (reading,) = phases(meter(cts=(True, False, False, False), v_l1n=121)).values()
    assert (reading.power, reading.reactive_power) == (0, 0)
    assert reading.voltage == 121


@pytest.mark.parametrize("stamp", [LONG_AGO, "0001-01-01T00:00:00Z", None])
def test_absent_power_is_unknown_when_stale(stamp: str | None) -> None:
    """Without a fresh stamp, what is left out is not known."""
    (reading,) = phases(
        meter(
            cts=(True, False, False, False),
            v_l1n=121,
            last_phase_power_communication_time=stamp,
        )
    ).values()
    assert reading.power is None
    assert reading.power_factor is None


def test_broken_power_is_unknown() -> None:
    """A power of the wrong type is not left out: it is not 0."""
    reading = phases(meter(v_l1n=121, real_power_a="many"))[Phase.L1]
    assert reading.power is None
    assert reading.reactive_power == 0


def test_unassigned_phase_is_none() -> None:
    """Without a CT and without a key there is no phase."""
    assert list(phases(meter(cts=(False, True, False, False)))) == [Phase.L2]
    assert phases(meter(cts=(False,) * 4)) == {}


def test_phase_exists_where_a_key_is_given() -> None:
    """A key that is given makes a phase, whatever the CTs are assigned to."""
    assert Phase.L3 in phases(meter(real_power_c=5))


def test_voltage_reference_names_the_phase() -> None:
    """A third CT that is measured against phase 1 is on phase 1."""
    entry = meter(cts=(False, False, True, False))
    entry["ct_voltage_references"] = {"ct1": "Phase1", "ct2": "Phase2", "ct3": "Phase1"}
    assert list(phases(entry)) == [Phase.L1]


def test_dead_leg_is_no_phase() -> None:
    """A Neurio's unused leg shows some 0.2 V: no CT is assigned to it."""
    found = phases(
        meter(
            cts=(True, False, False, False),
            meter_type="neurio_tcp",
            v_l1n=247.5,
            v_l2n=0.2,
            real_power_a=300,
            real_power_b=0,
        )
    )
    assert list(found) == [Phase.L1]


def test_phases_behind_a_dead_leg_are_read() -> None:
    """A leg that is none ends nothing: a phase that is alive may come after it."""
    found = phases(meter(cts=(False, True, False, False), v_l1n=0.2, v_l2n=121))
    assert list(found) == [Phase.L2]


def test_leg_without_a_ct_is_no_phase_in_an_outage() -> None:
    """All CTs are known: none of them can be on a leg that is only given."""
    found = phases(meter(cts=(True, False, False, False), v_l1n=0.3, v_l2n=0.4))
    assert list(found) == [Phase.L1]


@pytest.mark.parametrize("meter_type", ["synchrometerX", "neurio_tcp", "trm_mb", "x"])
@pytest.mark.parametrize("dead", ["v_l1n", "v_l2n", "v_l3n", None])
def test_dead_phase_with_a_ct_stays(meter_type: str, dead: str | None) -> None:
    """A lost phase, or all of them in an outage, shows what is measured."""
    volts = dict.fromkeys(("v_l1n", "v_l2n", "v_l3n"), 0.3 if dead is None else 230.0)
    if dead is not None:
        volts[dead] = 0.3
    found = phases(meter((True, True, True, False), meter_type, **volts))
    assert {f"v_{phase}n": found[phase].voltage for phase in found} == volts
    assert {reading.power for reading in found.values()} == {0}
    current = None if meter_type == "neurio_tcp" else 0
    assert {reading.current for reading in found.values()} == {current}


def test_neurio_on_a_single_phase_has_no_second_leg() -> None:
    """A Neurio's CTs are always set up for two legs; on a split phase, the leg is dead."""
    both = (True, True, False, False)
    assert list(phases(meter(both, "neurio_tcp", v_l1n=243.7, v_l2n=0.2))) == [Phase.L1]
    split = phases(meter(both, "neurio_tcp", v_l1n=121, v_l2n=0.2))
    assert split[Phase.L2].voltage == 0.2


def test_given_phases_stay_in_an_outage_when_a_ct_is_unknown() -> None:
    """As long as nothing is alive, the CT may be on any phase that is given."""
    lone = meter((False, False, True, False), "trm_mb", v_l1n=0.2, v_l2n=0.4)
    assert list(phases(lone)) == [Phase.L1, Phase.L2]
    assert list(phases(meter((), v_l1n=0.2, v_l2n=0.4))) == [Phase.L1, Phase.L2]


SPLIT = {"v_l1n": 121, "v_l2n": 122}
THREE = {"v_l1n": 231, "v_l2n": 232, "v_l3n": 233}


@pytest.mark.parametrize(
    ("meter_type", "cts", "volts", "expected"),
    [
        # Three phases: the CT's number.
        ("neurio_tcp", "123", THREE, {1: "l1", 2: "l2", 3: "l3"}),
        ("neurio_w2_mb", "3", THREE, {3: "l3"}),
        ("synchrometerX", "123", THREE, {1: "l1", 2: "l2", 3: "l3"}),
        ("acuvim", "123", THREE, {1: "l1", 2: "l2", 3: "l3"}),
        ("neurio_tcp", "123", {**THREE, "v_l3n": 0.3}, {1: "l1", 2: "l2", 3: "l3"}),
        # Split-phase: a Neurio's ports, and no third phase of any other.
        ("neurio_tcp", "12", SPLIT, {1: "l1", 2: "l2"}),
        ("neurio_tcp", "34", SPLIT, {3: "l2", 4: "l1"}),
        ("trm_mb", "12", SPLIT, {1: "l1", 2: "l2"}),
        ("trm_tcp", "123", SPLIT, {1: "l1", 2: "l2"}),
        ("acuvim", "3", SPLIT, {}),
        ("msa", "123", SPLIT, {1: "l1", 2: "l2"}),
        ("synchrometerY", "123", SPLIT, {1: "l1", 2: "l2"}),
        # One CT and one voltage belong together.
        ("trm_mb", "3", {"v_l2n": 122}, {3: "l2"}),
        ("brand_new", "4", {"v_l1n": 122}, {4: "l1"}),
        ("synchrometerY", "3", {"v_l1n": 122}, {3: "l1"}),
        ("neurio_tcp", "2", {"v_l1n": 122}, {2: "l1"}),
        ("synchrometerX", "3", {"v_l3n": 231}, {3: "l3"}),
        # Nothing is measured yet.
        ("synchrometerX", "123", {}, {1: "l1", 2: "l2", 3: "l3"}),
    ],
)
def test_phase_of_a_ct_follows_the_measured_voltages(
    meter_type: str, cts: str, volts: dict[str, float], expected: dict[int, str]
) -> None:
    """The phase of a CT follows from the voltages that its meter measures."""
    flags = tuple(str(ct) in cts for ct in range(1, 5))
    entry = meter(flags, meter_type, **volts)
    (read,) = parse_site_meters([entry])
    assert read.ct_phases == expected
    # No phase is invented either.
    if volts:
        assert {f"v_{phase}n" for phase in read.phases} <= volts.keys()


def test_neurio_measures_no_current() -> None:
    """A Neurio's 0 A is not measured, and four ports serve two legs."""
    found = phases(
        meter(cts=(False, False, True, True), meter_type="neurio_tcp", v_l1n=121)
    )
    assert list(found) == [Phase.L1, Phase.L2]
    assert found[Phase.L1].current is None


def test_meters_are_summed_and_voltages_averaged() -> None:
    """Powers and currents of all meters are summed, voltages averaged."""
    found = phases(
        meter(v_l1n=120, real_power_a=100, reactive_power_a=-10, i_a_current=1),
        meter(
            meter_type="synchrometerY",
            v_l1n=122,
            real_power_a=50,
            reactive_power_a=30,
            i_a_current=0.5,
        ),
    )
    assert found[Phase.L1] == PhaseReading(
        voltage=121, current=1.5, power=150, reactive_power=20
    )


def test_sum_with_an_unknown_part_is_unknown() -> None:
    """A sum without one of its meters would be a lie; a voltage is not."""
    found = phases(
        meter(v_l1n=120, real_power_a=100),
        meter(
            meter_type="synchrometerY",
            last_phase_power_communication_time=LONG_AGO,
        ),
    )
    assert found[Phase.L1].power is None
    assert found[Phase.L1].voltage == 120
    assert found[Phase.L2].voltage is None


def test_power_factor_is_of_p_and_q() -> None:
    """The power factor comes from P and Q alone, and is never negative."""
    found = phases(meter(real_power_a=-3, reactive_power_a=4))
    assert found[Phase.L1].power_factor == pytest.approx(0.6)
    assert found[Phase.L2].power_factor is None


def currents(*values: float | None) -> dict[Phase, PhaseReading]:
    """Make phases with these currents."""
    return {
        phase: PhaseReading(voltage=230, current=value, power=1, reactive_power=0)
        for phase, value in zip(Phase, values, strict=False)
    }


@pytest.mark.parametrize(
    ("values", "spread", "imbalance"),
    [
        ((10, 30), 20, 50),
        ((30, 10), 20, 50),
        ((12, 9, 6), 6, pytest.approx(100 / 3)),
        # The largest deviation from the mean of 10 is one below it.
        ((14, 13, 3), 11, pytest.approx(70)),
        ((5, 5, 5), 0, 0),
        ((0, 0, 0), 0, None),
        # One phase has no balance, and a sum without a part would be a lie.
        ((7,), None, None),
        ((7, None, 7), None, None),
        ((None, 7), None, None),
        ((), None, None),
    ],
)
def test_imbalance_is_the_largest_deviation_from_the_mean_current(
    values: tuple[float | None, ...], spread: float | None, imbalance: float | None
) -> None:
    """The spread is in A, the imbalance in % of the mean current."""
    assert current_spread(currents(*values)) == spread
    assert current_imbalance(currents(*values)) == imbalance


@pytest.mark.parametrize("missing", ["real_power_a", "reactive_power_a"])
def test_power_factor_needs_both_powers(missing: str) -> None:
    """With one of them nothing is known of their angle."""
    powers: dict[str, object] = {"real_power_a": 3, "reactive_power_a": 4}
    found = phases(meter(**powers | {missing: "none"}))
    assert found[Phase.L1].power_factor is None

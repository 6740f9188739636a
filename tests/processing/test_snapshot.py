"""Tests of the values that entities read from a snapshot, and of its structure."""

from dataclasses import replace

from custom_components.tesla_gateway_meters.checks.model import (
    Check,
    CheckResult,
    CheckTarget,
)
from custom_components.tesla_gateway_meters.gateway import (
    CtRole,
    Endpoint,
    Meter,
    Phase,
)
from custom_components.tesla_gateway_meters.processing.snapshot import (
    LiveSnapshot,
    MeterSnapshot,
)
from custom_components.tesla_gateway_meters.processing.surplus import Export

from .parts import meter, phase, sustained, totals

SITE, LOAD = totals(power=700), totals(power=900)
PHASE = phase(700, 230)
EXPORT = Export(surplus=0, means={}, sustained=sustained(), shown=())
FIRST = meter("a", "site", {Phase.L1: PHASE}, SITE)
SECOND = meter("b", "site", {Phase.L2: PHASE}, SITE)
LIVE = LiveSnapshot(
    totals={"site": SITE, "load": LOAD},
    measured_power={"site": 700, "load": 900},
    meters={"site": (FIRST, SECOND)},
    phases={"site": {Phase.L1: PHASE, Phase.L2: PHASE}},
    state_of_charge=None,
    grid_status=None,
    stale=frozenset(),
    check_results={},
    export=EXPORT,
    failed=frozenset(),
)


def test_totals_of_a_location_unless_it_is_stale_or_missing() -> None:
    """Repeated values of a silent location are not current."""
    assert LIVE.fresh_totals("load") is LOAD
    assert LIVE.fresh_totals("solar") is None
    silent = replace(LIVE, stale=frozenset({"load"}))
    assert silent.fresh_totals("load") is None
    assert silent.fresh_totals("site") is SITE


def test_meters_of_a_location_unless_it_or_one_of_them_is_stale() -> None:
    """A sum without one of them would be wrong."""
    assert LIVE.fresh_meters("site") == (FIRST, SECOND)
    assert LIVE.fresh_meters("solar") is None
    for stale in ("site", FIRST.name, SECOND.name):
        assert replace(LIVE, stale=frozenset({stale})).fresh_meters("site") is None
    other = replace(LIVE, stale=frozenset({"load"}))
    assert other.fresh_meters("site") == (FIRST, SECOND)


def test_meter_by_its_name_unless_it_is_stale_or_at_another_location() -> None:
    """Another meter that fell silent does not matter."""
    assert LIVE.fresh_meter("site", FIRST.name) is FIRST
    assert LIVE.fresh_meter("site", SECOND.name) is SECOND
    assert LIVE.fresh_meter("solar", FIRST.name) is None
    assert LIVE.fresh_meter("site", "c_site") is None
    silent = replace(LIVE, stale=frozenset({FIRST.name}))
    assert silent.fresh_meter("site", FIRST.name) is None
    assert silent.fresh_meter("site", SECOND.name) is SECOND
    assert silent.meter("site", FIRST.name) is FIRST


def test_surplus_only_of_a_home_with_a_site() -> None:
    """Without one there is nothing to take it from."""
    assert LIVE.site_export() is EXPORT
    assert replace(LIVE, totals={"load": LOAD}).site_export() is None


def test_structure_stays_while_only_values_change() -> None:
    """Entities are searched for only when it changes."""
    later = replace(
        LIVE,
        totals={"site": replace(SITE, power=1), "load": replace(LOAD, power=2)},
        measured_power={"site": 1, "load": 2},
        state_of_charge=5.0,
        stale=frozenset({"load"}),
        resumed=frozenset({"site_energy_imported"}),
    )
    assert later.structure == LIVE.structure


def test_structure_changes_with_each_part_that_has_entities() -> None:
    """A location, a meter, its phase, a sum of phases, a check, and an answer."""
    one_meter = (meter("a", "site", {}, SITE), SECOND)
    target = CheckTarget(Check.NEGATIVE_LOAD, "load")
    changed = [
        replace(LIVE, totals=LIVE.totals | {"solar": SITE}),
        replace(LIVE, totals={"site": SITE, "load": totals()}),
        replace(LIVE, meters={"site": (FIRST,)}),
        replace(LIVE, meters={"solar": (FIRST, SECOND)}),
        replace(LIVE, meters={"site": one_meter}),
        replace(LIVE, phases={"site": {Phase.L1: PHASE}}),
        replace(LIVE, check_results={target: CheckResult()}),
        replace(LIVE, failed=frozenset({Endpoint.STATE_OF_CHARGE})),
    ]
    structures = [each.structure for each in (LIVE, *changed)]
    assert all(structures.count(each) == 1 for each in structures)


def test_empty_location_is_no_part_until_it_has_a_value() -> None:
    """Gateways list a generator that is not there."""
    with_empty = replace(LIVE, totals=LIVE.totals | {"generator": totals()})
    assert with_empty.structure == LIVE.structure


def test_cts_of_a_meter_by_their_role() -> None:
    """A meter may have several roles, or be gone."""
    roles = tuple(
        CtRole(role=role, valid=(True,), inverted=(False,), scale_factor=None)
        for role in ("site", "solar")
    )
    known = Meter(key="a", type="a", serial=None, din=None, connected=True, roles=roles)
    snapshot = MeterSnapshot(
        failed=frozenset(),
        listed_now={"a": known},
        listed={},
        readings={},
        unlisted={},
        status=None,
    )
    assert snapshot.role("a", "site") is roles[0]
    assert snapshot.role("a", "solar") is roles[1]
    assert snapshot.role("a", "load") is None
    assert snapshot.role("b", "site") is None

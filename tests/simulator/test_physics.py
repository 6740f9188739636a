"""The live profiles: what must hold at every moment of a simulated day."""

from datetime import datetime
from itertools import pairwise
from math import hypot, isclose, sqrt
import random
from typing import Any

import pytest

from simulator import PROFILES
from simulator.clock import Clock
from simulator.go_format import NEVER, dumps
from simulator.physics.day import DAY, STEP
from simulator.physics.installation import total
from simulator.physics.world import World
from simulator.profiles import create
from simulator.profiles.catalogue import EQUIPMENT
from simulator.profiles.live import Live

from .conftest import MORNING

LIVE = tuple(EQUIPMENT)
METERED = tuple(name for name in LIVE if name != "restricted")
LOCATIONS = ("site", "battery", "load", "solar")
HALF_HOUR = 1800


def begin(name: str, seed: int = 1, start: datetime = MORNING) -> tuple[Live, Clock]:
    """Make a live profile whose clock moves by hand."""
    clock = Clock(start=start, frozen=True)
    profile = create(name, clock, seed)
    assert isinstance(profile, Live)
    return profile, clock


def ask(profile: Live, endpoint: str) -> Any:
    """Return a payload."""
    return profile.endpoints[endpoint]()


def seed_of_the_day() -> int:
    """Return a random seed, which is printed to repeat a failure."""
    seed = random.randrange(2**32)
    print(f"seed={seed}")
    return seed


@pytest.mark.parametrize("name", LIVE)
def test_aggregates(name: str) -> None:
    """Power balances, in each location apparent power is hypot(P, Q), at any time of day."""
    profile, clock = begin(name, seed_of_the_day())
    for _ in range(48):
        aggregates = ask(profile, "meters/aggregates")
        power = {place: one["instant_power"] for place, one in aggregates.items()}
        assert power["site"] + power.get("battery", 0) + power["solar"] == power["load"]
        for one in aggregates.values():
            assert one["instant_apparent_power"] == hypot(
                one["instant_power"], one["instant_reactive_power"]
            )
            assert one["i_a_current"] == one["i_b_current"] == one["i_c_current"] == 0
            assert one["last_phase_power_communication_time"] == NEVER
            age = clock.now() - datetime.fromisoformat(one["last_communication_time"])
            assert 0 < age.total_seconds() < 2
        assert "num_meters_aggregated" not in aggregates["load"]
        assert ("battery" in aggregates) == (name != "solar-only")
        clock.advance(HALF_HOUR)


@pytest.mark.parametrize("name", METERED)
def test_meters_add_up(name: str) -> None:
    """Phases sum to their meter, meters to their location, in power, current and energy."""
    profile, clock = begin(name, seed_of_the_day())
    for _ in range(48):
        aggregates = ask(profile, "meters/aggregates")
        for place in ("site", "solar"):
            entries = ask(profile, f"meters/{place}")
            if entries is None:
                assert aggregates[place]["instant_total_current"] == 0
                continue
            readings = [entry["Cached_readings"] for entry in entries]
            for one in readings:
                phases = [one.get(f"real_power_{x}", 0) for x in "abc"]
                assert sum(phases) == one["instant_power"]
                phases = [one.get(f"reactive_power_{x}", 0) for x in "abc"]
                assert sum(phases) == one["instant_reactive_power"]
                amperes = [one[f"i_{x}_current"] for x in "abc"]
                assert min(amperes) >= 0
                assert sum(amperes) == one["instant_total_current"]
            for key in (
                "instant_power",
                "instant_reactive_power",
                "instant_total_current",
            ):
                assert isclose(
                    sum(one[key] for one in readings), aggregates[place][key]
                )
            # The solar counters are swapped between the two endpoints.
            swapped = place == "solar"
            exported = "energy_imported" if swapped else "energy_exported"
            imported = "energy_exported" if swapped else "energy_imported"
            assert isclose(
                sum(one[exported] for one in readings),
                aggregates[place]["energy_exported"],
            )
            assert isclose(
                sum(one[imported] for one in readings),
                aggregates[place]["energy_imported"],
            )
            assert aggregates[place]["num_meters_aggregated"] == len(readings)
        clock.advance(HALF_HOUR)


@pytest.mark.parametrize("name", LIVE)
def test_counters_integrate(name: str) -> None:
    """Every counter is the sum of power over time, to the watt-second at the grid."""
    profile, clock = begin(name, seed_of_the_day(), MORNING.replace(hour=5))
    first = {place: profile.truth(place) for place in LOCATIONS}
    moved = {place: [0.0, 0.0] for place in LOCATIONS}
    for _ in range(12 * 3600 // STEP):
        for place in LOCATIONS:
            watts = profile.truth(place).power
            outward = place in {"battery", "solar"}
            exported = (watts > 0) == outward
            moved[place][0 if exported else 1] += abs(watts) * STEP / 3600
        clock.advance(STEP)
    for place in LOCATIONS:
        now = profile.truth(place)
        exported = now.energy_exported - first[place].energy_exported
        imported = now.energy_imported - first[place].energy_imported
        # The battery counts in 10 Wh, an inverter in 1 Wh, and the load from both.
        coarse = {"site": 1e-6, "battery": 10, "load": 24, "solar": 1}[place]
        assert exported == pytest.approx(moved[place][0], abs=coarse)
        assert imported == pytest.approx(moved[place][1], abs=coarse)
        assert now.energy_exported >= first[place].energy_exported
    assert moved["solar"][0] > 5000
    assert moved["load"][1] > 3000


@pytest.mark.parametrize("name", LIVE)
def test_load_is_computed(name: str) -> None:
    """The load's energy is the sum of the others' to the last bit; solar counts what it makes."""
    profile, clock = begin(name)
    clock.advance(86400)
    one = ask(profile, "meters/aggregates")
    none = {"energy_exported": 0, "energy_imported": 0}
    site, battery, solar = one["site"], one.get("battery", none), one["solar"]
    assert one["load"]["energy_imported"] == (
        site["energy_imported"]
        - site["energy_exported"]
        + battery["energy_exported"]
        - battery["energy_imported"]
        + solar["energy_exported"]
        - solar["energy_imported"]
    )
    assert one["load"]["energy_exported"] == 0
    assert one["load"]["instant_total_current"] == (
        one["load"]["instant_power"] / site["instant_average_voltage"]
    )
    if battery is not none:
        assert 220 < battery["instant_average_voltage"] < 260
        assert battery["energy_exported"] % 10 == battery["energy_imported"] % 10 == 0
        amperes = battery["instant_total_current"]
        assert amperes * battery["instant_power"] <= 0


def test_split_phase() -> None:
    """Scale factor 2 is in the power and not in the current, a CT without conductor shows 0."""
    profile, _ = begin("split-phase", start=MORNING.replace(hour=13))
    (solar,) = ask(profile, "meters/solar")
    one = solar["Cached_readings"]
    assert solar["cts"] == [False, True, False, False]
    assert solar["real_power_scale_factor"] == 2
    assert one["real_power_b"] == profile.truth("solar").power > 1000
    assert not {"real_power_a", "v_l1n", "v_l3n"} & one.keys()
    volt_amperes = one["v_l2n"] * one["i_b_current"]
    assert one["instant_apparent_power"] == pytest.approx(2 * volt_amperes, rel=1e-3)

    empty, whole = ask(profile, "meters/site")
    assert (empty["type"], whole["type"]) == ("synchrometerY", "synchrometerX")
    assert empty["cts"] == [True, False, False, False]
    assert empty["Cached_readings"]["instant_power"] == 0
    assert "v_l1n" in empty["Cached_readings"]
    assert not {"real_power_a", "reactive_power_a"} & empty["Cached_readings"].keys()
    assert {"real_power_a", "real_power_b"} <= whole["Cached_readings"].keys()
    assert "real_power_scale_factor" not in whole
    # As in the document, both entries name the same meter.
    assert whole["connection"] == empty["connection"]


def test_three_phase() -> None:
    """Three CTs, three voltages around 235 V, and sqrt(3) is right for once."""
    profile, _ = begin("three-phase", start=MORNING.replace(hour=13))
    (site,) = ask(profile, "meters/site")
    one = site["Cached_readings"]
    volts = [one[f"v_l{n}n"] for n in (1, 2, 3)]
    assert all(228 < v < 243 for v in volts)
    assert one["instant_average_voltage"] == sum(volts) / 3 * sqrt(3)
    assert all(one[f"i_{x}_current"] > 0 for x in "abc")
    (solar,) = ask(profile, "meters/solar")
    assert solar["cts"] == [True, True, True, False]
    assert solar["ct_voltage_references"]["ct3"] == "Phase3"


def test_neurio() -> None:
    """A dead second leg, a real frequency, live readings, energies per phase that are stale."""
    profile, clock = begin("neurio")
    clock.advance(3 * 3600)
    (site,) = ask(profile, "meters/site")
    one = site["Cached_readings"]
    assert one["v_l2n"] == 0.2
    assert "real_power_b" not in one
    assert one["instant_average_voltage"] == (one["v_l1n"] + 0.2) / 2
    assert 49.9 < one["frequency"] < 50.1
    assert one["i_a_current"] == one["instant_total_current"] == 0
    assert site["connection"]["neurio_connected"]
    stale = datetime.fromisoformat(one["last_phase_energy_communication_time"])
    assert (clock.now() - stale).total_seconds() == 8 * 3600
    assert one["energy_imported_a"] < one["energy_imported"]
    aggregate = ask(profile, "meters/aggregates")["site"]
    assert aggregate["frequency"] == one["frequency"]

    meters = ask(profile, "meters")
    assert {"connected", "ip_address", "mac"} <= meters[0].keys()
    readings = ask(profile, "meters/readings")
    assert readings.keys() == {meter["serial"] for meter in meters}
    for reading in readings.values():
        assert reading["error"] == ""
        assert reading["data"].keys() == {
            "firmwareVersion",
            "IP",
            "sensorId",
            "f_Hz",
            "cts",
        }
        assert [ct["ct"] for ct in reading["data"]["cts"]] == [1, 2, 3, 4]
    ct = readings[site["connection"]["device_serial"]]["data"]["cts"][0]
    assert ct["p_W"] == one["real_power_a"]
    assert ct["v_V"] == one["v_l1n"]
    assert ct["eImp_Ws"] / 3600 == pytest.approx(one["energy_imported"], abs=1)
    assert isinstance(ct["eExp_Ws"], int)


def test_powerwall_plus() -> None:
    """No meter measures the solar system; its inverter does, in whole Wh."""
    profile, clock = begin("powerwall-plus", start=MORNING.replace(hour=13))
    clock.advance(1234)
    assert ask(profile, "meters/solar") is None
    solar = ask(profile, "meters/aggregates")["solar"]
    assert solar["instant_power"] > 1000
    assert 59.9 < solar["frequency"] < 60.1
    assert solar["timeout"] == 1_000_000_000
    assert solar["energy_exported"] == int(solar["energy_exported"])
    unused = [meter for meter in ask(profile, "meters") if "cts" not in meter]
    assert [meter["type"] for meter in unused] == ["synchrometerY"]


def test_restricted() -> None:
    """A Powerwall 3 answers three questions."""
    profile, _ = begin("restricted")
    assert set(profile.endpoints) == {
        "meters/aggregates",
        "system_status/soe",
        "system_status/grid_status",
    }


def test_solar_only() -> None:
    """Without a battery there is no charge to ask for."""
    profile, _ = begin("solar-only")
    assert "system_status/soe" not in profile.endpoints
    assert ask(profile, "status")["teg_type"] == "pvinverter"
    assert ask(profile, "powerwalls")["powerwalls"] == []


@pytest.mark.parametrize("name", ["split-phase", "three-phase"])
def test_readings_are_blocked(name: str) -> None:
    """A running synchrometer gives no reading, and says so in either order of words."""
    profile, clock = begin(name)
    seen = set()
    for _ in range(40):
        readings = ask(profile, "meters/readings")
        for reading in readings.values():
            seen.add(reading["error"])
            assert all(set(ct.values()) == {0} for ct in reading["data"]["cts"])
            assert len(reading["data"]["cts"]) == 4
        assert readings.keys() == {m["serial"] for m in ask(profile, "meters")}
        clock.advance(1)
    assert seen == {
        "run sitemanager flag enabled, sitemanager process is running",
        "sitemanager process is running, run sitemanager flag enabled",
    }


def test_lists_change_order() -> None:
    """Meters and their roles come in any order, with the same content."""
    profile, clock = begin("split-phase")
    orders = set()
    for _ in range(40):
        meters = ask(profile, "meters")
        orders.add(tuple((m["type"], *(ct["type"] for ct in m["cts"])) for m in meters))
        assert all(m["short_id"] == profile.din for m in meters)
        clock.advance(1)
    assert len(orders) == 4


@pytest.mark.parametrize("name", LIVE)
def test_deterministic(name: str) -> None:
    """Same seed, same start, same time: same bytes, however often it was asked before."""
    seed = seed_of_the_day()
    rare, slow = begin(name, seed)
    often, quick = begin(name, seed)
    slow.advance(7200)
    for _ in range(720):
        quick.advance(10)
        often.truth("site")
    endpoints = rare.endpoints
    for endpoint in endpoints:
        assert dumps(ask(rare, endpoint)) == dumps(ask(often, endpoint))
    other, third = begin(name, seed + 1)
    third.advance(7200)
    assert ask(other, "meters/aggregates") != ask(rare, "meters/aggregates")


@pytest.mark.parametrize("name", LIVE)
def test_a_load_that_is_plugged_in(name: str) -> None:
    """From the next step on the house takes it, to the watt; before and after it does not."""
    seed, watts = seed_of_the_day(), 2003
    profile, clock = begin(name, seed)
    without, other = begin(name, seed)
    for plugged in (0, watts, 0):
        for one in (clock, other):
            one.advance(HALF_HOUR)
        taken = profile.truth("load").energy_imported
        not_taken = without.truth("load").energy_imported
        profile.plug_in(plugged)
        for one in (clock, other):
            one.advance(STEP)
        flows = {place: profile.truth(place).power for place in LOCATIONS}
        assert flows["load"] == without.truth("load").power + plugged
        assert flows["site"] + flows["battery"] + flows["solar"] == flows["load"]
    # The load is computed from the battery's counter, which counts in 10 Wh.
    assert taken - not_taken == pytest.approx(watts * HALF_HOUR / 3600, abs=25)


def test_nowhere_to_plug_in() -> None:
    """Payloads that never change have no house behind them."""
    with pytest.raises(ValueError, match="document has no house"):
        create("document", Clock(), 1).plug_in(1000)


@pytest.mark.parametrize("name", LIVE)
def test_a_plausible_day(name: str) -> None:
    """Sun by day only, a battery that works within its limits, voltages as they should be."""
    equipment = EQUIPMENT[name].installation
    clock = Clock(start=MORNING.replace(hour=0, minute=0), frozen=True)
    world = World(equipment, seed_of_the_day(), clock.zone, clock.started)
    charges = []
    for step in range(0, DAY, 12):
        now = world.at(clock.started + step * STEP * 10**9)
        sun = total(now.flows["solar"]).p
        hour = step * STEP / 3600
        assert sun <= equipment.solar_watts
        if not 5.9 < hour < 20.1:
            assert -10 < sun < 0
        elif 10 < hour < 16:
            assert sun > 500
        assert total(now.flows["load"]).p > 100
        assert abs(total(now.flows["battery"]).p) <= equipment.battery_watts
        assert all(
            equipment.volts * 0.94 < v < equipment.volts * 1.06 for v in now.volts
        )
        charges.append(now.charge)
    if equipment.battery_watts:
        assert min(charges) > 23
        assert max(charges) < 100.1
        assert max(charges) - min(charges) > 20
    else:
        assert set(charges) == {0}


def test_counters_never_fall() -> None:
    """Measured counters only rise; the computed load may step back by the battery's 10 Wh."""
    profile, clock = begin("split-phase", seed_of_the_day())
    series: dict[str, list[tuple[float, float]]] = {place: [] for place in LOCATIONS}
    for _ in range(2 * 86400 // 300):
        for place in LOCATIONS:
            one = profile.truth(place)
            series[place].append((one.energy_exported, one.energy_imported))
        clock.advance(300)
    for place, values in series.items():
        back = 20 if place == "load" else 0
        for before, after in pairwise(values):
            assert after[0] >= before[0]
            assert after[1] >= before[1] - back


def test_profiles() -> None:
    """All listed profiles can be created; others are refused by name."""
    assert PROFILES[0] == "document"
    for name in PROFILES:
        assert create(name, Clock(), 1).din
    with pytest.raises(ValueError, match="unknown profile"):
        create("nonsense", Clock(), 1)
    dins = {create(name, Clock(), 1).din for name in PROFILES}
    assert len(dins) == len(PROFILES)

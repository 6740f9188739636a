"""Tests of wiring faults: each endpoint, their agreement, and clearing them."""

from collections.abc import Iterable
from datetime import datetime
from math import hypot, isclose
import random
from typing import Any

import pytest

from simulator import (
    FlippedCT,
    InvalidCT,
    MovedCT,
    SwappedMeters,
    UnpluggedMeter,
    WiringFault,
    WrongScale,
)
from simulator.clock import Clock
from simulator.physics.day import STEP
from simulator.physics.installation import Flow
from simulator.physics.wiring import Clamp
from simulator.profiles import create
from simulator.profiles.live import Live
from simulator.wiring import parse

from .conftest import MORNING

NOON = MORNING.replace(hour=12, minute=0)
EVENING = MORNING.replace(hour=20, minute=30)
X, Y = "synchrometerX", "synchrometerY"
SITE_NEURIO, SOLAR_NEURIO = "OBB0000000001", "OBB0000000002"
SPLIT, THREE, NEURIO = "split-phase", "three-phase", "neurio"
LETTERS = "abc"

FITTING = [
    ("split-phase", FlippedCT(X, 1)),
    ("split-phase", FlippedCT(Y, 2)),
    ("split-phase", MovedCT(X, 1, 2)),
    ("split-phase", MovedCT(Y, 2, 1)),
    ("split-phase", InvalidCT(X, 2)),
    ("split-phase", InvalidCT(Y, 1)),
    ("split-phase", InvalidCT(Y, 2)),
    ("split-phase", WrongScale(X)),
    ("split-phase", WrongScale(Y)),
    ("split-phase", SwappedMeters(X, Y)),
    ("three-phase", FlippedCT(X, 3)),
    ("three-phase", MovedCT(X, 1, 2)),
    ("three-phase", MovedCT(Y, 3, 1)),
    ("three-phase", InvalidCT(X, 1)),
    ("three-phase", WrongScale(Y)),
    ("three-phase", SwappedMeters(X, Y)),
    ("neurio", FlippedCT(SITE_NEURIO, 1)),
    ("neurio", FlippedCT(SOLAR_NEURIO, 1)),
    ("neurio", InvalidCT(SITE_NEURIO, 1)),
    ("neurio", UnpluggedMeter(SITE_NEURIO)),
    ("neurio", UnpluggedMeter(SOLAR_NEURIO)),
    ("neurio", WrongScale(SITE_NEURIO)),
    ("neurio", SwappedMeters(SITE_NEURIO, SOLAR_NEURIO)),
    ("powerwall-plus", FlippedCT(X, 2)),
    ("powerwall-plus", SwappedMeters(X, Y)),
    ("restricted", FlippedCT(X, 1)),
    ("solar-only", MovedCT(X, 2, 1)),
]


def begin(name: str, start: datetime = NOON) -> tuple[Live, Clock]:
    """Make a live profile whose clock moves by hand."""
    clock = Clock(start=start, frozen=True)
    seed = random.randrange(2**32)
    print(f"seed={seed}")
    profile = create(name, clock, seed)
    assert isinstance(profile, Live)
    return profile, clock


def ask(profile: Live, endpoint: str) -> Any:
    """Return a payload."""
    return profile.endpoints[endpoint]()


def role(profile: Live, kind: str, location: str) -> Any:
    """Return the entry of a meter, by its type or serial, at a location."""
    (entry,) = (
        one
        for one in ask(profile, f"meters/{location}")
        if kind in {one["type"], one["connection"]["device_serial"]}
    )
    return entry


def cached(profile: Live, kind: str, location: str) -> Any:
    """Return what such a meter reads there."""
    return role(profile, kind, location)["Cached_readings"]


def configured(profile: Live, kind: str) -> dict[str, Any]:
    """Return the roles of a meter in `/api/meters`, by location."""
    (meter,) = (
        one for one in ask(profile, "meters") if kind in {one["type"], one["serial"]}
    )
    return {one["type"]: one for one in meter.get("cts", ())}


def power(profile: Live, location: str) -> float:
    """Return the power of a location in aggregates."""
    watts: float = ask(profile, "meters/aggregates")[location]["instant_power"]
    return watts


def agree(profile: Live) -> None:
    """Check that all endpoints agree."""
    aggregates = ask(profile, "meters/aggregates")
    none = {"instant_power": 0, "energy_exported": 0, "energy_imported": 0}
    site, battery = aggregates["site"], aggregates.get("battery", none)
    solar, load = aggregates["solar"], aggregates["load"]
    assert load["instant_power"] == sum(
        one["instant_power"] for one in (site, battery, solar)
    )
    assert load["energy_imported"] == (
        site["energy_imported"]
        - site["energy_exported"]
        + battery["energy_exported"]
        - battery["energy_imported"]
        + solar["energy_exported"]
        - solar["energy_imported"]
    )
    for one in aggregates.values():
        assert one["instant_apparent_power"] == hypot(
            one["instant_power"], one["instant_reactive_power"]
        )
    if "meters" not in profile.endpoints:
        return
    configured = {
        (meter["type"], meter.get("ip_address"), one["type"]): one
        for meter in ask(profile, "meters")
        for one in meter.get("cts", ())
    }
    for location in ("site", "solar"):
        entries = ask(profile, f"meters/{location}") or []
        assert {key for key in configured if key[2] == location} == {
            (one["type"], one["connection"].get("ip_address"), location)
            for one in entries
        }
        for one in entries:
            key = (one["type"], one["connection"].get("ip_address"), location)
            assert one["cts"] == configured[key]["valid"]
            assert one["inverted"] == configured[key]["inverted"] == [False] * 4
            assert one.get("real_power_scale_factor") == (
                configured[key].get("real_power_scale_factor")
            )
            reading = one["Cached_readings"]
            assert reading["instant_power"] == sum(
                reading.get(f"real_power_{x}", 0) for x in LETTERS
            )
            assert min(reading[f"i_{x}_current"] for x in LETTERS) >= 0
        if entries:
            compare([one["Cached_readings"] for one in entries], aggregates[location])


def compare(readings: list[Any], aggregate: Any) -> None:
    """Check that the readings of a location add up to its aggregate."""
    for key in ("instant_power", "instant_reactive_power", "instant_total_current"):
        assert isclose(sum(one[key] for one in readings), aggregate[key])
    counted = [
        sum(one[key] for one in readings)
        for key in ("energy_exported", "energy_imported")
    ]
    shown = [aggregate["energy_exported"], aggregate["energy_imported"]]
    # The solar counters are swapped between the two endpoints.
    assert sorted(counted) == pytest.approx(sorted(shown))


def turned(flow: Flow, degrees: int) -> complex:
    """Return apparent power turned by an angle, by complex numbers."""
    third = complex(-0.5, 3**0.5 / 2)
    return (
        complex(flow.p, flow.q) * {0: 1, 120: third, -120: third**2, 180: -1}[degrees]
    )


@pytest.mark.parametrize(("name", "fault"), FITTING, ids=str)
def test_the_endpoints_agree(name: str, fault: WiringFault) -> None:
    """Before, while and after; and the truth does not care."""
    profile, clock = begin(name)
    clean, same = begin_like(profile, clock, name)
    for faults in ((), (fault,), ()):
        profile.rewire(faults)
        for _ in range(4):
            agree(profile)
            for location in ("site", "battery", "load", "solar"):
                assert profile.truth(location) == clean.truth(location)
            clock.advance(450)
            same.advance(450)
    assert parse(str(fault)) == fault


@pytest.mark.parametrize(("name", "fault"), FITTING, ids=str)
def test_mending(name: str, fault: WiringFault) -> None:
    """All is as if nothing had been, but for what the counters have counted meanwhile."""
    profile, clock = begin(name)
    clean, same = begin_like(profile, clock, name)
    profile.rewire([fault])
    agree(profile)
    for one in (clock, same):
        one.advance(60)
    profile.rewire([])
    for endpoint in ("meters", "meters/aggregates", "meters/site", "meters/solar"):
        if endpoint in profile.endpoints:
            assert powers(ask(profile, endpoint)) == powers(ask(clean, endpoint))
    before = profile.site_state().energy("site"), clean.site_state().energy("site")
    for one in (clock, same):
        one.advance(600)
    after = profile.site_state().energy("site"), clean.site_state().energy("site")
    for n in range(2):
        assert after[0][n] - before[0][n] == pytest.approx(after[1][n] - before[1][n])


def begin_like(profile: Live, clock: Clock, name: str) -> tuple[Live, Clock]:
    """Make the same profile once more, without faults."""
    same = Clock(start=clock.now(), frozen=True)
    seed = profile.site_state().seed
    clean = create(name, same, seed)
    assert isinstance(clean, Live)
    return clean, same


def powers(value: Any) -> Any:
    """Return a payload without its energies."""
    if isinstance(value, list):
        return [powers(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: powers(one) for key, one in value.items() if "energy_" not in key}


@pytest.mark.parametrize(
    ("name", "meter", "ct", "location", "phase", "scale"),
    [
        (SPLIT, X, 1, "site", 0, 1),
        (SPLIT, X, 2, "site", 1, 1),
        (SPLIT, Y, 2, "solar", 1, 2),
        (THREE, X, 2, "site", 1, 1),
        (THREE, Y, 3, "solar", 2, 1),
        (NEURIO, SITE_NEURIO, 1, "site", 0, 1),
        (NEURIO, SOLAR_NEURIO, 1, "solar", 0, 1),
    ],
)
def test_flipped(
    name: str, meter: str, ct: int, location: str, phase: int, scale: int
) -> None:
    """P and Q of its phase have the wrong sign, and nothing else of the meter changes."""
    profile, _ = begin(name)
    before = cached(profile, meter, location)
    profile.rewire([FlippedCT(meter, ct)])
    after = cached(profile, meter, location)
    true = profile.truth(location).phases[phase]
    letter = LETTERS[phase]
    assert after.get(f"real_power_{letter}", 0) == -true.p * scale
    assert after.get(f"reactive_power_{letter}", 0) == -true.q * scale
    for key, value in after.items():
        if "power" not in key or (key.startswith("rea") and not key.endswith(letter)):
            assert value == before[key]
    error = -2 * true.p * scale
    assert power(profile, location) == profile.truth(location).power + error
    assert power(profile, "load") == profile.truth("load").power + error


@pytest.mark.parametrize(
    ("name", "meter", "ct", "to", "location", "degrees"),
    [
        (SPLIT, X, 1, 2, "site", 180),
        (SPLIT, X, 2, 1, "site", 180),
        (THREE, X, 1, 2, "site", 120),
        (THREE, X, 2, 1, "site", -120),
        (THREE, X, 1, 3, "site", -120),
        (THREE, X, 3, 1, "site", 120),
        (THREE, Y, 3, 2, "solar", -120),
    ],
)
def test_moved(
    name: str, meter: str, ct: int, to: int, location: str, degrees: int
) -> None:
    """The current of the other conductor, at its angle to the voltage of before."""
    profile, _ = begin(name)
    before = cached(profile, meter, location)
    config = ask(profile, f"meters/{location}")[0].get("ct_voltage_references")
    profile.rewire([MovedCT(meter, ct, to)])
    after = cached(profile, meter, location)
    truth = profile.truth(location)
    seen = turned(truth.phases[to - 1], degrees) * (
        truth.volts[ct - 1] / truth.volts[to - 1]
    )
    letter = LETTERS[ct - 1]
    assert after.get(f"real_power_{letter}", 0) == pytest.approx(seen.real, abs=1)
    assert after.get(f"reactive_power_{letter}", 0) == pytest.approx(seen.imag, abs=1)
    # Voltages and configuration are those of the reference, which stays.
    assert after[f"v_l{ct}n"] == before[f"v_l{ct}n"] == truth.volts[ct - 1]
    entry = ask(profile, f"meters/{location}")[0]
    assert entry.get("ct_voltage_references") == config
    # Each conductor's current is what it is.
    assert after[f"i_{letter}_current"] == before[f"i_{LETTERS[to - 1]}_current"]


def test_moved_solar_has_a_bad_power_factor() -> None:
    """On three phases about 0.5 at noon, and the sign is lost as well."""
    profile, _ = begin(THREE)
    profile.rewire([MovedCT(Y, 3, 1)])
    one = cached(profile, Y, "solar")
    apparent = hypot(one["real_power_c"], one["reactive_power_c"])
    assert -0.6 < one["real_power_c"] / apparent < -0.4


def test_moved_solar_on_split_phase() -> None:
    """The single CT of a solar system then counts backwards, twice."""
    profile, _ = begin(SPLIT)
    profile.rewire([MovedCT(Y, 2, 1)])
    made = profile.truth("solar").power
    assert made > 500
    assert power(profile, "solar") == pytest.approx(-made, rel=0.03)


def test_a_turn_keeps_apparent_power() -> None:
    """Apparent power stays for each angle, and turning back restores the power."""
    volts = (230.0, 230.0, 230.0)
    flows = {"site": (Flow(4000, 300), Flow(4000, 300), Flow(4000, 300))}
    seen = [Clamp("site", phase).power(flows, volts, 0) for phase in range(3)]
    assert seen[0] == Flow(4000, 300)
    assert [one.apparent for one in seen] == pytest.approx([4011.2] * 3, rel=1e-3)
    assert sum(one.p for one in seen) == pytest.approx(0, abs=2)
    assert [round(one.p / one.apparent, 1) for one in seen] == [1, -0.6, -0.4]


@pytest.mark.parametrize(
    ("name", "meter", "ct", "location", "phase", "scale"),
    [
        (SPLIT, X, 2, "site", 1, 1),
        (SPLIT, Y, 2, "solar", 1, 2),
        (THREE, X, 3, "site", 2, 1),
        (NEURIO, SITE_NEURIO, 1, "site", 0, 1),
    ],
)
def test_invalid(
    name: str, meter: str, ct: int, location: str, phase: int, scale: int
) -> None:
    """Not assigned in either place, its keys gone, its power not counted."""
    profile, clock = begin(name)
    profile.rewire([InvalidCT(meter, ct)])
    assert not configured(profile, meter)[location]["valid"][ct - 1]
    assert not role(profile, meter, location)["cts"][ct - 1]
    letter = LETTERS[phase]
    one = cached(profile, meter, location)
    gone = {f"real_power_{letter}", f"reactive_power_{letter}", f"v_l{phase + 1}n"}
    assert not gone & one.keys()
    assert one[f"i_{letter}_current"] == 0
    lost = profile.truth(location).phases[phase].p * scale
    assert power(profile, location) == profile.truth(location).power - lost
    assert power(profile, "load") == profile.truth("load").power - lost
    if name == SPLIT and location == "solar":  # its only CT
        before = ask(profile, "meters/aggregates")["solar"]["energy_exported"]
        clock.advance(3600)
        after = ask(profile, "meters/aggregates")["solar"]
        assert (after["energy_exported"], after["instant_power"]) == (before, 0)
        assert after["instant_average_voltage"] == 0


def test_all_site_cts_invalid() -> None:
    """A site that nothing measures has no voltage to compute the load's current from."""
    profile, _ = begin(SPLIT)
    profile.rewire([InvalidCT(X, 1), InvalidCT(X, 2), InvalidCT(Y, 1)])
    load = ask(profile, "meters/aggregates")["load"]
    assert load["instant_total_current"] == 0
    agree(profile)


def test_unplugged() -> None:
    """The readings of an unplugged meter fail in the gateway's words; the last values stay."""
    profile, clock = begin(NEURIO)
    before = cached(profile, SITE_NEURIO, "site")
    sums = ask(profile, "meters/aggregates")
    profile.rewire([UnpluggedMeter(SITE_NEURIO)])
    clock.advance(3600)
    assert cached(profile, SITE_NEURIO, "site") == before
    after = ask(profile, "meters/aggregates")
    assert after["site"] == sums["site"]
    for place in ("solar", "load", "battery"):
        key = "last_communication_time"
        assert after[place][key] > sums[place][key]
    agree(profile)
    connected = {one["serial"]: one["connected"] for one in ask(profile, "meters")}
    assert connected == {SITE_NEURIO: False, SOLAR_NEURIO: True}
    entry = role(profile, SITE_NEURIO, "site")
    assert not entry["connection"]["neurio_connected"]
    assert role(profile, SOLAR_NEURIO, "solar")["connection"]["neurio_connected"]
    readings = ask(profile, "meters/readings")
    assert readings[SITE_NEURIO]["error"] == (
        "Get https://PWRview-12345:443/latest: dial tcp: "
        "lookup PWRview-12345 on 127.0.0.1:53: no such host"
    )
    assert readings[SITE_NEURIO]["data"]["firmwareVersion"] == ""
    assert {ct["ct"] for ct in readings[SITE_NEURIO]["data"]["cts"]} == {0}
    assert readings[SOLAR_NEURIO]["error"] == ""
    profile.rewire([])
    assert ask(profile, "meters/readings")[SITE_NEURIO]["error"] == ""
    assert power(profile, "site") == profile.truth("site").power


def test_a_held_value_survives_other_faults() -> None:
    """The last reading does not change with further faults."""
    profile, clock = begin(NEURIO)
    profile.rewire([UnpluggedMeter(SITE_NEURIO)])
    held = cached(profile, SITE_NEURIO, "site")
    clock.advance(600)
    profile.rewire([UnpluggedMeter("PWRview-12345"), FlippedCT(SITE_NEURIO, 1)])
    clock.advance(600)
    assert cached(profile, SITE_NEURIO, "site") == held


@pytest.mark.parametrize(
    ("name", "meter", "location", "factor", "times"),
    [
        (SPLIT, X, "site", 2, 2),
        (SPLIT, Y, "solar", 1, 0.5),
        (THREE, X, "site", 2, 2),
        (THREE, Y, "solar", 2, 2),
        (NEURIO, SOLAR_NEURIO, "solar", 2, 2),
    ],
)
def test_wrong_scale(
    name: str, meter: str, location: str, factor: int, times: float
) -> None:
    """Powers follow the factor, currents do not."""
    profile, _ = begin(name)
    before = cached(profile, meter, location)
    profile.rewire([WrongScale(meter)])
    assert configured(profile, meter)[location]["real_power_scale_factor"] == factor
    assert role(profile, meter, location)["real_power_scale_factor"] == factor
    after = cached(profile, meter, location)
    for key in before:
        if key.startswith(("real_power", "reactive_power")):
            assert after[key] == before[key] * times
        elif "current" in key or key.startswith("v_"):
            assert after[key] == before[key]
    assert power(profile, location) == profile.truth(location).power * times


def test_wrong_scale_of_an_empty_role() -> None:
    """A location that is not the default one is given by name, and the other role stays."""
    profile, _ = begin(SPLIT)
    profile.rewire([WrongScale(Y, "site")])
    assert configured(profile, Y)["site"]["real_power_scale_factor"] == 2
    assert configured(profile, Y)["solar"]["real_power_scale_factor"] == 2
    assert power(profile, "site") == profile.truth("site").power


def test_swapped_on_three_phases() -> None:
    """Site shows production as import, solar what the grid gives; the load stays right."""
    profile, _ = begin(THREE)
    profile.rewire([SwappedMeters(X, Y)])
    assert (set(configured(profile, X)), set(configured(profile, Y))) == (
        {"solar"},
        {"site"},
    )
    assert role(profile, Y, "site")["ct_voltage_references"]["ct3"] == "Phase3"
    assert power(profile, "site") == profile.truth("solar").power > 1000
    assert power(profile, "solar") == profile.truth("site").power
    assert power(profile, "load") == profile.truth("load").power


def test_swapped_on_split_phase() -> None:
    """The site is one leg of the service and half the sun, solar twice the other leg."""
    profile, _ = begin(SPLIT)
    profile.rewire([SwappedMeters(X, Y)])
    assert set(configured(profile, X)) == {"site", "solar"}
    assert configured(profile, X)["solar"]["valid"] == [False, True, False, False]
    assert configured(profile, Y)["site"]["valid"] == [True, True, False, False]
    legs, sun = profile.truth("site").phases, profile.truth("solar").phases
    assert power(profile, "site") == legs[0].p + sun[1].p
    assert power(profile, "solar") == 2 * legs[1].p


def test_swapped_neurios() -> None:
    """Each is listed with the other's role."""
    profile, _ = begin(NEURIO)
    profile.rewire([SwappedMeters(SITE_NEURIO, SOLAR_NEURIO)])
    assert power(profile, "site") == profile.truth("solar").power
    assert power(profile, "solar") == profile.truth("site").power
    raw = ask(profile, "meters/readings")[SITE_NEURIO]["data"]["cts"][0]
    assert raw["p_W"] == power(profile, "solar")


def test_swapped_with_an_unused_meter() -> None:
    """CTs around nothing: a site without any power."""
    profile, _ = begin("powerwall-plus")
    profile.rewire([SwappedMeters(X, Y)])
    assert configured(profile, X) == {}
    one = cached(profile, Y, "site")
    assert (one["instant_power"], one["i_a_current"]) == (0, 0)
    assert {"v_l1n", "v_l2n"} <= one.keys()


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        (SPLIT, FlippedCT(X, 1)),
        (SPLIT, FlippedCT(Y, 2)),
        (SPLIT, WrongScale(Y)),
        (SPLIT, SwappedMeters(X, Y)),
        (THREE, MovedCT(X, 1, 2)),
        (NEURIO, FlippedCT(SITE_NEURIO, 1)),
    ],
    ids=str,
)
def test_counters_count_what_is_measured(name: str, fault: WiringFault) -> None:
    """From the moment of the fault on, wrong as it is, and from the next one right again."""
    profile, clock = begin(name, EVENING.replace(hour=17))
    clock.advance(1000)
    profile.rewire([fault])
    counted = counters(profile)
    moved: dict[str, list[float]] = {key: [0, 0] for key in counted}
    for _ in range(3600 // STEP):
        for entry, key in located(profile):
            watts = entry["Cached_readings"]["instant_power"]
            # In both, positive is what these endpoints call imported.
            moved[key][0 if watts <= 0 else 1] += abs(watts) * STEP / 3600
        clock.advance(STEP)
    for key, (exported, imported) in counters(profile).items():
        assert exported - counted[key][0] == pytest.approx(moved[key][0], abs=1e-3)
        assert imported - counted[key][1] == pytest.approx(moved[key][1], abs=1e-3)


def located(profile: Live) -> Iterable[tuple[Any, str]]:
    """Yield the entries of site and solar, each with a name of its own."""
    for location in ("site", "solar"):
        for entry in ask(profile, f"meters/{location}"):
            yield entry, f"{entry['type']} {location}"


def counters(profile: Live) -> dict[str, tuple[float, float]]:
    """Return the Wh of each such entry, exported and imported."""
    return {
        key: (
            entry["Cached_readings"]["energy_exported"],
            entry["Cached_readings"]["energy_imported"],
        )
        for entry, key in located(profile)
    }


def test_order_makes_no_difference() -> None:
    """Nor does saying the same in another way."""
    first, _ = begin(SPLIT)
    second = create(SPLIT, Clock(start=NOON, frozen=True), first.site_state().seed)
    serial = next(one["serial"] for one in ask(first, "meters") if one["type"] == X)
    faults = [FlippedCT(X, 1), SwappedMeters(X, Y), InvalidCT(Y, 2), WrongScale(Y)]
    again = [SwappedMeters(Y, serial), FlippedCT(serial, 1), WrongScale(Y, "solar")]
    first.rewire(faults)
    second.rewire([*again, *reversed(faults)])
    for endpoint in ("meters", "meters/aggregates", "meters/site", "meters/solar"):
        assert ask(first, endpoint) == second.endpoints[endpoint]()


@pytest.mark.parametrize(
    ("name", "fault", "why"),
    [
        ("document", FlippedCT(X, 1), "no wiring"),
        (SPLIT, FlippedCT("synchrometerZ", 1), "know synchrometerY, synchrometerX"),
        (SPLIT, FlippedCT("JBLSIM00X1F00E", 1), "no meter"),
        (SPLIT, FlippedCT(X, 3), r"no CT 3 around a conductor: know \[1, 2\]"),
        (SPLIT, FlippedCT(Y, 1), r"know \[2\]"),
        (SPLIT, MovedCT(X, 1, 3), "no L3"),
        (SPLIT, MovedCT(X, 1, 1), "on L1 anyway"),
        (NEURIO, MovedCT(SITE_NEURIO, 1, 2), "no L2"),
        (NEURIO, FlippedCT("neurio_tcp", 1), "more than one meter"),
        (SPLIT, InvalidCT(X, 4), r"in use there are \[1, 2\]"),
        (SPLIT, UnpluggedMeter(X), "only a Neurio"),
        (SPLIT, WrongScale(X, "solar"), "know site"),
        ("powerwall-plus", WrongScale(Y), "know none"),
        ("powerwall-plus", FlippedCT(Y, 1), "know none"),
        (SPLIT, SwappedMeters(X, X), "two meters"),
        ("restricted", SwappedMeters(X, Y), "no meter"),
    ],
    ids=str,
)
def test_what_does_not_fit(name: str, fault: WiringFault, why: str) -> None:
    """A fault that does not fit the profile is refused with the reason."""
    profile = create(name, Clock(start=NOON, frozen=True), 1)
    profile.rewire([])
    with pytest.raises(ValueError, match=why):
        profile.rewire([fault])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "unknown wiring fault ''"),
        ("broken:synchrometerX", "unknown wiring fault 'broken'"),
        ("flip", "needs METER:CT"),
        ("flip:synchrometerX:1:2", "needs METER:CT"),
        ("flip:synchrometerX:L1", "a ct is a number"),
        ("move:synchrometerX:1:north", "a phase is a number"),
        ("swap:synchrometerX", "needs METER:METER"),
        ("scale:synchrometerX:site:2", "needs METER"),
    ],
)
def test_bad_texts(text: str, why: str) -> None:
    """Each says what was expected."""
    with pytest.raises(ValueError, match=why):
        parse(text)


def test_texts() -> None:
    """A parsed fault is printed as it was written."""
    for text in (
        "flip:synchrometerX:1",
        "move:synchrometerX:1:L2",
        "invalidate:OBB0000000001:2",
        "unplug:PWRview-12345",
        "scale:synchrometerY",
        "scale:synchrometerY:site",
        "swap:synchrometerX:synchrometerY",
    ):
        assert str(parse(text)) == text

"""Tests of simulated meters, with and without wiring faults."""

from dataclasses import replace
import random

import numpy as np
import pytest

from simulator.homes import (
    PRESETS,
    Fault,
    Flows,
    Home,
    Polls,
    days,
    draw,
    faults_of,
    measure,
)
from simulator.homes.faults import FaultKind
from simulator.homes.home import Array, Metering

EXACT = Metering(noise=0, quantum=0.001, solar_lag=0, battery_lag=0)
THREE = replace(PRESETS["two-powerwalls-l1-l2"], metering=EXACT)
SPLIT = replace(PRESETS["solar-circuit-load"], metering=EXACT)


def fault(of: Home, name: str) -> Fault:
    """Return a fault of a home by its name."""
    return {each.name: each for each in faults_of(of)}[name]


def polls(of: Home, name: str | None = None) -> Polls:
    """Return the first day of a home, with a fault or without."""
    flows = next(days(of, 1))
    return measure(of, flows, None if name is None else fault(of, name))


def apparent(seen: Polls, row: int, location: str = "site") -> Array:
    """Return P + jQ of a CT."""
    readings = getattr(seen, location)
    result: Array = readings.p[row] + 1j * readings.q[row]
    return result


def turns(seen: Array, true: Array) -> tuple[float, float]:
    """Return by which ratio and how many degrees power is turned, where some flows."""
    ratio = (seen / true)[np.abs(true) > 500]
    return float(np.abs(ratio).mean()), float(np.degrees(np.angle(ratio.mean())))


def test_sound_meters_tell_the_flows() -> None:
    """Without a fault each poll has the flows of some second of the day."""
    flows = next(days(THREE, 1))
    seen = measure(THREE, flows)
    at = seen.seconds.astype(int)
    assert np.allclose(seen.site.p, flows.site.p[:, at], rtol=0.02, atol=5)
    assert np.allclose(seen.site.volts, flows.grid_volts[:, at], atol=0.06)
    true = np.hypot(flows.site.p, flows.site.q)[:, at] / seen.site.volts
    assert np.allclose(seen.site.amperes, true, rtol=0.02, atol=0.02)


def test_load_is_computed_from_what_is_measured() -> None:
    """Totals are the sums of the CTs, and the load theirs: a fault is in all of them."""
    for name in (None, "flipped_site_L1", "flipped_solar_L2", "silent_site_L3"):
        seen = polls(THREE, name)
        assert np.allclose(seen.power["site"], seen.site.p.sum(axis=0))
        assert np.allclose(seen.power["solar"], seen.solar.p.sum(axis=0))
        total = seen.power["site"] + seen.power["solar"] + seen.power["battery"]
        assert np.allclose(seen.power["load"], total)


def test_flipped_is_flipped() -> None:
    """P and Q of the CT have the other sign, its current and all other CTs are the same."""
    sound, flipped = polls(THREE), polls(THREE, "flipped_site_L2")
    assert np.allclose(flipped.site.p[1], -sound.site.p[1], rtol=0.02, atol=5)
    assert np.allclose(flipped.site.q[1], -sound.site.q[1], rtol=0.02, atol=50)
    assert np.allclose(flipped.site.amperes, sound.site.amperes)
    assert np.allclose(flipped.site.p[[0, 2]], sound.site.p[[0, 2]])
    assert np.allclose(flipped.solar.p, sound.solar.p)


@pytest.mark.parametrize(
    ("name", "location", "around", "degrees"),
    [
        ("wrong_phase_site_L1L2_on_L2L1L3", "site", (1, 0, 2), (120, -120, 0)),
        ("wrong_phase_site_L1L2L3_on_L2L3L1", "site", (1, 2, 0), (120, 120, 120)),
        ("wrong_phase_solar_L1L2_on_L2L1L3", "solar", (1, 0, 2), (120, -120, 0)),
    ],
)
def test_wrong_phase_turns_by_120_degrees(
    name: str, location: str, around: tuple[int, ...], degrees: tuple[int, ...]
) -> None:
    """A CT on another conductor tells that one's power, turned by what is between them."""
    sound, wrong = polls(THREE), polls(THREE, name)
    for row, conductor in enumerate(around):
        ratio, angle = turns(
            apparent(wrong, row, location), apparent(sound, conductor, location)
        )
        assert ratio == pytest.approx(1, abs=0.05)
        assert (angle - degrees[row] + 180) % 360 == pytest.approx(180, abs=2)


def test_other_leg_looks_flipped() -> None:
    """Two legs stand opposite: each CT tells the other's power with the other sign."""
    sound, wrong = polls(SPLIT), polls(SPLIT, "other_leg_site_L1L2_on_L2L1")
    for row in range(2):
        ratio, angle = turns(apparent(wrong, row), apparent(sound, 1 - row))
        assert ratio == pytest.approx(1, abs=0.05)
        assert abs(angle) == pytest.approx(180, abs=2)


def test_silent_ct_tells_nothing_while_its_phase_is_alive() -> None:
    """A CT off its cable has no power and no current, and its voltage is there."""
    seen = polls(THREE, "silent_site_L2").site
    assert np.abs(seen.p[1]).max() < 5
    assert np.abs(seen.q[1]).max() < 5
    assert seen.amperes[1].max() < 0.05
    assert seen.volts[1].min() > 200


def test_dead_phase_has_neither_voltage_nor_power() -> None:
    """One phase is gone, and the others are as they were."""
    (name,) = (each.name for each in faults_of(THREE) if each.dead is not None)
    dead = fault(THREE, name).dead
    seen = polls(THREE, name).site
    for row in range(3):
        assert bool(seen.volts[row].max() < 1) is (row == dead)
        assert bool(seen.p[row].any()) is (row != dead)


def test_loose_neutral_moves_the_legs_apart() -> None:
    """The legs' voltages move by the same, in opposite directions."""
    sound, loose = polls(SPLIT), polls(SPLIT, "loose_neutral")
    moved = loose.site.volts - sound.site.volts
    assert np.abs(moved).max() > 5
    assert np.allclose(moved[0], -moved[1], atol=0.21)


def test_each_drawn_home_has_faults_of_its_kind() -> None:
    """Faults fit the home, have names of their own, and change what its meters tell."""
    seed = random.randrange(2**32)
    print(f"seed={seed}")
    for number in range(8):
        of = draw(seed + number)
        faults = list(faults_of(of))
        assert len({each.name for each in faults}) == len(faults)
        kinds = {each.kind for each in faults}
        assert FaultKind.FLIPPED_SITE in kinds
        assert (FaultKind.WRONG_PHASE_SITE in kinds) is (of.legs == 3)
        assert (FaultKind.LOOSE_NEUTRAL in kinds) is (of.legs == 2)
        assert (FaultKind.FLIPPED_SOLAR in kinds) is bool(of.solar_cts)
        flows: Flows = next(days(of, 1))
        sound = measure(of, flows)
        for each in faults:
            wrong = measure(of, flows, each)
            assert any(
                not np.allclose(getattr(now, part), getattr(was, part))
                for now, was in ((wrong.site, sound.site), (wrong.solar, sound.solar))
                for part in ("volts", "p")
            )


def test_gaps_leave_polls_out() -> None:
    """A gateway that does not answer at times gives fewer polls, in the same order."""
    silent = replace(THREE, metering=replace(EXACT, gaps=6))
    seen = polls(silent).seconds
    assert 0 < len(seen) < len(polls(THREE).seconds)
    assert (np.diff(seen) > 0).all()


def test_home_without_solar_has_no_solar_readings() -> None:
    """A home without solar has no issue of solar."""
    bare = replace(SPLIT, inverters=(), metering=replace(EXACT, doubled=True))
    flows = next(days(bare, 1))
    for each in (None, *faults_of(bare)):
        seen = measure(bare, flows, each)
        assert "solar" not in seen.power
        assert seen.solar.phases == ()

"""Tests that the flows of random homes obey physics."""

from dataclasses import replace
import random

import numpy as np
import pytest

from simulator.homes import HOSTILE, PRESETS, Flows, Home, days, draw
from simulator.homes.home import (
    Appliance,
    ApplianceKind as Kind,
    Battery,
    ExportLimit,
    Inverter,
    Outage,
    VarMode,
    Weather,
)
from simulator.homes.presets import ALL, home

CLEAR = Weather(latitude=42, day=170, clear=1, broken=0)
BROKEN = Weather(latitude=42, day=170, clear=0, broken=1)
KETTLE = Appliance(kind=Kind.TIMED, watts=2000, phases=(1,), start=3, hours=5)
DARK = 4 * 3600  # s; an hour of the day without sun, with the kettle on
NOON = 12 * 3600
QUIET = tuple(Appliance(kind=Kind.BASE, watts=200, phases=(at,)) for at in range(3))


def bare(**values: object) -> Home:
    """Return a home without solar that uses 200 W a phase, save for these values."""
    given: dict[str, object] = {"inverters": (), "appliances": QUIET, **values}
    return home("bare", **given)


def day(of: Home) -> Flows:
    """Return its first day."""
    return next(days(of, 1))


def test_powers_balance_in_each_phase() -> None:
    """Site, solar and battery add up to the load in any home; an island has no site."""
    seed = random.randrange(2**32)
    print(f"seed={seed}")
    drawn = [draw(seed + number) for number in range(10)]
    named = [HOSTILE["outages-powerwalls"], HOSTILE["generator-weak-grid"]]
    for of in drawn + named:
        for flows in days(of, 2):
            for part in ("p", "q"):
                site, solar, battery, load = (
                    getattr(getattr(flows, location), part)
                    for location in ("site", "solar", "battery", "load")
                )
                assert np.allclose(site + solar + battery, load, atol=1e-6)
                assert np.allclose(site[:, flows.island > 0], 0, atol=1e-6)


def test_same_seed_is_the_same_home() -> None:
    """A home and its days follow from its seed alone."""
    seed = random.randrange(2**32)
    assert draw(seed) == draw(seed)
    assert draw(seed) != draw(seed + 1)
    first, second = day(draw(seed)), day(draw(seed))
    assert np.array_equal(first.site.p, second.site.p)


def test_kettle_is_a_step_of_its_phase() -> None:
    """A load steps on its own phase by its watts, and hardly in reactive power."""
    without, with_kettle = day(bare()), day(bare(appliances=(*QUIET, KETTLE)))
    for phase, watts in enumerate((0, 2000, 0)):
        step = (with_kettle.site.p[phase] - without.site.p[phase])[DARK]
        assert step == pytest.approx(watts, rel=0.1, abs=60)
    assert abs(with_kettle.site.q[1][DARK]) < 20


def test_import_lowers_the_voltage_by_the_service_impedance() -> None:
    """2 kW through 0.4 ohm of a 230 V service are some 3.5 V."""
    weak = replace(bare().service, ohms=(0.4,) * 3, neutral_ohms=0.0)
    without = day(bare(service=weak))
    loaded = day(bare(service=weak, appliances=(*QUIET, KETTLE)))
    sag = (without.volts - loaded.volts)[:, DARK - 1800 : DARK + 1800].mean(axis=1)
    assert sag[1] == pytest.approx(2000 * 0.4 / 230, rel=0.1)
    assert abs(sag[0]) < 0.1 > abs(sag[2])


def test_legs_move_apart_in_the_neutral() -> None:
    """Load on one leg lowers its voltage and lifts the other's."""
    split = PRESETS["solar-circuit-load"]
    service = replace(split.service, ohms=(0.0, 0.0), neutral_ohms=0.2)
    quiet = QUIET[:2]
    heater = replace(KETTLE, phases=(0,))
    base = replace(split, service=service, inverters=(), solar_circuit=())
    without = day(replace(base, appliances=quiet))
    loaded = day(replace(base, appliances=(*quiet, heater)))
    moved = (loaded.volts - without.volts)[:, DARK - 1800 : DARK + 1800].mean(axis=1)
    assert moved[0] < -2.0
    assert moved[1] == pytest.approx(-moved[0], rel=0.1)


def test_single_phase_battery_levels_the_total_and_not_its_phase() -> None:
    """Under control of the total, a battery on L1 imports there while L2 and L3 export."""
    battery = Battery(watts=9000, watt_hours=200000, phases=(0,))
    flows = day(home("one", battery=battery, appliances=QUIET, weather=CLEAR))
    at_noon = flows.site.p[:, NOON - 600 : NOON + 600].mean(axis=1)
    assert abs(at_noon.sum()) < 60
    assert at_noon[0] > 1000
    assert at_noon[1] < -1000 > at_noon[2]


def test_battery_follows_some_seconds_late_in_steps_of_ten_watts() -> None:
    """The total jumps with a load, and is back within some seconds more than the lag."""
    battery = Battery(watts=9000, watt_hours=60000, phases=(0,), lag=5)
    heater = replace(KETTLE, hours=6)
    flows = day(bare(battery=battery, appliances=(*QUIET, heater)))
    total = flows.site.p.sum(axis=0)
    switched = 3 * 3600
    assert total[switched : switched + 2].max() > 1000
    assert abs(total[switched + 30 : switched + 90].mean()) < 100
    power = flows.battery.p[0]
    assert np.allclose(power % 10, 0)


def test_battery_stops_at_its_reserve_and_when_full() -> None:
    """The stored energy stays between reserve and capacity."""
    battery = Battery(watts=5000, watt_hours=8000, phases=(0,), reserve=0.2)
    using = home("using", battery=battery, weather=CLEAR)
    held = [flows.charge for flows in days(using, 3)]
    assert all(1500 <= charge <= 8000 for charge in held)
    flows = day(using)
    assert flows.battery.p.sum(axis=0).max() > 300
    assert (flows.battery.p.sum(axis=0) < -300).any()


@pytest.mark.parametrize("per_phase", [True, False])
def test_export_limit_curtails_solar(*, per_phase: bool) -> None:
    """Not more than the limit goes out, save for the seconds that control takes."""
    limit = ExportLimit(watts=1200, per_phase=per_phase)
    flows = day(home("limited", appliances=QUIET, export_limit=limit, weather=CLEAR))
    export = -flows.site.p[:, NOON : NOON + 3600]
    assert (
        np.quantile(export.max(axis=0) if per_phase else export.sum(axis=0), 0.95)
        < 1260
    )
    assert flows.solar.p.sum(axis=0)[NOON] > 1200


@pytest.mark.parametrize(
    ("mode", "var", "least", "most"),
    [
        (VarMode.UNITY, 0, 0, 1),
        (VarMode.FIXED_FACTOR, -0.6, 0.55, 0.65),
        (VarMode.FIXED_VAR, -3000, 0.2, 1),
    ],
)
def test_inverter_reactive_power(
    mode: VarMode, var: float, least: float, most: float
) -> None:
    """An inverter draws reactive power as its mode has it."""
    inverter = Inverter(watts=9000, phases=ALL, mode=mode, var=var)
    flows = day(home("var", inverters=(inverter,), weather=CLEAR))
    p, q = flows.solar.p.sum(axis=0)[NOON], flows.solar.q.sum(axis=0)[NOON]
    assert least <= abs(q) / p <= most
    assert q <= 0


def test_volt_var_answers_a_high_voltage() -> None:
    """Inverters draw reactive power at a high voltage, and none at the nominal one."""
    of = PRESETS["volt-var"]
    high, nominal = of, replace(of, service=replace(of.service, high=-2.0, wander=0.2))
    at = slice(NOON, NOON + 600)
    assert day(replace(high, weather=CLEAR)).solar.q[:, at].mean() < -500
    assert abs(day(replace(nominal, weather=CLEAR)).solar.q[:, at].mean()) < 250


def test_clouds_move_all_phases_of_an_inverter_alike() -> None:
    """On a day of broken clouds solar goes up and down by a half, everywhere at once."""
    flows = day(home("clouds", weather=BROKEN))
    noon = flows.solar.p[:, NOON - 3600 : NOON + 3600]
    assert noon.min() < 0.6 * noon.max()
    assert np.allclose(noon[0], noon[2])
    assert flows.solar.p[:, DARK].sum() < 0


def test_island_holds_itself_and_an_outage_has_no_voltage() -> None:
    """While the grid is away the site carries nothing, and its meter sees no voltage."""
    lost = Outage(day=0, hour=3, minutes=120)
    flows = day(
        home(
            "lost",
            battery=Battery(watts=15000, watt_hours=40000, phases=ALL),
            outages=(lost,),
        )
    )
    assert flows.island[DARK] == 1
    assert not flows.site.p[:, DARK].any()
    assert flows.grid_volts[:, DARK].max() < 1
    assert flows.volts[:, DARK].min() > 200
    assert np.allclose(
        flows.battery.p[:, DARK] + flows.solar.p[:, DARK], flows.load.p[:, DARK]
    )


@pytest.mark.parametrize("name", [*PRESETS, *HOSTILE])
def test_named_homes_live(name: str) -> None:
    """Each named home has a day of finite flows."""
    flows = day((PRESETS | HOSTILE)[name])
    for flow in (flows.site, flows.solar, flows.battery, flows.load):
        assert np.isfinite(flow.p).all()
        assert np.isfinite(flow.q).all()
    assert np.isfinite(flows.volts).all()

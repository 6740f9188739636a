"""Homes without a fault that are difficult for the solar checks, by name."""

from dataclasses import replace
from typing import Final

from .home import (
    Appliance,
    ApplianceKind as Kind,
    ExportLimit,
    Inverter,
    Service,
    VarMode,
    Weather,
)
from .presets import ALL, BROKEN, METERING, WEAK, base_loads, home, powerwalls, with_var

_ON_TWO_PHASES: Final = (
    Inverter(watts=2800, phases=(0,)),
    Inverter(watts=2800, phases=(1,)),
)
_STIFF: Final = Service(
    legs=3, volts=230, ohms=(0.02, 0.02, 0.02), neutral_ohms=0.02, wander=2
)
# Solar on two phases, and one of them takes what the other leaves over: its changes are
# those of a CT the wrong way round.
_MIRRORS: Final = (
    home(
        "diverter-on-one-of-two-solar-phases",
        service=_STIFF,
        weather=BROKEN,
        inverters=_ON_TWO_PHASES,
        appliances=(
            *base_loads(200),
            Appliance(kind=Kind.DIVERTER, watts=3000, phases=(1,), tan=0.3),
        ),
    ),
    home(
        "diverter-on-one-of-two-solar-phases-slow-polls",
        service=_STIFF,
        weather=BROKEN,
        inverters=_ON_TWO_PHASES,
        appliances=(
            *base_loads(200),
            Appliance(kind=Kind.DIVERTER, watts=3000, phases=(1,)),
        ),
        interval=300,
    ),
    home(
        "car-on-one-of-two-solar-phases",
        service=_STIFF,
        weather=BROKEN,
        inverters=_ON_TWO_PHASES,
        appliances=(
            *base_loads(200),
            Appliance(
                kind=Kind.SURPLUS_CAR, watts=7400, phases=(1,), start=7, hours=13
            ),
        ),
    ),
    home(
        "diverter-on-one-leg-stiff-grid",
        service=Service(
            legs=2, volts=120, ohms=(0.006, 0.006), neutral_ohms=0.006, wander=1
        ),
        weather=BROKEN,
        inverters=(Inverter(watts=2400, phases=(0, 1)),),
        appliances=(
            *base_loads(250, 2),
            Appliance(kind=Kind.DIVERTER, watts=2400, phases=(0,)),
        ),
    ),
)
# Batteries and meters that answer late, or at hours when there is no sun.
_BY_TIME: Final = (
    home(
        "slow-solar-meter-powerwall-l1",
        weather=BROKEN,
        battery=powerwalls(0),
        metering=replace(METERING, solar_lag=12, battery_lag=6),
    ),
    home(
        "powerwall-l2-exports-by-evening",
        battery=replace(powerwalls(1), export=(17, 20), grid_charge=(1, 4)),
    ),
    home(
        "east-and-west-powerwall-l3",
        inverters=(
            Inverter(watts=3500, phases=(0,), hours=-4),
            Inverter(watts=3500, phases=(1,), hours=4),
        ),
        battery=powerwalls(2),
        export_limit=ExportLimit(watts=0),
    ),
    home(
        "inaccurate-cts",
        battery=powerwalls(0, 2),
        metering=replace(
            METERING,
            site_gains=(0.93, 1.06, 0.97),
            solar_gains=(1.05, 0.94, 1.03),
            angles=(3, -4, 2),
            noise=15,
            quantum=10,
        ),
    ),
    home(
        "poll-of-five-minutes-many-gaps",
        interval=300,
        weather=BROKEN,
        battery=powerwalls(0),
        metering=replace(METERING, gaps=8),
    ),
)
BY_SOLAR: Final = (
    *_BY_TIME,
    *_MIRRORS,
    home(
        "car-on-the-solar-circuit",
        solar_circuit=(
            Appliance(
                kind=Kind.CAR, watts=11000, phases=ALL, start=10, hours=5, daily=0.7
            ),
        ),
    ),
    home(
        "morning-heat-pump-on-the-solar-circuit",
        weather=Weather(latitude=52, day=340, clear=0.3, broken=0.2),
        solar_circuit=(
            Appliance(kind=Kind.HEAT_PUMP, watts=4500, phases=ALL, start=4, hours=9),
        ),
    ),
    home(
        "hybrid-inverter-charges-by-night",
        inverters=(
            Inverter(watts=5000, phases=(0,), standby_watts=40, standby_var=500),
        ),
        solar_circuit=(
            Appliance(kind=Kind.TIMED, watts=3000, phases=(0,), start=1, hours=5),
        ),
    ),
    home(
        "barn-on-one-solar-phase",
        inverters=tuple(Inverter(watts=3000, phases=(at,)) for at in range(3)),
        solar_circuit=(
            Appliance(kind=Kind.BASE, watts=400, phases=(1,), tan=0.4),
            Appliance(kind=Kind.HEAT_PUMP, watts=1500, phases=(1,), tan=0.3),
        ),
    ),
    home(
        "many-microinverters",
        inverters=(
            Inverter(watts=8000, phases=ALL, standby_watts=180, standby_var=600),
        ),
        weather=Weather(latitude=55, day=350, clear=0.1, broken=0.2),
    ),
    home(
        "volt-var-near-its-edge",
        inverters=with_var(VarMode.VOLT_VAR, 0.6),
        service=WEAK,
        weather=BROKEN,
    ),
    home(
        "volt-var-powerwalls-l1-l2",
        inverters=with_var(VarMode.VOLT_VAR, 0.5),
        service=WEAK,
        battery=powerwalls(0, 1),
    ),
)

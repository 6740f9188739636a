"""Homes without a fault that are difficult for checks of changes, by name."""

from dataclasses import replace
from typing import Final

from .home import (
    Appliance,
    ApplianceKind as Kind,
    Battery,
    ExportLimit,
    Home,
    Inverter,
    Outage,
    Service,
    VarMode,
    Weather,
)
from .hostile_solar import BY_SOLAR
from .presets import (
    ALL,
    BROKEN,
    SPLIT,
    WEAK,
    base_loads,
    home,
    house,
    powerwalls,
    with_var,
)

_OTHERS: Final = (
    home(
        "surplus-car-on-l1",
        appliances=house(
            3,
            Appliance(
                kind=Kind.SURPLUS_CAR, watts=7400, phases=(0,), start=8, hours=11
            ),
        ),
        weather=BROKEN,
    ),
    home(
        "diverter-on-l2",
        appliances=house(3, Appliance(kind=Kind.DIVERTER, watts=3000, phases=(1,))),
        weather=BROKEN,
    ),
    home(
        "diverter-split-leg",
        service=SPLIT,
        appliances=house(2, Appliance(kind=Kind.DIVERTER, watts=1500, phases=(0,))),
        inverters=(Inverter(watts=4000, phases=(0, 1)),),
        weather=Weather(latitude=36, day=150, clear=0, broken=1),
    ),
    home(
        "surplus-pump",
        appliances=house(
            3,
            Appliance(kind=Kind.SURPLUS_RELAY, watts=1100, phases=(0,), tan=1.02),
        ),
        weather=BROKEN,
    ),
    home(
        "motors-only",
        appliances=(
            *(Appliance(kind=Kind.BASE, watts=60, phases=(at,)) for at in range(3)),
            *(
                Appliance(kind=Kind.CYCLING, watts=1500, phases=(at,), tan=1.73)
                for at in range(3)
            ),
        ),
    ),
    home(
        "motors-only-no-solar",
        inverters=(),
        appliances=tuple(
            Appliance(kind=Kind.CYCLING, watts=1500, phases=(at,), tan=1.73)
            for at in range(3)
        ),
    ),
    home(
        "powerwall-l1-zero-export",
        battery=powerwalls(0),
        export_limit=ExportLimit(watts=0),
    ),
    home(
        "powerwall-l2-slow-broken",
        battery=Battery(watts=5000, watt_hours=13500, phases=(1,), lag=12),
        weather=BROKEN,
    ),
    home(
        "three-inverters-fixed-factor-powerwall-l1",
        inverters=tuple(
            Inverter(
                watts=3000,
                phases=(at,),
                mode=VarMode.FIXED_FACTOR,
                var=-0.6,
                hours=3 * (at - 1),
            )
            for at in range(3)
        ),
        battery=powerwalls(0),
    ),
    home(
        "volt-var-weak-grid-powerwall-l1",
        inverters=with_var(VarMode.VOLT_VAR, 0.6),
        service=Service(
            legs=3, volts=236, ohms=(0.5, 0.5, 0.5), neutral_ohms=0.4, wander=3
        ),
        battery=powerwalls(0),
    ),
    home(
        "sheltered-empty-house",
        appliances=tuple(
            Appliance(kind=Kind.BASE, watts=40, phases=(at,)) for at in range(3)
        ),
        battery=powerwalls(*ALL),
    ),
    home(
        "car-in-sun-split-weak",
        service=Service(
            legs=2, volts=120, ohms=(0.15, 0.15), neutral_ohms=0.12, wander=1
        ),
        appliances=house(
            2,
            Appliance(kind=Kind.TIMED, watts=1500, phases=(0,), start=10, hours=5),
            Appliance(
                kind=Kind.SURPLUS_CAR, watts=7700, phases=(0, 1), start=9, hours=9
            ),
        ),
        inverters=(Inverter(watts=9000, phases=(0, 1)),),
    ),
)

_STREET: Final = Service(
    legs=3,
    volts=230,
    ohms=(0.03, 0.03, 0.03),
    neutral_ohms=0.03,
    wander=1.5,
    neighbours=7,
)


def _pump(watts: float, *phases: int, tan: float = 1.73, daily: float = 1) -> Appliance:
    return Appliance(
        kind=Kind.CYCLING, watts=watts, phases=phases, tan=tan, daily=daily
    )


_BY_THE_GRID: Final = (
    # The street's solar lifts the voltage just when the battery on L1 imports.
    home(
        "street-of-solar-powerwall-l1",
        service=_STREET,
        weather=BROKEN,
        battery=powerwalls(0),
        appliances=house(
            3,
            Appliance(kind=Kind.HEAT_PUMP, watts=3000, phases=ALL, start=19, hours=12),
        ),
    ),
    home(
        "street-of-solar-surplus-car",
        service=_STREET,
        weather=BROKEN,
        appliances=house(
            3,
            Appliance(
                kind=Kind.SURPLUS_CAR, watts=7400, phases=(0,), start=8, hours=11
            ),
        ),
    ),
    home(
        "taps-follow-the-evening",
        service=replace(_STREET, neighbours=0, taps=20, ohms=(0.02, 0.02, 0.02)),
        inverters=(),
    ),
    home(
        "split-street-of-solar",
        service=Service(
            legs=2,
            volts=120,
            ohms=(0.01, 0.01),
            neutral_ohms=0.01,
            wander=0.8,
            neighbours=4,
        ),
        weather=BROKEN,
        inverters=(Inverter(watts=3000, phases=(0, 1)),),
        battery=Battery(watts=5000, watt_hours=13500, phases=(0, 1)),
        appliances=house(
            2,
            Appliance(kind=Kind.DIVERTER, watts=3000, phases=(0, 1), tan=0.5),
        ),
    ),
    home(
        "outages-powerwalls",
        battery=powerwalls(*ALL),
        outages=tuple(Outage(day=at, hour=3 + 2 * at, minutes=40) for at in range(9)),
    ),
    home(
        "generator-weak-grid",
        service=WEAK,
        generator=True,
        battery=powerwalls(*ALL),
        outages=tuple(Outage(day=at, hour=17, minutes=200) for at in range(9)),
    ),
)
_BY_LOADS: Final = (
    home(
        "three-pumps-on-l3",
        appliances=(
            *base_loads(120),
            Appliance(kind=Kind.KETTLE, watts=2200, phases=(0,), daily=3),
            *(_pump(watts, 2) for watts in (700, 1100, 1900)),
        ),
    ),
    home(
        "farm-of-three-phase-pumps",
        appliances=(
            *base_loads(80),
            *(_pump(watts, *ALL) for watts in (2200, 4000, 7500)),
        ),
    ),
    home(
        "workshop-of-idle-motors",
        appliances=(
            *base_loads(80),
            *(_pump(watts, *ALL, tan=2.3) for watts in (1500, 2500, 4000)),
            _pump(1500, 0, tan=1.0),
        ),
        inverters=(),
    ),
    home(
        "hob-between-two-phases",
        appliances=(
            *base_loads(150),
            *(
                Appliance(
                    kind=Kind.OVEN, watts=watts, phases=pair, daily=2, between=True
                )
                for watts, pair in ((3000, (0, 1)), (4500, (1, 2)), (6000, (0, 1)))
            ),
        ),
    ),
    home(
        "unused-l3",
        inverters=(Inverter(watts=3000, phases=(0,)),),
        appliances=tuple(each for each in house(3) if 2 not in each.phases),
    ),
    home(
        "unused-l3-powerwall-l1",
        inverters=(Inverter(watts=3000, phases=(0,)),),
        battery=powerwalls(0),
        appliances=tuple(each for each in house(3) if 2 not in each.phases),
    ),
    home(
        "nothing-from-the-grid-all-day",
        inverters=(Inverter(watts=9000, phases=ALL),),
        battery=Battery(watts=15000, watt_hours=40500, phases=ALL, lag=1, reserve=0.05),
        appliances=(Appliance(kind=Kind.HEAT_PUMP, watts=1500, phases=ALL, tan=0.02),),
        export_limit=ExportLimit(watts=0),
    ),
    home(
        "split-nothing-from-the-grid",
        service=SPLIT,
        inverters=(Inverter(watts=6000, phases=(0, 1)),),
        battery=Battery(watts=10000, watt_hours=40500, phases=(0, 1), lag=1),
        appliances=(
            Appliance(kind=Kind.HEAT_PUMP, watts=900, phases=(0, 1), tan=0.02),
        ),
        export_limit=ExportLimit(watts=0),
    ),
)
# No meter sees what these make, so that their load is negative at times: that is true.
UNMETERED: Final[dict[str, Home]] = {
    each.name: each
    for each in (
        home(
            "balcony-solar-on-l1",
            appliances=base_loads(60),
            unmetered=(Inverter(watts=800, phases=(0,)),),
        ),
        home(
            "balcony-solar-on-l1-powerwall-l2",
            battery=powerwalls(1),
            unmetered=(Inverter(watts=800, phases=(0,)),),
        ),
    )
}
HOSTILE: Final[dict[str, Home]] = {
    each.name: each for each in (*_OTHERS, *_BY_THE_GRID, *_BY_LOADS, *BY_SOLAR)
}

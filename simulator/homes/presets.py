"""Ordinary homes in which checks of a level alone are wrong, by name.

`PRESETS` are sound homes: nothing is wrong in any of them. `HOSTILE` are more of them.
"""

from dataclasses import replace
from typing import Final

from .home import (
    Appliance,
    ApplianceKind as Kind,
    Battery,
    ExportLimit,
    Home,
    Inverter,
    Metering,
    Service,
    VarMode,
    Weather,
)

THREE: Final = Service(
    legs=3, volts=230, ohms=(0.08, 0.08, 0.08), neutral_ohms=0.06, wander=1.5
)
SPLIT: Final = Service(
    legs=2, volts=120, ohms=(0.03, 0.03), neutral_ohms=0.03, wander=0.7
)
_ALL: Final = (0, 1, 2)
_METERING: Final = Metering(
    site_gains=(1.004, 0.997, 1.002),
    solar_gains=(0.998, 1.003, 1.001),
    angles=(0.3, -0.4, 0.1),
)


def _house(legs: int, *more: Appliance) -> tuple[Appliance, ...]:
    """Return what every home has, and more."""
    kettle = 2200 if legs == 3 else 1400
    big = (1,) if legs == 3 else (0, 1)
    return (
        *(
            Appliance(kind=Kind.BASE, watts=watts, phases=(at,))
            for at, watts in enumerate((180, 90, 130)[:legs])
        ),
        Appliance(kind=Kind.VARS, watts=-120, phases=(0,)),
        Appliance(kind=Kind.FRIDGE, watts=120, phases=(1,)),
        Appliance(kind=Kind.KETTLE, watts=kettle, phases=(0,), daily=4),
        Appliance(kind=Kind.OVEN, watts=2500, phases=big, daily=0.8),
        Appliance(kind=Kind.HOB, watts=3000, phases=(legs - 1,), tan=0.1, daily=1),
        *more,
    )


def _vars(watts: float, legs: int = 3) -> tuple[Appliance, ...]:
    return tuple(
        Appliance(kind=Kind.VARS, watts=watts, phases=(at,)) for at in range(legs)
    )


def _powerwalls(*phases: int) -> Battery:
    count = len(phases)
    return Battery(watts=5000 * count, watt_hours=13500 * count, phases=phases)


def _home(name: str, **values: object) -> Home:
    base = Home(
        name=name,
        seed=sum(ord(letter) * (at + 1) for at, letter in enumerate(name)),
        service=THREE,
        appliances=_house(3),
        inverters=(Inverter(watts=8000, phases=_ALL),),
        weather=Weather(latitude=42, day=150, clear=0.4, broken=0.45),
        metering=_METERING,
    )
    return replace(base, **values)  # type: ignore[arg-type]


_POOL: Final = Appliance(
    kind=Kind.TIMED, watts=1200, phases=(1,), tan=1.02, start=9, hours=8
)
_AIR: Final = Appliance(
    kind=Kind.CYCLING, watts=1300, phases=(2,), tan=0.88, start=20, hours=11
)
# Uses by night what the battery took by day.
_HEATING: Final = Appliance(
    kind=Kind.HEAT_PUMP, watts=3500, phases=_ALL, tan=0.2, start=19, hours=12
)
_CAR: Final = Appliance(kind=Kind.CAR, watts=7400, phases=(0,), start=22, hours=5)
_CLEAR: Final = Weather(latitude=42, day=170, clear=1, broken=0)
_SINGLE: Final = (Inverter(watts=2500, phases=(0,)), Inverter(watts=2500, phases=(1,)))


def _with_var(mode: VarMode, var: float) -> tuple[Inverter, ...]:
    return (Inverter(watts=9000, phases=_ALL, mode=mode, var=var),)


# Every row of the table of homes in which checks of levels were wrong.
PRESETS: Final[dict[str, Home]] = {
    home.name: home
    for home in (
        _home(
            "two-powerwalls-l1-l2",
            battery=_powerwalls(0, 1),
            appliances=_house(3, _HEATING),
        ),
        _home(
            "solar-l1-l2-powerwall-l1",
            inverters=_SINGLE,
            battery=_powerwalls(0),
            appliances=_house(3, _HEATING),
        ),
        _home("kvar-a-phase", appliances=_house(3, *_vars(1000))),
        _home(
            "volt-var",
            inverters=_with_var(VarMode.VOLT_VAR, 0.6),
            service=Service(
                legs=3,
                volts=230,
                ohms=(0.4, 0.4, 0.4),
                neutral_ohms=0.2,
                wander=2,
                high=12,
            ),
        ),
        _home("fixed-var", inverters=_with_var(VarMode.FIXED_VAR, -4500)),
        _home("fixed-factor", inverters=_with_var(VarMode.FIXED_FACTOR, -0.75)),
        _home(
            "reported-export-var",
            appliances=_house(
                3, Appliance(kind=Kind.BASE, watts=500, phases=(0,), tan=0.05)
            ),
            inverters=(
                Inverter(
                    watts=2300, phases=(0,), mode=VarMode.FIXED_FACTOR, var=0.5136
                ),
            ),
            metering=replace(_METERING, solar_var_sign=-1),
            weather=_CLEAR,
        ),
        _home("pool-pump", appliances=_house(3, _POOL)),
        _home("air-conditioner", appliances=_house(3, _AIR)),
        _home(
            "export-limit-a-phase",
            appliances=_house(3, *_vars(1000)),
            export_limit=ExportLimit(watts=1200, per_phase=True),
        ),
        _home(
            "car-on-one-phase",
            appliances=_house(3, _CAR),
            service=Service(
                legs=3, volts=240, ohms=(0.35, 0.35, 0.35), neutral_ohms=0.1, wander=1.5
            ),
        ),
        _home(
            "solar-circuit-load",
            service=SPLIT,
            appliances=_house(2),
            inverters=(Inverter(watts=6000, phases=(0, 1)),),
            solar_circuit_watts=600,
        ),
    )
}


# Ordinary homes that are hard for checks of changes.
HOSTILE: Final[dict[str, Home]] = {
    home.name: home
    for home in (
        _home(
            "surplus-car-on-l1",
            appliances=_house(
                3,
                Appliance(
                    kind=Kind.SURPLUS_CAR, watts=7400, phases=(0,), start=8, hours=11
                ),
            ),
            weather=Weather(latitude=42, day=150, clear=0, broken=1),
        ),
        _home(
            "diverter-on-l2",
            appliances=_house(
                3, Appliance(kind=Kind.DIVERTER, watts=3000, phases=(1,))
            ),
            weather=Weather(latitude=42, day=150, clear=0, broken=1),
        ),
        _home(
            "diverter-split-leg",
            service=SPLIT,
            appliances=_house(
                2, Appliance(kind=Kind.DIVERTER, watts=1500, phases=(0,))
            ),
            inverters=(Inverter(watts=4000, phases=(0, 1)),),
            weather=Weather(latitude=36, day=150, clear=0, broken=1),
        ),
        _home(
            "surplus-pump",
            appliances=_house(
                3,
                Appliance(kind=Kind.SURPLUS_RELAY, watts=1100, phases=(0,), tan=1.02),
            ),
            weather=Weather(latitude=42, day=150, clear=0, broken=1),
        ),
        _home(
            "motors-only",
            appliances=(
                *(Appliance(kind=Kind.BASE, watts=60, phases=(at,)) for at in range(3)),
                *(
                    Appliance(kind=Kind.CYCLING, watts=1500, phases=(at,), tan=1.73)
                    for at in range(3)
                ),
            ),
        ),
        _home(
            "motors-only-no-solar",
            inverters=(),
            appliances=tuple(
                Appliance(kind=Kind.CYCLING, watts=1500, phases=(at,), tan=1.73)
                for at in range(3)
            ),
        ),
        _home(
            "powerwall-l1-zero-export",
            battery=_powerwalls(0),
            export_limit=ExportLimit(watts=0),
        ),
        _home(
            "powerwall-l2-slow-broken",
            battery=Battery(watts=5000, watt_hours=13500, phases=(1,), lag=12),
            weather=Weather(latitude=42, day=150, clear=0, broken=1),
        ),
        _home(
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
            battery=_powerwalls(0),
        ),
        _home(
            "volt-var-weak-grid-powerwall-l1",
            inverters=_with_var(VarMode.VOLT_VAR, 0.6),
            service=Service(
                legs=3, volts=236, ohms=(0.5, 0.5, 0.5), neutral_ohms=0.4, wander=3
            ),
            battery=_powerwalls(0),
        ),
        _home(
            "sheltered-empty-house",
            appliances=tuple(
                Appliance(kind=Kind.BASE, watts=40, phases=(at,)) for at in range(3)
            ),
            battery=_powerwalls(*_ALL),
        ),
        _home(
            "car-in-sun-split-weak",
            service=Service(
                legs=2, volts=120, ohms=(0.15, 0.15), neutral_ohms=0.12, wander=1
            ),
            appliances=_house(
                2,
                Appliance(kind=Kind.TIMED, watts=1500, phases=(0,), start=10, hours=5),
                Appliance(
                    kind=Kind.SURPLUS_CAR, watts=7700, phases=(0, 1), start=9, hours=9
                ),
            ),
            inverters=(Inverter(watts=9000, phases=(0, 1)),),
        ),
    )
}


def preset(name: str) -> Home:
    """Return a home by its name."""
    return (PRESETS | HOSTILE)[name]

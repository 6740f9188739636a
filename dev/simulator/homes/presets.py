"""Homes without a fault that mislead checks of levels, by name.

Nothing is wrong in any of them.
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
ALL: Final = (0, 1, 2)
METERING: Final = Metering(
    site_gains=(1.004, 0.997, 1.002),
    solar_gains=(0.998, 1.003, 1.001),
    angles=(0.3, -0.4, 0.1),
)


def house(legs: int, *more: Appliance) -> tuple[Appliance, ...]:
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


def powerwalls(*phases: int) -> Battery:
    """Return one single-phase battery on each of these phases."""
    count = len(phases)
    return Battery(watts=5000 * count, watt_hours=13500 * count, phases=phases)


def home(name: str, **values: object) -> Home:
    """Return a home on three phases with solar on all, save for these values."""
    base = Home(
        name=name,
        seed=sum(ord(letter) * (at + 1) for at, letter in enumerate(name)),
        service=THREE,
        appliances=house(3),
        inverters=(Inverter(watts=8000, phases=ALL),),
        weather=Weather(latitude=42, day=150, clear=0.4, broken=0.45),
        metering=METERING,
    )
    return replace(base, **values)  # type: ignore[arg-type]


BROKEN: Final = Weather(latitude=42, day=150, clear=0, broken=1)
WEAK: Final = Service(
    legs=3,
    volts=230,
    ohms=(0.4, 0.4, 0.4),
    neutral_ohms=0.3,
    wander=2.5,
    high=8,
    taps=6,
)
_POOL: Final = Appliance(
    kind=Kind.TIMED, watts=1200, phases=(1,), tan=1.02, start=9, hours=8
)
_AIR: Final = Appliance(
    kind=Kind.CYCLING, watts=1300, phases=(2,), tan=0.88, start=20, hours=11
)
# Uses by night what the battery took by day.
_HEATING: Final = Appliance(
    kind=Kind.HEAT_PUMP, watts=3500, phases=ALL, tan=0.2, start=19, hours=12
)
_CAR: Final = Appliance(kind=Kind.CAR, watts=7400, phases=(0,), start=22, hours=5)
_CLEAR: Final = Weather(latitude=42, day=170, clear=1, broken=0)
_SINGLE: Final = (Inverter(watts=2500, phases=(0,)), Inverter(watts=2500, phases=(1,)))


def base_loads(watts: float, legs: int = 3) -> tuple[Appliance, ...]:
    """Return a constant use of each phase."""
    return tuple(
        Appliance(kind=Kind.BASE, watts=watts, phases=(at,)) for at in range(legs)
    )


def with_var(mode: VarMode, var: float) -> tuple[Inverter, ...]:
    """Return a three-phase inverter with such reactive power."""
    return (Inverter(watts=9000, phases=ALL, mode=mode, var=var),)


# Every row of the table of homes in which checks of levels were wrong.
PRESETS: Final[dict[str, Home]] = {
    each.name: each
    for each in (
        home(
            "two-powerwalls-l1-l2",
            battery=powerwalls(0, 1),
            appliances=house(3, _HEATING),
        ),
        home(
            "solar-l1-l2-powerwall-l1",
            inverters=_SINGLE,
            battery=powerwalls(0),
            appliances=house(3, _HEATING),
        ),
        home("kvar-a-phase", appliances=house(3, *_vars(1000))),
        home(
            "volt-var",
            inverters=with_var(VarMode.VOLT_VAR, 0.6),
            service=Service(
                legs=3,
                volts=230,
                ohms=(0.4, 0.4, 0.4),
                neutral_ohms=0.2,
                wander=2,
                high=12,
            ),
        ),
        home("fixed-var", inverters=with_var(VarMode.FIXED_VAR, -4500)),
        home("fixed-factor", inverters=with_var(VarMode.FIXED_FACTOR, -0.75)),
        home(
            "reported-export-var",
            appliances=house(
                3, Appliance(kind=Kind.BASE, watts=500, phases=(0,), tan=0.05)
            ),
            inverters=(
                Inverter(
                    watts=2300, phases=(0,), mode=VarMode.FIXED_FACTOR, var=0.5136
                ),
            ),
            metering=replace(METERING, solar_var_sign=-1),
            weather=_CLEAR,
        ),
        home("pool-pump", appliances=house(3, _POOL)),
        home("air-conditioner", appliances=house(3, _AIR)),
        home(
            "export-limit-a-phase",
            appliances=house(3, *_vars(1000)),
            export_limit=ExportLimit(watts=1200, per_phase=True),
        ),
        home(
            "car-on-one-phase",
            appliances=house(3, _CAR),
            service=Service(
                legs=3, volts=240, ohms=(0.35, 0.35, 0.35), neutral_ohms=0.1, wander=1.5
            ),
        ),
        home(
            "solar-circuit-load",
            service=SPLIT,
            appliances=house(2),
            inverters=(Inverter(watts=6000, phases=(0, 1)),),
            solar_circuit=(
                Appliance(
                    kind=Kind.TIMED, watts=600, phases=(0, 1), start=19.5, hours=9.5
                ),
            ),
        ),
    )
}


# Homes with the fault that checks of levels named wrongly, or not at all.
FAULTY: Final[dict[str, tuple[Home, str]]] = {
    each.name: (each, fault)
    for each, fault in (
        (home("l1-reversed-without-a-cloud", weather=_CLEAR), "flipped_site_L1"),
        (home("l1-and-l2-swapped"), "wrong_phase_site_L1L2_on_L2L1L3"),
        (home("ct-off-its-cable"), "silent_site_L2"),
    )
}

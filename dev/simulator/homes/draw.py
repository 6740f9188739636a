"""Homes drawn from a seed."""

from typing import Final

import numpy as np

from .home import (
    Appliance,
    ApplianceKind as Kind,
    Battery,
    BatteryMode,
    ExportLimit,
    Home,
    Inverter,
    Metering,
    Outage,
    Service,
    VarMode,
    Weather,
)

type Phases = tuple[int, ...]

# Which part of homes is on three phases.
_THREE_PHASES: Final = 0.5


def draw(seed: int) -> Home:
    """Draw a home."""
    rng = np.random.default_rng(seed)
    legs = 3 if rng.uniform() < _THREE_PHASES else 2
    inverters = _inverters(rng, legs)
    appliances = draw_appliances(rng, legs)
    if inverters:
        appliances += _followers(rng, legs)
    limit = None
    if inverters and rng.uniform() < 0.25:
        limit = _limit(rng)
    return Home(
        name=f"seed {seed}",
        seed=seed,
        service=draw_service(rng, legs),
        appliances=appliances,
        inverters=inverters,
        battery=_battery(rng, legs, solar=bool(inverters)),
        export_limit=limit,
        weather=draw_weather(rng),
        metering=draw_metering(rng, legs),
        solar_circuit=_solar_circuit(rng, inverters),
        outages=_outages(rng),
        generator=bool(rng.uniform() < 0.1),
        interval=int(rng.choice([10] * 13 + [5, 5, 20, 30, 30, 60, 300])),
    )


def draw_service(rng: np.random.Generator, legs: int) -> Service:
    """Draw a connection to the grid; a long one in the country has half an ohm."""
    ohms = float(np.exp(rng.uniform(np.log(0.02), np.log(0.5))))
    return Service(
        legs=legs,
        volts=230.0 if legs == 3 else 120.0,
        ohms=tuple(ohms * rng.uniform(0.8, 1.2, legs) * (1 if legs == 3 else 0.4)),
        neutral_ohms=ohms * float(rng.uniform(0.5, 1.2)) * (1 if legs == 3 else 0.4),
        wander=float(rng.uniform(0.5, 2.5)) * (1 if legs == 3 else 0.5),
        high=float(rng.uniform(-0.03, 0.05)) * (230 if legs == 3 else 120),
        neighbours=float(rng.choice([0, 0, 1, 3, 6])) * (1 if legs == 3 else 0.5),
        taps=float(rng.choice([0, 0, 3, 10])),
    )


def draw_weather(rng: np.random.Generator) -> Weather:
    """Draw a place, a season and its skies."""
    clear = float(rng.uniform(0.15, 0.7))
    return Weather(
        latitude=float(rng.uniform(20, 58) * rng.choice([1, 1, 1, -1])),
        day=int(rng.integers(0, 365)),
        clear=clear,
        broken=float(rng.uniform(0.3, 0.8)) * (1 - clear),
    )


def draw_metering(rng: np.random.Generator, legs: int) -> Metering:
    """Draw a gateway's meters."""
    error = float(rng.uniform(0.002, 0.01))
    return Metering(
        site_gains=tuple(rng.normal(1, error, 3)),
        solar_gains=tuple(rng.normal(1, error, 3)),
        angles=tuple(rng.normal(0, 0.6, 3)),
        noise=float(rng.uniform(1, 6)),
        quantum=float(rng.choice([1, 1, 1, 10])),
        solar_lag=int(rng.integers(0, 3)),
        battery_lag=int(rng.integers(0, 3)),
        solar_meters=bool(rng.uniform() < 0.9),
        doubled=bool(legs == 2 and rng.uniform() < 0.3),
        solar_var_sign=int(rng.choice([1, 1, 1, -1])),
        gaps=float(rng.choice([0, 0, 0, 0.3, 3])),
    )


def draw_appliances(rng: np.random.Generator, legs: int) -> tuple[Appliance, ...]:
    """Draw the appliances of a home."""
    every = tuple(range(legs))

    def one() -> Phases:
        return (int(rng.integers(legs)),)

    def big() -> Phases:
        return (0, 1) if legs == 2 else (every if rng.uniform() < 0.4 else one())

    small = 1.0 if legs == 3 else 0.5
    found = [
        Appliance(kind=Kind.BASE, watts=float(rng.uniform(40, 300)), phases=(at,))
        for at in every
    ]
    found += [
        Appliance(kind=Kind.VARS, watts=float(rng.uniform(-300, -30)), phases=(at,))
        for at in every
        if rng.uniform() < 0.6
    ]
    if rng.uniform() < 0.08:
        found.append(Appliance(kind=Kind.VARS, watts=1000.0 * legs, phases=every))
    found += [
        Appliance(kind=Kind.FRIDGE, watts=float(rng.uniform(80, 180)), phases=one())
        for _ in range(int(rng.integers(1, 4)))
    ]
    found.append(
        Appliance(
            kind=Kind.KETTLE,
            watts=small * float(rng.uniform(1800, 3000)),
            phases=one(),
            daily=float(rng.uniform(0.5, 8)),
        )
    )
    choices: list[tuple[float, Appliance]] = [
        (0.7, _appliance(Kind.OVEN, rng.uniform(1800, 3600), big(), 0, 0.7)),
        (0.5, _appliance(Kind.HOB, rng.uniform(1500, 7000), big(), 0.1, 1.3)),
        (0.6, _appliance(Kind.DRYER, rng.uniform(1800, 4500), big(), 0.05, 0.5)),
        (0.3, _timed(rng, rng.uniform(2000, 4500), big(), 0, 2.5)),
        (0.25, _timed(rng, rng.uniform(700, 1600), big(), 1.02, 8)),
        (0.3, _season(rng, Kind.CYCLING, rng.uniform(900, 3500), big(), 0.88)),
        (0.3, _season(rng, Kind.HEAT_PUMP, rng.uniform(800, 5000), big(), 0.25)),
        (0.3, _car(rng, legs, one())),
        (0.1 * (legs == 3), _between(rng)),
    ]
    found += [each for chance, each in choices if rng.uniform() < chance]
    return tuple(found)


def _appliance(
    kind: Kind, watts: float, phases: Phases, tan: float, daily: float
) -> Appliance:
    return Appliance(kind=kind, watts=watts, phases=phases, tan=tan, daily=daily)


def _between(rng: np.random.Generator) -> Appliance:
    pair = ((0, 1), (1, 2))[int(rng.integers(2))]
    watts = float(rng.uniform(2000, 7000))
    return Appliance(kind=Kind.OVEN, watts=watts, phases=pair, daily=1, between=True)


def _timed(
    rng: np.random.Generator, watts: float, phases: Phases, tan: float, hours: float
) -> Appliance:
    start = float(rng.choice([1, 5, 9, 10, 12, 22]))
    return Appliance(
        kind=Kind.TIMED, watts=watts, phases=phases, tan=tan, start=start, hours=hours
    )


def _season(
    rng: np.random.Generator, kind: Kind, watts: float, phases: Phases, tan: float
) -> Appliance:
    start, hours = ((0.0, 24.0), (11.0, 12.0), (20.0, 12.0))[int(rng.integers(3))]
    return Appliance(
        kind=kind, watts=watts, phases=phases, tan=tan, start=start, hours=hours
    )


def _car(rng: np.random.Generator, legs: int, phase: Phases) -> Appliance:
    watts, phases = (7400.0, phase) if rng.uniform() < 0.5 else (11000.0, (0, 1, 2))
    if legs == 2:
        watts, phases = float(rng.choice([3800, 7700, 9600])), (0, 1)
    start = float(rng.choice([18, 22, 23, 1, 11]))
    return Appliance(
        kind=Kind.CAR,
        watts=watts,
        phases=phases,
        tan=float(rng.uniform(-0.05, 0.1)),
        start=start,
        hours=5,
        daily=float(rng.uniform(0.3, 1)),
    )


def _followers(rng: np.random.Generator, legs: int) -> tuple[Appliance, ...]:
    """Draw what follows solar; of these a home has one at most."""
    phase = (int(rng.integers(legs)),)
    both = (0, 1) if legs == 2 else phase
    choice = rng.uniform()
    if choice < 0.1:
        watts = 7400.0 if legs == 3 else 7700.0
        return (
            Appliance(
                kind=Kind.SURPLUS_CAR, watts=watts, phases=both, start=9, hours=9
            ),
        )
    if choice < 0.18:
        tan = float(rng.choice([0, 0.3, 0.6]))
        return (Appliance(kind=Kind.DIVERTER, watts=3000.0, phases=both, tan=tan),)
    if choice < 0.24:
        watts = float(rng.uniform(1000, 3000))
        return (Appliance(kind=Kind.SURPLUS_RELAY, watts=watts, phases=both, tan=0.5),)
    return ()


def _inverters(rng: np.random.Generator, legs: int) -> tuple[Inverter, ...]:
    if rng.uniform() < 0.08:
        return ()
    mode = VarMode(str(rng.choice(list(VarMode), p=[0.4, 0.2, 0.15, 0.25])))
    kinds: list[Phases] = [tuple(range(legs))]
    if legs == 3:
        kinds = [(0, 1, 2), (0, 1, 2), (0,), (1,), (0, 1), (1, 2)]
    phases = kinds[int(rng.integers(len(kinds)))]
    size = float(rng.uniform(1500, 5000)) * len(phases)
    if legs == 2:
        size = float(rng.uniform(2500, 11000))
    three = legs == 3 and len(phases) == 3
    groups = [phases] if legs == 2 or (three and rng.uniform() < 0.6) else list(phases)
    facing = float(rng.uniform(-1.5, 1.5))
    split = rng.uniform() < 0.4
    # A grid code holds for all of a home's inverters.
    var = _var(rng, mode)
    found = []
    for group in groups:
        at = group if isinstance(group, tuple) else (group,)
        watts = size * len(at) / len(phases)
        found.append(
            Inverter(
                watts=watts,
                phases=at,
                mode=mode,
                var=var * watts if mode is VarMode.FIXED_VAR else var,
                hours=float(rng.uniform(-3, 3)) if split else facing,
                standby_watts=float(rng.uniform(1, 20) * rng.choice([1, 1, 1, 3])),
                standby_var=float(rng.uniform(0, 150) * rng.choice([1, 1, 1, 4])),
            )
        )
    return tuple(found)


def _solar_circuit(
    rng: np.random.Generator, inverters: tuple[Inverter, ...]
) -> tuple[Appliance, ...]:
    """Draw what else hangs behind the solar CTs: a shed's heater, a barn, a charger."""
    if not inverters or rng.uniform() > 0.12:
        return ()
    phases = inverters[int(rng.integers(len(inverters)))].phases
    watts = float(np.exp(rng.uniform(4, 7.5)))
    kinds = (
        Appliance(
            kind=Kind.TIMED, watts=watts, phases=phases, start=19.5, hours=9.5, tan=0.2
        ),
        Appliance(kind=Kind.BASE, watts=watts / 4, phases=phases, tan=0.3),
        Appliance(
            kind=Kind.HEAT_PUMP, watts=2 * watts, phases=phases, start=4, hours=8
        ),
        Appliance(
            kind=Kind.CAR,
            watts=3700.0 * len(phases),
            phases=phases,
            start=float(rng.choice([10, 18, 23])),
            hours=4,
            daily=0.5,
        ),
    )
    return (kinds[int(rng.choice(4, p=[0.5, 0.2, 0.1, 0.2]))],)


def _var(rng: np.random.Generator, mode: VarMode) -> float:
    match mode:
        case VarMode.FIXED_FACTOR:
            return float(rng.choice([-0.33, -0.48, -0.6, 0.33, 0.48]))
        case VarMode.FIXED_VAR:
            return float(rng.uniform(-0.5, 0.3))
        case VarMode.VOLT_VAR:
            return float(rng.uniform(0.44, 0.6))
        case _:
            return 0


def _battery(rng: np.random.Generator, legs: int, *, solar: bool) -> Battery | None:
    if rng.uniform() < (0.35 if solar else 0.2):
        return None
    kinds: list[Phases] = [(0, 1)]
    if legs == 3:
        kinds = [(0,), (1,), (0, 1), (0, 2), (0, 0), (0, 1, 2), (0, 1, 2)]
    phases = kinds[int(rng.integers(len(kinds)))]
    units = len(phases) if legs == 3 else int(rng.integers(1, 4))
    return Battery(
        watts=5000.0 * units,
        watt_hours=13500.0 * units,
        phases=phases,
        lag=int(rng.integers(1, 7)),
        mode=BatteryMode(str(rng.choice(list(BatteryMode), p=[0.6, 0.3, 0.1]))),
        hours=(float(rng.integers(14, 18)), float(rng.integers(19, 23))),
        grid_charge=(1.0, 4.5) if rng.uniform() < 0.2 else (0, 0),
        export=(18.0, 19.5) if rng.uniform() < 0.15 else (0, 0),
        reserve=float(rng.choice([0.05, 0.2, 0.3, 0.8])),
        idle_var=float(rng.uniform(-100, 700)) * units,
    )


def _limit(rng: np.random.Generator) -> ExportLimit:
    watts = float(rng.choice([0, 1200, 3000, 5000]))
    return ExportLimit(watts=watts, per_phase=bool(rng.uniform() < 0.3))


def _outages(rng: np.random.Generator) -> tuple[Outage, ...]:
    """Draw outages of the first two weeks; most homes have none."""
    count = int(rng.choice([0, 0, 0, 0, 1, 2]))
    return tuple(
        Outage(
            day=int(rng.integers(0, 14)),
            hour=float(rng.uniform(0, 23)),
            minutes=float(np.exp(rng.uniform(0, 6))),
        )
        for _ in range(count)
    )

"""Sun and house without a battery, as functions of seed and time."""

from functools import cache
from math import exp, pi, sin
from typing import Final

from .installation import Flow, Installation, Phases
from .noise import smooth, unit

STEP: Final = 5  # seconds: all powers are constant within a step
DAY: Final = 86400 // STEP  # steps
_MINUTE: Final = 60 // STEP

# Streams of randomness, one for each thing that varies by itself.
_WEATHER, _CLOUD, _HOUSE, _KETTLE, _KETTLE_PHASE, _DRYER, _VOLTS, _HERTZ = range(8)


@cache
def _daylight() -> tuple[float, ...]:
    """Return the sun's strength, 0 to 1, for each step of a day: up from 06:00 to 20:00."""
    hours = (step * STEP / 3600 for step in range(DAY))
    return tuple(sin(pi * (h - 6) / 14) ** 1.3 if 6 < h < 20 else 0.0 for h in hours)


@cache
def _habits() -> tuple[float, ...]:
    """Return the house's usual power in W for each step of a day: a morning and an evening."""
    hours = (step * STEP / 3600 for step in range(DAY))
    return tuple(
        230
        + 600 * exp(-(((h - 7.5) / 1.2) ** 2))
        + 1100 * exp(-(((h - 19) / 2.2) ** 2))
        for h in hours
    )


def solar(site: Installation, seed: int, step: int, local: int) -> Phases:
    """Return what the solar system gives on each phase.

    `step` counts from 1970, `local` from the last local midnight. At night the inverter draws
    a few watts: a real system's solar power is slightly negative then.
    """
    share = len(site.solar_phases)
    strength = _daylight()[local]
    if strength > 0.01:
        weather = smooth(seed, _WEATHER, step, 40 * _MINUTE)
        cloud = smooth(seed, _CLOUD, step, 2 * _MINUTE)
        clear = 1 - 0.75 * max(0.0, weather - 0.5) * cloud * 2
        watts = round(site.solar_watts * strength * clear / share)
    else:
        watts = -2
    flow = Flow(watts, 20 + watts // 100)
    return tuple(flow if n in site.solar_phases else Flow() for n in range(site.phases))


def house(site: Installation, seed: int, step: int, local: int) -> Phases:
    """Return what the house takes on each phase."""
    spread = 0.7 + 0.6 * smooth(seed, _HOUSE, step, 7 * _MINUTE)
    usual = _habits()[local] * site.house * spread / site.phases
    middle = (site.phases - 1) / 2
    # No electrician ever balanced a house: each phase takes more than the one before.
    watts = [usual * (1 + 0.3 * (phase - middle)) for phase in range(site.phases)]
    if step % (50 * _MINUTE) < 18 * _MINUTE:  # the refrigerator
        watts[0] += 130
    slot, within = divmod(step, 10 * _MINUTE)
    if within < 3 * _MINUTE and unit(seed, _KETTLE, slot) < _habits()[local] / 6000:
        phase = int(unit(seed, _KETTLE_PHASE, slot) * site.phases)
        watts[phase] += 2100
    slot, within = divmod(step, 240 * _MINUTE)
    if within < 55 * _MINUTE and unit(seed, _DRYER, slot) < 0.3:
        watts = [one + 2600 / site.phases for one in watts]
    return tuple(Flow(round(one), round(one * 0.12) - 180) for one in watts)


def volts(site: Installation, seed: int, step: int, phase: int, imported: int) -> float:
    """Return a phase's voltage to neutral in V: it sags with import and rises with export."""
    drift = (smooth(seed, _VOLTS + 100 * phase, step, 15 * _MINUTE) - 0.5) * 0.02
    return round(site.volts * (1 + drift) - imported * 0.00025, 2)


def hertz(site: Installation, seed: int, step: int) -> float:
    """Return the line frequency in Hz."""
    return round(site.hertz + (smooth(seed, _HERTZ, step, _MINUTE) - 0.5) * 0.06, 3)

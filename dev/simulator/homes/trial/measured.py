"""Polls of a simulated home as input of the wiring checks."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Final

from custom_components.tesla_gateway_meters.checks.model import Measured
from custom_components.tesla_gateway_meters.gateway import (
    LocationMeter,
    Phase,
    PhaseReading,
    Totals,
)
from simulator.homes.home import Array, Home
from simulator.homes.meters import Polls, Readings

PHASES: Final = (Phase.L1, Phase.L2, Phase.L3)
NAMES: Final = {"site": "synchrometerX", "solar": "synchrometerY"}
_NOTHING: Final = Totals(**dict.fromkeys(each.name for each in fields(Totals)))
# The solar system's meters are asked for every half minute.
_SOLAR_EVERY: Final = 30  # s

type Columns = Sequence[Sequence[float]]


def feed(home: Home, polls: Polls) -> Iterator[tuple[int, float, Measured]]:
    """Yield each poll of a day: its number, its second of the day, and what it measured."""
    every = max(1, round(_SOLAR_EVERY / home.interval))
    site, solar = _columns(polls.site), _columns(polls.solar)
    names = tuple(polls.power)
    powers = zip(*(each.tolist() for each in polls.power.values()), strict=True)
    connected = polls.connected.tolist()
    solar_phases: dict[Phase, PhaseReading] = {}
    solar_meters: tuple[LocationMeter, ...] = ()
    for index, (second, power) in enumerate(
        zip(polls.seconds.tolist(), powers, strict=True)
    ):
        if home.solar_cts and (index % every == 0 or not solar_meters):
            solar_phases = _phases(polls.solar.phases, solar, index)
            scale = 2.0 if home.metering.doubled else None
            solar_meters = (_meter("solar", solar_phases, polls.solar.phases, scale),)
        phases = _phases(polls.site.phases, site, index)
        meters: dict[str, tuple[LocationMeter, ...]] = {
            "site": (_meter("site", phases, polls.site.phases, None),)
        }
        located = {"site": phases}
        if solar_meters:
            meters["solar"] = solar_meters
            located["solar"] = solar_phases
        yield (
            index,
            second,
            Measured(
                power=dict(zip(names, power, strict=True)),
                meters=meters,
                phases=located,
                has_solar_meters=bool(solar_meters),
                grid_connected=connected[index] > 0,
            ),
        )


def _columns(readings: Readings) -> tuple[Columns, ...]:
    def listed(values: Array) -> Columns:
        columns: Columns = values.tolist()
        return columns

    return (
        listed(readings.volts),
        listed(readings.amperes),
        listed(readings.p),
        listed(readings.q),
    )


def _phases(
    at: tuple[int, ...], columns: tuple[Columns, ...], index: int
) -> dict[Phase, PhaseReading]:
    volts, amperes, p, q = columns
    return {
        PHASES[phase]: PhaseReading(
            voltage=volts[row][index],
            current=amperes[row][index],
            power=p[row][index],
            reactive_power=q[row][index],
        )
        for row, phase in enumerate(at)
    }


def _meter(
    location: str,
    phases: dict[Phase, PhaseReading],
    at: tuple[int, ...],
    scale_factor: float | None,
) -> LocationMeter:
    return LocationMeter(
        key=NAMES[location],
        id=0,
        location=location,
        type=NAMES[location],
        cts=(True, True, True, False),
        inverted=(False,) * 4,
        scale_factor=scale_factor,
        voltage_references={},
        ct_phases={phase + 1: PHASES[phase] for phase in at},
        totals=_NOTHING,
        phases=phases,
        board_serial=None,
        version=None,
    )

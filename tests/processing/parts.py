"""Parts of a poll, made by hand: of each only what a test is about is known."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from custom_components.tesla_gateway_meters.gateway import (
    LocationMeter,
    Phase,
    PhaseReading,
    Totals,
)
from custom_components.tesla_gateway_meters.processing.hysteresis import Hysteresis

_NOTHING: Final = dict.fromkeys(each.name for each in fields(Totals))


def totals(**known: Any) -> Totals:
    """Return totals of which these values alone are known."""
    return Totals(**(_NOTHING | known))


def phase(power: float | None = None, voltage: float | None = None) -> PhaseReading:
    """Return a phase of which these values alone are known."""
    return PhaseReading(voltage=voltage, current=None, power=power, reactive_power=None)


def meter(
    key: str,
    location: str,
    phases: Mapping[Phase, PhaseReading],
    each: Totals,
) -> LocationMeter:
    """Return a meter at a location, and what it measures."""
    return LocationMeter(
        key=key,
        id=0,
        location=location,
        type=key,
        cts=(),
        inverted=(),
        scale_factor=None,
        voltage_references={},
        ct_phases={},
        totals=each,
        phases=phases,
        board_serial=None,
        version=None,
    )


def sustained(gap: float = 60) -> Hysteresis:
    """Return an export that is sustained above 1,000 W for a minute, until 200 W."""
    return Hysteresis(
        longest_gap=gap, on_above=1000, off_below=200, on_delay=60, off_delay=60
    )

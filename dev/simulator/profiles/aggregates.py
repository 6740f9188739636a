"""`/api/meters/aggregates` of a live profile."""

from typing import Final

from simulator.go_format import Json

from .moment import Moment, PhaseReading, average_volts, common
from .spec import NEURIO, Meter

_TIMEOUT: Final = 1_500_000_000  # nanoseconds
_INVERTER_TIMEOUT: Final = 1_000_000_000


def build(moment: Moment) -> Json:
    """Build the payload; a site without batteries has no such key."""
    payload: dict[str, Json] = {"site": _metered(moment, "site")}
    if moment.equipment.installation.battery_watts:
        payload["battery"] = _battery(moment)
    payload["load"] = _load(moment)
    inverter = moment.equipment.inverter_solar
    payload["solar"] = _inverter(moment) if inverter else _metered(moment, "solar")
    return payload


def _measured(
    moment: Moment, location: str
) -> list[tuple[Meter, dict[int, PhaseReading]]]:
    return [
        (meter, moment.phases(meter, role)) for meter, role in moment.roles(location)
    ]


def _volts(moment: Moment, location: str) -> float:
    """Average what the meters of a location show as their average."""
    volts = [average_volts(*one) for one in _measured(moment, location) if one[1]]
    return sum(volts) / len(volts) if volts else 0


def _metered(moment: Moment, location: str) -> dict[str, Json]:
    """Sum up the meters of a location."""
    readings = _measured(moment, location)
    amperes = sum(
        reading.amperes for _, phases in readings for reading in phases.values()
    )
    neurio = all(meter.type == NEURIO for meter, _ in readings)
    # It is as old as what came in last.
    seen = max((moment.of(meter) for meter, _ in readings), key=lambda one: one.now)
    return {
        **common(
            seen.stamp(location),
            moment.flow(location),
            energy=moment.energy(location),
            hertz=seen.snapshot.hertz if neurio else 0,
            volts=_volts(moment, location),
            amperes=amperes,
        ),
        "timeout": _TIMEOUT,
        "num_meters_aggregated": len(readings),
        "instant_total_current": amperes,
    }


def _battery(moment: Moment) -> dict[str, Json]:
    flow = moment.flow("battery")
    # Amperes of the 50 V direct current side, positive when charging.
    amperes = round(-flow.p / 46, 1)
    return {
        **common(
            moment.stamp("battery"),
            flow,
            energy=moment.energy("battery"),
            hertz=moment.snapshot.hertz,
            volts=moment.inverter_volts(),
            amperes=amperes,
        ),
        "timeout": _TIMEOUT,
        "num_meters_aggregated": moment.equipment.installation.batteries,
        "instant_total_current": amperes,
    }


def _load(moment: Moment) -> dict[str, Json]:
    """Compute what no meter measures; its current comes from the site's fictive voltage."""
    flow = moment.flow("load")
    volts = _volts(moment, "site")
    amperes = flow.p / volts if volts else 0
    return {
        **common(
            moment.stamp("load"),
            flow,
            energy=moment.energy("load"),
            volts=volts,
            amperes=amperes,
        ),
        "timeout": _TIMEOUT,
        "instant_total_current": amperes,
    }


def _inverter(moment: Moment) -> dict[str, Json]:
    """Report a solar system that its own inverter measures, as on a Powerwall+."""
    return {
        **common(
            moment.stamp("solar"),
            moment.flow("solar"),
            energy=moment.energy("solar"),
            hertz=moment.snapshot.hertz,
            volts=moment.inverter_volts(),
        ),
        "timeout": _INVERTER_TIMEOUT,
        "num_meters_aggregated": 1,
        "instant_total_current": 0,
    }

"""The answer of `/api/meters/aggregates` of a live profile."""

from typing import Final

from simulator.go_format import Json

from .site_state import PhaseReading, SiteState, average_volts, common
from .spec import NEURIO, Meter

_TIMEOUT: Final = 1_500_000_000  # nanoseconds
_INVERTER_TIMEOUT: Final = 1_000_000_000


def build(state: SiteState) -> Json:
    """Build the payload; a site without batteries has no such key."""
    payload: dict[str, Json] = {"site": _metered(state, "site")}
    if state.equipment.installation.battery_watts:
        payload["battery"] = _battery(state)
    payload["load"] = _load(state)
    inverter = state.equipment.inverter_solar
    payload["solar"] = _inverter(state) if inverter else _metered(state, "solar")
    return payload


def _measured(
    state: SiteState, location: str
) -> list[tuple[Meter, dict[int, PhaseReading]]]:
    return [(meter, state.phases(meter, role)) for meter, role in state.roles(location)]


def _volts(state: SiteState, location: str) -> float:
    """Return the mean of the average voltages of a location's meters."""
    volts = [average_volts(*one) for one in _measured(state, location) if one[1]]
    return sum(volts) / len(volts) if volts else 0


def _metered(state: SiteState, location: str) -> dict[str, Json]:
    """Return the sum of a location's meters."""
    readings = _measured(state, location)
    amperes = sum(
        reading.amperes for _, phases in readings for reading in phases.values()
    )
    neurio = all(meter.type == NEURIO for meter, _ in readings)
    # It is as old as what came in last.
    seen = max((state.of(meter) for meter, _ in readings), key=lambda one: one.now)
    return {
        **common(
            seen.stamp(location),
            state.flow(location),
            energy=state.energy(location),
            hertz=seen.snapshot.hertz if neurio else 0,
            volts=_volts(state, location),
            amperes=amperes,
        ),
        "timeout": _TIMEOUT,
        "num_meters_aggregated": len(readings),
        "instant_total_current": amperes,
    }


def _battery(state: SiteState) -> dict[str, Json]:
    flow = state.flow("battery")
    # Amperes of the 50 V direct current side, positive when charging.
    amperes = round(-flow.p / 46, 1)
    return {
        **common(
            state.stamp("battery"),
            flow,
            energy=state.energy("battery"),
            hertz=state.snapshot.hertz,
            volts=state.inverter_volts(),
            amperes=amperes,
        ),
        "timeout": _TIMEOUT,
        "num_meters_aggregated": state.equipment.installation.batteries,
        "instant_total_current": amperes,
    }


def _load(state: SiteState) -> dict[str, Json]:
    """Return the computed load; its current results from the site's nominal voltage."""
    flow = state.flow("load")
    volts = _volts(state, "site")
    amperes = flow.p / volts if volts else 0
    return {
        **common(
            state.stamp("load"),
            flow,
            energy=state.energy("load"),
            volts=volts,
            amperes=amperes,
        ),
        "timeout": _TIMEOUT,
        "instant_total_current": amperes,
    }


def _inverter(state: SiteState) -> dict[str, Json]:
    """Return a solar system that its own inverter measures, as on a Powerwall+."""
    return {
        **common(
            state.stamp("solar"),
            state.flow("solar"),
            energy=state.energy("solar"),
            hertz=state.snapshot.hertz,
            volts=state.inverter_volts(),
        ),
        "timeout": _INVERTER_TIMEOUT,
        "num_meters_aggregated": 1,
        "instant_total_current": 0,
    }

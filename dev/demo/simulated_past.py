"""The past of a simulated home, as the integration would have shown it.

Importing this takes seconds: the integration brings Home Assistant along.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass

from custom_components.tesla_gateway_meters.gateway import Totals, sum_phases
from custom_components.tesla_gateway_meters.gateway.parse import (
    parse_aggregates,
    parse_site_meters,
    parse_solar_meters,
    parse_state_of_charge,
)
from custom_components.tesla_gateway_meters.measure import Measure
from custom_components.tesla_gateway_meters.options import surplus_monitor
from custom_components.tesla_gateway_meters.processing.surplus import (
    Export,
)
from custom_components.tesla_gateway_meters.sensor_descriptions import (
    OF_PHASE,
    STATE_OF_CHARGE,
    SURPLUS,
    of_location,
)
from simulator.clock import Clock
from simulator.profiles import create
from simulator.profiles.base import Endpoints

SEED = 1  # the simulator's own default
COARSE, FINE = timedelta(minutes=5), timedelta(minutes=1)
# So far back the steps are fine.
RECENT = timedelta(days=1)

type Sample = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The past states of entities.

    `times` are Unix times in order; at each of them there is a sample, by the end of the
    entities' unique ids, in the units that they show, and a state of sustained export,
    None if it is unknown.
    """

    times: list[float]
    samples: list[Sample]
    sustained: list[bool | None]

    @property
    def recent(self) -> float:
        """Return since when the steps are fine."""
        return self.times[-1] - RECENT.total_seconds()

    def recent_values(self, key: str, until: float) -> Iterator[tuple[float, float]]:
        """Yield an entity's values since then and up to a time, and when."""
        for time, sample in zip(self.times, self.samples, strict=True):
            if self.recent < time <= until and key in sample:
                yield time, sample[key]

    def between(self, key: str, start: float, end: float) -> list[float]:
        """Return an entity's values from a time up to another."""
        first, after = (bisect_left(self.times, time) for time in (start, end))
        return [each[key] for each in self.samples[first:after] if key in each]

    def at(self, key: str, time: float) -> float | None:
        """Return an entity's value at one of the times."""
        return self.samples[bisect_left(self.times, time)].get(key)


def simulate(profile: str, since: datetime, until: datetime) -> Past:
    """Simulate a home up to a time."""
    clock = Clock(start=since, frozen=True)
    endpoints = create(profile, clock, SEED).endpoints
    monitor = surplus_monitor({}, FINE)
    past = Past(times=[], samples=[], sustained=[])
    for moment in _moments(since, until):
        clock.advance((moment - clock.now()).total_seconds())
        time = moment.timestamp()
        totals = parse_aggregates(endpoints["meters/aggregates"]())
        powers = {location: each.power for location, each in totals.items()}
        export = monitor.update(time, totals, powers, ())
        past.times.append(time)
        past.samples.append(dict(_sample(endpoints, totals, export)))
        past.sustained.append(export.sustained.at(time))
    return past


def _moments(since: datetime, until: datetime) -> Iterator[datetime]:
    """Yield full minutes; coarse steps are on the grid of Home Assistant's statistics."""
    moment = since
    while moment <= until:
        yield moment
        moment += COARSE if until - moment > RECENT else FINE


def _sample(
    endpoints: Endpoints, totals: dict[str, Totals], export: Export
) -> Iterator[tuple[str, float]]:
    for location, each in totals.items():
        yield from _shown(of_location(location), each, location)
    yield from _shown((SURPLUS,), export, "site")
    for location, parse in (("site", parse_site_meters), ("solar", parse_solar_meters)):
        if answer := endpoints.get(f"meters/{location}"):
            for phase, reading in sum_phases(parse(answer())).items():
                yield from _shown(OF_PHASE, reading, location, f"_{phase}")
    if answer := endpoints.get("system_status/soe"):
        yield from _shown(
            (STATE_OF_CHARGE,), parse_state_of_charge(answer()), "battery"
        )


def _shown(
    measures: Iterable[Measure[Any]], part: object, prefix: str, suffix: str = ""
) -> Iterator[tuple[str, float]]:
    """Yield what the sensors of a part show: those that are on by default, and numbers."""
    for measure in measures:
        if not measure.entity_registry_enabled_default:
            continue
        value = measure.value_of(part)
        if isinstance(value, int | float):
            value = round(value, measure.digits or None)
            if measure.device_class is SensorDeviceClass.ENERGY:
                value /= 1000
            yield f"{prefix}_{measure.key}{suffix}", value

"""The simulated home's past, so that the energy dashboard has something to show at once."""

from datetime import datetime, timedelta
from statistics import fmean
from typing import Any

from simulator.clock import Clock
from simulator.profiles import create

from .gateway import Home
from .home_assistant import Socket
from .registry import Registry

SEED = 1  # the simulator's own default
STEP = timedelta(minutes=5)
HOUR = timedelta(hours=1)
AGGREGATES, CHARGE = "meters/aggregates", "system_status/soe"

type Sample = dict[str, float]
type Row = dict[str, Any]


def _samples(profile: str, home: Home) -> dict[datetime, Sample]:
    """Return what the gateway would have answered since the home's beginning."""
    clock = Clock(start=home.since)
    gateway = create(profile, clock, SEED)
    samples = {}
    moment = home.since
    end = datetime.now(home.since.tzinfo)
    while moment < end:
        samples[moment] = _flat(gateway.endpoints)
        clock.advance(STEP.total_seconds())
        moment += STEP
    return samples


def _flat(endpoints: Any) -> Sample:
    sample: Sample = {}
    for location, values in endpoints[AGGREGATES]().items():
        sample[f"{location}_power"] = values["instant_power"]
        sample[f"{location}_energy_imported"] = values["energy_imported"] / 1000
        sample[f"{location}_energy_exported"] = values["energy_exported"] / 1000
    if CHARGE in endpoints:
        sample["battery_charge"] = endpoints[CHARGE]()["percentage"]
    return sample


def _row(
    samples: dict[datetime, Sample], key: str, start: datetime, *, counter: bool
) -> Row:
    """Return one hour of one entity.

    Home Assistant sums a counter up from 0 when it first sees it, which is about
    now: sums of the past are below 0, what is still missing then.
    """
    row: Row = {"start": start.isoformat()}
    if counter:
        end = samples[start + HOUR][key]
        return row | {"state": end, "sum": end - samples[max(samples)][key]}
    values = [
        sample[key] for time, sample in samples.items() if start <= time < start + HOUR
    ]
    return row | {"mean": fmean(values), "min": min(values), "max": max(values)}


async def write(socket: Socket, registry: Registry, profile: str, home: Home) -> None:
    """Import the past as hourly statistics of the entities."""
    samples = _samples(profile, home)
    keys = {
        entity: key for key in samples[home.since] if (entity := registry.find(key))
    }
    hours = int((max(samples) - home.since) / HOUR)
    for known in await socket.command("recorder/list_statistic_ids"):
        key = keys.get(known["statistic_id"])
        if key is None:
            continue
        await socket.command(
            "recorder/import_statistics",
            metadata={
                "statistic_id": known["statistic_id"],
                "source": known["source"],
                "name": None,
                "mean_type": known["mean_type"],
                "has_sum": known["has_sum"],
                "unit_class": known["unit_class"],
                "unit_of_measurement": known["statistics_unit_of_measurement"],
            },
            stats=[
                _row(samples, key, home.since + hour * HOUR, counter=known["has_sum"])
                for hour in range(hours)
            ],
        )

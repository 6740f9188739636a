"""The measured power that each energy counter counts.

Signs of power (gateway API, section 3.2): site and load + is import; what gives
energy (solar, battery, generator) + is export. Results are pairs, exported first.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from ..gateway import CtReading, PhaseReading, Totals
from .counter_evidence import Flow

type Flows = tuple[Flow | None, Flow | None]

NOT_MEASURED: Final[Flows] = (None, None)

_CONSUMERS: Final = frozenset({"site", "load"})
_SOURCES: Final = frozenset({"solar", "battery", "generator"})


def location_flows(
    location: str,
    totals: Totals,
    phases: Iterable[PhaseReading],
    locations: Mapping[str, Totals],
) -> Flows:
    """Return the power at a location or one of its meters, in both directions.

    `phases` are its own, as far as they are known. The site's counters may count each
    phase separately: then both rise while its power is 0. Where its phases are unknown,
    the powers of all `locations` bound them: no more is imported than is used and
    stored, and no more exported than is generated and discharged.
    """
    power = totals.power
    if power is None:
        return NOT_MEASURED
    if location not in _CONSUMERS | _SOURCES:
        # The sign of its power is unknown.
        return Flow(0, abs(power)), Flow(0, abs(power))
    powers = [each.power for each in phases if each.power is not None]
    if location == "site" and not powers:
        return _site_flows(power, locations)
    inwards = _flow(power, powers)
    outwards = _flow(-power, [-each for each in powers])
    return (outwards, inwards) if location in _CONSUMERS else (inwards, outwards)


def ct_flows(reading: CtReading) -> Flows:
    """Return the power through a CT; an inverted one may count the other way."""
    power = reading.power
    if power is None:
        return NOT_MEASURED
    most = abs(power)
    return Flow(max(-power, 0), most), Flow(max(power, 0), most)


def _site_flows(power: float, locations: Mapping[str, Totals]) -> Flows:
    load, battery = (_power(locations, each) for each in ("load", "battery"))
    made = max(_power(locations, "solar"), 0) + max(_power(locations, "generator"), 0)
    used, given = max(load, 0) + max(-battery, 0), made + max(battery, 0)
    exported, imported = max(-power, 0), max(power, 0)
    return Flow(exported, max(exported, given)), Flow(imported, max(imported, used))


def _power(locations: Mapping[str, Totals], location: str) -> float:
    totals = locations.get(location)
    return 0 if totals is None or totals.power is None else totals.power


def _flow(power: float, powers: Iterable[float]) -> Flow:
    net = max(power, 0)
    return Flow(net, max(net, sum(max(each, 0) for each in powers)))

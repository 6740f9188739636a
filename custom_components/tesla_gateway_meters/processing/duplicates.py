"""Values that equal another value of the home: their entities are disabled by default.

Each function returns keys of measures, of those that are enabled otherwise.
"""

from math import isclose
from typing import Final

from ..gateway import LocationMeter, Phase, Totals
from .snapshot import LiveSnapshot

# A CT that nothing flows through reads noise.
_LEAST_ENERGY: Final = 100  # Wh
_LEAST_POWER: Final = 10  # W

# A battery between two phases of the site has 1.7 or 2 times the voltage.
_SAME_VOLTAGE: Final = 0.05

_NONE: Final[frozenset[str]] = frozenset()
_CURRENT: Final = frozenset({"current"})
_POWER: Final = frozenset({"power"})
_SURPLUS: Final = frozenset({"solar_surplus"})
_VOLTAGE: Final = frozenset({"voltage"})
_SHARE: Final = frozenset({"power", "energy_exported", "energy_imported"})


def of_location(live: LiveSnapshot, location: str) -> frozenset[str]:
    """Return the voltage of a battery that is on a phase of the site."""
    voltage = live.totals[location].average_voltage
    is_on_phase = location == "battery" and any(
        isclose(voltage or 0, phase.voltage or 1, rel_tol=_SAME_VOLTAGE)
        for phase in live.phases.get("site", {}).values()
    )
    return _VOLTAGE if is_on_phase else _NONE


def of_surplus(live: LiveSnapshot) -> frozenset[str]:
    """Return the key of the surplus if it equals export: without battery and generator."""
    has_others = live.state_of_charge is not None or any(
        location in live.totals and _measures(live.totals[location])
        for location in ("battery", "generator")
    )
    return _NONE if has_others else _SURPLUS


def of_phase(live: LiveSnapshot, location: str, phase: Phase) -> frozenset[str]:
    """Return the keys of a phase's values that its location or the site shows too.

    The power of an only phase is the location's, which tells the current of solar too:
    only the site's has a fuse. The voltage of a phase is the same at both.
    """
    is_site, is_only = location == "site", len(live.phases.get(location, ())) == 1
    known = _POWER if is_only else _NONE
    if is_only and not is_site:
        known |= _CURRENT
    if not is_site and phase in live.phases.get("site", {}):
        known |= _VOLTAGE
    return known


def of_meter(live: LiveSnapshot, meter: LocationMeter) -> frozenset[str]:
    """Return the keys of a meter's values, unless it is one of several that measure something.

    The location shows the sum, so the same as its only meter, or one beside idle ones.
    """
    meters = live.meters.get(meter.location, ())
    busy = [each.name for each in meters if _measures(each.totals)]
    return _NONE if meter.name in busy and len(busy) > 1 else _SHARE


def _measures(totals: Totals) -> bool:
    """Return whether something was ever measured, and not just noise."""
    energies = (totals.energy_exported or 0, totals.energy_imported or 0)
    return max(energies) >= _LEAST_ENERGY or abs(totals.power or 0) >= _LEAST_POWER

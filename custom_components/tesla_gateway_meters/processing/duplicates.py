"""Values of a home that another one equals: their entities are disabled by default.

Each function returns keys of measures, of those that are enabled otherwise.
"""

from typing import Final

from ..gateway import LocationMeter, Phase, Totals
from .snapshot import LiveSnapshot

# A home has one frequency. In an outage the battery has it, and the site none.
_FREQUENCY_OF: Final = ("battery", "site", "load", "solar")

# A CT that nothing flows through reads noise.
_LEAST_ENERGY: Final = 100  # Wh
_LEAST_POWER: Final = 10  # W

_NONE: Final[frozenset[str]] = frozenset()
_FREQUENCY: Final = frozenset({"frequency"})
_POWER: Final = frozenset({"power"})
_SURPLUS: Final = frozenset({"solar_surplus"})
_VOLTAGE: Final = frozenset({"voltage"})
_SHARE: Final = frozenset({"power", "energy_exported", "energy_imported"})


def of_location(live: LiveSnapshot, location: str) -> frozenset[str]:
    """Return what another location shows of this one: all but one the frequency."""
    for known in (*_FREQUENCY_OF, *sorted(live.totals)):
        if known in live.totals and live.totals[known].frequency is not None:
            return _NONE if location == known else _FREQUENCY
    return _NONE


def of_surplus(live: LiveSnapshot) -> frozenset[str]:
    """Return the surplus where it is export, as no battery takes and no generator adds."""
    has_others = live.charge is not None or any(
        location in live.totals and _measures(live.totals[location])
        for location in ("battery", "generator")
    )
    return _NONE if has_others else _SURPLUS


def of_phase(live: LiveSnapshot, location: str, phase: Phase) -> frozenset[str]:
    """Return the power of an only phase, and the voltage of one that the site has too."""
    power = _POWER if len(live.phases.get(location, ())) == 1 else _NONE
    is_at_site = location != "site" and phase in live.phases.get("site", {})
    return power | (_VOLTAGE if is_at_site else _NONE)


def of_meter(live: LiveSnapshot, meter: LocationMeter) -> frozenset[str]:
    """Return what a meter shows, unless it is one of several that measure something.

    The location shows the sum, so the same as its only meter, or one beside idle ones.
    """
    meters = live.meters.get(meter.location, ())
    busy = [each.name for each in meters if _measures(each.totals)]
    return _NONE if meter.name in busy and len(busy) > 1 else _SHARE


def _measures(totals: Totals) -> bool:
    """Return whether something was ever measured, and not just noise."""
    energies = (totals.energy_exported or 0, totals.energy_imported or 0)
    return max(energies) >= _LEAST_ENERGY or abs(totals.power or 0) >= _LEAST_POWER

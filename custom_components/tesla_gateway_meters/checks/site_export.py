"""Detect a site CT that is wrong while there is a load on the solar circuit."""

from .samples import Sample
from .thresholds import SITE_WRONG, SITE_WRONG_PART, SOLAR_NEGATIVE


def is_site_wrong(sample: Sample) -> bool:
    """Return whether the house produces even if negative solar power is production.

    With a reversed site CT the gateway's load changes by twice a load on the solar circuit,
    as it changes by twice the production with a reversed solar CT. But then the site exports
    more than solar produces.
    """
    site, solar = sample.site, sample.solar_phases
    sources = max(sample.battery or 0, 0) + sample.other
    if not solar:
        total = sum(each.power or 0 for each in site.values())
        return bool(site) and _is_too_much(total, sample.solar or 0, sources)
    # One CT may stand for solar on other phases, too.
    is_each = solar.keys() >= site.keys()
    for phase, reading in site.items():
        made = 0.0 if phase not in solar else solar[phase].power or 0
        if (is_each or made < SOLAR_NEGATIVE) and _is_too_much(
            reading.power or 0, made, sources
        ):
            return True
    return False


def _is_too_much(site: float, solar: float, sources: float) -> bool:
    """Return whether the site exports more than all sources can produce."""
    least = SITE_WRONG - SITE_WRONG_PART * (abs(site) + abs(solar))
    return site + abs(solar) + sources < least

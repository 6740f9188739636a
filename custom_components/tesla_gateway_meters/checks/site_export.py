"""Tell what a wrong CT of the site makes of a load on the solar circuit."""

from .samples import Sample
from .thresholds import SITE_WRONG, SITE_WRONG_PART, SOLAR_NEGATIVE


def is_site_wrong(sample: Sample) -> bool:
    """Return whether the house produces even if what is negative of solar is production.

    The load answers a load on the solar circuit by twice of it where a CT of the site is
    the wrong way round, as it answers the sun where that of solar is. But then the site
    exports more than solar makes.
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
    """Return whether the site exports more than all that can be made."""
    least = SITE_WRONG - SITE_WRONG_PART * (abs(site) + abs(solar))
    return site + abs(solar) + sources < least

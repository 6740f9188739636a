"""Tests that a day's energies agree with the powers, and phases with totals.

The simulator's integral is the sum of its powers, step by step, and not its counters:
so a counter under the wrong name or sign is found out. Both clocks go in step.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_gateway_meters.const import CONF_LIVE_INTERVAL
from simulator import PROFILES, SimulatedGateway

from ..conftest import AddGateway, PassTime, StartGateway
from ..long import short_if
from .account import Account
from .conftest import RECORDED
from .published import Published
from .sites import SITES, Site

type Record = Callable[[str, object], None]

MIDNIGHT = datetime.fromisoformat("2026-06-21T00:00:00-06:00")
DAY = 24 * 60 * 60  # s
POLL = 5 * 60  # s
# `pass_time` adds a second.
OPTIONS = {CONF_LIVE_INTERVAL: POLL - 1}
# The simulator's powers are constant for that long.
STEP = 5  # s

# Where power is + when it leaves the location, not when it enters.
OUTWARD = {"battery", "solar"}

# A battery counts in steps of 10 Wh: of little energy that is more than the 0.1 %.
COUNT = {"battery": 10}  # Wh


def nets(published: Published, site: Site) -> dict[str, float]:
    """Return import minus export of each location, and of each location's meters."""
    found = {location: published.net(location) for location in site.locations}
    for location, meters in site.meters.items():
        found[f"{location}, meters"] = sum(
            published.net(f"{meter}_{location}") for meter in meters
        )
    return found


def counters(gateway: SimulatedGateway, site: Site) -> dict[str, float]:
    """Return import minus export of each location, as the gateway counts it."""
    found = {location: gateway.truth(location) for location in site.locations}
    return {
        location: truth.energy_imported - truth.energy_exported
        for location, truth in found.items()
    }


def phases_off(published: Published, site: Site, location: str) -> float:
    """Return by how many W the phases of a location miss its power."""
    phases = (
        published.power(f"{location}_power_{phase}") for phase in site.phases[location]
    )
    return abs(sum(phases) - published.power(f"{location}_power"))


@pytest.mark.parametrize(
    "profile",
    short_if(
        (name for name in PROFILES if name != "document"),
        lambda name: name in {"split-phase", "three-phase"},
    ),
)
async def test_day(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    all_entities_enabled: None,
    pass_time: PassTime,
    record_property: Record,
    profile: str,
) -> None:
    """Import minus export is what flowed, to 0.1 %; phases add up at every poll."""
    gateway = await start_gateway(profile, start=MIDNIGHT, frozen=True, seed=1)
    site = SITES[profile]
    shown = Published(hass, await add_gateway(gateway, **OPTIONS))
    before, counted = nets(shown, site), counters(gateway, site)
    flowed = dict.fromkeys(site.locations, 0.0)
    off = dict.fromkeys(site.phases, 0.0)
    asked = gateway.count("meters/aggregates")

    for _ in range(DAY // POLL):
        for _ in range(POLL // STEP):
            for location in site.locations:
                power = gateway.truth(location).power
                sign = -1 if location in OUTWARD else 1
                flowed[location] += sign * power * STEP / 3600
            gateway.advance(STEP)
        await pass_time(POLL - 1)
        for location in site.locations:
            assert shown.power(f"{location}_power") == gateway.truth(location).power
        for location in site.phases:
            off[location] = max(off[location], phases_off(shown, site, location))

    assert gateway.count("meters/aggregates") - asked == DAY // POLL
    after = nets(shown, site)
    accounts = [
        Account(
            profile,
            part,
            after[part] - before[part],
            flowed[part.partition(",")[0]],
            off.get(part),
        )
        for part in after
    ]
    record_property(RECORDED, [asdict(account) for account in accounts])
    for account in accounts:
        assert account.integral != 0, account
        count = COUNT.get(account.location, 0)
        missed = abs(account.published - account.integral)
        assert missed <= max(0.001 * abs(account.integral), count), account
    for location, now in counters(gateway, site).items():
        # The load's counter steps back at times, and is held where it was.
        if location != "load":
            published = after[location] - before[location]
            assert published == pytest.approx(now - counted[location], abs=2)
    for location, watts in off.items():
        # Each addend and the sum are rounded to 1 W.
        assert watts <= 0.5 * (len(site.phases[location]) + 1), location


async def test_document_stands_still(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    all_entities_enabled: None,
    pass_time: PassTime,
    record_property: Record,
) -> None:
    """The document's values are constant: its counters do not follow its powers.

    Its endpoints were asked minutes apart: the phases of its site add up to what its
    site's meters said, and not to the power of the site.
    """
    gateway = await start_gateway("document", start=MIDNIGHT)
    site = SITES["document"]
    shown = Published(hass, await add_gateway(gateway, **OPTIONS))
    before = nets(shown, site)
    for _ in range(24):
        gateway.advance(DAY / 24)
        await pass_time(DAY / 24)
    off = {location: phases_off(shown, site, location) for location in site.phases}
    accounts = [
        Account("document", part, net - before[part], 0, off.get(part))
        for part, net in nets(shown, site).items()
    ]
    record_property(RECORDED, [asdict(account) for account in accounts])
    assert {account.published for account in accounts} == {0}
    meters = sum(shown.power(f"{meter}_site_power") for meter in site.meters["site"])
    assert off == {"site": meters - shown.power("site_power"), "solar": 0}
    assert off["site"] == 34

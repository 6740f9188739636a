"""Tests that a site without a fault raises no issue."""

from datetime import UTC, datetime
import random

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from simulator import SimulatedGateway
from tests.conftest import StartGateway

from .conftest import INTERVAL, Poll, Watch
from .present import present_issues

MIDNIGHT = datetime(2026, 6, 21, 6, tzinfo=UTC)
HOUR = 3600 // INTERVAL


async def live(
    hass: HomeAssistant, gateway: SimulatedGateway, poll: Poll, days: int
) -> None:
    """Let days pass with all that a sound gateway may do."""
    for polls in range(days * 24 * HOUR):
        match polls % (24 * HOUR):
            case hour if hour == 3 * HOUR:
                gateway.reordered = True
            case hour if hour == 5 * HOUR:
                gateway.reboot()
            case hour if hour == 9 * HOUR:
                gateway.stop_sitemanager()
            case hour if hour == 9 * HOUR + HOUR // 4:
                gateway.start_sitemanager()
            case hour if hour == 15 * HOUR:
                gateway.unprefixed = not gateway.unprefixed
            case _:
                pass
        await poll(gateway)
        if polls % 10 == 0:
            assert list(present_issues(hass)) == []
    assert ir.async_get(hass).issues == {}


@pytest.mark.parametrize(
    "profile",
    [
        "split-phase",
        "three-phase",
        "neurio",
        "powerwall-plus",
        "restricted",
        "solar-only",
    ],
)
async def test_no_issue_on_a_clean_day(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    watch: Watch,
    poll: Poll,
    profile: str,
) -> None:
    """A day of any weather raises nothing."""
    seed = random.randrange(2**32)
    print(f"seed={seed}")
    gateway = await start_gateway(profile, frozen=True, start=MIDNIGHT, seed=seed)
    await watch(gateway)
    await live(hass, gateway, poll, 1)


@pytest.mark.week
@pytest.mark.timeout(3600)
async def test_no_issue_in_a_clean_week(
    hass: HomeAssistant, start_gateway: StartGateway, watch: Watch, poll: Poll
) -> None:
    """Nor does a week."""
    seed = random.randrange(2**32)
    print(f"seed={seed}")
    gateway = await start_gateway("split-phase", frozen=True, start=MIDNIGHT, seed=seed)
    await watch(gateway)
    await live(hass, gateway, poll, 7)

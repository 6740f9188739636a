"""Tests of hours with random faults, a day with `--long`, a week with `-m week -s`.

The seed is printed; `SOAK_SEED=<seed>` takes it again.
"""

from collections.abc import Generator
import os
from random import Random, randrange
import time
import tracemalloc

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from .conftest import AddGateway, StartGateway
from .soak import DAY, HOUR, POLL, Census, Soak

_KIB = 1024
_MIB = 1024 * _KIB

# Bounds for any number of days. One small object kept at each poll would be half
# a megabyte in a day.
_MEMORY = 256 * _KIB
_RESIDENT = 32 * _MIB

# Long enough for any cool-down to end, for the user to have entered a password, and
# for each endpoint to be asked again.
_REST = 2 * HOUR
# All kinds of trouble have come by then, and all caches are filled.
_WARM_UP = 4 * HOUR


def _wall_clock() -> float:
    """Return the seconds of a clock that the test does not move."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


@pytest.fixture
def seed() -> int:
    """Return a seed, and print it."""
    seed = int(os.environ.get("SOAK_SEED") or randrange(10**6))
    print(f"SOAK_SEED={seed}")
    return seed


@pytest.fixture
def tracing() -> Generator[None]:
    """Trace memory during the test."""
    yield
    tracemalloc.stop()


@pytest.mark.parametrize(
    "days",
    [
        pytest.param(0.25, id="6 h"),
        pytest.param(1, marks=pytest.mark.long),
        pytest.param(7, marks=[pytest.mark.week, pytest.mark.timeout(0)]),
    ],
)
async def test_soak(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    tracing: None,
    days: float,
    seed: int,
) -> None:
    """Nothing leaks, logins stay below the limit, and all entities recover."""
    began = _wall_clock()
    gateway = await start_gateway("split-phase", frozen=True, token_life=HOUR)
    entry = await add_gateway(gateway)
    soak = Soak(hass, freezer, gateway, Random(seed))
    tracemalloc.start()
    # What the entry holds has to be traced, as what a later reload makes is.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await soak.be_troubled(_WARM_UP)
    await soak.be_well(_REST)
    before = soak.census()
    assert before.states > 40
    assert not before.unavailable

    snapshot = tracemalloc.take_snapshot()
    soak.start_counting()
    await soak.be_troubled(round(days * DAY) - _REST)
    await soak.be_well(_REST)
    after = soak.census()

    polls = round(days * DAY) // POLL
    print(f"{days} d, {polls} times due to poll, {soak.counted()}")
    print(f"before {before}\nafter  {after}")
    print(f"peak {soak.peak / _MIB:.0f} MiB, {_wall_clock() - began:.0f} s")

    if after.memory - before.memory > _MEMORY:
        grown = tracemalloc.take_snapshot().compare_to(snapshot, "lineno")
        pytest.fail("memory has grown:\n" + "\n".join(map(str, grown[:15])))
    assert after.resident - before.resident <= _RESIDENT
    _assert_same(before, after)
    # A token lives an hour; beyond that each trouble has its price.
    assert soak.logins <= 25 * max(days, 1) + soak.logins_allowed
    # As many as were due, save in cool-downs and while a password is wanted.
    assert soak.live_polls > polls / 2


def _assert_same(before: Census, after: Census) -> None:
    """Compare what is counted one by one."""
    assert after.unavailable == frozenset()
    assert after.states == before.states
    assert after.issues == before.issues
    assert after.tasks <= before.tasks
    # One or two come and go with each login, which is saved a little later.
    assert after.timers <= before.timers + 2
    assert after.connections <= 1
    assert after.descriptors <= before.descriptors

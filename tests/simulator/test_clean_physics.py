"""A site without faults looks like one: nothing that a check of wiring could stumble over."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
import random
from statistics import correlation

import pytest

from simulator.clock import Clock
from simulator.physics.installation import Installation, Snapshot, total
from simulator.physics.world import World
from simulator.profiles.catalogue import EQUIPMENT

from .conftest import MORNING

EVERY = 30  # seconds
MINUTES = 120 // EVERY  # samples within which a short dip may end
MUCH = 1000  # W


def a_day(site: Installation) -> Iterator[Snapshot]:
    """Yield a day of a site from midnight on, every half minute."""
    seed = random.randrange(2**32)
    print(f"seed={seed}")
    clock = Clock(start=MORNING.replace(hour=0, minute=0), frozen=True)
    world = World(site, seed, clock.zone, clock.started)
    for second in range(0, 86400, EVERY):
        yield world.at(clock.started + second * 10**9)


@pytest.mark.parametrize("name", EQUIPMENT)
def test_a_clean_day(name: str) -> None:
    """Tesla's own rules for commissioning hold all day long."""
    site = EQUIPMENT[name].installation
    samples = list(a_day(site))
    poor: Counter[tuple[str, int]] = Counter()
    negative = 0
    for now in samples:
        for location in ("site", "solar", "load"):
            for phase, flow in enumerate(now.flows[location]):
                bad = MUCH < abs(flow.p) < 0.8 * flow.apparent
                poor[location, phase] = poor[location, phase] + 1 if bad else 0
        assert max(poor.values()) < MINUTES
        assert total(now.flows["solar"]).p >= -100
        negative = negative + 1 if total(now.flows["load"]).p < 0 else 0
        assert negative < MINUTES
        assert max(now.volts) - min(now.volts) < 10
    # Where the sun goes, the grid does not: together they would be a flipped CT.
    steps: list[tuple[int, int]] = []
    for before, after in pairwise(samples):
        sun = total(after.flows["solar"]).p - total(before.flows["solar"]).p
        grid = total(after.flows["site"]).p - total(before.flows["site"]).p
        if abs(sun) > 100:
            steps.append((sun, grid))
    assert len(steps) > 10
    assert correlation(*zip(*steps, strict=True)) < 0.4

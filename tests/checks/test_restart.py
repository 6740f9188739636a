"""Evidence over a restart, clocks that are set, and polls that are missed."""

from collections.abc import Callable
import json

import pytest

from custom_components.tesla_gateway_meters.checks.wiring import Wiring

from .polls import L1, L2, L3, Home, Watched, flipped, rotated

REVERSED = "site_import_follows_solar_l1"
WRONG_PHASE = "site_low_power_factor_l1"


def night() -> Watched:
    """Return a home with a reversed CT, after a minute of sun, in the dark."""
    sun = {L1: (500.0, 0.0), L2: (500.0, 0.0)}
    home = Home(load={L1: (400, 50), L2: (300, 20)}, solar=sun, seen={L1: flipped})
    watched = Watched(home)
    watched.poll(1)
    home.solar = dict.fromkeys(sun, (0.0, 0.0))
    return watched


def test_evidence_survives_a_restart() -> None:
    """Half of the evidence is from before, half from after."""
    watched = night()
    watched.poll(180)
    watched.restart()
    watched.poll(50)
    assert watched.issues() == set()
    watched.poll(15)
    assert watched.issues() == {REVERSED}
    watched.restart()
    watched.poll()
    assert watched.issues() == {REVERSED}


def test_steps_survive_a_restart_after_each() -> None:
    """They are found as without a restart."""
    home = Home(
        load={L1: (200, -80), L2: (150, 40), L3: (90, 10)},
        seen={L1: lambda flow: rotated(flow, 120)},
    )
    watched = Watched(home)
    for watts in (2000.0, 2700.0, 1100.0) * 3:
        watched.switch(L1, (watts, 0))
        watched.restart()
    watched.poll()
    assert watched.issues() == {WRONG_PHASE}


def test_stored_evidence_is_small() -> None:
    """A month of it is no more than a few kilobytes."""
    watched = Watched(
        Home(
            load={L1: (200, -80), L2: (150, 40), L3: (90, 10)},
            solar={L1: (500, 0), L2: (500, 0), L3: (500, 0)},
            ohms=0.2,
        )
    )
    for step in range(300):
        watched.home.solar = dict.fromkeys((L1, L2, L3), (300.0 + step % 7 * 200, 10))
        watched.switch((L1, L2, L3)[step % 3], (500.0 + step * 17, step * 3), 0.5)
    assert len(json.dumps(watched.wiring.as_dict())) < 8000


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: None,
        lambda _: [],
        lambda stored: stored | {"version": 1},
        lambda stored: stored | {"observed": "long"},
        lambda stored: stored | {"angles": {"l9": {}}},
        lambda stored: stored | {"directions": {"l1": {"idle": float("nan")}}},
        lambda stored: stored | {"solar": []},
        lambda stored: {key: stored[key] for key in stored if key != "voltages"},
    ],
)
def test_unusable_evidence_is_refused(
    spoil: Callable[[dict[str, object]], object],
) -> None:
    """As a whole, and the checks go on without it."""
    watched = night()
    watched.poll(60)
    wiring = Wiring(10)
    before = wiring.as_dict()
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        wiring.restore(spoil(watched.wiring.as_dict()))
    assert wiring.as_dict() == before


@pytest.mark.parametrize("jump", [-365 * 86400, 365 * 86400, -3600, 3600])
def test_clock_that_is_set_wedges_nothing(jump: float) -> None:
    """Time is counted by polls, so evidence goes on from where it was."""
    watched = night()
    watched.poll(180)
    watched.now += jump
    watched.poll(50)
    assert watched.issues() == set()
    watched.poll(15)
    assert watched.issues() == {REVERSED}


def test_gap_is_no_evidence() -> None:
    """What happened during a gap is unknown."""
    watched = night()
    watched.poll(180)
    for _ in range(100):
        watched.now += 3600
        watched.poll()
    assert watched.issues() == set()


@pytest.mark.parametrize("interval", [5, 30, 60, 300])
def test_found_at_any_interval(interval: float) -> None:
    """As often as it may be asked to poll, and as seldom."""
    watched = night()
    watched.interval = interval
    watched.wiring = Wiring(interval)
    watched.home.solar = {L1: (500, 0), L2: (500, 0)}
    watched.poll(5)
    watched.home.solar = {L1: (0, 0), L2: (0, 0)}
    watched.poll(260)
    assert watched.issues() == {REVERSED}


def test_same_results_are_the_same_object() -> None:
    """The same mapping is returned while no result changes."""
    watched = night()
    # Away from the limit of a negative load.
    watched.home.load[L2] = (700, 20)
    watched.poll(5)
    before = watched.results
    watched.poll(2)
    assert watched.results is before

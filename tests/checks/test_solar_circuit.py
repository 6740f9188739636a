"""A load on the solar circuit beside a wrong CT: it is not taken for production."""

from collections.abc import Mapping

import pytest

from .polls import L1, L2, L3, Flow, Home, Watched, flipped, rotated

LOAD: Mapping[object, Flow] = {L1: (320.0, 40.0), L2: (180.0, 20.0), L3: (240.0, 30.0)}


def night(phases: int = 2, **values: object) -> Home:
    """Return a home in the dark, with solar on all phases."""
    every = (L1, L2, L3)[:phases]
    return Home(
        load={at: LOAD[at] for at in every},
        solar=dict.fromkeys(every, (-4.0, 0.0)),
        **values,  # type: ignore[arg-type]
    )


def heat(watched: Watched, *phases: object, hours: float = 4) -> None:
    """Run a heat pump on these phases of the solar circuit, at a new level each minute."""
    idle = dict(watched.home.solar)
    for minute in range(round(hours * 60)):
        taken = 0.0 if minute % 60 >= 45 else 500.0 + 90 * (minute % 9)
        watched.home.solar = {
            at: (-taken, -0.05 * taken) if taken and at in phases else idle[at]
            for at in idle
        }
        watched.poll(1)


def solar(watched: Watched) -> set[str]:
    """Return the problems of solar."""
    return {each for each in watched.problems() if each.startswith("solar")}


@pytest.mark.parametrize("wrong", [(L1,), (L2,), (L1, L2)], ids=str)
def test_nothing_said_of_solar_where_a_site_ct_is_reversed(
    wrong: tuple[object, ...],
) -> None:
    """The load changes by twice the heat pump's power, as it does for production."""
    watched = Watched(night(seen=dict.fromkeys(wrong, flipped)))
    heat(watched, L1, L2)
    assert solar(watched) == set()


def test_nothing_said_of_solar_where_site_cts_are_swapped() -> None:
    """A phase exports at night then, where solar takes nothing."""
    seen = {L1: lambda flow: rotated(flow, 120), L2: lambda flow: rotated(flow, -120)}
    watched = Watched(night(3, seen=seen))
    heat(watched, L2)
    assert solar(watched) == set()


def test_a_load_on_both_legs_is_no_twin_of_a_reversed_ct() -> None:
    """The reversed CT gives what the sound one takes, at many levels."""
    watched = Watched(night(solar_seen={L2: flipped}))
    heat(watched, L1, L2)
    assert "solar_negative_solar_l1" not in solar(watched)


def test_a_repair_stays_while_a_heat_pump_takes_more_than_the_sun() -> None:
    """A reversed CT is positive then; and at night it shows next to nothing."""
    watched = Watched(night(solar_seen=dict.fromkeys((L1, L2), flipped)))
    watched.poll(60)
    for minute in range(180):
        watched.home.solar = dict.fromkeys((L1, L2), (8.0 * minute, 0.0))
        watched.poll(1)
    found = {"solar_negative_solar_l1", "solar_negative_solar_l2"}
    assert watched.issues() == found
    watched.home.solar = dict.fromkeys((L1, L2), (-400.0, 0.0))
    watched.poll(30)
    assert watched.issues() == found
    watched.home.solar = dict.fromkeys((L1, L2), (-4.0, 0.0))
    watched.poll(600)
    assert watched.issues() == found
    watched.home.solar_seen.clear()
    watched.home.solar = dict.fromkeys((L1, L2), (600.0, 0.0))
    watched.poll(50)
    assert watched.problems() == set()

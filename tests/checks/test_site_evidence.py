"""Evidence on a site phase that is kept over a restart, and shown."""

from typing import Any

import pytest

from custom_components.tesla_gateway_meters.checks.reversed_site import SiteDirection
from custom_components.tesla_gateway_meters.checks.sun import Sun
from custom_components.tesla_gateway_meters.checks.wrong_phase import StepAngles

from .polls import L1, L2, L3, Home, Watched, flipped
from .test_answers import step


@pytest.mark.parametrize(("answer", "direction"), [(1, 1), (-1, -1), (0.5, 0), (2, 0)])
def test_ten_changes_of_solar_show_the_direction(answer: float, direction: int) -> None:
    """Also after a restart; the import has to change by as much, one way or the other."""
    before = SiteDirection()
    for _ in range(9):
        before.add_solar_step(200, 200 * answer)
    assert before.direction() == 0
    before.add_solar_step(-200, -200 * answer)
    after = SiteDirection()
    after.restore(before.as_dict())
    for each in (before, after):
        assert each.direction() == direction


@pytest.mark.parametrize(
    "spoilt",
    [
        {"idle": "long"},
        {"solar": [1, 0]},
        {"solar": [2]},
        {"solar": None},
        {"voltage": [1]},
    ],
)
def test_direction_that_was_not_stored_so_is_refused(spoilt: dict[str, Any]) -> None:
    """As the checks' evidence is, as a whole."""
    direction = SiteDirection()
    with pytest.raises(ValueError, match="no "):
        direction.restore(direction.as_dict() | spoilt)


def test_steps_are_shown_with_the_hours_between_them() -> None:
    """None, where there is no step."""
    angles = StepAngles()
    assert angles.observation(None, 0).evidence["hours"] == 0
    for hours in (1, 2.5, 4):
        angles.add_step(step(1000), hours * 3600)
    assert angles.observation(0, 0).evidence["hours"] == 3


def test_load_on_the_solar_circuit_is_no_reversed_ct_where_the_sites_may_be() -> None:
    """The house seems to produce: the CT of the grid that is not known to be right does."""
    home = Home(
        load={L1: (100, 0), L2: (300, 0)},
        solar={L1: (0, 0)},
        seen={L1: flipped},
    )
    watched = Watched(home)
    watched.poll(5)
    home.solar = {L1: (-1200, 0)}
    watched.poll(6)
    assert watched.issues() == set()


def test_what_begins_with_the_step_of_a_load_did_not_grow_from_the_dark() -> None:
    """The sun does, by less than 60 W in half a minute."""
    for levels, is_dawn in (((-50, -100, -150), True), ((-200, -210, -220), False)):
        sun = Sun()
        for poll in range(70):
            sun.add_level(0, 30.0 * poll, 30)
        assert sun.is_dark
        for poll, level in enumerate(levels, 70):
            sun.add_level(level, 30.0 * poll, 30)
        assert sun.came_from_dark is is_dawn
        assert not sun.is_dark


def test_four_levels_are_the_suns_where_the_house_would_produce() -> None:
    """And does not with the CT reversed; the grid's CTs are not known yet."""
    home = Home(
        load={L1: (100, 0), L2: (100, 0)},
        solar={L1: (300, 0)},
        solar_seen={L1: flipped},
    )
    watched = Watched(home)
    for level in (305, 330, 350, 370):
        home.solar = {L1: (level, 0)}
        watched.poll(1)
    watched.poll(4)
    assert watched.issues() == {"solar_negative_solar_l1"}


@pytest.mark.parametrize(("vars_", "is_found"), [(0, True), (110, False)])
def test_half_a_kilowatt_without_reactive_power_is_on_its_own_phase(
    vars_: float, is_found: bool
) -> None:
    """On three phases, where a CT on another phase would be negative as well."""
    home = Home(
        load=dict.fromkeys((L1, L2, L3), (50, 0)),
        solar={L1: (600, vars_)},
        solar_seen={L1: flipped},
    )
    watched = Watched(home)
    for level in (600, 622, 644, 666):
        home.solar = {L1: (level, vars_)}
        watched.poll(1)
    watched.poll(4)
    assert (watched.issues() == {"solar_negative_solar_l1"}) is is_found

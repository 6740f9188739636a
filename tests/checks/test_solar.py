"""Solar CTs that are reversed or on another phase, and loads on the solar circuit."""

from collections.abc import Iterator

import pytest

from custom_components.tesla_gateway_meters.checks.answer import LoadAnswer
from custom_components.tesla_gateway_meters.gateway import Phase

from .polls import L1, L2, L3, Flow, Home, Watched, flipped, rotated

LOAD = {L1: (400.0, 30.0), L2: (300.0, 20.0), L3: (350.0, 0.0)}


def home(phases: int = 2, **values: object) -> Home:
    """Return a home with solar on all phases, at night."""
    every = (L1, L2, L3)[:phases]
    return Home(
        load={at: LOAD[at] for at in every},
        solar=dict.fromkeys(every, (-4.0, 0.0)),
        **values,  # type: ignore[arg-type]
    )


def sun(watched: Watched, peak: float = 2000, hours: float = 3) -> Iterator[float]:
    """Let the sun rise, minute by minute; its power on each phase is yielded."""
    for minute in range(round(hours * 60)):
        watts = peak * minute / hours / 60
        watched.home.solar = dict.fromkeys(watched.home.solar, (watts, 0.0))
        watched.poll(1)
        yield watts


@pytest.mark.parametrize("has_meters", [True, False])
@pytest.mark.parametrize("busy", [0, 6000])
def test_found_within_fifteen_minutes_of_sun(has_meters: bool, busy: float) -> None:
    """Also where the house takes more than the sun gives, so that it is not negative."""
    seen = dict.fromkeys((L1, L2), flipped)
    morning = home(solar_seen=seen, has_solar_meters=has_meters)
    morning.load[L1] = (400 + busy, 30)
    watched = Watched(morning)
    watched.poll(60)
    assert watched.problems() == set()
    minutes = 0
    for watts in sun(watched):
        minutes += watts > 50
        if watched.issues():
            break
    assert minutes <= 15
    watched.poll(1)
    keys = {"solar_negative_solar_l1", "solar_negative_solar_l2"}
    assert watched.issues() == (keys if has_meters else {"solar_negative_solar"})


@pytest.mark.parametrize("phases", [2, 3])
def test_found_in_the_middle_of_the_day(phases: int) -> None:
    """By the production of the other phases, and of the house."""
    noon = home(phases, solar_seen={L2: flipped})
    watched = Watched(noon)
    for minute in range(20):
        noon.solar = dict.fromkeys(noon.solar, (2000.0 + 20 * minute, 0.0))
        watched.poll(1)
    assert watched.issues() == {"solar_negative_solar_l2"}


@pytest.mark.parametrize("wrong", [(L1, L2), (L2,)])
@pytest.mark.parametrize("sound_days", [0, 1])
def test_found_under_a_sun_that_does_not_change(
    wrong: tuple[Phase, ...], sound_days: int
) -> None:
    """No load on the circuit makes the house produce, whatever the CTs of the site do."""
    watched = Watched(home())
    for _ in range(sound_days):
        for _ in sun(watched):
            pass
    watched.home.solar_seen = dict.fromkeys(wrong, flipped)
    for minute in range(6):
        watched.home.solar = dict.fromkeys((L1, L2), (2900.0 + minute % 2, 0.0))
        watched.poll(1)
    assert watched.issues() == {f"solar_negative_solar_{phase}" for phase in wrong}


def test_load_on_the_solar_circuit_beside_a_reversed_site_is_not_solar() -> None:
    """The site's CTs make the house produce then."""
    watched = Watched(home(seen=dict.fromkeys((L1, L2), flipped)))
    watched.home.solar = dict.fromkeys((L1, L2), (-1500.0, 0.0))
    watched.poll(30)
    assert not {key for key in watched.issues() if key.startswith("solar")}


@pytest.mark.parametrize("watts", [60.0, 300.0, 3600.0])
def test_nothing_said_of_a_load_on_the_solar_circuit(watts: float) -> None:
    """It is there each night, and when it comes on by day it comes at once."""
    watched = Watched(home())
    for _ in range(3):
        watched.home.solar = dict.fromkeys((L1, L2), (-watts, -20.0))
        watched.poll(300)
        assert watched.problems() == set()
        for _ in sun(watched):
            assert watched.problems() == set()
        for step in range(60):
            left = 2000 - step * (2000 + watts) / 60
            watched.home.solar = dict.fromkeys((L1, L2), (left, 0.0))
            watched.poll(1)
        assert watched.problems() == set()


def test_a_reversed_site_ct_is_not_taken_for_solar() -> None:
    """With a load on the solar circuit the house seems to produce, at night."""
    night = home(seen={L1: flipped})
    night.solar = dict.fromkeys((L1, L2), (-150.0, 0.0))
    night.load[L1] = (2000, 0)
    watched = Watched(night)
    watched.poll(600)
    assert not {each for each in watched.problems() if each.startswith("solar")}


@pytest.mark.parametrize(
    "inverter",
    [(1.0, 0.0), (1.0, 0.6), (1.0, -0.6)],
    ids=["unity", "delivers var", "takes var"],
)
def test_nothing_said_of_an_inverters_reactive_power(inverter: Flow) -> None:
    """An inverter may produce 0.6 var per W."""
    watched = Watched(home(3))
    for _ in range(3):
        for minute in range(180):
            watts = 2000 * minute / 180
            flow = (watts * inverter[0], watts * inverter[1])
            watched.home.solar = dict.fromkeys(watched.home.solar, flow)
            watched.poll(1)
    assert watched.problems() == set()


@pytest.mark.parametrize("degrees", [120, -120])
def test_found_on_another_phase(degrees: float) -> None:
    """By the angle of its changes; it is not called reversed, though it is negative."""
    seen = {L1: lambda flow: rotated(flow, degrees)}
    watched = Watched(home(3, solar_seen=seen))
    watched.poll(60)
    for _ in sun(watched):
        assert watched.issues() <= {"solar_low_power_factor_l1"}
    assert watched.issues() == {"solar_low_power_factor_l1"}


def test_withdrawn_when_corrected() -> None:
    """A minute of positive production is enough."""
    morning = home(solar_seen={L1: flipped, L2: flipped})
    watched = Watched(morning)
    watched.poll(60)
    for _ in sun(watched):
        pass
    assert len(watched.issues()) == 2
    morning.solar_seen.clear()
    watched.poll(3)
    assert watched.problems() == set()


def test_swapped_phases_are_reported_at_any_fixed_power_factor() -> None:
    """They are rotated by 120 degrees against each other, at any angle of the inverter."""
    watched = Watched(Home(load={L1: (300, 0), L2: (200, 0), L3: (250, 0)}))
    watched.home.solar_seen = {
        L2: lambda flow: rotated(flow, 120),
        L3: lambda flow: rotated(flow, -120),
    }
    for step in range(60):
        watts = 600.0 + 40 * step
        watched.home.solar = dict.fromkeys((L1, L2, L3), (watts, -0.43 * watts))
        watched.poll(0.5)
    assert watched.issues() == {
        "solar_low_power_factor_l2",
        "solar_low_power_factor_l3",
    }


def test_a_load_that_follows_the_sun_is_no_twin() -> None:
    """A car takes twice what its phase's inverter gives, on the solar circuit."""
    watched = Watched(Home(load={L1: (300, 0), L2: (200, 0), L3: (250, 0)}))
    for step in range(90):
        watts = 300.0 + 60 * (step % 20)
        watched.home.solar = {L1: (watts, 0), L2: (watts, 0), L3: (-watts, 0)}
        watched.poll(0.5)
    assert watched.issues() == set()


def dusk(watched: Watched) -> None:
    """Let the sun set, and a night pass."""
    for step in range(60):
        watched.home.solar = dict.fromkeys(
            watched.home.solar, (2000.0 - step * 34, 0.0)
        )
        watched.poll(1)
    watched.home.solar = dict.fromkeys(watched.home.solar, (-4.0, 0.0))
    watched.poll(8 * 60)


@pytest.mark.parametrize("phases", [2, 3])
def test_found_soon_after_a_sound_day(phases: int) -> None:
    """What was the right way round yesterday is no reason to wait for a day."""
    watched = Watched(home(phases))
    for _ in sun(watched):
        pass
    dusk(watched)
    watched.home.solar_seen = {L2: flipped}
    minutes = 0
    for watts in sun(watched):
        minutes += phases * watts > 300
        if watched.issues():
            break
    assert minutes <= 15
    assert watched.issues() == {"solar_negative_solar_l2"}


def test_a_load_that_grows_at_night_is_not_the_sun() -> None:
    """It grows gradually, as production does, but the load matches it only by chance."""
    night = home()
    watched = Watched(night)
    watched.poll(60)
    for minute in range(120):
        night.solar = dict.fromkeys((L1, L2), (-4.0 - 3 * minute, 0.0))
        # The house happens to use less and less at first.
        night.load[L1] = (800.0 - 15 * min(minute, 14), 30.0)
        watched.poll(1)
        assert watched.issues() == set()


def test_wrong_phase_is_withdrawn_by_a_level_that_only_a_right_ct_shows() -> None:
    """Sound solar at noon need not change: a kilowatt without reactive power is enough."""
    morning = home(3, solar_seen={L1: lambda flow: rotated(flow, 120)})
    watched = Watched(morning)
    watched.poll(60)
    for _ in sun(watched):
        pass
    assert watched.issues() == {"solar_low_power_factor_l1"}
    morning.solar_seen.clear()
    morning.solar = dict.fromkeys((L1, L2, L3), (1900.0, 100.0))
    watched.poll(15)
    assert watched.problems() == set()


def test_a_constant_load_that_the_suns_level_passes_is_no_twin() -> None:
    """For minutes another phase gives as much as it takes."""
    morning = home(3)
    watched = Watched(morning)
    watched.poll(60)
    morning.solar[L3] = (-540.0, 0.0)
    watched.poll(60)
    for minute in range(120):
        watts = 8.0 * minute
        morning.solar = {L1: (watts, 0), L2: (watts, 0), L3: (-540, 0)}
        watched.poll(1)
        assert watched.issues() == set()


def test_found_in_minutes_on_three_phases_where_the_inverter_has_one_of_them() -> None:
    """Changes of power alone are on their own phase, whatever the restless house does."""
    noon = Home(
        load=dict.fromkeys((L1, L2, L3), (100.0, 0.0)),
        solar={L2: (1000.0, 0.0)},
        solar_seen={L2: flipped},
    )
    watched = Watched(noon)
    for minute in range(15):
        noon.load[L1] = (100.0 + 400 * (minute % 3), 0)
        noon.solar = {L2: (1000.0 + 40 * minute, -300.0)}
        watched.poll(1)
    assert watched.issues() == {"solar_negative_solar_l2"}


def test_an_inverter_that_stops_once_more_at_dawn_is_still_the_sun() -> None:
    """It consumes 36 W at night, which a reversed CT shows as production."""
    morning = home(3, solar_seen={L2: flipped})
    morning.solar = {L2: (-36.0, 0.0)}
    morning.load[L1] = (3000.0, 0.0)
    watched = Watched(morning)
    watched.poll(60)
    for watts in (32.0, 34.0, -36.0, 33.0):
        morning.solar = {L2: (watts, 0.0)}
        watched.poll(1)
    minutes = 0
    for minute, watts in enumerate(sun(watched)):
        # The house is too restless to answer.
        morning.load[L1] = (3000.0 + 500 * (minute % 2), 0.0)
        minutes += watts > 300
        if watched.issues():
            break
    assert minutes <= 3
    assert watched.issues() == {"solar_negative_solar_l2"}


def answers(*changes: tuple[float, float]) -> LoadAnswer:
    """Return the answer after these changes of solar and of the load, in W."""
    answer = LoadAnswer()
    solar, load = -5000.0, 3000.0
    answer.update(solar, load, 0)
    for of_solar, of_load in changes:
        solar, load = solar + of_solar, load + of_load
        answer.update(solar, load, 30)
    return answer


def test_one_odd_small_change_does_not_hide_clear_ones() -> None:
    """Neither those of a reversed CT nor those of a load."""
    odd = (-90.0, -10.0)
    clear = [(-400.0, -790.0), (500.0, 1020.0), (-300.0, -610.0)]
    assert answers(odd, *clear).is_sun(may_be_few=False, came_from_dark=False)
    loads = [(-400.0, 10.0), (500.0, -20.0), (-300.0, 15.0)]
    assert answers((-90.0, -180.0), *loads).is_load


@pytest.mark.parametrize("size", [1.0, 0.0])
def test_load_that_follows_the_sun_is_no_reversed_ct(size: float) -> None:
    """Nor is a load on the circuit, and neither suggests one, however many changes."""
    follows = [(each, size * each + 9) for each in (-90.0, 300.0, -800.0, 150.0) * 3]
    answer = answers(*follows)
    assert not answer.is_sun(may_be_few=True, came_from_dark=True)
    assert not answer.suggests_sun


def test_base_load_at_dawn_is_not_reversed_by_another_phase() -> None:
    """The other phase passes what the load leaves: its changes are those of a load."""
    watched = Watched(home(2))
    watched.home.solar = {L1: (-260.0, 0.0), L2: (-4.0, 0.0)}
    watched.poll(60)
    for step in range(200):
        watts = min(3.0 * step, 140 + 0.1 * step)
        pull = 260 + 20 * abs(step % 8 - 4)
        watched.home.solar = {L1: (watts - pull, 0.0), L2: (watts, 0.0)}
        watched.poll(1)
        assert watched.problems() == set()

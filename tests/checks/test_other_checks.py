"""Voltages, CTs that measure nothing, and a load that is negative."""

from dataclasses import replace
import random
from typing import override

import pytest

from custom_components.tesla_gateway_meters.checks.model import Measured
from custom_components.tesla_gateway_meters.gateway import Phase

from .polls import L1, L2, L3, Home, Watched, flipped, nothing

APART = "site_voltages_apart"


class Legs(Home):
    """Two legs of 120 V, with a neutral of its own resistance."""

    neutral = 0.0

    @override
    def measured(self, noise: random.Random | None = None) -> Measured:
        """Return the poll of now, with what the neutral does to the voltages."""
        plain = super().measured(noise)
        amperes = {at: self.site(at)[0] / self.volts for at in self.load}
        shift = self.neutral * (amperes[L1] - amperes[L2])
        site = {
            at: replace(each, voltage=(each.voltage or 0) + sign * shift)
            for (at, each), sign in zip(
                plain.phases["site"].items(), (-1, 1), strict=True
            )
        }
        return replace(plain, phases={**plain.phases, "site": site})


def legs(neutral: float) -> Watched:
    """Use heaters on one leg and on both, in a home with such a neutral."""
    home = Legs(load={L1: (300, 0), L2: (200, 0)}, volts=120, ohms=0.05)
    home.neutral = neutral
    watched = Watched(home)
    for watts in (600.0, 1500.0, 1000.0) * 4:
        watched.switch(L1, (watts, 0))
        watched.switch(L2, (watts / 2, 0))
    return watched


def test_loose_neutral_is_found() -> None:
    """The legs move apart by more than a volt for each ampere."""
    watched = legs(1.0)
    assert watched.issues() == {APART}
    (result,) = [each for each in watched.results.values() if each.raises_issue]
    assert result.evidence["volts_apart_at_10_a"] == pytest.approx(20.5, abs=1)


def test_very_loose_neutral_is_found_by_a_few_small_heaters() -> None:
    """Each ampere moves the legs by four volts: twice on and off is enough."""
    home = Legs(load={L1: (300, 0), L2: (200, 0)}, volts=120, ohms=0.05)
    home.neutral = 2.0
    watched = Watched(home)
    watched.poll()
    for _ in range(2):
        watched.switch(L1, (400, 0))
    assert watched.issues() == {APART}


def test_wander_of_the_legs_is_no_loose_neutral() -> None:
    """What a fridge takes is small: the legs go apart by a volt beside it, by chance."""
    home = Legs(load={L1: (100, 0), L2: (100, 0)}, volts=120, ohms=0.05)
    watched = Watched(home)
    chance = random.Random(4)
    for _ in range(60):
        home.neutral = 0.05 + chance.gauss(0, 0.4)
        watched.switch(L1, (130, 0))
    assert watched.problems() == set()


@pytest.mark.parametrize("neutral", [0.0, 0.05, 0.1])
def test_good_neutral_is_left_alone(neutral: float) -> None:
    """However far the legs are apart under load."""
    assert legs(neutral).problems() == set()


def test_voltages_that_current_explains_are_left_alone() -> None:
    """A car takes 7.4 kW from one of three phases, through 0.35 ohm."""
    home = Home(load={L1: (7600, 0), L2: (200, 0), L3: (250, 0)}, ohms=0.35, volts=245)
    watched = Watched(home)
    watched.poll(300)
    for _ in range(20):
        watched.switch(L1, (-7400, 0), 5)
    assert watched.problems() == set()


class Dead(Home):
    """A home of which phases have lost their voltage."""

    dead: tuple[Phase, ...] = ()

    @override
    def measured(self, noise: random.Random | None = None) -> Measured:
        """Return the poll of now."""
        plain = super().measured(noise)
        site = {
            at: replace(each, voltage=0.4, power=0.0, reactive_power=0.0)
            if at in self.dead
            else each
            for at, each in plain.phases["site"].items()
        }
        return replace(plain, phases={**plain.phases, "site": site})


def test_dead_phase_is_said_by_itself() -> None:
    """Within two minutes, and until it is back."""
    home = Dead(load={L1: (300, 0), L2: (200, 0), L3: (100, 0)})
    watched = Watched(home)
    watched.poll(1)
    home.dead = (L2,)
    watched.poll(2)
    assert watched.issues() == {APART}
    (result,) = [each for each in watched.results.values() if each.raises_issue]
    assert result.variant == "dead_phase"
    home.dead = ()
    watched.poll()
    assert watched.problems() == set()


def test_one_poll_is_no_dead_phase_at_any_interval() -> None:
    """At a poll in five minutes, a minute is less than one."""
    home = Dead(load={L1: (300, 0), L2: (200, 0), L3: (100, 0)})
    watched = Watched(home, 300)
    watched.poll(10)
    home.dead = (L2,)
    watched.poll()
    assert watched.issues() == set()
    watched.poll(10)
    assert watched.issues() == {APART}


@pytest.mark.parametrize("dead", [(L1, L2, L3), (L2,)])
def test_outage_and_unused_input_are_no_dead_phase(dead: tuple[Phase, ...]) -> None:
    """Without the grid all are dead; a single-phase service has one input that is."""
    every = (L1, L2, L3) if len(dead) == 3 else (L1, L2)
    home = Dead(load=dict.fromkeys(every, (300.0, 0.0)))
    home.dead = dead
    watched = Watched(home)
    watched.poll(60)
    assert watched.problems() == set()


def day(watched: Watched, hours: float = 24) -> None:
    """Let a day of sun pass, from midnight."""
    home = watched.home
    for minute in range(0, round(hours * 60), 5):
        hour = minute / 60 % 24
        watts = max(0.0, 2500 - 70 * (hour - 12) ** 2)
        home.solar = dict.fromkeys(home.solar, (watts, 0.0))
        watched.poll(5)


def test_ct_off_its_cable_is_found_within_two_days() -> None:
    """Solar feeds into the phase, and nothing arrives."""
    home = Home(
        load={L1: (300, 0), L2: (200, 0), L3: (250, 0)},
        solar={L1: (0, 0), L2: (0, 0), L3: (0, 0)},
        seen={L2: nothing},
    )
    watched = Watched(home)
    day(watched, 36)
    assert watched.issues() == {"site_measures_nothing_l2"}
    home.seen.clear()
    watched.poll()
    assert watched.problems() == set()


def test_unused_phase_is_left_alone() -> None:
    """It is unused and has no solar: it really carries no power."""
    home = Home(
        load={L1: (300, 0), L2: (200, 0), L3: (0, 0)}, solar={L1: (0, 0), L2: (0, 0)}
    )
    watched = Watched(home)
    day(watched, 48)
    assert watched.problems() == set()


def test_island_is_no_silent_ct() -> None:
    """Without the grid no CT of the site measures anything."""
    home = Home(
        load={L1: (300, 0), L2: (200, 0)},
        solar={L1: (0, 0), L2: (0, 0)},
        seen={L1: nothing, L2: nothing},
        battery={L1: 0.0, L2: 0.0},
        grid_connected=False,
    )
    watched = Watched(home)
    day(watched, 48)
    assert watched.problems() == set()


def test_negative_load_is_said_once_nothing_else_may_explain_it() -> None:
    """The phases are known to be right from the night: then ten minutes are enough."""
    home = Home(load={L1: (300, 0), L2: (200, 0)})
    watched = Watched(home)
    watched.poll(60)
    home.load = {L1: (-1500, 0), L2: (-1200, 0)}
    watched.poll(8)
    assert watched.issues() == set()
    watched.poll(3)
    assert watched.issues() == {"load_negative_load"}
    home.load = {L1: (300, 0), L2: (200, 0)}
    watched.poll(50)
    assert watched.issues() == {"load_negative_load"}
    watched.poll(15)
    assert watched.problems() == set()


def test_negative_load_needs_six_polls_at_any_interval() -> None:
    """At a poll in five minutes, ten minutes are two: a battery's lag makes these."""
    home = Home(load={L1: (300, 0), L2: (200, 0)})
    watched = Watched(home, 300)
    watched.poll(120)
    home.load = {L1: (-1500, 0), L2: (-1200, 0)}
    watched.poll(25)
    assert watched.issues() == set()
    watched.poll()
    assert watched.issues() == {"load_negative_load"}


def test_negative_load_waits_for_the_check_that_explains_it() -> None:
    """A reversed CT makes it negative at once, and is found within the day."""
    home = Home(load={L1: (1500, 0), L2: (200, 0)}, seen={L1: flipped})
    watched = Watched(home)
    for _ in range(15):
        watched.poll(60)
        assert watched.issues() <= {"site_import_follows_solar_l1"}
    (load,) = [
        result for each, result in watched.results.items() if each.location == "load"
    ]
    assert load.problem
    assert [each.key for each in load.explained_by] == ["site_import_follows_solar_l1"]


def test_negative_load_after_days_without_waits_for_the_checks_of_cts() -> None:
    """What they know is older than a CT that was reversed just now."""
    home = Home(load={L1: (300, 0), L2: (200, 0)})
    watched = Watched(home)
    watched.poll(26 * 60)
    home.load = {L1: (-1500, 0), L2: (-1200, 0)}
    watched.poll(30)
    assert "load_negative_load" in watched.problems()
    assert watched.issues() == set()


def test_negative_load_that_comes_back_stays_overnight() -> None:
    """Solar without a meter makes it negative each day: one repair, not one a day."""
    home = Home(load={L1: (300, 0), L2: (200, 0)})
    watched = Watched(home)
    watched.poll(60)
    raised = []
    for load in (-1500, 300, -1500, 300):
        home.load = {L1: (load, 0), L2: (load, 0)}
        watched.poll(90)
        raised.append(watched.issues() == {"load_negative_load"})
    assert raised == [True, False, True, True]
    watched.poll(36 * 60)
    assert watched.problems() == set()


def test_negative_load_is_reported_directly_after_a_restart() -> None:
    """It was known before."""
    home = Home(load={L1: (300, 0), L2: (200, 0)})
    watched = Watched(home)
    watched.poll(60)
    home.load = {L1: (-1500, 0), L2: (-1200, 0)}
    watched.poll(30)
    watched.restart()
    watched.poll()
    assert watched.issues() == {"load_negative_load"}


def test_load_that_the_errors_of_cts_make_negative_is_no_problem() -> None:
    """At 5 kW of sun and of export, 1 % of each is 100 W: the limit grows with them."""
    home = Home(load={L1: (-125, 0), L2: (-125, 0)}, solar={L1: (2500, 0)})
    watched = Watched(home)
    watched.poll(60)
    assert watched.problems() == set()
    home.load = {L1: (-225, 0), L2: (-225, 0)}
    watched.poll(60)
    assert watched.problems() == {"load_negative_load"}


def test_negative_load_keeps_the_minutes_of_when_it_lasted() -> None:
    """While it is positive for a time, or negative again for a moment."""
    home = Home(load={L1: (300, 0), L2: (200, 0)})
    watched = Watched(home)
    watched.poll(60)
    home.load = {L1: (-1500, 0), L2: (-1200, 0)}
    watched.poll(30)
    home.load = {L1: (300, 0), L2: (200, 0)}
    watched.poll(20)
    watched.restart()
    watched.poll()
    (found,) = (each for each in watched.results.values() if each.raises_issue)
    assert found.evidence == {"power": pytest.approx(-2700, abs=20), "minutes": 30}


def _used(watched: Watched, hours: int) -> None:
    """Let loads of several sizes run on L3 now and then."""
    for hour in range(hours):
        watched.poll(56)
        watched.switch(L3, (900 + 700 * (hour % 4), 0), 2)


def test_ct_that_came_off_is_found_where_nothing_feeds_the_phase() -> None:
    """It had been in use for days, and an ordinary house is never idle."""
    home = Home(load={L1: (300, 0), L2: (200, 0), L3: (150, 0)})
    watched = Watched(home, 60)
    _used(watched, 22 * 24)
    home.seen[L3] = nothing
    _used(watched, 23)
    assert watched.problems() == set()
    watched.restart()
    _used(watched, 2)
    assert watched.issues() == {"site_measures_nothing_l3"}
    (found,) = (each for each in watched.results.values() if each.raises_issue)
    assert found.variant == "measures_nothing_else"
    home.seen.clear()
    watched.restart()
    watched.poll()
    assert watched.problems() == set()


def test_phase_that_was_switched_off_before_is_left_alone() -> None:
    """The phase of a guest house is off while there are no guests."""
    home = Home(load={L1: (300, 0), L2: (200, 0), L3: (150, 0)})
    watched = Watched(home, 60)
    watched.poll(60)
    home.load[L3] = (0, 0)
    watched.poll(7 * 60)
    home.load[L3] = (150, 0)
    _used(watched, 22 * 24)
    home.load[L3] = (0, 0)
    watched.poll(30 * 60)
    assert watched.problems() == set()


def test_guest_house_that_is_switched_off_after_a_stay_is_left_alone() -> None:
    """On a phase of its own, in use for two weeks and a day of observation."""
    home = Home(load={L1: (300, 0), L2: (200, 0), L3: (150, 0)})
    watched = Watched(home, 60)
    _used(watched, 15 * 24)
    home.load[L3] = (0, 0)
    watched.poll(30 * 60)
    assert watched.problems() == set()


def test_phase_of_a_fridge_alone_is_left_alone() -> None:
    """It is in use all the time, but by nothing that an ordinary house has besides."""
    home = Home(load={L1: (300, 0), L2: (200, 0), L3: (150, 0)})
    watched = Watched(home, 60)
    watched.poll(22 * 24 * 60)
    home.load[L3] = (0, 0)
    watched.poll(30 * 60)
    assert watched.problems() == set()


def test_grid_held_at_zero_is_no_silent_ct() -> None:
    """A battery compensates solar and loads on each phase, for days."""
    home = Home(
        load={L1: (300, 0), L2: (200, 0), L3: (250, 0)},
        solar={L1: (0, 0), L2: (0, 0), L3: (0, 0)},
        seen=dict.fromkeys((L1, L2, L3), nothing),
        battery=dict.fromkeys((L1, L2, L3), 0.0),
    )
    watched = Watched(home)
    day(watched, 60)
    del home.seen[L1]
    watched.poll(10)
    assert watched.problems() == set()


def test_ct_is_silent_while_a_battery_gives_it_a_third() -> None:
    """Two phases show a third of the battery each, and solar feeds none of them."""
    home = Home(
        load={L1: (800, 0), L2: (700, 0), L3: (900, 0)},
        seen={L2: nothing},
        battery=dict.fromkeys((L1, L2, L3), 0.0),
    )
    watched = Watched(home)
    for hour in range(21):
        home.battery = dict.fromkeys((L1, L2, L3), 400.0 * (hour % 2))
        watched.poll(60)
    assert watched.issues() == {"site_measures_nothing_l2"}


def test_unused_phase_beside_a_battery_on_two_is_left_alone() -> None:
    """Two phases show a half of the battery each: nothing is missing."""
    home = Home(
        load={L1: (800, 0), L2: (700, 0), L3: (0, 0)},
        battery=dict.fromkeys((L1, L2), 0.0),
    )
    watched = Watched(home)
    for hour in range(48):
        home.battery = dict.fromkeys((L1, L2), 600.0 * (hour % 2))
        watched.poll(60)
    assert watched.problems() == set()

"""A CT that is measured against another phase than its own, and motors that are not."""

import pytest

from custom_components.tesla_gateway_meters.gateway import Phase

from .polls import L1, L2, L3, Flow, Home, Watched, rotated

KETTLE, OVEN, HEATER = (2000.0, 0.0), (2700.0, 0.0), (1100.0, 0.0)
PUMP, COMPRESSOR, UNLOADED = (1200.0, 1224.0), (1300.0, 1146.0), (900.0, 1559.0)
KEY = "site_low_power_factor_l1"


def three_phase(**values: object) -> Home:
    """Return a home on three phases that uses little."""
    load: dict[object, Flow] = {L1: (200, -80), L2: (150, 40), L3: (90, 10)}
    return Home(load=load, **values)  # type: ignore[arg-type]


def use(watched: Watched, *loads: Flow, times: int = 3) -> None:
    """Use each of these on L1 so many times."""
    for _ in range(times):
        for load in loads:
            watched.switch(L1, load)


@pytest.mark.parametrize("degrees", [120, -60])
def test_found_when_heaters_of_three_sizes_are_rotated(degrees: float) -> None:
    """Two days of an ordinary kitchen are more than enough, at whatever angle."""
    home = three_phase(seen={L1: lambda flow: rotated(flow, degrees)})
    watched = Watched(home)
    use(watched, KETTLE, OVEN, HEATER)
    assert watched.issues() == {KEY}
    (result,) = [each for each in watched.results.values() if each.raises_issue]
    assert (result.meter, result.cts) == ("synchrometerX", (1,))
    assert result.evidence["sizes"] == 3
    assert result.evidence["steps_right"] == 0
    assert result.evidence["degrees"] == (60 if degrees in (60, -120) else 120)


@pytest.mark.parametrize(
    "loads",
    [
        (PUMP,),
        (PUMP, COMPRESSOR),
        (UNLOADED,),
        (UNLOADED, KETTLE),
        ((900.0, 1559.0), (1400.0, 2425.0), (2000.0, 3464.0)),
        (PUMP, COMPRESSOR, UNLOADED, OVEN, HEATER),
    ],
)
def test_nothing_said_of_motors(loads: tuple[Flow, ...]) -> None:
    """They are always at 45 or even at 60 degrees."""
    watched = Watched(three_phase())
    use(watched, *loads, times=20)
    assert watched.problems() == set()


def test_nothing_reported_for_one_rotated_appliance() -> None:
    """Whatever it is, it may well have such a power factor."""
    watched = Watched(three_phase(seen={L1: lambda flow: rotated(flow, 120)}))
    use(watched, KETTLE, times=30)
    assert watched.problems() == set()


def test_nothing_said_of_constant_reactive_power() -> None:
    """A house with 1 kvar on each phase has a low power factor and right CTs."""
    home = Home(load={L1: (300, 1000), L2: (250, 1000), L3: (400, 1000)})
    watched = Watched(home)
    use(watched, KETTLE, OVEN, HEATER)
    assert watched.problems() == set()


def test_inrush_of_a_motor_is_no_step() -> None:
    """A poll in the moment of a start shows a power factor of its own."""
    watched = Watched(three_phase())
    for size in (1.0, 1.4, 2.0, 2.8, 4.0):
        for _ in range(3):
            watched.home.load[L1] = (200 + 900 * size, 1500 * size)
            watched.poll()
            watched.home.load[L1] = (200 + 500 * size, 300 * size)
            watched.poll(1)
            watched.home.load[L1] = (200, -80)
            watched.poll(1)
    assert watched.problems() == set()


def test_withdrawn_when_the_ct_is_moved_to_its_phase() -> None:
    """A few heaters later the phase is right, and nothing of before counts."""
    home = three_phase(seen={L1: lambda flow: rotated(flow, 120)})
    watched = Watched(home)
    use(watched, KETTLE, OVEN, HEATER)
    assert watched.issues() == {KEY}
    home.seen.clear()
    use(watched, KETTLE, OVEN, HEATER, times=2)
    assert watched.problems() == set()


def test_only_for_three_phases() -> None:
    """Legs stand opposite: there is no angle to see."""
    home = Home(
        load={L1: (200, 0), L2: (150, 0)}, seen={L1: lambda flow: rotated(flow, 120)}
    )
    watched = Watched(home)
    use(watched, KETTLE, OVEN, HEATER)
    assert KEY not in watched.problems()


def test_found_when_all_cts_are_rotated_backwards_and_the_house_seems_to_produce() -> (
    None
):
    """By -120 degrees heaters look like motors, but an idle house exports nothing."""
    home = three_phase(
        seen={at: lambda flow: rotated(flow, -120) for at in (L1, L2, L3)}
    )
    watched = Watched(home)
    use(watched, KETTLE, OVEN, HEATER)
    assert watched.issues() == set()
    watched.poll(60)
    assert watched.issues() == {KEY}
    watched.restart()
    use(watched, KETTLE)
    assert watched.issues() == {KEY}


def test_nothing_said_of_motors_that_are_switched_on_now_and_then() -> None:
    """A motor at 60 degrees takes power, so no number of starts makes it a heater."""
    watched = Watched(three_phase())
    for size in (0.8, 1.3, 2.0) * 4:
        watched.poll(31)
        watched.switch(L1, (900 * size, 1559 * size), minutes=3)
    assert watched.problems() == set()


def test_nothing_said_of_motors_beside_a_battery_that_nobody_meters() -> None:
    """The phase exports for hours by itself, but the motors still take what they take."""
    home = three_phase()
    home.load[L1] = (-900, 60)
    watched = Watched(home)
    for size in (0.8, 1.3, 2.0) * 4:
        watched.poll(31)
        watched.switch(L1, (900 * size, 1559 * size), minutes=3)
    assert KEY not in watched.problems()


@pytest.mark.parametrize("ovens", [(6700.0,), (6700.0, 4200.0)])
def test_nothing_said_of_an_oven_between_phases_that_a_battery_makes_up_for(
    ovens: tuple[float, ...],
) -> None:
    """Together they change each phase by as much, rotated by 120 degrees."""
    home = three_phase(battery={L1: 0.0, L2: 0.0, L3: 0.0})
    watched = Watched(home)
    use(watched, KETTLE, OVEN, HEATER)
    idle = dict(home.load)
    for watts in ovens * 20:
        # Between two phases, an oven draws a current that is 30 degrees off on each.
        active, reactive = watts / 2, watts / 12**0.5
        for phase, sign in ((L2, 1), (L3, -1)):
            p, q = idle[phase]
            home.load[phase] = (p + active, q + sign * reactive)
        home.battery = dict.fromkeys((L1, L2, L3), watts / 3)
        watched.poll(2)
        home.load = dict(idle)
        home.battery = dict.fromkeys((L1, L2, L3), 0.0)
        watched.poll(2)
        assert watched.problems() == set()


def test_nothing_said_of_an_oven_between_phases_that_solar_makes_up_for() -> None:
    """With an export limit the inverter follows it: all its changes are rotated."""
    home = three_phase(solar=dict.fromkeys((L1, L2, L3), (500.0, 0.0)))
    watched = Watched(home)
    use(watched, KETTLE, OVEN, HEATER)
    idle, watts = dict(home.load), 3060.0
    for _ in range(30):
        for phase, sign in ((L2, 1), (L3, -1)):
            p, q = idle[phase]
            home.load[phase] = (p + watts / 2, q + sign * watts / 12**0.5)
        home.solar = dict.fromkeys(home.solar, (500.0 + watts / 3, 0.0))
        watched.poll(2)
        home.load = dict(idle)
        home.solar = dict.fromkeys(home.solar, (500.0, 0.0))
        watched.poll(2)
        assert watched.problems() == set()


@pytest.mark.parametrize("degrees", [120, -120])
def test_found_by_changes_of_solar_without_any_load(degrees: float) -> None:
    """Clouds cause changes of all sizes, each of which is rotated."""
    home = three_phase(
        solar=dict.fromkeys((L1, L2, L3), (500.0, 0.0)),
        seen={L1: lambda flow: rotated(flow, degrees)},
    )
    watched = Watched(home)
    for step in range(40):
        watts = 500.0 + 300 * (step % 2) * (1 + step % 7)
        home.solar = dict.fromkeys(home.solar, (watts, 0.0))
        watched.poll(1)
    assert watched.issues() == {KEY}


def answer(watched: Watched, phases: tuple[Phase, ...], *loads: float) -> None:
    """Use loads on L2 that a battery on these phases compensates."""
    home = watched.home
    idle = dict(home.load)
    for watts in loads:
        p, q = idle[L2]
        home.load[L2] = (p + watts, q)
        home.battery = dict.fromkeys(phases, watts / len(phases))
        watched.poll(2)
        home.load = dict(idle)
        home.battery = dict.fromkeys(phases, 0.0)
        watched.poll(2)


@pytest.mark.parametrize("phases", [(L1,), (L1, L3), (L1, L2, L3)])
@pytest.mark.parametrize("degrees", [120, -120])
def test_found_by_what_a_battery_gives(
    phases: tuple[Phase, ...], degrees: float
) -> None:
    """It compensates loads of L2 on other phases, without reactive power of its own."""
    home = three_phase(
        battery=dict.fromkeys(phases, 0.0),
        seen={L1: lambda flow: rotated(flow, degrees)},
    )
    watched = Watched(home)
    answer(watched, phases, *(2000.0, 2700.0, 3600.0) * 3)
    assert watched.issues() == {KEY}


def test_nothing_said_of_motors_that_a_battery_makes_up_for() -> None:
    """It supplies their real power on its own phase; theirs shows the rest."""
    home = three_phase(battery={L1: 0.0})
    watched = Watched(home)
    idle = home.load[L2]
    for size in (1.0, 1.4, 2.0, 2.8) * 5:
        home.load[L2] = (idle[0] + 900 * size, idle[1] + 1559 * size)
        home.battery = {L1: 900.0 * size}
        watched.poll(2)
        home.load[L2], home.battery = idle, {L1: 0.0}
        watched.poll(2)
    assert watched.problems() == set()


def few(watched: Watched) -> None:
    """Use one heater of its own size on each of two phases, and one more on L2."""
    for phase, watts, times in ((L1, 2000.0, 2), (L2, 1100.0, 2), (L2, 2700.0, 1)):
        for _ in range(times):
            watched.switch(phase, (watts, 0))


def test_two_swapped_cts_are_found_by_both_together() -> None:
    """Each alone has too few steps; they are rotated in opposite directions."""
    home = three_phase()
    home.seen = {
        L1: lambda _: rotated(home.load[L2], 120),
        L2: lambda _: rotated(home.load[L1], -120),
    }
    watched = Watched(home)
    few(watched)
    assert watched.issues() == {KEY, "site_low_power_factor_l2"}


def test_nothing_said_of_few_motors_on_two_phases() -> None:
    """All are rotated by 60 degrees, and no order of the CTs rotates two phases so."""
    watched = Watched(three_phase())
    for phase, size in ((L1, 1.0), (L2, 1.5), (L2, 2.2)) * 4:
        watched.switch(phase, (900 * size, 1559 * size))
    assert watched.problems() == set()

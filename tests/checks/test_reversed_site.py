"""A reversed site CT, by each kind of evidence alone."""

import pytest

from .polls import L1, L2, L3, Flow, Home, Watched, flipped, rotated

KEY = "site_import_follows_solar_l1"


def split(load: Flow = (400, 50), **values: object) -> Home:
    """Return a home with two legs."""
    return Home(load={L1: load, L2: (300, 20)}, **values)  # type: ignore[arg-type]


def dusk(watched: Watched) -> None:
    """Let the sun set, so that the checks know that it is dark."""
    for watts in (500.0, 0.0):
        watched.home.solar = {L1: (watts, 0.0), L2: (watts, 0.0)}
        watched.poll(1)


def test_found_in_an_hour_where_the_voltage_leans_the_same_way() -> None:
    """Four steps of load decide nothing by themselves."""
    watched = Watched(split(seen={L1: flipped}, ohms=0.2))
    dusk(watched)
    for watts in (1500.0, 2000.0):
        watched.switch(L1, (watts, 0))
    assert watched.issues() == set()
    watched.poll(50)
    assert watched.issues() == {KEY}


def test_nothing_said_of_a_balcony_without_a_meter() -> None:
    """It exports all day, and no reading shows that it is day."""
    home = split()
    watched = Watched(home)
    for watts in (-550.0, 90.0) * 2:
        home.load[L1] = (watts, 20)
        watched.poll(600)
        assert watched.problems() - {"load_negative_load"} == set()


def test_nothing_said_of_an_evening_from_a_battery_without_a_meter() -> None:
    """It exports for hours after sunset."""
    watched = Watched(split())
    dusk(watched)
    watched.home.load[L1] = (-700.0, 20)
    watched.poll(180)
    assert watched.problems() - {"load_negative_load"} == set()


def test_nothing_said_of_a_source_on_all_phases_without_a_meter() -> None:
    """The voltage shows that one of three is right, and it exports alone as well."""
    home = Home(load={L1: (400, 0), L2: (300, 0), L3: (200, 0)}, ohms=0.2)
    watched = Watched(home)
    dusk(watched)
    for watts in (1500.0, 2000.0, 900.0) * 3:
        watched.switch(L1, (watts, 0))
    for phase in (L2, L3):
        watched.switch(phase, (450, 0))
        watched.switch(phase, (550, 0))
    home.load = {L1: (-900, 0), L2: (-1000, 0), L3: (-1100, 0)}
    watched.poll(360)
    assert watched.problems() == {"load_negative_load"}


def test_three_hints_of_the_voltage_stay_three() -> None:
    """They say that a phase is right which exports for an evening."""
    watched = Watched(split(ohms=0.2))
    dusk(watched)
    watched.switch(L1, (1500.0, 0))
    watched.home.load[L1] = (-700.0, 20)
    watched.poll(300)
    assert watched.problems() == {"load_negative_load"}


def test_found_by_export_while_nothing_produces() -> None:
    """In the night of a home without a battery, in four hours."""
    watched = Watched(split(seen={L1: flipped}))
    dusk(watched)
    watched.poll(235)
    assert watched.issues() == set()
    watched.poll(10)
    assert watched.issues() == {KEY}
    (result,) = [each for each in watched.results.values() if each.raises_issue]
    assert result.evidence["minutes_exporting_alone"] >= 240
    assert (result.meter, result.cts) == ("synchrometerX", (1,))


def test_found_while_inverters_draw_their_standby() -> None:
    """Solar below 0 W is no sun: nothing can export."""
    watched = Watched(split(seen={L1: flipped}))
    dusk(watched)
    watched.home.solar = {L1: (-45.0, 0.0), L2: (-45.0, 0.0)}
    watched.poll(245)
    assert watched.issues() == {KEY}


@pytest.mark.parametrize("phases", [(L1,), (L2,), (L1, L2)])
def test_named_where_it_is(phases: tuple[object, ...]) -> None:
    """One leg, the other, or both."""
    watched = Watched(split(seen=dict.fromkeys(phases, flipped)))
    dusk(watched)
    watched.poll(260)
    assert watched.issues() == {f"site_import_follows_solar_{at}" for at in phases}


@pytest.mark.parametrize(
    "values",
    [
        {"battery": {L1: 600.0}},
        {"solar": {L1: (900, 0), L2: (900, 0)}},
        {"solar": {L1: (900, 0), L2: (900, 0)}, "has_solar_meters": False},
        {"grid_connected": False, "battery": {L1: 600.0}},
    ],
)
def test_nothing_said_of_real_export(values: dict[str, object]) -> None:
    """A phase may export the production of solar or a battery."""
    watched = Watched(split(**values))
    watched.poll(600)
    assert watched.problems() == set()


def test_found_by_voltage_while_a_battery_hides_the_nights() -> None:
    """Import lowers the voltage of its phase, at any hour."""
    home = split(seen={L1: flipped}, ohms=0.2, battery={L1: 700.0})
    watched = Watched(home)
    for watts in (1500.0, 2000.0, 900.0) * 5:
        watched.switch(L1, (watts, 0))
    assert watched.issues() == {KEY}
    (result,) = [each for each in watched.results.values() if each.raises_issue]
    assert result.evidence["ohms"] == pytest.approx(-0.2, abs=0.02)


def test_voltage_that_throttles_solar_is_no_evidence() -> None:
    """An inverter gives less where the voltage is high: then import rises with it."""
    home = split(solar={L1: (3000, 0), L2: (3000, 0)}, battery={L1: 0.0})
    watched = Watched(home)
    for _ in range(60):
        home.volts, home.solar = 252, {L1: (1500, 0), L2: (1500, 0)}
        watched.poll(1)
        home.volts, home.solar = 248, {L1: (3000, 0), L2: (3000, 0)}
        watched.poll(1)
    assert watched.problems() == set()


def clouds(watched: Watched, times: int, high: float = 1800) -> None:
    """Let clouds pass over all phases that have solar."""
    home = watched.home
    for _ in range(times):
        for watts in (high, high / 3):
            home.solar = dict.fromkeys(home.solar, (watts, 0.0))
            watched.poll(0.5)


def test_found_by_solar_while_the_battery_stands_still() -> None:
    """Half a dozen clouds, without evidence from nights or voltages."""
    home = split(
        seen={L1: flipped},
        solar={L1: (900, 0), L2: (900, 0)},
        battery={L1: 50.0, L2: 50.0},
    )
    watched = Watched(home)
    clouds(watched, 12)
    assert watched.issues() == {KEY}


@pytest.mark.parametrize("lag", [False, True])
def test_nothing_said_of_a_battery_on_one_phase(lag: bool) -> None:
    """It takes in what solar gives on all phases: its own phase follows the sun."""
    home = Home(
        load={L1: (300, 0), L2: (300, 0), L3: (300, 0)},
        solar={L1: (900, 0), L2: (900, 0), L3: (900, 0)},
        battery={L1: 0.0},
    )
    watched = Watched(home)
    for _ in range(40):
        for watts in (2000.0, 500.0):
            home.solar = dict.fromkeys(home.solar, (watts, 0.0))
            if lag:
                watched.poll()
            home.battery = {L1: round(900 - 3 * watts, -1)}
            watched.poll(1)
    assert watched.problems() == set()


def test_a_ct_on_another_phase_is_not_taken_for_reversed() -> None:
    """It exports at night too, now and then; its steps say what it is."""
    home = Home(
        load={L1: (400, 0), L2: (300, 0), L3: (200, 0)},
        seen={L1: lambda flow: rotated(flow, 120)},
        ohms=0.2,
    )
    watched = Watched(home)
    watched.poll(120)
    for watts in (2000.0, 2700.0, 1100.0) * 5:
        watched.switch(L1, (watts, 0))
    assert watched.issues() == {"site_low_power_factor_l1"}


def test_withdrawn_when_corrected() -> None:
    """The readings of the next hours are enough, without a restart."""
    home = split(seen={L1: flipped}, ohms=0.2)
    watched = Watched(home)
    for watts in (1500.0, 2000.0, 900.0) * 8:
        watched.switch(L1, (watts, 0))
    assert watched.issues() == {KEY}
    home.seen.clear()
    watched.poll(120)
    assert watched.problems() == set()


def test_found_after_days_in_which_the_voltage_showed_it_right() -> None:
    """The newest steps show the present wiring; earlier ones do not hide it."""
    home = split(ohms=0.2)
    watched = Watched(home)
    dusk(watched)
    for watts in (1500.0, 2000.0, 900.0) * 24:
        watched.switch(L1, (watts, 0))
    assert watched.problems() == set()
    home.seen[L1] = flipped
    for watts in (1500.0, 2000.0, 900.0) * 4:
        watched.switch(L1, (watts, 0))
    watched.poll(340)
    assert watched.issues() == {KEY}

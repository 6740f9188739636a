"""Response of the voltage to steps of load, and of the load to changes of solar."""

import pytest

from custom_components.tesla_gateway_meters.checks.answer import LoadAnswer
from custom_components.tesla_gateway_meters.checks.reversed_site import VoltageResponse
from custom_components.tesla_gateway_meters.checks.samples import Step

from .polls import L1


def step(
    power: float,
    ohms: float = 0.3,
    *,
    volts: float | None = 230,
    solar_still: bool = True,
    voltage: float | None = None,
) -> Step:
    """Return a step of load that lowers the voltage by this impedance in ohms."""
    return Step(
        phase=L1,
        power=power,
        reactive_power=0,
        size=abs(power),
        voltage=-power / 230 * ohms if voltage is None else voltage,
        volts=volts,
        is_level=True,
        is_solar_still=solar_still,
        is_battery_still=True,
        battery=0,
    )


def response(*steps: Step) -> VoltageResponse:
    """Return the response after these steps."""
    found = VoltageResponse()
    for each in steps:
        found.add_step(each)
    return found


def test_voltage_shows_the_direction_after_twelve_steps() -> None:
    """Import lowers it; with a reversed CT it seems to raise it."""
    for ohms, direction in ((0.3, -1), (-0.3, 1)):
        steps = [step((900 + 100 * at) * (-1) ** at, ohms) for at in range(14)]
        found = response(*steps)
        assert found.direction == found.hint == direction
        assert found.ohms == ohms
        assert found.steps == 13
        assert response(*steps[:11]).direction == 0
        assert response(*steps[:4]).hint == direction
        assert response(*steps[:2]).hint == 0


@pytest.mark.parametrize(
    "other",
    [
        step(599),
        step(-599),
        step(900, solar_still=False),
        step(900, volts=None),
        step(900, voltage=8.1),
        step(900, voltage=-8.1),
    ],
)
def test_steps_that_say_nothing_of_the_voltage_do_not_count(other: Step) -> None:
    """Small ones, those of solar, and a tap changer's, of more than 3.5 percent."""
    assert response(*[other] * 20).steps == 0


def test_step_counts_from_600_va_on() -> None:
    """Up or down, and up to 3.5 percent of the voltage."""
    found = response(step(600), step(-600), step(900, voltage=8), step(900, voltage=-8))
    assert found.steps == 4


def test_no_answer_of_the_voltage_is_no_direction() -> None:
    """A stiff service moves by less than meters show."""
    found = response(*[step(900 * (-1) ** at, 0) for at in range(20)])
    assert (found.direction, found.hint, found.ohms) == (0, 0, 0)


def answer(ratio: float, *changes: float) -> LoadAnswer:
    """Return changes of negative solar power, and of the load by this ratio."""
    found, power, load = LoadAnswer(), -3000.0, 4000.0
    found.update(power, load, 0)
    for change in changes:
        power += change
        load += ratio * change
        found.update(power, load, 10)
    restored = LoadAnswer()
    restored.restore(found.as_list())
    assert restored.as_list() == found.as_list()
    for few in (False, True):
        for dark in (False, True):
            assert restored.is_sun(may_be_few=few, came_from_dark=dark) == found.is_sun(
                may_be_few=few, came_from_dark=dark
            )
    return found


def is_sun(found: LoadAnswer, *, few: bool = False, dark: bool = False) -> bool:
    """Return whether the changes are those of a reversed CT."""
    return found.is_sun(may_be_few=few, came_from_dark=dark)


def test_load_that_changes_by_twice_is_a_reversed_cts() -> None:
    """Three large changes are enough, in whatever direction."""
    found = answer(2, 900, -800, 1200)
    assert is_sun(found)
    assert found.suggests_sun
    assert found.suggests_reversed
    assert not found.is_load
    assert not found.suggests_load
    assert not found.indicates_load


def test_load_that_does_not_change_is_no_reversed_cts() -> None:
    """A ratio of 0 is a load on the solar circuit."""
    found = answer(0, 900, -800, 1200)
    assert found.is_load
    assert found.suggests_load
    assert found.indicates_load
    assert not is_sun(found, few=True, dark=True)
    assert not found.suggests_sun


def test_load_that_changes_by_as_much_decides_nothing() -> None:
    """A car or a heater follows the sun."""
    found = answer(1, 900, -800, 1200)
    assert not is_sun(found, few=True, dark=True)
    assert not found.is_load


def test_load_that_changes_by_three_times_is_another_phases() -> None:
    """A CT there shows half of the production."""
    assert not answer(3, 900, -800, 1200).suggests_reversed


def test_few_changes_are_enough_where_they_may_be() -> None:
    """One of 2.5 kW, two of 350 W, or two that grew from the dark."""
    assert is_sun(answer(2, 2500), few=True)
    assert not is_sun(answer(2, 2499), few=True)
    assert not is_sun(answer(2, 2500))
    assert is_sun(answer(2, 350, -350), few=True)
    assert not is_sun(answer(2, 349, -350), few=True)
    assert not is_sun(answer(2, 350, -350))
    assert is_sun(answer(2, 90, -90), few=True, dark=True)
    assert not is_sun(answer(2, 90), few=True, dark=True)
    assert not is_sun(answer(1.6, 90, -90), few=True, dark=True)
    assert not is_sun(LoadAnswer(), few=True, dark=True)


def test_changes_below_80_w_add_up() -> None:
    """To one that counts."""
    assert answer(2, 79).as_list() == []
    assert answer(2, 80).as_list() == [80, 160]
    assert answer(2, 50, 50).as_list() == [100, 200]
    assert answer(2, 50, -50, 50).as_list() == []


def test_what_is_far_beyond_is_the_houses_own() -> None:
    """It is left out, as are the steps of load alone."""
    assert answer(2.15, 500).as_list() == [500, 1075]
    assert answer(4.5, 80).as_list() == []
    assert answer(-0.1, 500).as_list() == [500, -50]
    assert answer(-5, 500).as_list() == []


def test_interruption_starts_a_new_change() -> None:
    """While the load is unknown, solar gives nothing, or polls were missed."""
    for between in ((-3000, None, 10.0), (-9, 4000, 10.0), (-2950, 4100, 0.0)):
        found = LoadAnswer()
        found.update(-3000, 4000, 0)
        found.update(*between)
        found.update(-2900, 4200, 10)
        if between[2]:
            assert found.as_list() == []
        found.update(-2800, 4400, 10)
        assert found.as_list()[:2] == ([100, 200] if between[2] else [150, 300])


def test_newest_sixteen_changes_are_kept() -> None:
    """A CT that is reversed or corrected is recognized soon."""
    found = answer(2, *[100, -200] * 20)
    assert len(found.as_list()) == 2 * 16
    found.restore([1, 2] * 40)
    assert found.as_list() == [1, 2] * 16


@pytest.mark.parametrize("stored", [[1, 2, 3], [0, 5], [5, 1, 0, 3], "ab", None])
def test_changes_that_are_none_are_refused(stored: object) -> None:
    """What there was stays."""
    found = answer(2, 900)
    with pytest.raises(ValueError, match="no "):
        found.restore(stored)
    assert found.as_list() == [900, 1800]

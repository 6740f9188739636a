"""Rotation of CTs, by angles of steps, steps of all phases, a battery, and solar."""

from cmath import rect
from math import radians
from typing import Any

import pytest

from custom_components.tesla_gateway_meters.checks.balanced import (
    BalancedSteps,
    is_offset_by_battery,
)
from custom_components.tesla_gateway_meters.checks.pairs import battery_pairs
from custom_components.tesla_gateway_meters.checks.production import Production
from custom_components.tesla_gateway_meters.checks.samples import Step
from custom_components.tesla_gateway_meters.checks.solar_rotation import SolarRotation
from custom_components.tesla_gateway_meters.checks.wrong_phase import (
    OTHER,
    StepAngles,
    count_sizes,
    rotation_of,
)
from custom_components.tesla_gateway_meters.gateway import Phase, PhaseReading

from .polls import L1, L2, L3

PHASES = (L1, L2, L3)


def step(
    size: float,
    degrees: float = 0,
    phase: Phase = L1,
    *,
    level: bool = True,
    solar_still: bool = True,
    battery: float = 0,
) -> Step:
    """Return a step of this size (VA) at this angle; a battery's change in W had a part."""
    change = rect(size, radians(degrees))
    return Step(
        phase=phase,
        power=change.real,
        reactive_power=change.imag,
        size=size,
        voltage=None,
        volts=None,
        is_level=level,
        is_solar_still=solar_still,
        is_battery_still=not battery,
        battery=battery,
    )


@pytest.mark.parametrize(
    ("degrees", "rotation"),
    [
        (0, 0),
        (11.9, 0),
        (-11.9, 0),
        (180, 0),
        (12.1, OTHER),
        (-12.1, OTHER),
        (50.9, OTHER),
        (51.1, 1),
        (68.9, 1),
        (240, 1),
        (69.1, OTHER),
        (90, OTHER),
        (110.9, OTHER),
        (111.1, 2),
        (128.9, 2),
        (-60, 2),
        (129.1, OTHER),
    ],
)
def test_angle_of_a_step_is_a_multiple_of_60_degrees_or_none(
    degrees: float, rotation: int
) -> None:
    """Within 12 degrees of pure power, or 9 of 60 and 120; steps go up and down."""
    change = step(1000, degrees)
    assert rotation_of(change.power, change.reactive_power) == rotation


def test_sizes_differ_by_15_percent() -> None:
    """Each from the least of its kind."""
    assert count_sizes([]) == 0
    assert count_sizes([1000, 1140, 1150]) == 1
    assert count_sizes([1160, 1000]) == 2
    assert count_sizes([1000, 1100, 1200, 1300, 2000]) == 3


def rotation(*steps: Step) -> int | None:
    """Return the rotation by steps of one phase, a minute apart."""
    angles = StepAngles()
    for at, each in enumerate(steps):
        angles.add_step(each, 60.0 * at)
    restored = StepAngles()
    restored.restore(angles.as_dict())
    assert restored.rotation == angles.rotation
    assert restored.as_dict() == angles.as_dict()
    return angles.rotation


THREE = (600, 900, 1400)


@pytest.mark.parametrize("angle", [60, 120])
def test_six_steps_of_three_sizes_are_a_wrong_phase(angle: int) -> None:
    """At 120 degrees, where no motor is, five of two sizes."""
    assert rotation(*[step(size, angle) for size in THREE * 2]) == angle / 60
    five = rotation(*[step(size, angle) for size in (600, 900, 600, 900, 600)])
    assert five == (2 if angle == 120 else None)
    two = rotation(*[step(size, angle) for size in (600, 900) * 3])
    assert two == (2 if angle == 120 else None)
    assert rotation(*[step(600, angle) for _ in range(9)]) is None


def test_three_steps_of_pure_power_are_a_right_phase() -> None:
    """Of two sizes, where there are other steps."""
    assert rotation(*[step(600)] * 2) is None
    assert rotation(*[step(600)] * 3) == 0
    assert rotation(*[step(600)] * 3, step(900, 30)) is None
    assert rotation(*[step(600)] * 2, step(900), step(900, 30)) == 0


def test_unknown_when_right_steps_are_among_rotated_ones() -> None:
    """In a wrong phase none is of pure power."""
    wrong = [step(size, 60) for size in THREE * 2]
    assert rotation(*wrong, step(2000)) is None
    assert rotation(*wrong, *[step(2000 + 600 * at, 30) for at in range(4)]) == 1
    assert rotation(*wrong, *[step(500 * 1.2**at, 30) for at in range(12)]) is None


def test_step_that_is_not_level_counts_only_as_pure_power() -> None:
    """The inrush of a motor has an angle of its own."""
    assert rotation(*[step(size, 120, level=False) for size in THREE * 2]) is None
    assert rotation(*[step(600, level=False)] * 3) == 0


def balanced(
    *rotations: tuple[float, float], sizes: tuple[float, ...] = (1000,), **kind: Any
) -> BalancedSteps:
    """Return steps of all phases, of which L2 and L3 are rotated by these degrees."""
    found = BalancedSteps()
    for at, (second, third) in enumerate(rotations):
        size = sizes[at % len(sizes)]
        angles = zip(PHASES, (20, 20 + second, 20 + third), strict=True)
        found.add(step(size, angle, phase, **kind) for phase, angle in angles)
    restored = BalancedSteps()
    restored.restore(found.as_list())
    assert restored.as_list() == found.as_list()
    assert restored.rotations({}) == found.rotations({})
    return found


def test_two_phases_that_agree_are_right() -> None:
    """At any power factor, in four steps or more; three are not enough."""
    assert balanced(*[(0, 120)] * 4).rotations({}) == {L1: 0, L2: 0, L3: 2}
    assert balanced(*[(120, 120)] * 4).rotations({}) == {L1: 1, L2: 0, L3: 0}
    assert balanced(*[(0, 120)] * 3).rotations({}) == {}
    assert balanced(*[(0, 120)] * 3).steps == 3


def test_three_phases_that_differ_need_one_that_is_known() -> None:
    """So do three that are alike, since all may be wrong."""
    moved = balanced(*[(120, 240)] * 4)
    assert moved.rotations({}) == {}
    assert moved.rotations({L1: 0}) == {L1: 0, L2: 2, L3: 1}
    assert moved.rotations({L2: 0}) == {L1: 1, L2: 0, L3: 2}
    assert moved.rotations({L1: 0, L2: 2}) == {L1: 0, L2: 2, L3: 1}
    assert moved.rotations({L1: 0, L2: 0}) is None
    alike = balanced(*[(0, 0)] * 4)
    assert alike.rotations({}) == {}
    assert alike.rotations({L3: 0}) == dict.fromkeys(PHASES, 0)
    assert BalancedSteps().rotations({L1: 0}) == {}


def test_directions_follow_from_one_phase() -> None:
    """A reversed CT shows changes at 180 degrees."""
    found = balanced(*[(180, 0)] * 4)
    assert found.directions({L1: -1}) == {L1: -1, L2: 1, L3: -1}
    assert found.directions({L2: -1}) == {L1: 1, L2: -1, L3: 1}
    assert found.directions({L1: -1, L2: -1}) == {}
    assert found.directions({}) == {}
    assert BalancedSteps().directions({L1: -1}) == {}


def test_three_in_four_steps_have_to_agree() -> None:
    """Else they are of different appliances."""
    assert balanced(*[(0, 120)] * 6, *[(0, 0)] * 2).rotations({})
    assert not balanced(*[(0, 120)] * 6, *[(0, 0)] * 3).rotations({})


@pytest.mark.parametrize("kind", [{"battery": 900}, {"solar_still": False}])
def test_steps_of_one_size_in_which_a_source_moved_prove_nothing(
    kind: dict[str, Any],
) -> None:
    """A battery compensates an appliance between two phases, or solar under a limit."""
    assert not balanced(*[(0, 120)] * 8, **kind).rotations({})
    assert not balanced(*[(0, 120)] * 8, sizes=(1000, 1140), **kind).rotations({})
    assert balanced(*[(0, 120)] * 8, sizes=(1000, 1160), **kind).rotations({})
    assert balanced(*[(0, 0)] * 8, **kind).rotations({L1: 0}) == dict.fromkeys(
        PHASES, 0
    )


def test_steps_that_differ_between_phases_are_not_of_all() -> None:
    """By 15 percent, by 10 degrees from a multiple of 60, or where a phase has none."""
    found = BalancedSteps()
    found.add([step(1000, 0, L1), step(1000, 0, L2), step(1160, 0, L3)])
    found.add([step(1000, 0, L1), step(1000, 0, L2), step(1000, 11, L3)])
    found.add([step(1000, 0, L1), step(1000, 49, L2), step(1000, 0, L3)])
    found.add([step(1000, 0, L1), step(1000, 0, L2)])
    assert found.steps == 0
    found.add([step(1000, 0, L1), step(1000, 9, L2), step(1140, -9, L3)])
    assert found.steps == 1


def test_battery_on_three_phases_offsets_what_leaves_the_site_as_it_was() -> None:
    """Each of the three has changed, and the sum has not, by more than a quarter."""
    parts = [step(1000, 0, L1, battery=900), step(1000, 120, L2), step(1000, 240, L3)]
    assert is_offset_by_battery(parts)
    assert not is_offset_by_battery(parts[:2])
    assert not is_offset_by_battery([step(1000, 0, L1), *parts[1:]])
    alike = [step(1000, 0, each, battery=900) for each in PHASES]
    assert not is_offset_by_battery(alike)


def test_step_of_a_batterys_share_is_its_own() -> None:
    """All of it, a half or a third, within 10 percent, rotated as the CT is."""
    assert battery_pairs([step(900, 180, battery=900)]) == [(L1, 0, 900)]
    assert battery_pairs([step(900, 300, battery=1800)]) == [(L1, 2, 900)]
    assert battery_pairs([step(900, 0, battery=2700)]) == [(L1, 3, 900)]
    assert battery_pairs([step(900, 0, battery=-900)]) == [(L1, 0, -900)]
    assert battery_pairs([step(980, 180, battery=900)])
    assert battery_pairs([step(830, 180, battery=900)])
    assert not battery_pairs([step(1000, 180, battery=900)])
    assert not battery_pairs([step(810, 180, battery=900)])
    assert not battery_pairs([step(900, 180 + 11, battery=900)])
    assert battery_pairs([step(900, 180 + 9, battery=900)])


def test_step_with_another_cause_is_no_batterys() -> None:
    """Solar moved, it was not level, or the battery stood still."""
    assert not battery_pairs([step(900, 180, battery=900, solar_still=False)])
    assert not battery_pairs([step(900, 180, battery=900, level=False)])
    assert not battery_pairs([step(900, 180)])


def test_thirds_with_different_rotations_are_not_a_batterys() -> None:
    """A battery on three phases compensates an appliance between two."""
    alike = [step(900, 180, each, battery=2700) for each in PHASES]
    assert battery_pairs(alike) == [(each, 0, 900) for each in PHASES]
    differing = [*alike[:2], step(900, 240, L3, battery=2700)]
    assert battery_pairs(differing) == []
    assert battery_pairs(differing[1:]) == [(L2, 0, 900), (L3, 1, 900)]


def reading(power: float | None, vars_: float | None) -> PhaseReading:
    """Return what a CT shows."""
    return PhaseReading(voltage=230, current=None, power=power, reactive_power=vars_)


def test_idle_phase_that_makes_both_powers_for_45_minutes_is_no_motors() -> None:
    """Less the time in which it does not."""
    made = Production()
    changes = [made.add_idle(reading(-300, -500), 300) for _ in range(9)]
    assert changes == [False] * 8 + [True]
    assert made.is_made
    assert made.add_idle(reading(300, -500), 300)
    assert not made.is_made
    for power, vars_ in ((-300, 500), (300, 500)):
        assert not made.add_idle(reading(power, vars_), 300)
    assert made.as_number() == 6 * 300
    restored = Production()
    restored.restore(made.as_number())
    assert restored.as_number() == 6 * 300


@pytest.mark.parametrize(
    ("power", "vars_"), [(None, -9), (-99, None), (25, 9), (-25, -9)]
)
def test_idle_phase_without_a_flow_says_nothing(
    power: float | None, vars_: float | None
) -> None:
    """Nor does one that is not read."""
    made = Production()
    assert not made.add_idle(reading(power, vars_), 9999)
    assert made.as_number() == 0


def test_production_is_bounded() -> None:
    """So that what is put right is found: three hours, and 45 minutes against it."""
    made = Production()
    made.add_idle(reading(-300, -500), 1e6)
    assert made.as_number() == 3 * 3600
    made.add_idle(reading(300, -500), 1e6)
    assert made.as_number() == -45 * 60
    for stored, kept in ((1e6, 3 * 3600), (-1e6, -45 * 60), (60, 60)):
        made.restore(stored)
        assert made.as_number() == kept
    with pytest.raises(ValueError, match="number"):
        made.restore("long")


def solar(
    minutes: float, *angles: float, size: float = 500, elapsed: float = 60
) -> SolarRotation:
    """Read solar CTs at these angles for so long."""
    rotations = SolarRotation()
    readings = {}
    for phase, angle in zip(PHASES, angles, strict=False):
        power = rect(size, radians(angle))
        readings[phase] = reading(power.real, power.imag)
    for _ in range(round(minutes * 60 / elapsed)):
        rotations.update(readings, elapsed)
    restored = SolarRotation()
    restored.restore(rotations.as_dict())
    assert restored.as_dict() == rotations.as_dict()
    assert [restored.is_rotated(each) for each in PHASES] == [
        rotations.is_rotated(each) for each in PHASES
    ]
    return rotations


def test_solar_ct_rotated_by_120_degrees_for_ten_minutes_is_wrong() -> None:
    """At any power factor; the right ones show more power than reactive power."""
    for angle in (-20, 0, 30):
        rotations = solar(10, angle, angle + 120, angle)
        assert rotations.is_rotated(L2) is True
        assert not rotations.is_rotated(L1)
        assert not rotations.is_rotated(L3)
    assert solar(9, 0, 120, 0).is_rotated(L2) is False
    assert solar(0, 0, 120, 0).is_rotated(L2) is None
    assert solar(10, 0, 240, 0).is_rotated(L2) is True
    assert solar(10, 0, 120).is_rotated(L2) is True


@pytest.mark.parametrize(
    ("angles", "kind"),
    [
        ((0, 0, 0), {}),
        ((0, 105, 0), {}),
        ((120, 120, 120), {}),
        ((0, 180, 0), {}),
        ((60, 180, 60), {}),
        ((0, 120, 0), {"size": 249}),
        ((0, 120, 0), {"elapsed": 400}),
        ((120,), {}),
    ],
)
def test_solar_cts_are_not_rotated_then(
    angles: tuple[float, ...], kind: dict[str, float]
) -> None:
    """Alike, at another angle, of little power, read once only, or one alone."""
    rotations = solar(10, *angles, **kind)  # type: ignore[arg-type]
    assert not any(rotations.is_rotated(each) for each in PHASES)

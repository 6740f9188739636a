"""The counters of a gateway: their keys, what is reported of them, and what is stale."""

from dataclasses import replace

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_gateway_meters.gateway import CtReading
from custom_components.tesla_gateway_meters.processing.counter_evidence import Flow
from custom_components.tesla_gateway_meters.processing.counter_flows import Flows
from custom_components.tesla_gateway_meters.processing.counter_guard import (
    Point,
)
from custom_components.tesla_gateway_meters.processing.counters import (
    Counters,
    HeldReading,
)

from .parts import totals

IDLE: Flows = (Flow(0, 0), Flow(0, 0))


def nothing_shown(_key: str) -> None:
    """Know of no counter that was shown before."""


def read(
    counters: Counters,
    exported: float | None,
    imported: float | None,
    flows: Flows | None = IDLE,
) -> tuple[float | None, float | None]:
    """Return what is shown of the site's energies: exported, and imported."""
    each = totals(energy_exported=exported, energy_imported=imported)
    shown = counters.guard_totals("site", each, flows)
    return shown.energy_exported, shown.energy_imported


def test_counters_are_known_by_their_direction() -> None:
    """Unique ids of entities end in these keys."""
    counters = Counters({}, nothing_shown)
    assert read(counters, 7, 9) == (7, 9)
    assert {key: each.published for key, each in counters.known.items()} == {
        "site_energy_exported": 7,
        "site_energy_imported": 9,
    }


def test_totals_stay_the_same_object_while_nothing_is_held() -> None:
    """And other values of a location are not touched by what is."""
    counters = Counters({}, nothing_shown)
    each = totals(power=5, energy_exported=700, energy_imported=900)
    assert counters.guard_totals("site", each, IDLE) is each
    glitch = replace(each, energy_imported=0)
    assert counters.guard_totals("site", glitch, IDLE) == each


def test_missing_energy_is_not_shown_and_makes_no_counter() -> None:
    """None is no 0."""
    counters = Counters({}, nothing_shown)
    assert read(counters, None, 9) == (None, 9)
    assert list(counters.known) == ["site_energy_imported"]
    assert read(counters, 7, None) == (7, None)
    assert counters.known["site_energy_imported"].published == 9


def test_held_reading_is_reported_once_with_the_last_good_one() -> None:
    """The log names it once."""
    counters = Counters({}, nothing_shown)
    read(counters, 700, 900)
    assert counters.take_changes().held == []
    assert read(counters, 700, 0) == (700, 900)
    changes = counters.take_changes()
    assert changes.has_readings
    assert changes.held == [HeldReading("site_energy_imported", 900, 0)]
    assert changes.resumed == set()
    read(counters, 700, 0)
    assert counters.take_changes().held == []


def test_counter_that_follows_its_readings_again_is_reported_until_taken() -> None:
    """The entity of such a counter writes at once."""
    counters = Counters({}, nothing_shown)
    for imported in (900, 0, 901):
        read(counters, 700, imported)
    assert counters.resumed == {"site_energy_imported"}
    assert counters.take_changes().resumed == {"site_energy_imported"}
    assert counters.resumed == frozenset()
    assert not counters.take_changes().has_readings


def test_first_zero_is_held_unless_the_other_direction_has_counted() -> None:
    """A gateway that fails reports 0 everywhere."""
    for exported, imported, held in (
        (0, 0, {"site_energy_exported", "site_energy_imported"}),
        (0, 9, set()),
        (9, 0, set()),
        (0, None, {"site_energy_exported"}),
    ):
        counters = Counters({}, nothing_shown)
        read(counters, exported, imported)
        assert {each.key for each in counters.take_changes().held} == held


def test_held_first_reading_has_no_good_one_before() -> None:
    """Nothing is known of it."""
    counters = Counters({}, nothing_shown)
    assert read(counters, None, 0) == (None, None)
    changes = counters.take_changes()
    assert changes.held == [HeldReading("site_energy_imported", None, 0)]


def test_stale_counter_shows_what_it_showed_and_is_not_read() -> None:
    """The gateway repeats its last value, or 0."""
    counters = Counters({}, nothing_shown)
    read(counters, 700, 900)
    known = dict(counters.known)
    counters.take_changes()
    assert read(counters, 0, 950, flows=None) == (700, 900)
    assert counters.known == known
    assert not counters.take_changes().has_readings


def test_counter_that_is_stale_from_the_start_is_shown() -> None:
    """There is nothing better to show."""
    counters = Counters({}, nothing_shown)
    assert read(counters, 700, 900, flows=None) == (700, 900)


def test_counter_goes_on_from_what_was_shown_before_it_was_known() -> None:
    """The file may be lost, but the state of the entity is not."""
    shown = {"site_energy_imported": Point(900, 1_700_000_000)}
    counters = Counters({}, shown.get)
    assert read(counters, 5, 0) == (5, 900)
    assert counters.take_changes().held


def test_counter_goes_on_from_its_stored_state() -> None:
    """The stored state has priority over the last shown value."""
    before = Counters({}, nothing_shown)
    read(before, 700, 900)
    after = Counters(before.known, lambda _key: Point(5000, 1_700_000_000))
    assert read(after, 0, 0) == (700, 900)


@pytest.mark.parametrize("clock", ["right", "stands still", "set back", "set forward"])
def test_reset_is_followed_and_reported_whatever_the_clock_is_set_to(
    freezer: FrozenDateTimeFactory, clock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time between readings is that of a clock that is never set."""
    counters, watts, now = Counters({}, nothing_shown), 3600.0, 0.0
    flows: Flows = (Flow(0, 0), Flow(watts, watts))
    monkeypatch.setattr("time.monotonic", lambda: now)
    resets = []
    for poll in range(800):
        now += 10
        if clock != "stands still":
            freezer.tick(10)
        if poll == 300 and clock.startswith("set"):
            freezer.move_to("2001-01-01" if clock == "set back" else "2101-01-01")
        imported = 1e6 + poll * 10 if poll < 200 else (poll - 200) * 10
        read(counters, 500, imported, flows)
        resets.append(counters.take_changes().resets)
    reset = [each for each in resets if each]
    assert [list(each) for each in reset] == [["site_energy_imported"]]
    assert reset[0]["site_energy_imported"].old == pytest.approx(1e6 + 1990)
    shown = counters.known["site_energy_imported"].published
    assert shown == pytest.approx(1e6 + 7990, abs=30)


def ct(
    power: float | None, exported: float | None, imported: float | None
) -> CtReading:
    """Return a CT of which these values alone are known."""
    return CtReading(
        voltage=None,
        power=power,
        reactive_power=None,
        current=None,
        energy_exported=exported,
        energy_imported=imported,
    )


def test_counters_of_a_ct_have_its_key_and_other_values_stay() -> None:
    """A glitch of one is held."""
    counters = Counters({}, nothing_shown)
    each = ct(5, 700, 900)
    assert counters.guard_ct("a_ct1", each) == each
    assert counters.guard_ct("a_ct1", ct(6, 0, 0)) == ct(6, 700, 900)
    assert set(counters.known) == {"a_ct1_energy_exported", "a_ct1_energy_imported"}


def test_zero_of_a_ct_is_taken_as_it_is() -> None:
    """Most CTs never count."""
    counters = Counters({}, nothing_shown)
    assert counters.guard_ct("a_ct1", ct(5, 0, 0)) == ct(5, 0, 0)
    assert counters.take_changes().held == []


@pytest.mark.parametrize("power", [-3600, 3600])
def test_energy_of_a_ct_is_explained_by_power_in_either_direction(
    freezer: FrozenDateTimeFactory, power: float
) -> None:
    """An inverted CT may count the other way."""
    counters = Counters({}, nothing_shown)
    for poll in range(100):
        freezer.tick(10)
        each = ct(power, 700 + poll * 10, 900 + poll * 10)
        assert counters.guard_ct("a_ct1", each) == each


@pytest.mark.parametrize("direction", ["exported", "imported"])
def test_jump_of_an_idle_ct_is_held(
    freezer: FrozenDateTimeFactory, direction: str
) -> None:
    """Nothing has flowed that it could have counted."""
    counters = Counters({}, nothing_shown)
    first = ct(0, 700, 900)
    counters.guard_ct("a_ct1", first)
    freezer.tick(60)
    jump = ct(0, 950, 900) if direction == "exported" else ct(0, 700, 1150)
    assert counters.guard_ct("a_ct1", jump) == first

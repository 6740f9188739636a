"""The trial of the wiring checks: its figures, and a short run with new homes each time."""

import random

import pytest

from simulator.homes import FAULTY, PRESETS, draw
from simulator.homes.faults import Fault, FaultKind
from simulator.homes.trial.checks import Repair
from simulator.homes.trial.figures import (
    confusion,
    false_repairs,
    named_right,
    times,
)
from simulator.homes.trial.pool import faults_for
from simulator.homes.trial.run import Found, Outcome, RaisedRepair, try_home
from simulator.homes.trial.table import BEGIN, END, listing, placed, report

HOUR = 3600
DAY = 24 * HOUR
FLIPPED = Fault(
    kind=FaultKind.FLIPPED_SITE, name="flipped_site_L1", phases=frozenset({0})
)
REVERSED = Repair("import_follows_solar", "site", "l1")
OTHER = Repair("negative_load", "load", "")


def outcome(
    *repairs: Repair,
    fault: Fault | None = FLIPPED,
    found: Found | None = None,
    sunny_days: int = 7,
) -> Outcome:
    """Return the outcome of a week, with these repairs an hour apart."""
    return Outcome(
        home="seed 1",
        home_kind="three-phase, solar, battery",
        fault=fault,
        days=7,
        raised=tuple(
            RaisedRepair(each, HOUR * (at + 1)) for at, each in enumerate(repairs)
        ),
        last=frozenset(repairs),
        found=found,
        sun=40 * HOUR,
        sunny_days=sunny_days,
    )


def at(days: float, sunny_days: int = 1) -> Found:
    """Return when a fault was found."""
    return Found(at=days * DAY, sun=days * HOUR, sunny_days=sunny_days)


def test_times_are_shares_of_runs() -> None:
    """Found within a day, within a week, in time, or never."""
    found = times(
        [
            outcome(REVERSED, found=at(0.5)),
            outcome(REVERSED, found=at(2.5, 2)),
            outcome(REVERSED, found=at(5, 4)),
            outcome(),
        ]
    )
    assert (found.runs, found.day, found.week, found.never) == (4, 0.25, 0.75, 0.25)
    assert found.in_time == 0.5
    assert found.median == 2.5 * 24 * 60


def test_a_dark_week_does_not_count() -> None:
    """Where the sun has not shone, nothing was missed in time."""
    assert times([outcome(sunny_days=1)]).in_time is None
    assert times([outcome(sunny_days=3)]).in_time == 0


def test_solar_faults_are_timed_in_minutes_of_sun() -> None:
    """A flipped solar CT that is found at noon was not in the dark for half a day."""
    fault = Fault(kind=FaultKind.FLIPPED_SOLAR, name="flipped", phases=frozenset({0}))
    quick = Found(at=10 * HOUR, sun=5 * 60, sunny_days=1)
    found = times([outcome(fault=fault, found=quick)])
    assert (found.median, found.in_time) == (5, 1)


@pytest.mark.parametrize(
    ("raised", "right"),
    [
        ((REVERSED,), 1),
        ((OTHER, REVERSED), 0),
        ((REVERSED, OTHER), 0),
        ((Repair("import_follows_solar", "site", "l2"),), 0),
        ((Repair("import_follows_solar", "site", ""),), 1),
    ],
)
def test_named_right_is_first_alone_and_of_its_phases(
    raised: tuple[Repair, ...], right: float
) -> None:
    """The fault's own check speaks first, and nothing else stands at the end."""
    assert named_right([outcome(*raised, found=at(1))]) == right


def test_confusion_counts_first_issue() -> None:
    """A run counts for the check that spoke first, or for none."""
    counts = confusion([outcome(OTHER, REVERSED), outcome(REVERSED), outcome()])
    assert counts[FaultKind.FLIPPED_SITE] == {
        "negative_load load": 1,
        "import_follows_solar site": 1,
        "nothing": 1,
    }


def test_false_repairs_are_those_of_sound_homes() -> None:
    """An issue of a home with a fault is not a false alarm."""
    sound = outcome(OTHER, REVERSED, fault=None)
    assert false_repairs([sound, outcome(OTHER)]) == (2, 7)
    text = report([sound, outcome(OTHER)], "A title.")
    assert "False repairs: 2 in 7 days of sound homes, 285.71 per" in text
    assert "false: seed 1" in listing([sound])
    assert "not found: seed 1" in listing([outcome(OTHER)])


def test_page_keeps_what_is_around_the_table() -> None:
    """The text goes between its markers, and a page without them is refused."""
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert placed(page, "new") == f"before\n{BEGIN}\n\nnew\n{END}\nafter\n"
    with pytest.raises(ValueError, match="wiring-trial"):
        placed("nothing", "new")


def test_faults_are_one_of_each_kind_or_all() -> None:
    """A home is run with one fault of each kind unless all are asked for."""
    of = PRESETS["two-powerwalls-l1-l2"]
    kinds = [fault.kind for fault in faults_for(of, "kinds")]
    assert len(kinds) == len(set(kinds)) >= 6
    assert {fault.kind for fault in faults_for(of, "all")} == set(kinds)
    assert faults_for(of, "none") == []


@pytest.mark.parametrize("name", FAULTY)
def test_faulty_homes_have_their_fault(name: str) -> None:
    """A home that is known for its fault is run with that one."""
    of, fault = FAULTY[name]
    assert [each.name for each in faults_for(of, "kinds")] == [fault]


def test_short_trial_of_new_homes() -> None:
    """Homes without a fault raise no issue; most faults are found by their own check."""
    seed = random.randrange(10_000_000)
    print(f"seed={seed}: scripts/wiring-trial --home {seed} --home {seed + 1} ...")
    outcomes = []
    for number in range(4):
        of = draw(seed + number)
        outcomes += try_home(of, 2, faults_for(of, "kinds"))
    print(report(outcomes, f"seed {seed}"), listing(outcomes))
    # The promise is a rate, of 1 in 1,000 home-days: one home in these few days is chance.
    assert sum(bool(each.raised) for each in outcomes if each.fault is None) < 2
    faulty = [each for each in outcomes if each.fault]
    assert sum(each.found is not None for each in faulty) > 0.6 * len(faulty)
    assert named_right(outcomes) > 0.7

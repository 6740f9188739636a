"""Several entries of one meter at one location keep their names, whatever their order."""

from itertools import permutations
import json
from typing import Any

import pytest

from custom_components.tesla_gateway_meters.gateway.limits import Limits
from custom_components.tesla_gateway_meters.gateway.meter_entries import MeterEntries
from custom_components.tesla_gateway_meters.gateway.parse import parse_solar_meters


def entry(number: int | None, ct: int | None, power: float) -> dict[str, Any]:
    """Make an entry of `/api/meters/solar`; its power tells which one it is."""
    made: dict[str, Any] = {
        "location": "solar",
        "type": "synchrometerY",
        "cts": [each == ct for each in range(1, 5)],
        "Cached_readings": {"instant_power": power},
    }
    return made if number is None else made | {"id": number}


def named(entries: MeterEntries, *answer: dict[str, Any]) -> dict[str, float | None]:
    """Return the powers by the names of the entries."""
    return {
        meter.name: meter.totals.power
        for meter in entries.assign_parts(parse_solar_meters(list(answer)))
    }


@pytest.fixture
def entries() -> MeterEntries:
    """Know of no entry."""
    return MeterEntries(Limits())


@pytest.mark.parametrize(
    "trio",
    [
        # By id and CT, by id alone, by CT alone.
        (entry(0, 1, 10), entry(1, 2, 20), entry(2, 3, 30)),
        (entry(0, None, 10), entry(1, None, 20), entry(2, None, 30)),
        (entry(4, 1, 10), entry(7, 1, 20), entry(9, 1, 30)),
        (entry(None, 1, 10), entry(None, 2, 20), entry(None, 4, 30)),
        (entry(0, 1, 10), entry(0, 2, 20), entry(0, 3, 30)),
        (entry(0, 1, 10), entry(None, 2, 20), entry(None, 3, 30)),
    ],
)
@pytest.mark.parametrize("begin", range(6))
def test_parts_stay_in_any_order(
    entries: MeterEntries, trio: tuple[dict[str, Any], ...], begin: int
) -> None:
    """Each keeps the name that it got first, also while others are missing."""
    orders = list(permutations(trio))
    first = named(entries, *orders[begin])
    assert sorted(first.values(), key=str) == [10, 20, 30]
    assert first["synchrometerY_solar"] == 10
    for order in orders:
        assert named(entries, *order) == first
    for missing in range(3):
        some = named(entries, *trio[:missing], *trio[missing + 1 :])
        assert some.items() < first.items()
    for alone in trio:
        ((name, power),) = named(entries, alone).items()
        assert first[name] == power


def test_part_of_a_further_entry_is_its_id(entries: MeterEntries) -> None:
    """The first of several has the name of a lone one."""
    found = named(entries, entry(5, 1, 10), entry(3, 2, 20), entry(None, 4, 30))
    assert found == {
        "synchrometerY_solar": 20,
        "synchrometerY_solar_5": 10,
        "synchrometerY_solar_ct4": 30,
    }


@pytest.mark.parametrize("number", [None, 0, 1, 17])
def test_lone_entry_has_no_part(entries: MeterEntries, number: int | None) -> None:
    """The name stays, whatever the entry's id, CT or place in the list."""
    assert named(entries, entry(number, 1, 10)) == {"synchrometerY_solar": 10}
    assert named(entries, entry(number, 3, 20)) == {"synchrometerY_solar": 20}
    assert named(entries, entry(2, 3, 30)) == {"synchrometerY_solar": 30}


def test_entries_never_listed_together_have_different_parts(
    entries: MeterEntries,
) -> None:
    """One that has neither the id nor the CTs of the one before is another."""
    first = named(entries, entry(0, 1, 10))
    second = named(entries, entry(1, 2, 20))
    assert first == {"synchrometerY_solar": 10}
    assert second == {"synchrometerY_solar_1": 20}
    assert named(entries, entry(1, 2, 20), entry(0, 1, 10)) == first | second


@pytest.mark.parametrize(
    "before",
    [
        (entry(0, 1, 10), entry(1, 2, 20)),
        (entry(0, 1, 10), entry(0, 2, 20)),
        (entry(None, 1, 10), entry(None, 2, 20)),
        (entry(1, 2, 20),),
    ],
)
@pytest.mark.parametrize(
    "after",
    [
        (entry(1, 2, 20), entry(0, 1, 10)),
        (entry(1, 1, 10), entry(0, 2, 20)),
        (entry(None, 2, 20), entry(None, 1, 10)),
        (entry(0, 2, 20), entry(0, 1, 10)),
    ],
)
def test_parts_stay_after_a_restart(
    entries: MeterEntries,
    before: tuple[dict[str, Any], ...],
    after: tuple[dict[str, Any], ...],
) -> None:
    """Stored entries are identified, even if their ids have changed meanwhile."""
    first = named(entries, *before)
    stored = json.loads(json.dumps(entries.as_dict()))
    later = MeterEntries(Limits())
    later.restore(stored, [])
    assert named(later, *after).items() >= first.items()


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        {"synchrometerY_solar": None},
        {"synchrometerY_solar": [None, {}, {"part": 7}, {"part": "x" * 999}]},
        {"synchrometerY_solar": [{"part": "", "id": "0", "cts": "1"}] * 2},
    ],
)
def test_invalid_stored_data_is_ignored(entries: MeterEntries, stored: object) -> None:
    """The names of the entities remain."""
    entries.restore(stored, [("synchrometerY_solar", "1")])
    both = named(entries, entry(1, 2, 20), entry(0, 1, 10))
    assert both == {"synchrometerY_solar": 10, "synchrometerY_solar_1": 20}


def test_stored_data_changes_only_with_entries_and_cts(entries: MeterEntries) -> None:
    """Nothing is written per poll."""
    assert entries.as_dict() == {}
    named(entries, entry(0, 1, 10), entry(1, 2, 20))
    stored = entries.as_dict()
    named(entries, entry(0, 2, 20), entry(1, 1, 10))
    named(entries, entry(None, 2, 20), entry(None, 1, 10))
    named(entries, entry(0, 1, 10))
    named(entries, entry(0, 1, 10), entry(1, 2, 20))
    named(entries, entry(0, None, 10), entry(1, None, 20))
    assert entries.as_dict() is stored
    named(entries, entry(0, 3, 10), entry(1, 2, 20))
    assert entries.as_dict() != stored


def test_entries_are_not_mixed_when_ids_are_positions(entries: MeterEntries) -> None:
    """The CTs identify an entry if the ids follow the order of the list."""
    first = named(entries, entry(0, 1, 10), entry(1, 2, 20))
    assert named(entries, entry(0, 2, 20), entry(1, 1, 10)) == first


def test_part_stays_when_an_id_is_missing_once(entries: MeterEntries) -> None:
    """An entry without its id is identified by its CTs."""
    first = named(entries, entry(0, 1, 10), entry(1, 2, 20))
    assert named(entries, entry(None, 2, 20), entry(None, 1, 10)) == first
    assert named(entries, entry(1, 2, 20), entry(0, 1, 10)) == first


def test_part_stays_when_cts_change(entries: MeterEntries) -> None:
    """An entry is identified by its id."""
    first = named(entries, entry(0, 1, 10), entry(1, 2, 20))
    assert named(entries, entry(1, 4, 20), entry(0, 1, 10)) == first


@pytest.mark.parametrize(("number", "part"), [(1, "1"), (None, "ct2")])
def test_further_entry_keeps_its_part_alone_after_a_restart(
    entries: MeterEntries, number: int | None, part: str
) -> None:
    """A further entry does not take over the counter of the first one."""
    entries.restore({}, [("synchrometerY_solar", part)])
    name = f"synchrometerY_solar_{part}"
    assert named(entries, entry(number, 2, 20)) == {name: 20}
    both = named(entries, entry(number, 2, 20), entry(0, 1, 10))
    assert both == {name: 20, "synchrometerY_solar": 10}


def test_entries_are_bounded() -> None:
    """A gateway that invents entries at each poll brings a bounded number of them."""
    entries = MeterEntries(Limits())
    names: set[str] = set()
    for poll in range(50):
        names |= named(entries, *(entry(poll * 10 + n, n, 1) for n in range(10))).keys()
    assert len(names) <= 64


def test_stored_id_tells_entries_apart_after_a_restart(entries: MeterEntries) -> None:
    """The CTs of both are the same, so only the ids distinguish them."""
    first = named(entries, entry(4, 1, 10), entry(7, 1, 20))
    stored = json.loads(json.dumps(entries.as_dict()))
    for order in (
        (entry(7, 1, 20), entry(4, 1, 10)),
        (entry(7, 1, 20),),
        (entry(7, 2, 20),),
        (entry(7, None, 20),),
    ):
        later = MeterEntries(Limits())
        later.restore(stored, [])
        assert named(later, *order).items() <= first.items()


def test_stored_entries_have_names_that_stay(entries: MeterEntries) -> None:
    """Data that an earlier version stored can still be read: the names must not change."""
    stored = {
        "synchrometerY_solar": [
            {"part": "", "id": 4, "cts": [True, False, False, False]},
            {"part": "7", "id": 7, "cts": [True, False, False, False]},
        ]
    }
    entries.restore(stored, [])
    assert named(entries, entry(7, 1, 20)) == {"synchrometerY_solar_7": 20}
    named(entries, entry(7, 1, 20), entry(9, 2, 30))
    expected = stored["synchrometerY_solar"]
    assert entries.as_dict()["synchrometerY_solar"][:2] == expected  # type: ignore[index]


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        # Another id and other CTs: another entry.
        (entry(0, 1, 10), entry(1, 2, 20), False),
        # Anything less is a change of this one.
        (entry(0, 1, 10), entry(1, 1, 20), True),
        (entry(0, 1, 10), entry(0, 2, 20), True),
        (entry(None, 1, 10), entry(1, 2, 20), True),
        (entry(0, 1, 10), entry(None, 2, 20), True),
        (entry(0, None, 10), entry(1, 2, 20), True),
        (entry(0, 1, 10), entry(1, None, 20), True),
    ],
)
def test_lone_entry_is_another_with_another_id_and_other_cts(
    entries: MeterEntries, before: dict[str, Any], after: dict[str, Any], is_same: bool
) -> None:
    """Both have to say so."""
    assert named(entries, before) == {"synchrometerY_solar": 10}
    assert named(entries, after).get("synchrometerY_solar") == (20 if is_same else None)


def test_lists_of_cts_of_two_lengths_are_compared(entries: MeterEntries) -> None:
    """A firmware that adds an input changes no entry."""
    longer = entry(1, 1, 20)
    longer["cts"] = [*longer["cts"], False]
    assert named(entries, entry(0, 1, 10)) == {"synchrometerY_solar": 10}
    assert named(entries, longer) == {"synchrometerY_solar": 20}


def test_entries_without_id_and_cts_are_counted(entries: MeterEntries) -> None:
    """The second is the one of no CT, and those after it are numbered."""
    found = named(entries, *(entry(None, None, power) for power in (10, 20, 30, 40)))
    assert found == {
        "synchrometerY_solar": 10,
        "synchrometerY_solar_ct0": 20,
        "synchrometerY_solar_n2": 30,
        "synchrometerY_solar_n3": 40,
    }


@pytest.mark.parametrize(
    "before",
    [(entry(4, 1, 1), entry(7, 1, 2)), (entry(4, 1, 1),)],
)
def test_entry_that_may_be_either_has_a_name_of_its_own(
    entries: MeterEntries, before: tuple[dict[str, Any], ...]
) -> None:
    """With new ids and the same CTs nothing says which is which, so none is guessed."""
    named(entries, *before)
    assert named(entries, entry(5, 1, 10), entry(8, 1, 20)) == {
        "synchrometerY_solar_5": 10,
        "synchrometerY_solar_8": 20,
    }

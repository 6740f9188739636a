"""Tests of the limits of answers, which are parsed in time proportional to their size."""

from collections.abc import Callable
import time
from typing import Any

import pytest

from custom_components.tesla_gateway_meters.gateway.limits import Limits
from custom_components.tesla_gateway_meters.gateway.parse import (
    parse_aggregates,
    parse_grid_status,
    parse_meters,
    parse_readings,
    parse_site_meters,
    parse_solar_meters,
    parse_status,
)

LONG = "x" * 10_000


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("1.15.0\n", "1.15.0"),
        ("\t 1.15.0 \r\n", "1.15.0"),
        ("1.15\x00.0", "1.15 .0"),
        ("a\u202eb\u200b", "a b"),
        ("\ud800", None),
        ("солнце 2", "солнце 2"),
        (" \x00\n", None),
        ("", None),
    ],
)
def test_text_is_stripped(text: str, cleaned: str | None) -> None:
    """Invisible characters are removed, at the ends and in between."""
    assert parse_status({"version": text}).version == cleaned
    limits = Limits()
    assert limits.cleaned(text, 64, "version") == cleaned
    assert limits.take_messages() == []


def test_text_that_is_cut_ends_in_no_space() -> None:
    """A text is also stripped after it is cut."""
    limits = Limits()
    assert limits.cleaned("Roof of the barn", 5, "name") == "Roof"
    assert limits.cut == {"name": 1}


def test_texts_are_bounded() -> None:
    """Names have 64 characters, parts of names 32, states 255, errors 500."""
    status = parse_status({"din": LONG, "version": LONG, "device_type": LONG})
    assert status.din is not None
    assert len(status.din) == 64
    assert status.version is not None
    assert len(status.version) == 255
    (meter,) = parse_site_meters(
        [{"type": LONG, "location": LONG, "connection": {"short_id": LONG}}]
    )
    assert (len(meter.type), len(meter.location)) == (64, 32)
    (listed,) = parse_meters([{"serial": LONG, "cts": [{"type": LONG}]}])
    assert (len(listed.serial or ""), len(listed.roles[0].role)) == (64, 32)
    readings = parse_readings(
        {LONG: {"error": LONG, "data": {"firmwareVersion": LONG}}}
    )
    ((serial, reading),) = readings.items()
    assert len(serial) == 64
    assert (len(reading.error or ""), len(reading.firmware or "")) == (500, 255)
    assert list(map(len, parse_aggregates({LONG: {"instant_power": 1}}))) == [64]


def test_each_kind_of_cut_is_logged_once() -> None:
    """Every cut is counted; each kind has one message."""
    limits = Limits()
    for _ in range(3):
        parse_status({"version": LONG, "din": LONG}, limits)
        parse_site_meters([{"cts": [True] * 9}] * 33, limits)
        parse_aggregates({f"l{n}": {"instant_power": 1} for n in range(20)}, limits)
    messages = limits.take_messages()
    assert len(messages) == len(set(messages)) == len(limits.cut) == 5
    assert limits.take_messages() == []
    assert limits.cut["version"] == 3
    assert not any(LONG[:20] in message for message in messages)


def test_known_locations_are_never_left_out() -> None:
    """Hundreds of invented ones do not take the place of the site's."""
    invented = {f"a{n:04}": {"instant_power": 1} for n in range(1000)}
    real = {name: {"instant_power": 2} for name in ("load", "solar", "site", "battery")}
    found = parse_aggregates(invented | real)
    assert real.keys() <= found.keys()
    assert len(found) <= 16


def test_new_names_each_time_are_bounded_together() -> None:
    """A gateway that invents names at each poll brings no more than at once."""
    limits = Limits()
    locations, meters = set(), set()
    for poll in range(50):
        locations |= parse_aggregates(
            {f"l{poll}_{n}": {"instant_power": 1} for n in range(10)}, limits
        ).keys()
        answer = [{"type": f"t{poll}_{n}"} for n in range(10)]
        meters |= {each.key for each in parse_site_meters(answer, limits)}
        meters |= {each.key for each in parse_meters(answer, limits)}
    assert len(locations) == 10  # and the six that are known
    assert len(meters) == 32


def test_locations_stay_whatever_their_order() -> None:
    """Locations that were admitted once are admitted again."""
    limits = Limits()
    names = [f"l{n}" for n in range(40)]
    first = parse_aggregates({n: {"instant_power": 1} for n in names}, limits)
    again = parse_aggregates({n: {"instant_power": 1} for n in names[::-1]}, limits)
    assert first.keys() == again.keys()


def test_names_of_locations_are_cleaned() -> None:
    """A name that is none is unknown; of two that look alike the real one is meant."""
    found = parse_aggregates(
        {
            "site\n": {"instant_power": 1},
            "site": {"instant_power": 2},
            "": {"instant_power": 3},
            "  ": {"instant_power": 4},
            "véranda ☀": {"instant_power": 5},
        }
    )
    powers = {name: totals.power for name, totals in found.items()}
    assert powers == {"site": 2, "unknown": 3, "véranda ☀": 5}


def test_meter_is_renamed_that_is_named_like_a_known_location() -> None:
    """The location keeps its name, and the meter's phases still count for it."""
    answer: list[dict[str, object]] = [
        {"type": "site", "Cached_readings": {"v_l1n": 230, "real_power_a": 5}},
        {"type": "solar", "connection": {"short_id": "1"}},
    ]
    for first in (parse_site_meters, parse_solar_meters):
        limits = Limits()
        meters = first(answer, limits)
        assert [each.key for each in meters] == ["site_meter", "solar_meter_1"]
        assert meters[0].phases
        assert parse_aggregates({"site": {"instant_power": 1}}, limits)
    assert [each.key for each in parse_meters([{"type": "site"}])] == ["site_meter"]


@pytest.mark.parametrize("is_location_first", [True, False])
def test_name_is_of_a_location_or_of_a_meter(is_location_first: bool) -> None:
    """Of one name for both the first counts; restored locations come before all."""
    limits = Limits()
    if is_location_first:
        limits.restore_locations(["site", "acme"])
    for _ in range(2):
        meters = parse_site_meters([{"type": "acme"}, {"type": "other"}], limits)
        locations = parse_aggregates({"acme": {"instant_power": 1}}, limits)
        keys = [each.key for each in meters]
        assert keys == (["other"] if is_location_first else ["acme", "other"])
        assert list(locations) == (["acme"] if is_location_first else [])


def test_cts_are_bounded() -> None:
    """Eight CTs of a meter are read, and their numbers are 1 to 8."""
    (meter,) = parse_site_meters([{"cts": [True] * 100, "inverted": [True] * 100}])
    assert (len(meter.cts), len(meter.inverted)) == (8, 8)
    (listed,) = parse_meters([{"cts": [{"valid": [True] * 100}]}])
    assert len(listed.roles[0].valid) == 8
    numbers = [-1, 0, 1, 8, 9, 10**15]
    cts = [{"ct": number, "v_V": 1} for number in numbers]
    reading = parse_readings({"x": {"data": {"cts": cts + [{}] * 100}}})["x"]
    assert reading.inputs == 8
    assert list(reading.cts) == [1, 8]


def test_unknown_words_are_counted() -> None:
    """Each unknown word is logged once; a limited number of them is kept."""
    limits = Limits()
    for word in ("SystemOnTheMoon", "SystemOnTheMoon", "SystemOnMars\n"):
        assert parse_grid_status({"grid_status": word}, limits) is None
    assert limits.unknown_words == {"SystemOnTheMoon": 2, "SystemOnMars": 1}
    assert limits.take_messages() == [
        "grid status: the word 'SystemOnTheMoon' is not known",
        "grid status: the word 'SystemOnMars' is not known",
    ]
    for number in range(1000):
        parse_grid_status({"grid_status": f"a word {number}"}, limits)
    assert len(limits.unknown_words) <= 17
    assert sum(limits.unknown_words.values()) == 1003
    assert len(limits.take_messages()) <= 15


def test_serial_as_a_word_is_not_logged() -> None:
    """A word that may be a serial number is not logged."""
    limits = Limits()
    parse_grid_status({"grid_status": "JBL16055Y1G0238"}, limits)
    assert "JBL16055" not in str(limits.take_messages())


def duration(parse: Callable[[Any], object], data: object) -> float:
    """Return the shortest of some runs, in seconds of this thread."""
    times = []
    for _ in range(5):
        start = time.thread_time()
        parse(data)
        times.append(time.thread_time() - start)
    return min(times)


@pytest.mark.parametrize(
    ("parse", "make"),
    [
        (parse_site_meters, lambda n: [{} for _ in range(n)]),
        (parse_solar_meters, lambda n: [{"type": f"t{k}"} for k in range(n)]),
        (parse_meters, lambda n: [{"cts": [{}] * 10} for _ in range(n)]),
        (parse_aggregates, lambda n: {f"l{k}": {"instant_power": 1} for k in range(n)}),
        (parse_aggregates, lambda n: {f"l{k}": {} for k in range(n)}),
        (parse_readings, lambda n: {f"s{k}": {"error": "x"} for k in range(n)}),
        (parse_site_meters, lambda n: [{"cts": [True] * n}]),
        (parse_meters, lambda n: [{"cts": [{"type": f"r{k}"} for k in range(n)]}]),
        (parse_status, lambda n: {"version": "\x00" * n}),
        (parse_readings, lambda n: {"s": {"error": "A1" * n}}),
        (parse_readings, lambda n: {"s": {"error": "Neurio-" * n}}),
        (parse_readings, lambda n: {"s": {"error": [{"Err": {}}] * n}}),
    ],
)
def test_parsing_takes_time_in_proportion_to_size(
    parse: Callable[[Any], object], make: Callable[[int], object]
) -> None:
    """Eight times as much takes about eight times as long, never 64 times."""
    small, large = make(10_000), make(80_000)
    # The constant is for what takes no time in proportion to the size.
    assert duration(parse, large) < 30 * duration(parse, small) + 0.01

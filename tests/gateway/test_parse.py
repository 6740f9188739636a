"""JSON of each endpoint: what it means, and what is wrong with it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.tesla_gateway_meters.gateway import (
    GridStatus,
    PayloadError,
    ReadingStatus,
    find_reading,
    match_readings,
)
from custom_components.tesla_gateway_meters.gateway.limits import Limits
from custom_components.tesla_gateway_meters.gateway.models import CtReading, CtRole
from custom_components.tesla_gateway_meters.gateway.parse import (
    is_din,
    parse_aggregates,
    parse_grid_status,
    parse_meters,
    parse_readings,
    parse_site_meters,
    parse_solar_meters,
    parse_state_of_charge,
    parse_status,
    union,
)
from simulator import SimulatedGateway

from ..conftest import payload_of

NEVER = "0001-01-01T00:00:00Z"


def test_solar_energies_are_swapped_to_match_aggregates(
    gateway: SimulatedGateway,
) -> None:
    """The gateway swaps them at `/api/meters/solar`: production is exported here."""
    totals = parse_aggregates(payload_of(gateway, "meters/aggregates"))["solar"]
    (meter,) = parse_solar_meters(payload_of(gateway, "meters/solar"))
    assert meter.totals.energy_exported == pytest.approx(
        totals.energy_exported, rel=0.1
    )
    assert meter.totals.energy_imported == pytest.approx(
        totals.energy_imported, rel=0.1
    )


def test_site_energies_are_as_given(gateway: SimulatedGateway) -> None:
    """At the site nothing is swapped."""
    _, meter = parse_site_meters(payload_of(gateway, "meters/site"))
    assert meter.totals.energy_imported == 16789012.68004938
    assert meter.totals.energy_exported == 3456789.44263701


@pytest.mark.parametrize(
    "parse",
    [parse_site_meters, parse_solar_meters, parse_meters],
)
def test_null_is_no_meter(parse: Any) -> None:
    """Powerwall+ answers null; items that are no objects are passed over."""
    assert parse(None) == ()
    assert parse([]) == ()
    assert len(parse([None, 7, "x", [], {}])) == 1
    for wrong in ({}, "x", 7, True):
        with pytest.raises(PayloadError):
            parse(wrong)


@pytest.mark.parametrize(
    "parse", [parse_aggregates, parse_state_of_charge, parse_grid_status, parse_status]
)
def test_payload_error_unless_an_object(parse: Any) -> None:
    """An answer must be an object."""
    for wrong in ([], "x", 7, None, True):
        with pytest.raises(PayloadError):
            parse(wrong)


def test_readings_may_be_null_or_empty() -> None:
    """No meter has been read: that is no error."""
    assert parse_readings(None) == {}
    assert parse_readings({}) == {}
    assert parse_readings({"x": None}) == {}
    with pytest.raises(PayloadError):
        parse_readings([])


def test_location_that_never_communicated_is_absent() -> None:
    """Old firmwares list locations that the site does not have."""
    absent = {
        "instant_power": 0,
        "energy_exported": 0,
        "energy_imported": 0,
        "last_communication_time": NEVER,
    }
    locations = parse_aggregates(
        {
            "busway": absent,
            "generator": absent | {"energy_exported": 5},
            "wind": {"instant_power": 3},
            "load": absent | {"last_communication_time": "2026-01-01T00:00:00Z"},
            "frequency": None,
            "wave": [],
        }
    )
    assert list(locations) == ["generator", "wind", "load"]


@pytest.mark.parametrize("answer", [[], "off", 0, False])
def test_broken_location_is_present_without_values(answer: object) -> None:
    """A broken answer is a location without values, not a missing location."""
    assert parse_aggregates({"battery": answer})["battery"].is_empty


def test_null_location_is_present_without_values() -> None:
    """Null is no answer about a location, and not the word that there is none."""
    locations = parse_aggregates(
        {
            "site": {"instant_power": 1},
            "generator": None,
            "battery": {"instant_power": None, "energy_exported": 0},
            "frequency": None,
        }
    )
    assert list(locations) == ["site", "generator", "battery"]
    assert locations["generator"].is_empty
    assert not locations["site"].is_empty


def test_a_wrong_field_costs_that_value() -> None:
    """Fields of other types are unknown; the others are read."""
    site = parse_aggregates(
        {
            "site": {
                "instant_power": 5,
                "instant_reactive_power": "5",
                "instant_apparent_power": None,
                "frequency": True,
                "energy_exported": [],
                "energy_imported": float("inf"),
                "instant_average_voltage": 1e308,
                "instant_total_current": -(10**20),
                "timeout": {},
                "num_meters_aggregated": 1.5,
                "last_communication_time": 7,
                "brand_new_key": {"of": ["any", "shape"]},
            }
        }
    )["site"]
    assert site.power == 5
    assert {
        site.reactive_power,
        site.apparent_power,
        site.frequency,
        site.energy_exported,
        site.energy_imported,
        site.average_voltage,
        site.total_current,
        site.timeout,
        site.meters_aggregated,
        site.last_communication,
    } == {None}


def test_zero_frequency_is_not_measured() -> None:
    """0 Hz says that nobody measures."""
    totals = parse_aggregates(
        {
            "a": {"instant_power": 1, "frequency": 0},
            "b": {"instant_power": 1, "frequency": 50},
        }
    )
    assert totals["a"].frequency is None
    assert totals["b"].frequency == 50


@pytest.mark.parametrize(
    "stamp",
    [
        NEVER,
        "0001-01-01T00:00:00-06:00",
        "9999-12-31T23:59:59-06:00",
        "2026-01-01T00:00:00",
        "yesterday",
        "",
        None,
        5,
    ],
)
def test_invalid_time_is_none(stamp: object) -> None:
    """Go's zero time is never, and nonsense is none; both survive conversion."""
    totals = parse_aggregates(
        {"site": {"instant_power": 1, "last_communication_time": stamp}}
    )
    assert totals["site"].last_communication is None


@pytest.mark.parametrize("digits", ["", ".1", ".12345678", ".123456789"])
def test_time_is_parsed_with_its_offset(digits: str) -> None:
    """A stamp has an offset and up to nine digits, of which we keep six."""
    totals = parse_aggregates(
        {"site": {"last_communication_time": f"2026-01-02T03:04:05{digits}-06:00"}}
    )
    moment = totals["site"].last_communication
    assert moment is not None
    expected = datetime(2026, 1, 2, 9, 4, 5, tzinfo=UTC)
    assert timedelta(0) <= moment - expected < timedelta(seconds=0.2)


def test_timeout_is_in_seconds() -> None:
    """The gateway gives nanoseconds."""
    totals = parse_aggregates({"site": {"instant_power": 1, "timeout": 1500000000}})
    assert totals["site"].timeout == 1.5


def test_key_of_a_remote_meter_has_its_id() -> None:
    """Synchrometers are known by their type, remote meters by their id too."""
    meters = parse_meters(
        [
            {
                "serial": "JBL1synchrometerX",
                "short_id": "12-3--TG1",
                "type": "synchrometerX",
            },
            {
                "serial": "synchrometerY",
                "short_id": "12-3--TG1",
                "type": "synchrometerY",
            },
            {
                "serial": "OBB1",
                "short_id": "12345",
                "type": "neurio_tcp",
                "connected": True,
            },
            {"serial": 5, "type": "msa"},
            {},
        ]
    )
    assert [meter.key for meter in meters] == [
        "synchrometerX",
        "synchrometerY",
        "neurio_tcp_12345",
        "msa",
        "unknown",
    ]
    assert [meter.din for meter in meters] == ["12-3--TG1"] * 2 + [None] * 3
    assert [meter.board_serial for meter in meters] == [
        "JBL1",
        None,
        "OBB1",
        None,
        None,
    ]
    assert [meter.connected for meter in meters] == [None, None, True, None, None]


def test_meter_without_cts_has_no_roles() -> None:
    """An unused meter has no `cts`; a role with broken flags has none of them."""
    (unused,) = parse_meters([{"type": "synchrometerY"}])
    assert unused.roles == ()
    (broken,) = parse_meters(
        [{"type": "synchrometerY", "cts": [{"type": "site", "valid": [True, 1]}]}]
    )
    assert broken.roles[0].valid == ()


def test_reading_blocked_while_running(gateway: SimulatedGateway) -> None:
    """Zeros under an error are nobody's measurement."""
    readings = parse_readings(payload_of(gateway, "meters/readings"))
    meters = parse_meters(payload_of(gateway, "meters"))
    assert len(meters) == 2
    for meter in meters:
        reading = find_reading(readings, meter)
        assert reading is not None
        assert reading.status is ReadingStatus.BLOCKED_WHILE_RUNNING
        assert reading.firmware is None
        assert reading.cts == {}
        assert reading.inputs == 3


def test_reading_has_cts_by_number_and_energies_in_wh() -> None:
    """Inputs are known by their number, and energies come in watt-seconds."""
    ct = {"v_V": 121, "p_W": -5, "q_VAR": 2, "eExp_Ws": 7200, "eImp_Ws": 3600, "i_A": 1}
    readings = parse_readings(
        {
            "OBB1": {
                "error": "",
                "data": {
                    "firmwareVersion": "1.7.1-Tesla",
                    "f_Hz": 60.01,
                    "cts": [ct | {"ct": 2}, ct | {"ct": 0}, None, {"ct": 1}],
                },
            }
        }
    )
    reading = readings["OBB1"]
    assert reading.status is ReadingStatus.OK
    assert (reading.firmware, reading.frequency) == ("1.7.1-Tesla", 60.01)
    assert sorted(reading.cts) == [1, 2]
    assert reading.cts[2].energy_exported == 2
    assert reading.cts[2].energy_imported == 1
    assert reading.cts[2].power == -5
    assert reading.cts[1].voltage is None


@pytest.mark.parametrize("listed", ["JBL1synchrometerX", "synchrometerX", None])
@pytest.mark.parametrize("read", ["JBL1synchrometerX", "synchrometerX"])
def test_reading_is_found_by_type(listed: str | None, read: str) -> None:
    """A synchrometer's serial comes with its prefix or without, on either side."""
    (meter,) = parse_meters([{"type": "synchrometerX", "serial": listed}])
    readings = parse_readings(
        {"OBB1": {}, "JBL1synchrometerY": {}, read: {"error": "x"}}
    )
    found = find_reading(readings, meter)
    assert found is not None
    assert found.error == "x"


def test_meter_without_a_reading_has_none() -> None:
    """A meter without a reading has none, and takes none of another."""
    readings = parse_readings({"OBB1": {}, "synchrometerY": {}})
    for meter in parse_meters([{"type": "synchrometerX"}, {"type": "neurio_tcp"}]):
        assert find_reading(readings, meter) is None


def test_status_has_part_number_from_the_din() -> None:
    """Old firmwares give no DIN; it starts with the part number."""
    status = parse_status({"din": "1232100-00-E--TG1", "version": "23.28.2 27626f98"})
    assert (status.part_number, status.device_type) == ("1232100-00-E", None)
    assert parse_status({"din": ""}).part_number is None


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("SystemGridConnected", GridStatus.CONNECTED),
        ("SystemGridConnected\n", GridStatus.CONNECTED),
        ("SystemIslandedActive", GridStatus.ISLANDED),
        ("SystemIslandedReady", GridStatus.ISLANDED),
        ("SystemTransitionToGrid", GridStatus.TRANSITION),
        ("SystemTransitionToIsland", GridStatus.TRANSITION),
        ("SystemWaitForUser", GridStatus.WAITING),
        ("SystemMicroGridFaulted", GridStatus.FAULTED),
        ("SystemOnTheMoon", None),
        (None, None),
    ],
)
def test_grid_status_is_none_for_a_new_word(
    word: str | None, status: GridStatus | None
) -> None:
    """A word that is new is no error."""
    assert parse_grid_status({"grid_status": word}) is status


def test_charge_is_a_percentage() -> None:
    """The state of charge is a percentage."""
    assert parse_state_of_charge({"percentage": 69.1}) == 69.1
    assert parse_state_of_charge({}) is None


UNLISTED = {"OBB9": {"error": "crc mismatch"}}


@pytest.mark.parametrize(
    ("listed", "answer", "key"),
    [
        # The only meter without a reading is whose it is.
        ([("neurio_tcp", "OBB1")], UNLISTED, "neurio_tcp"),
        ([("trm_mb", None)], UNLISTED, "trm_mb"),
        (
            [("neurio_tcp", "OBB1"), ("synchrometerX", "JBL1synchrometerX")],
            UNLISTED | {"synchrometerX": {}},
            "neurio_tcp",
        ),
        # Of two it might be either's, and of another kind it is not.
        ([("neurio_tcp", "OBB1"), ("trm_mb", "OBB2")], UNLISTED, None),
        ([("neurio_tcp", "OBB1")], UNLISTED | {"OBB8": {}}, None),
        ([("synchrometerX", "JBL1synchrometerX")], UNLISTED, None),
        ([("neurio_tcp", "OBB1")], UNLISTED | {"OBB1": {}}, None),
        ([], UNLISTED, None),
    ],
)
def test_unlisted_reading_is_matched_with_the_only_meter_without_one(
    listed: list[tuple[str, str | None]], answer: dict[str, Any], key: str | None
) -> None:
    """An unlisted reading belongs to the only meter without one, and is never lost."""
    meters = parse_meters([{"type": type_, "serial": ser} for type_, ser in listed])
    matched, unlisted = match_readings(parse_readings(answer), meters)
    faults = {name for name, reading in matched.items() if reading.error}
    assert faults == ({key} if key else set())
    assert ("OBB9" in unlisted) is (key is None)
    assert len(matched) + len(unlisted) == len(answer)


def test_unlisted_synchrometer_is_no_remote_meter() -> None:
    """One that the gateway has built in is no reading of a remote meter."""
    meters = parse_meters([{"type": "neurio_tcp", "serial": "OBB1"}])
    readings = parse_readings({"JBL1synchrometerX": {"error": "crc mismatch"}})
    matched, unlisted = match_readings(readings, meters)
    assert matched == {}
    assert list(unlisted) == ["JBL1synchrometerX"]


@pytest.mark.parametrize("step", [1, -1])
def test_roles_of_a_split_meter_are_merged(step: int) -> None:
    """One role in several parts, and a meter in several entries, are one."""
    parts = [
        {"type": "solar", "valid": [ct == each for each in range(4)]} for ct in range(3)
    ]
    meter = {"type": "neurio_tcp", "short_id": "1", "serial": "OBB1"}
    for answer in (
        [meter | {"cts": parts[::step]}],
        [meter | {"cts": [part]} for part in parts[::step]],
    ):
        (read,) = parse_meters(answer)
        (role,) = read.roles
        assert (role.role, role.valid) == ("solar", (True, True, True, False))


def test_entry_without_a_location_has_that_of_its_endpoint() -> None:
    """An entry without a location belongs to the location of its endpoint."""
    assert parse_site_meters([{}])[0].location == "site"
    assert parse_solar_meters([{"location": "\n"}])[0].location == "solar"


def test_reading_has_each_value_of_a_ct() -> None:
    """Volts, watts, vars and amperes of a CT are four values."""
    ct = {"ct": 1, "v_V": 121, "p_W": -5, "q_VAR": 2, "i_A": 1}
    reading = parse_readings({"OBB1": {"data": {"cts": [ct]}}})["OBB1"]
    assert reading.cts == {
        1: CtReading(
            voltage=121,
            power=-5,
            reactive_power=2,
            current=1,
            energy_exported=None,
            energy_imported=None,
        )
    }


def test_reading_of_a_synchrometer_is_found_by_its_serial_first() -> None:
    """The serial number decides before the type."""
    meters = parse_meters([{"type": "synchrometerX", "serial": "JBL2synchrometerX"}])
    readings = parse_readings(
        {"JBL1synchrometerX": {"error": "a"}, "JBL2synchrometerX": {"error": "b"}}
    )
    found = find_reading(readings, meters[0])
    assert found is not None
    assert found.error == "b"


def test_thirty_two_readings_are_parsed_in_any_order() -> None:
    """The first readings by serial are kept; the rest is logged once."""
    limits = Limits()
    answer = {f"OBB{n:03}": {} for n in range(100, 132)}
    assert parse_readings(answer, limits).keys() == answer.keys()
    assert limits.take_messages() == []
    more = {"OBB999": {}, **answer}
    assert parse_readings(more, limits).keys() == answer.keys()
    assert limits.take_messages() == ["readings: more than 32, the rest is left out"]


def test_cut_of_a_reading_names_what_was_cut() -> None:
    """The log says which text was too long, and not the text."""
    limits = Limits()
    long = "x" * 999
    parse_readings({long: {"error": long, "data": {"cts": [{}] * 9}}}, limits)
    assert limits.take_messages() == [
        "serial: a text was cut after 64 characters",
        "error: a text was cut after 500 characters",
        "CTs of a reading: more than 8, the rest is left out",
    ]


@pytest.mark.parametrize(
    ("parse", "answer", "message"),
    [
        (
            parse_aggregates,
            {"x" * 99: {"instant_power": 1}},
            "location: a text was cut after 64 characters",
        ),
        (parse_meters, [{}] * 33, "meters: more than 32, the rest is left out"),
        (parse_site_meters, [{}] * 33, "meters: more than 32, the rest is left out"),
        (
            parse_meters,
            [{"cts": [{}] * 17}],
            "roles of a meter: more than 16, the rest is left out",
        ),
    ],
)
def test_cut_of_a_list_names_what_was_cut(
    parse: Callable[[Any, Limits], object], answer: object, message: str
) -> None:
    """The log says what there was too much of."""
    limits = Limits()
    parse(answer, limits)
    assert limits.take_messages() == [message]


def test_currents_of_a_neurio_are_not_known() -> None:
    """A Neurio measures no current and reports 0 A; a meter in the gateway measures it."""
    cached = {"instant_total_current": 0, "i_a_current": 0}
    answer = [
        {"type": meter_type, "Cached_readings": cached}
        for meter_type in ("neurio_tcp", "synchrometerX")
    ]
    neurio, synchrometer = (each.totals for each in parse_site_meters(answer))
    assert (neurio.total_current, neurio.current_a) == (None, None)
    assert (synchrometer.total_current, synchrometer.current_a) == (0, 0)


def test_status_has_the_device_type() -> None:
    """Newer firmwares give it."""
    assert parse_status({"device_type": "teg"}).device_type == "teg"


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        ("1232100-00-E--TG119000000000", True),
        ("1232100-00-E-TG119000000000", False),
        ("1232100-00-E--", False),
        ("TG119000000000", False),
        ("", False),
        (None, False),
    ],
)
def test_din_is_a_part_number_and_a_serial(
    identity: str | None, expected: bool
) -> None:
    """Two dashes are between them."""
    assert is_din(identity) is expected


@pytest.mark.parametrize(
    ("serials", "expected"),
    [
        (("OBB2", "OBB1"), "OBB1"),
        (("OBB1", "OBB2"), "OBB1"),
        ((None, "OBB2"), "OBB2"),
        (("OBB2", None), "OBB2"),
        ((None, None), None),
    ],
)
def test_meter_in_two_entries_has_the_first_serial_whatever_their_order(
    serials: tuple[str | None, ...], expected: str | None
) -> None:
    """A serial comes before none."""
    (meter,) = parse_meters(
        [{"type": "trm_mb", "short_id": "1", "serial": each} for each in serials]
    )
    assert meter.serial == expected


def test_union_of_flags_is_as_long_as_the_longest() -> None:
    """A flag that one list does not have is not set there."""
    assert union((True, False), (False, False, True, False)) == (
        True,
        False,
        True,
        False,
    )
    assert union((False, True), ()) == (False, True)
    assert union() == ()


@pytest.mark.parametrize(
    ("factors", "expected"),
    [((2, 2), 2), ((2, 1), None), ((2, None), None), ((None, None), None)],
)
def test_role_in_two_parts_has_the_flags_of_both(
    factors: tuple[float | None, ...], expected: float | None
) -> None:
    """A CT of either is inverted, and a scale factor counts if both agree."""
    one, two = (
        {
            "type": "site",
            "valid": [ct == place for ct in range(4)],
            "inverted": [ct == place for ct in range(4)],
            "real_power_scale_factor": factor,
        }
        for place, factor in enumerate(factors)
    )
    (meter,) = parse_meters([{"type": "trm_mb", "cts": [one, two]}])
    assert meter.roles == (
        CtRole(
            role="site",
            valid=(True, True, False, False),
            inverted=(True, True, False, False),
            scale_factor=expected,
        ),
    )


@pytest.mark.parametrize("connected", ["true", 1, None, []])
def test_meter_is_connected_only_where_a_flag_says_so(connected: object) -> None:
    """Anything else is unknown."""
    (meter,) = parse_meters([{"type": "trm_mb", "connected": connected}])
    assert meter.connected is None


def test_too_many_meters_and_roles_are_named() -> None:
    """The log says what there was too much of."""
    limits = Limits()
    parse_meters([{"cts": [{"type": f"r{n}"} for n in range(17)]}] * 33, limits)
    assert limits.take_messages() == [
        "meters: more than 32, the rest is left out",
        "roles of a meter: more than 16, the rest is left out",
    ]


def test_ct_without_a_number_is_no_ct() -> None:
    """A CT without a number counts as an input, but cannot be identified."""
    ct = {"v_V": 121}
    cts = [ct, ct | {"ct": None}, ct | {"ct": 1.0}, ct | {"ct": True}]
    reading = parse_readings({"OBB1": {"data": {"cts": cts}}})["OBB1"]
    assert (reading.inputs, reading.cts) == (4, {})

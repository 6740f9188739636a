"""Each field of an answer is one value of the model, under the gateway's name for it."""

from datetime import UTC, datetime

import pytest

from custom_components.tesla_gateway_meters.gateway import (
    AbsentError,
    BadCredentialsError,
    ForbiddenError,
    GatewayError,
    PayloadError,
    StatusError,
)
from custom_components.tesla_gateway_meters.gateway.answers import decode, decode_token
from custom_components.tesla_gateway_meters.gateway.errors import EmptyAnswerError
from custom_components.tesla_gateway_meters.gateway.limits import Limits
from custom_components.tesla_gateway_meters.gateway.models import (
    LocationMeter,
    Phase,
    PhaseReading,
    Totals,
)
from custom_components.tesla_gateway_meters.gateway.parse import (
    parse_aggregates,
    parse_grid_status,
    parse_site_meters,
    parse_solar_meters,
    parse_state_of_charge,
)
from custom_components.tesla_gateway_meters.gateway.transport import Answer

VALUES = {
    "instant_power": 1,
    "instant_reactive_power": 2,
    "instant_apparent_power": 3,
    "frequency": 50,
    "energy_exported": 5,
    "energy_imported": 6,
    "instant_average_voltage": 7,
    "instant_average_current": 8,
    "instant_total_current": 9,
    "i_a_current": 10,
    "i_b_current": 11,
    "i_c_current": 12,
    "last_communication_time": "2026-06-21T12:00:01Z",
    "last_phase_voltage_communication_time": "2026-06-21T12:00:02Z",
    "last_phase_power_communication_time": "2026-06-21T12:00:03Z",
    "last_phase_energy_communication_time": "2026-06-21T12:00:04Z",
    "timeout": 1_500_000_000,
    "num_meters_aggregated": 2,
}


def totals(exported: float = 5, imported: float = 6) -> Totals:
    """Return the totals that the values are."""
    return Totals(
        power=1,
        reactive_power=2,
        apparent_power=3,
        frequency=50,
        energy_exported=exported,
        energy_imported=imported,
        average_voltage=7,
        average_current=8,
        total_current=9,
        current_a=10,
        current_b=11,
        current_c=12,
        last_communication=datetime(2026, 6, 21, 12, 0, 1, tzinfo=UTC),
        last_phase_voltage=datetime(2026, 6, 21, 12, 0, 2, tzinfo=UTC),
        last_phase_power=datetime(2026, 6, 21, 12, 0, 3, tzinfo=UTC),
        last_phase_energy=datetime(2026, 6, 21, 12, 0, 4, tzinfo=UTC),
        timeout=1.5,
        meters_aggregated=2,
    )


def test_totals_of_a_location_have_each_field() -> None:
    """All of them, each as its own value."""
    assert parse_aggregates({"site": VALUES, "wind": VALUES}) == {
        "site": totals(),
        "wind": totals(),
    }


ENTRY = {
    "id": 3,
    "location": "site",
    "type": "trm_mb",
    "cts": [True, False, True, False],
    "inverted": [False, False, True, False],
    "connection": {"short_id": "77"},
    "real_power_scale_factor": 2,
    "ct_voltage_references": {"ct1": "Phase1", "ct2": "Phase2", "ct3": "Phase3"},
    "Cached_readings": VALUES
    | {
        "v_l1n": 231,
        "v_l2n": 232,
        "v_l3n": 233,
        "real_power_a": 21,
        "reactive_power_a": 22,
        "real_power_c": 23,
        "reactive_power_c": 24,
        "serial_number": "OBB1",
        "version": "1.7.1",
    },
}


def test_entry_of_a_meter_has_each_field() -> None:
    """At the site as it is, and with the energies swapped at solar."""
    expected = LocationMeter(
        key="trm_mb_77",
        id=3,
        location="site",
        type="trm_mb",
        cts=(True, False, True, False),
        inverted=(False, False, True, False),
        scale_factor=2,
        voltage_references={1: Phase.L1, 2: Phase.L2, 3: Phase.L3},
        ct_phases={1: Phase.L1, 3: Phase.L3},
        totals=totals(),
        phases={
            Phase.L1: PhaseReading(
                voltage=231, current=10, power=21, reactive_power=22
            ),
            # Its powers are left out: they are 0.
            Phase.L2: PhaseReading(voltage=232, current=11, power=0, reactive_power=0),
            Phase.L3: PhaseReading(
                voltage=233, current=12, power=23, reactive_power=24
            ),
        },
        board_serial="OBB1",
        version="1.7.1",
    )
    assert parse_site_meters([ENTRY]) == (expected,)
    (solar,) = parse_solar_meters([ENTRY])
    assert solar.totals == totals(exported=6, imported=5)
    assert solar.phases == expected.phases


def test_cuts_of_an_entry_and_a_location_are_named() -> None:
    """The log says which field it was."""
    limits = Limits()
    long = "x" * 999
    parse_site_meters(
        [
            {
                "type": long,
                "location": long,
                "connection": {"short_id": long},
                "cts": [True] * 9,
                "Cached_readings": {"serial_number": long, "version": long},
            }
        ],
        limits,
    )
    parse_aggregates({long: {"instant_power": 1}}, limits)
    parse_grid_status({"grid_status": long}, limits)
    assert set(limits.take_messages()) >= {
        "type: a text was cut after 64 characters",
        "CTs of a meter: more than 8, the rest is left out",
        "short_id: a text was cut after 64 characters",
        "location: a text was cut after 32 characters",
        "serial_number: a text was cut after 64 characters",
        "version: a text was cut after 255 characters",
        "grid_status: a text was cut after 64 characters",
    }


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (Answer(404), AbsentError, "no such endpoint"),
        (Answer(401), ForbiddenError, "not for the customer"),
        (Answer(403), ForbiddenError, "not for the customer"),
        (Answer(502), StatusError, "HTTP status 502"),
        (Answer(200, b" \n"), EmptyAnswerError, "not JSON"),
        (Answer(200, b"<html>"), PayloadError, "not JSON"),
        (
            Answer(200, b'{"error": "no luck"}'),
            PayloadError,
            "an error in place of an answer",
        ),
    ],
)
def test_answer_without_data_says_why(
    answer: Answer, error: type[GatewayError], text: str
) -> None:
    """Each with its own error, and a text for the log."""
    with pytest.raises(error) as caught:
        decode(answer)
    assert (type(caught.value), str(caught.value)) == (error, text)


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (Answer(401), BadCredentialsError, "the gateway refuses the password"),
        (
            Answer(403, is_page=True),
            PayloadError,
            "a web page in place of an answer",
        ),
        (Answer(200, b'{"token": "a b"}'), PayloadError, "an answer without a token"),
        (Answer(200, b"[]"), PayloadError, "an answer without a token"),
    ],
)
def test_login_without_a_token_says_why(
    answer: Answer, error: type[GatewayError], text: str
) -> None:
    """A refused password is distinguished from the answer of another device."""
    with pytest.raises(error) as caught:
        decode_token(answer)
    assert (type(caught.value), str(caught.value)) == (error, text)


def test_answer_that_is_no_object_is_empty_only_where_it_is_null() -> None:
    """A gateway that starts answers null."""
    for data, error in ((None, EmptyAnswerError), ([], PayloadError)):
        with pytest.raises(PayloadError, match="not an object") as caught:
            parse_state_of_charge(data)
        assert type(caught.value) is error

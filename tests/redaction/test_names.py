"""Names and secrets in our own keys and in error texts, and what stays around them."""

from typing import Any

import pytest

from custom_components.tesla_gateway_meters.redaction.redactor import Json, Redactor


def redacted(*payloads: Json, secrets: tuple[str, ...] = ()) -> list[Any]:
    """Redact payloads that belong together."""
    redactor = Redactor(payloads, secrets)
    return [redactor.payload(each) for each in payloads]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("neurio_tcp_12345_site", "neurio_tcp_90001_site"),
        ("12345_site", "90001_site"),
        ("neurio_12345", "neurio_90001"),
        ("12345", "90001"),
        # What is between words of the API is one name, whatever it is of.
        (
            "neurio_A_ct1_B_solar_energy_exported",
            "neurio_redacted_1_solar_energy_exported",
        ),
        ("synchrometerX_site", "synchrometerX_site"),
        ("site", "site"),
        ("12345_synchrometerX_site", "90001_synchrometerX_site"),
        ("A", "redacted_1"),
    ],
)
def test_name_between_words_of_the_api_is_redacted(name: str, shown: str) -> None:
    """The words at both ends show the kind of a part."""
    assert Redactor([], []).name(name) == shown


def test_name_has_the_same_placeholder_in_a_key_and_in_an_error_text() -> None:
    """So it is seen which meter an error is about."""
    meter: Json = [{"short_id": "12345"}]
    redactor = Redactor([meter], [])
    assert redactor.name("neurio_12345_site") == "neurio_90001_site"
    assert (
        redactor.error("no answer of 12345 at all")
        == "no answer of 90001 at redacted_1"
    )
    assert redactor.identifier("12345") == "90001"
    assert redactor.payload(meter) == [{"short_id": "90001"}]


@pytest.mark.parametrize(
    ("secret", "text", "shown"),
    [
        ("27626f98", "23.28.2 27626f98", "23.28.2 90000001"),
        ("626F", "23.28.2 27626f98", "23.28.2 90000001"),
        # Shorter ones occur by chance.
        ("26f", "23.28.2 27626f98", "23.28.2 27626f98"),
        ("3.28", "23.28.2", "redacted_1"),
    ],
)
def test_secret_is_redacted_within_a_version(
    secret: str, text: str, shown: str
) -> None:
    """In any case, and also in the form of a hash."""
    assert redacted({"version": text}, secrets=(secret,)) == [{"version": shown}]
    [result] = redacted({"git_hash": text.rpartition(" ")[2]}, secrets=("626f",))
    assert ("27626f98" in text) is (result["git_hash"] == "90000001")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("connection refused", "redacted_1 refused"),
        ("connection:refused", "redacted_1"),
        ("time-out: no.connection", "time-out: redacted_1"),
        ("no connections", "no redacted_1"),
    ],
)
def test_secret_is_redacted_in_words_of_an_error_text(text: str, shown: str) -> None:
    """A word that all gateways use is replaced if it contains a secret."""
    assert redacted({"error": text}, secrets=("nnectio",)) == [{"error": shown}]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # A word, and what is around it.
        ("(timeout)", "(timeout)"),
        (".timeout.: -timeout- @", ".timeout.: -timeout- @"),
        ("..barn..", "..redacted_1.."),
        # Pieces between colons, of which one is a name.
        ("read:write:barn", "read:write:redacted_1"),
        ("read:192.168.7.23:timeout", "read:198.51.100.2:timeout"),
        ("read:00-00-5e-00-53-01:timeout", "read:02-00-00-00-00-01:timeout"),
        # A number stays if it is a status or a port.
        ("status 500", "status 500"),
        ("HTTP Status 500", "HTTP redacted_1 500"),
        ("code 7", "code 7"),
        ("errno 111", "errno 111"),
        ("meter 500", "meter redacted_1"),
        ("tcp 443", "tcp 443"),
        ("tcp 444", "tcp redacted_1"),
        ("status 5020", "status redacted_1"),
        ("status ok 500", "status ok redacted_1"),
        ("no answer at 🏡 of Größe", "no answer at ? of redacted_1"),
        # A date and a host are of pieces that are no words.
        ("no.such.host", "no.such.host"),
        ("no.such.barn", "redacted_1"),
    ],
)
def test_words_and_status_of_an_error_text_stay(text: str, shown: str) -> None:
    """All else is redacted, and the punctuation is kept."""
    assert redacted({"error": text}) == [{"error": shown}]


def test_long_error_text_is_cut_off() -> None:
    """Error texts are limited to 1000 characters, and end in `...` if they are cut."""
    longest = "busy " * 200
    assert redacted({"error": longest}) == [{"error": longest}]
    assert redacted({"error": longest + "x"}) == [{"error": longest + " ..."}]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2023-06-26T06:48:33+08:00", "2023-06-25T22:48:33Z"),
        ("2023-06-26T06:48:33+0800", "2023-06-25T22:48:33+0000"),
        ("2023-06-26 06:48:33 Z", "2023-06-26 06:48:33 Z"),
        ("2023-06-26T06:48:33.25Z", "2023-06-26T06:48:33.25Z"),
        ("1970-01-01T00:00:09Z", "1970-01-01T00:00:09Z"),
        ("2014-12-31T23:59:59Z", "redacted_1"),
        ("2015-01-01T00:00:00Z", "2015-01-01T00:00:00Z"),
        ("2023-02-30T00:00:00Z", "redacted_1"),
        ("", ""),
    ],
)
def test_stamp_is_in_utc_and_keeps_its_form(text: str, shown: str) -> None:
    """The offset of a time zone would reveal the home's region."""
    assert redacted({"start_time": text}) == [{"start_time": shown}]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("23.44.0  eb113390", "23.44.0  eb113390"),
        ("eb113390 23.44.0", "eb113390 23.44.0"),
        ("23.44.0\teb113390", "redacted_1"),
        ("23.44.0 23.44.1", "23.44.0 redacted_1"),
    ],
)
def test_version_keeps_its_form(text: str, shown: str) -> None:
    """One version and one hash, in any order."""
    assert redacted({"version": text}) == [{"version": shown}]


@pytest.mark.parametrize("key", ["Port", "port"])
def test_only_a_common_port_stays(key: str) -> None:
    """Another one may be part of someone's address."""
    assert redacted({key: 443}) == [{key: 443}]
    assert redacted({key: 40112}) == [{key: 900_000_001}]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("version", "23.28.2"),
        ("git_hash", "27626f98"),
        ("start_time", "2023-06-26T06:48:33Z"),
        ("type", "solar"),
        ("grid_status", "SystemGridConnected"),
    ],
)
def test_text_stays_only_under_a_key_that_has_such_texts(key: str, text: str) -> None:
    """Under another one it may be a number or a name of someone."""
    assert redacted({key: text}) == [{key: text}]
    for other in ("device_type", "ip_address"):
        [result] = redacted({other: text})
        assert result[other] != text
    [result] = redacted({"unheard_of": {key: text}})
    assert text not in result["redacted_1"].values()


def test_deep_answer_of_objects_is_cut_off() -> None:
    """Objects in objects end somewhere, as lists do."""
    deep: Json = {}
    for _ in range(900):
        deep = {"site": deep}
    [result] = redacted(deep)
    depth = 0
    while result is not None:
        result, depth = result["site"], depth + 1
    assert depth == 33

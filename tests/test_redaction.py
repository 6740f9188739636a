"""Tests that diagnostics contain no identifier, and equal placeholders for equal ones."""

from collections.abc import Iterator
import json
import re
from typing import Any

from homeassistant.const import CONF_MAC
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from hypothesis import given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.tesla_gateway_meters.gateway import Endpoint, is_din
from custom_components.tesla_gateway_meters.gateway.parse import (
    parse_aggregates,
    parse_meters,
    parse_readings,
    parse_site_meters,
)
from custom_components.tesla_gateway_meters.gateway.reading_status import classify
from custom_components.tesla_gateway_meters.redaction.redactor import Json, Redactor
from simulator import PROFILES, SimulatedGateway

from .arbitrary import VALUES
from .conftest import NewEntry, PassTime, StartGateway, payload_of, serve_instead

ERRORS = (
    (
        "Get https://Neurio-12345:443/latest: dial tcp: lookup Neurio-12345 on"
        " 192.168.91.1:53: no such host"
    ),
    "Get https://PWRview-12345:443/latest: dial tcp 192.168.7.23:443: i/o timeout",
    (
        "read tcp 10.1.2.3:40112->192.168.7.23:443: connection reset by peer"
        " (OBB0000000001, 00:00:5E:00:53:01)"
    ),
)
_IDENTIFYING = re.compile(
    r"serial|short_id|din|mac|ip|sensorid|vin|site_name", re.IGNORECASE
)


def identifiers(value: Any, key: str = "") -> Iterator[str]:
    """Find all that tells a device, a network or a home in a payload."""
    match value:
        case dict():
            for name, item in value.items():
                yield from identifiers(item, name)
        case list():
            for item in value:
                yield from identifiers(item, key)
        case str() if _IDENTIFYING.search(key):
            yield value


def identifiers_of(gateway: SimulatedGateway) -> set[str]:
    """Find every secret and identifier that a gateway knows, whole and in parts."""
    found = {gateway.din, gateway.password, *gateway._sessions._tokens}
    for endpoint in gateway._service.profile.endpoints:
        payload = gateway.payload(endpoint)
        found.update(identifiers(payload))
        if endpoint == "meters/readings":
            found.update(payload)
    parts = set()
    for each in found:
        parts.add(each.rpartition("--")[2])
        parts.add(each.partition("synchrometer")[0])
        parts.add(each.removeprefix("0x"))
        parts.add(each.rpartition("-")[2] if "PWRview" in each else "")
    # Parts of a MAC address are no identifiers, nor is what a synchrometer adds.
    return {each for each in found | parts if each and len(each) > 2}


@pytest.mark.parametrize("profile", PROFILES)
async def test_no_identifier_is_in_the_whole_file(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    start_gateway: StartGateway,
    new_entry: NewEntry,
    pass_time: PassTime,
    profile: str,
) -> None:
    """The file as Home Assistant gives it has nothing in it that the gateway knows."""
    assert await async_setup_component(hass, "diagnostics", {})
    gateway = await start_gateway(profile, password="Pa55w")
    entry = new_entry(gateway)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_MAC: "98:ed:5c:01:02:03"}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    secrets = {*identifiers_of(gateway), "98:ed:5c", gateway.host, "Simulated Site"}
    if profile == "neurio":
        assert {"12345", "OBB0000000001", "00-00-5E-00-53-01", "192.0.2.7"} <= secrets
        readings = payload_of(gateway, "meters/readings")
        first, second = readings.values()
        first["error"], second["error"] = ERRORS[0], {"Err": ERRORS[2]}
        serve_instead(gateway, "meters/readings", readings)
        secrets |= {"192.168.91.1", "192.168.7.23", "10.1.2.3", "00:00:5E:00:53:01"}
    status = payload_of(gateway, "status") if profile != "restricted" else {}
    # What firmwares might add.
    new: dict[str, Any] = {
        "owner": {"name": "A. Smith", "email": "smith@home.example", "tel": 5551234},
        "latitude": 48.123456,
        "wifi_ssid": "TEG-A5M",
        "TG99X9999A9999": {"on": True},
        "leader": "1232100-00-E--TG77777777777A",
        "followers": ["1232100-00-E--TG88888888888B"],
    }
    if status:
        serve_instead(gateway, "status", status | new)
        secrets |= {"Smith", "home.example", "5551234", "48.123", "TEG-A5M"}
        secrets |= {"TG99X9999A9999", "TG77777777777A", "TG88888888888B"}
    await pass_time(60, times=6)

    client = await hass_client()
    answer = await client.get(f"/api/diagnostics/config_entry/{entry.entry_id}")
    text = await answer.text()
    served = {f"/api/{each}" for each in gateway._service.profile.endpoints}
    payloads = json.loads(text)["data"]["payloads"]
    assert set(payloads) == served & set(Endpoint)
    # An entry's own id is Home Assistant's, and no one else's.
    text = text.replace(entry.entry_id, "")
    for secret in secrets:
        assert secret.casefold() not in text.casefold(), secret
    if status:
        for key in ("owner", "latitude", "wifi_ssid"):
            assert f'"{key}"' in text
    # Numbers, stamps and versions are what it is for.
    totals = payloads["/api/meters/aggregates"]
    assert totals.keys() == payload_of(gateway, "meters/aggregates").keys()
    assert totals["site"]["last_communication_time"].startswith("20")
    if status:
        assert status["version"] in text
        assert status["git_hash"] in text


def redacted(
    *payloads: Json, secrets: tuple[str, ...] = (), by_name: bool = False
) -> list[Any]:
    """Redact payloads that belong together; `by_name` is for objects keyed by names."""
    redactor = Redactor(payloads, secrets)
    return [redactor.payload(each, by_name=by_name) for each in payloads]


@pytest.mark.parametrize("text", ERRORS)
def test_error_text_names_the_same_meter_and_means_the_same(text: str) -> None:
    """An error text says the same as before, of a meter that is still known by its name."""
    meter: Json = [{"short_id": "12345", "ip_address": "PWRview-12345"}]
    readings: Json = {"OBB0000000001": {"error": text}}
    [[found], result] = redacted(meter, readings, by_name=True)
    (reading,) = result.values()
    assert classify(reading["error"]) is classify(text)
    assert ("90001" in reading["error"]) is ("12345" in text)
    assert found == {"short_id": "90001", "ip_address": "PWRview-90001"}
    numbers = re.compile(r"\S*\d\S*")
    assert numbers.sub("", reading["error"]) == numbers.sub("", text)


@pytest.mark.parametrize(
    "text",
    [
        "run sitemanager flag enabled, sitemanager process is running",
        "sitemanager process is running, run sitemanager flag enabled",
        "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
        "EOF",
        "",
        "Unable to GET to resource",
        "User does not have adequate access rights",
        "Api Limit reached for this endpoint",
        "current config mode is busy",
        "x509: certificate signed by unknown authority",
        "write tcp: broken pipe",
        # Ours.
        "HTTP status 502",
        "no answer in time",
        "the connection ended in mid-answer",
        "not asked, as others gave no answer in time",
        "the answer is too large",
        "neither a list nor null",
        "an error in place of an answer",
        "not for the customer",
        "no such endpoint",
    ],
)
def test_plain_text_stays(text: str) -> None:
    """A text that names nobody stays as it is."""
    assert redacted({"error": text}) == [{"error": text}]


def test_unknown_words_are_redacted_in_an_error_text() -> None:
    """A word that is none goes from an error text, even if nothing else contains it."""
    [result] = redacted(
        {
            "error": "QX77Z12 at myhouse.lan (a.smith@home.example, fe80::1:2) gave 55512,"
            " not https://gate/latest, lookup barn: token aGVsbG8+d29y/ZA9 is bad"
        }
    )
    assert result == {
        "error": "9000001 at redacted_1 (person1@example.com, 2001:db8::1) gave 90001,"
        " not https://redacted_2/latest, lookup redacted_3: token 9000002+redacted_4/redacted_5"
        " is bad"
    }


@pytest.mark.parametrize(
    ("text", "leaked"),
    [
        ("no answer from Page, 12 Elm Street", "Page 12 Elm Street"),
        ("dial tcp 100.64.3.9:443: timeout, call +1 555 0123", "100.64 555 0123 +1"),
        ("lookup GRANDMAS-NAS on fe80::1%eth0:53", "grandmas nas fe80 eth0"),
        ("Größe von Jürgen.Müller unknown", "größe jürgen müller von"),
        ("HTTP status 5551234", "5551234"),
        ("no answer at 🏡 Ⓐⓝⓝⓐ 🇳🇿", "🏡 Ⓐⓝⓝⓐ 🇳🇿"),
    ],
)
def test_names_are_redacted_in_an_error_text(text: str, leaked: str) -> None:
    """Names, hosts, streets and numbers of theirs go, whatever is written around them."""
    [result] = redacted({"error": text})
    words = re.findall(r"[^\W_]+|[^\x00-\x7f]+", result["error"].casefold())
    for word in leaked.casefold().split():
        assert word not in words, result


def test_serial_has_one_placeholder_in_all_spellings() -> None:
    """One serial in all the ways that a gateway writes it is one placeholder."""
    din, serial = "1232100-00-E--TG123456789A5M", "JBL12345Y1F01E"
    [result] = redacted(
        [
            {"din": din, "leader": din.lower()},
            {"serial": f"{serial}synchrometerX", "serial_number": serial},
            {"sensorId": f"0x{serial}", "device_serial": f"{serial}synchrometerY"},
            {f"{serial}synchrometerX": "", "error": f"no answer of {serial}: {din}"},
            {"mac": "00-00-5E-00-53-01"},
            {"mac": "00:00:5e:00:53:01"},
            {"owner": [din, "00:00:5E:00:53:01"]},
        ]
    )
    board, whole = "JBL90000000001", "1232100-00-E--TG900000000001"
    assert result == [
        {"din": whole, "leader": whole.replace("E--", "e--")},
        {"serial": f"{board}synchrometerX", "serial_number": board},
        {"sensorId": f"0x{board}", "device_serial": f"{board}synchrometerY"},
        {f"{board}synchrometerX": "", "error": f"no answer of {board}: {whole}"},
        {"mac": "02-00-00-00-00-01"},
        {"mac": "02:00:00:00:00:01"},
        {"owner": [whole, "02:00:00:00:00:01"]},
    ]
    assert is_din(whole)


def test_placeholder_is_nobodys_serial() -> None:
    """A placeholder that is a real serial would name another meter."""
    [result] = redacted([{"serial": "OBB9000000001"}, {"serial": "OBB0000000007"}])
    serials = [each["serial"] for each in result]
    assert serials == ["OBB9000000002", "OBB9000000003"]


def test_own_secrets_are_redacted_in_any_text() -> None:
    """Our own secrets are redacted in any text, unless all gateways use that word."""
    result = redacted(
        {"error": "login of Abcde from myhouse refused", "site": {"type": "solar"}},
        secrets=("Abcde", "myhouse", "site", "solar"),
        by_name=True,
    )
    assert result == [
        {
            "error": "login of redacted_1 from redacted_2 refused",
            "site": {"type": "solar"},
        }
    ]


def test_measured_numbers_stay() -> None:
    """A measured number stays; elsewhere, equal numbers have equal placeholders."""
    [result] = redacted(
        {
            "instant_power": -4.5,
            "valid": [True, 3],
            "account": 5551234,
            "serial": 5551234,
            "owner": {"percentage": 48.123456, "unheard_of": {"percentage": 11.5}},
            "energy_imported": 38827769.48582777,
        }
    )
    account = 900_000_002
    assert result == {
        "instant_power": -4.5,
        "valid": [True, account - 1],
        "redacted_1": account,
        "serial": account,
        "owner": {"percentage": 48.123456, "redacted_2": {"percentage": account + 1}},
        "energy_imported": 38827769.48582777,
    }


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("id", 3, 3),
        ("id", 5551234, 10_000_000),
        ("ct", -55512, -100_000),
        ("instant_power", 15551234567.0, 1e11),
        ("v_l1n", 4812.3456, 10_000.0),
        ("timeout", 1500000000, 1500000000),
        ("timeout", 5551234567, 10_000_000_000),
        ("energy_exported", -47_025_000, -47_025_000),
        ("energy_exported", 1e300, 1e16),
        ("id", 48.137154, 100.0),
        ("real_power_scale_factor", 2, 2),
        ("Port", 443, 443),
        ("Port", 12345, 900_000_001),
    ],
)
def test_number_out_of_range_keeps_its_magnitude(
    field: str, value: float, shown: float
) -> None:
    """A number out of range may be private, but its magnitude helps to find the fault."""
    [result] = redacted({field: value})
    assert result == {field: shown}
    assert type(result[field]) is type(value)


def test_number_that_is_a_secret_is_redacted() -> None:
    """A number is no measurement if it is our password, or a meter's name."""
    [result] = redacted(
        [{"instant_power": 55512}, {"short_id": "12345", "instant_power": 12345}],
        secrets=("55512",),
    )
    assert result[0] == {"instant_power": 100_000}
    assert result[1] == {"short_id": "90001", "instant_power": 100_000}


@pytest.mark.parametrize(
    "text",
    [
        *("23.28.2 27626f98", "26.18.3-c-2", "1.7.2-Tesla", "Tesla-0.0.7", "1.50.1"),
        *("27626f98a66cad", "24.36.2-1", "23.12.10 30f95d0b"),
    ],
)
def test_version_stays(text: str) -> None:
    """A version or a hash that looks like one is what a maintainer needs."""
    assert redacted({"version": text, "firmwareVersion": text}) == [
        {"version": text, "firmwareVersion": text}
    ]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "192.168.91.1",
            "fe80::5eff:fe00:5301",
            "2001:db9::7",
            "48.1234",
            "12.05.1984",
        ),
        *("00:00:5E:00:53:01", "00-00-5e-00-53-01", "00005e005301", "JBL12345Y1F01E"),
        *("1232100-00-E--TG123456789A5M", "TGABCDEFGHIJ", "555.123.4567", "5551234"),
        *("55512345", "a.smith@home.example", "Elm Street 12", "Müller", "TEG-A5M"),
        *("1984-05-12", "1984-05-12T08:00:00Z", "aGVsbG8gd29ybGQ=", "SMITH", "x" * 300),
    ],
)
@pytest.mark.parametrize(
    "key",
    [
        *("version", "firmwareVersion", "git_hash", "type", "location", "grid_status"),
        *("device_type", "sync_type", "ct1", "up_time_seconds", "error", "Op", "Net"),
        *(
            "last_communication_time",
            "start_time",
            "id",
            "instant_power",
            "valid",
            "IP",
        ),
        *("serial", "unheard_of", "name", "message", "real_power_scale_factor"),
    ],
)
def test_value_that_is_none_of_its_field_is_redacted(key: str, text: str) -> None:
    """No field keeps an address, a serial, a name or a date, and nor does a key."""
    for name in (False, True):
        [result, listed] = redacted(
            {"meters": {key: text}, text: {text: [text]}}, [{key: [text]}], by_name=name
        )
        shown = json.dumps([result, listed], ensure_ascii=False)
        # What says which kind of gateway it is may stay.
        secret = text.rpartition("--")[2]
        assert secret.casefold() not in shown.casefold()


@pytest.mark.parametrize(
    ("key", "text", "shown"),
    [
        ("start_time", "2023-06-26 06:48:33 +0800", "2023-06-25 22:48:33 +0000"),
        (
            "last_communication_time",
            "2023-07-30T04:24:54.355954089-06:00",
            "2023-07-30T10:24:54.355954089Z",
        ),
        ("last_communication_time", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("last_communication_time", "1970-01-01T00:00:09+01:00", "redacted_1"),
        ("last_communication_time", "9999-12-31T23:59:59-23:59", "redacted_1"),
        ("unheard_of", "2023-07-30T04:24:54Z", "redacted_2"),
    ],
)
def test_stamps_are_of_utc(key: str, text: str, shown: str) -> None:
    """The offset of a stamp tells where a home is, and its time stays."""
    [result] = redacted({key: text})
    assert list(result.values()) == [shown]


# Serials as they are seen, and others that firmwares might come to have.
SERIALS = st.from_regex(r"\A(TG|JBL|OBB|V|0x)?[A-Z0-9]{4,14}\Z")


@given(st.lists(SERIALS, min_size=1, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_equal_serials_have_equal_placeholders(serials: list[str], random: Any) -> None:
    """The same serial is the same placeholder everywhere, and two are never one."""
    keys = ("serial", "device_serial", "serial_number", "sensorId", "name")
    payload: Json = [
        {random.choice(keys): each, "connection": {"device_serial": each}}
        for each in serials * 2
    ]
    [result] = redacted(payload)
    placeholders: dict[str, set[str]] = {}
    for before, after in zip(payload, result, strict=True):
        assert before.keys() == after.keys()
        (was, now), (_, connection) = zip(before.values(), after.values(), strict=True)
        assert now == connection["device_serial"]
        placeholders.setdefault(was, set()).add(now)
    assert all(len(each) == 1 for each in placeholders.values())
    different = set().union(*placeholders.values())
    assert len(different) == len({each.casefold() for each in serials})
    assert not {each.casefold() for each in different} & {
        each.casefold() for each in serials
    }


@given(VALUES)
@settings(max_examples=300)
def test_any_answer_keeps_its_form_and_no_new_text(payload: Any) -> None:
    """Any answer can be redacted: its form stays, and no unknown text remains."""
    secret = "Xy7Zw9Qk2"
    [result] = redacted({"cts": [payload, {secret: secret}], "owner": payload})
    assert secret not in json.dumps(result)
    assert json.loads(json.dumps(result, allow_nan=True)) is not None
    assert result.keys() == {"cts", "owner"}


@pytest.mark.parametrize(
    ("version", "result"),
    [
        ("23.44.0 eb113390", "23.44.0 eb113390"),
        ("26.18.3-c-2", "26.18.3-c-2"),
        ("1.7.1-Tesla", "1.7.1-Tesla"),
        ("49.17.12-34-56-78", "redacted_1"),
        ("1.7.1-k-i-m", "redacted_1"),
        ("49.17.12 34.56.78", "49.17.12 redacted_1"),
        ("23.44.0 eb113390 416e6e61", "23.44.0 eb113390 90000001"),
    ],
)
def test_one_version_and_one_hash_stay(version: str, result: str) -> None:
    """Text that follows a version or hash may be a telephone number or a name."""
    assert redacted({"version": version}) == [{"version": result}]


def test_names_that_differ_in_their_case_stay_apart() -> None:
    """No value of an object is lost to another of nearly the same name."""
    [result] = redacted({"Barn": 1, "barn": 2, "BARN": 3})
    assert list(result) == ["redacted_1", "redacted_1_2", "redacted_1_3"]


def test_large_answer_is_cut_off() -> None:
    """An answer of more values than any gateway has says so."""
    [result, more] = redacted([{}] * 100_000, {f"k{i}": i for i in range(100_000)})
    assert len(result) < 10_000
    assert result[-1] == "... (cut off)"
    assert len(more) < 10_000
    assert "... (cut off)" in more


def test_deep_answer_is_cut_off() -> None:
    """An answer that is nothing but brackets ends somewhere."""
    deep: Json = json.loads("[" * 900 + "]" * 900)
    assert "null" in json.dumps(redacted(deep))


@pytest.mark.parametrize("profile", sorted({*PROFILES} - {"restricted"}))
async def test_redacted_answers_are_parsed_to_the_same_meters(
    start_gateway: StartGateway, profile: str
) -> None:
    """Our own parser sees the same meters in what is left."""
    gateway = await start_gateway(profile, frozen=True)
    names = ("meters", "meters/site", "meters/readings", "meters/aggregates")
    payloads = [payload_of(gateway, name) for name in names]
    meters, site, readings, aggregates = redacted(*payloads, by_name=True)
    assert parse_aggregates(aggregates) == parse_aggregates(payloads[3])
    for now, was in zip(parse_meters(meters), parse_meters(payloads[0]), strict=True):
        assert (now.type, now.roles) == (was.type, was.roles)
        assert (now.serial in parse_readings(readings)) is True
        assert now.din is None or is_din(now.din)
    for one, other in zip(
        parse_site_meters(site), parse_site_meters(payloads[1]), strict=True
    ):
        assert (one.phases, one.totals) == (other.phases, other.totals)

"""No identifier of a gateway is in the diagnostics, and the same one is always alike."""

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
from custom_components.tesla_gateway_meters.diagnostics_redaction import Json, Redactor
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
async def test_whole_file(
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
        for key in ("owner", "name", "latitude", "wifi_ssid"):
            assert f'"{key}"' in text
    # Numbers, stamps and versions are what it is for.
    totals = payloads["/api/meters/aggregates"]
    assert totals.keys() == payload_of(gateway, "meters/aggregates").keys()
    assert totals["site"]["last_communication_time"].startswith("20")
    if status:
        assert status["version"] in text
        assert status["git_hash"] in text


def redacted(*payloads: Json, secrets: tuple[str, ...] = ()) -> list[Json]:
    """Redact payloads that belong together."""
    redactor = Redactor(payloads, secrets)
    return [redactor.payload(each) for each in payloads]


@pytest.mark.parametrize("text", ERRORS)
def test_error_text(text: str) -> None:
    """An error text says the same as before, of a meter that is still known by its name."""
    meter: Json = [{"short_id": "12345", "ip_address": "PWRview-12345"}]
    [[found], told] = redacted(meter, {"OBB0000000001": {"error": text}})
    (reading,) = told.values()
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
        "HTTP status 502",
        "",
    ],
)
def test_plain_text(text: str) -> None:
    """A text that names nobody stays as it is."""
    assert redacted({"error": text}) == [{"error": text}]


def test_unknown_words_of_a_text() -> None:
    """A word that is none goes from an error text, also where nothing else names it."""
    [told] = redacted(
        {
            "error": "QX77Z12 at myhouse.lan (a.smith@home.example, fe80::1:2) gave 55512,"
            " not https://gate/latest, lookup barn: token aGVsbG8+d29y/ZA9 is bad"
        }
    )
    assert told == {
        "error": "9000001 at redacted-1 (person1@example.com, 2001:db8::1) gave 90001,"
        " not https://redacted-2/latest, lookup redacted-3: token redacted-4/901 is bad"
    }


def test_same_everywhere() -> None:
    """One serial in all the ways that a gateway writes it is one placeholder."""
    din, serial = "1232100-00-E--TG123456789A5M", "JBL12345Y1F01E"
    [told] = redacted(
        [
            {"din": din, "leader": din.lower()},
            {"serial": f"{serial}synchrometerX", "serial_number": serial},
            {"sensorId": f"0x{serial}", "device_serial": f"{serial}synchrometerY"},
            {f"{serial}synchrometerX": {"error": f"no answer of {serial}: {din}"}},
            {"mac": "00-00-5E-00-53-01"},
            {"mac": "00:00:5e:00:53:01"},
            {"unheard_of": [din, "00:00:5E:00:53:01"]},
        ]
    )
    board, whole = "JBL90000000001", "1232100-00-E--TG900000000001"
    assert told == [
        {"din": whole, "leader": whole.replace("E--", "e--")},
        {"serial": f"{board}synchrometerX", "serial_number": board},
        {"sensorId": f"0x{board}", "device_serial": f"{board}synchrometerY"},
        {f"{board}synchrometerX": {"error": f"no answer of {board}: {whole}"}},
        {"mac": "02-00-00-00-00-01"},
        {"mac": "02:00:00:00:00:01"},
        {"unheard_of": [whole, "02:00:00:00:00:01"]},
    ]
    assert is_din(whole)


def test_placeholder_is_nobodys_serial() -> None:
    """A placeholder that is a real serial would name another meter."""
    [told] = redacted([{"serial": "OBB9000000001"}, {"serial": "OBB0000000007"}])
    serials = [each["serial"] for each in told]
    assert serials == ["OBB9000000002", "OBB9000000003"]


def test_entrys_own_secrets() -> None:
    """What we know ourselves is found in any text, unless all gateways use that word."""
    told = redacted(
        {"error": "login of Abcde from myhouse refused", "site": {"type": "solar"}},
        secrets=("Abcde", "myhouse", "site", "solar"),
    )
    assert told == [
        {
            "error": "login of redacted-1 from redacted-2 refused",
            "site": {"type": "solar"},
        }
    ]


def test_numbers() -> None:
    """A number stays where we know what it is."""
    told = redacted(
        {"instant_power": -4.5, "valid": [True, 3], "account": 5551234, "serial": 12345}
    )
    assert told == [
        {"instant_power": -4.5, "valid": [True, 3], "account": 0, "serial": 0}
    ]


# Serials as they are seen, and others that firmwares might come to have.
SERIALS = st.from_regex(r"\A(TG|JBL|OBB|V|0x)?[A-Z0-9]{4,14}\Z")


@given(st.lists(SERIALS, min_size=1, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_consistency(serials: list[str], random: Any) -> None:
    """The same serial is the same placeholder everywhere, and two are never one."""
    keys = ("serial", "device_serial", "serial_number", "sensorId", "unheard_of")
    payload: Json = [
        {random.choice(keys): each, "connection": {"device_serial": each}}
        for each in serials * 2
    ]
    [told] = redacted(payload)
    placeholders: dict[str, set[str]] = {}
    for before, after in zip(payload, told, strict=True):
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
def test_any_answer(payload: Any) -> None:
    """Whatever is answered can be redacted, and its form stays; no text is left that is new."""
    secret = "Xy7Zw9Qk2"
    [told] = redacted({"meters": [payload, {secret: secret}], "owner": payload})
    assert secret not in json.dumps(told)
    assert json.loads(json.dumps(told, allow_nan=True)) is not None
    assert told.keys() == {"meters", "owner"}


def test_deep_answer() -> None:
    """An answer that is nothing but brackets ends somewhere."""
    deep: Json = json.loads("[" * 900 + "]" * 900)
    assert "null" in json.dumps(redacted(deep))


@pytest.mark.parametrize("profile", sorted({*PROFILES} - {"restricted"}))
async def test_parsed_again(start_gateway: StartGateway, profile: str) -> None:
    """Our own parser sees the same meters in what is left."""
    gateway = await start_gateway(profile, frozen=True)
    names = ("meters", "meters/site", "meters/readings", "meters/aggregates")
    payloads = [payload_of(gateway, name) for name in names]
    meters, site, readings, aggregates = redacted(*payloads)
    assert parse_aggregates(aggregates) == parse_aggregates(payloads[3])
    for now, was in zip(parse_meters(meters), parse_meters(payloads[0]), strict=True):
        assert (now.type, now.roles) == (was.type, was.roles)
        assert (now.serial in parse_readings(readings)) is True
        assert now.din is None or is_din(now.din)
    for one, other in zip(
        parse_site_meters(site), parse_site_meters(payloads[1]), strict=True
    ):
        assert (one.phases, one.totals) == (other.phases, other.totals)

"""Tests that secrets planted anywhere in a gateway's answers are not in the download."""

from base64 import b64encode
import copy
from ipaddress import IPv6Address
import json
import random
from typing import Any

from homeassistant.core import HomeAssistant
from hypothesis import assume, example, given, settings, strategies as st
import orjson
import pytest

from custom_components.tesla_gateway_meters.diagnostics import (
    async_get_config_entry_diagnostics,
    redacted_answers,
)
from custom_components.tesla_gateway_meters.gateway import Endpoint
from simulator import PROFILES
from simulator.clock import Clock
from simulator.profiles import create

from .arbitrary import _positions
from .conftest import AddGateway, StartGateway

type Payloads = dict[str, Any]

_LETTERS = "abcdefghijkmnopqrstuvwxyz"
_FEWEST_CHARACTERS = 4
_PLACES_OF_NUMBERS = ("id", "ct", "valid", "cts", "serial", "inverted", "error", "data")


def _answers(profile: str) -> Payloads:
    endpoints = create(profile, Clock(frozen=True), 1).endpoints
    return {
        f"/api/{name}": json.loads(json.dumps(answer()))
        for name, answer in endpoints.items()
        if f"/api/{name}" in set(Endpoint)
    }


ANSWERS = {profile: _answers(profile) for profile in PROFILES}


def _is_distinct(secret: str | float) -> bool:
    """Return whether a secret is unlikely to occur by chance."""
    return len(set(str(secret))) >= _FEWEST_CHARACTERS


def _text(alphabet: str, shortest: int, longest: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=shortest, max_size=longest)


_name = _text(_LETTERS, 7, 12)
_digits = _text("123456789", 7, 11)
_mac = st.binary(min_size=6, max_size=6).map(lambda raw: raw.hex("-"))
TEXTS: st.SearchStrategy[str] = st.one_of(
    _name,
    _name.map(str.upper),
    _name.map(lambda name: f"The {name.title()} family"),
    _name.map(lambda name: f"{name.title()} Street 12"),
    _name.map(lambda name: f"{name}@example.org"),
    _name.map(lambda name: f"{name}.fritz.box"),
    _name.map(lambda name: b64encode(name.encode()).decode()),
    _text("äöüéñçßøåæłдомж家庭", 6, 10),
    _digits,
    _digits.map(lambda digits: f"+49 {digits}"),
    _digits.map(lambda digits: f"12.{digits}"),
    _text("ABCDEFGHJKLMNPQRSTUVWXYZ123456789", 9, 14),
    _text("ABCDEFGHJKLMNPQRSTUVWXYZ", 9, 14),
    _mac,
    _mac.map(lambda mac: mac.replace("-", ":").upper()),
    _mac.map(lambda mac: mac.replace("-", "")),
    st.ip_addresses(v=4).map(str).filter(lambda ip: len(ip) > 10),
    st.integers(2**120, 2**128 - 1).map(lambda each: str(IPv6Address(each))),
    st.dates().map(lambda date: f"{date:%d.%m.}19{date:%y}"),
    st.dates().map(lambda date: f"1{date:%m%d}-{date:%m}-{date:%d}T07:41:12Z"),
).filter(_is_distinct)
# A number that may be a percentage is shown in a field of one.
NUMBERS = st.integers(10**6, 10**15).filter(_is_distinct) | st.floats(-180, 180).map(
    lambda degrees: round(degrees, 7)
).filter(lambda degrees: len(str(degrees)) > 9 and not 0 <= degrees <= 110)


def _planted(payload: Any, where: int, how: str, secret: Any) -> bool:
    """Insert a secret into a payload; return False if it does not fit."""
    places = _positions(payload)
    if not places:
        return False
    container, key = places[where % len(places)]
    match how:
        case "value" if isinstance(secret, str) or key in _PLACES_OF_NUMBERS:
            container[key] = secret
        case "key" if isinstance(container, dict):
            container[str(secret)] = container.pop(key)
        case "list" if isinstance(secret, str):
            container[key] = [secret, {"version": [secret]}]
        case "new" if isinstance(container, dict):
            container["anything_new"] = {"id": secret, "percentage": secret}
        case "deep" if isinstance(container, dict):
            for _ in range(20):
                container["data"] = container = {}
            container[str(secret)] = str(secret)
        case "error" if isinstance(container, dict):
            container["error"] = f"dial tcp: lookup {secret}: {secret}, no such host"
        case "object" if isinstance(container, dict):
            container["error"] = {"Op": "dial", "Err": str(secret), "Addr": str(secret)}
        case _:
            return False
    return True


HOWS = ("value", "key", "list", "new", "deep", "error", "object")
PLANTS = st.lists(
    st.tuples(
        st.sampled_from(list(Endpoint)),
        st.integers(0, 10_000),
        st.sampled_from(HOWS),
        TEXTS | NUMBERS,
    ),
    min_size=1,
    max_size=5,
)


def _searched(secret: Any) -> list[str]:
    """Return what of a secret must not be found: its words that are no words of all."""
    if not isinstance(secret, str):
        return [str(secret)]
    words = secret.replace("@example.org", "").replace(".fritz.box", "").split()
    return [
        each for each in words if len(each) > 5 and each not in ("Street", "family")
    ]


def _assert_hidden(found: Any, secrets: list[Any]) -> None:
    text = json.dumps(found, ensure_ascii=False).casefold()
    for secret in secrets:
        for each in _searched(secret):
            assert each.casefold() not in text, secret


def _with_plants(profile: str, plants: Any) -> tuple[dict[str, bytes], list[Any]]:
    answers = copy.deepcopy(ANSWERS[profile])
    planted = [
        secret
        for endpoint, where, how, secret in plants
        if endpoint in answers and _planted(answers[endpoint], where, how, secret)
    ]
    return {
        endpoint: orjson.dumps(payload) for endpoint, payload in answers.items()
    }, planted


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=150)
@given(plants=PLANTS)
@example(plants=[(Endpoint.STATUS, 0, "value", "00-00-5e-00-53-01")])
def test_no_planted_secret_is_in_the_payloads(profile: str, plants: Any) -> None:
    """No part of a planted secret is in the download."""
    bodies, planted = _with_plants(profile, plants)
    before = json.dumps(ANSWERS[profile]).casefold()
    assume(
        not any(each.casefold() in before for one in planted for each in _searched(one))
    )
    payloads, _ = redacted_answers(bodies, ())
    assert payloads.keys() == bodies.keys()
    _assert_hidden(payloads, planted)


@pytest.mark.parametrize("profile", PROFILES)
async def test_no_planted_secret_is_in_the_file(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    profile: str,
) -> None:
    """Nor is it in the other sections of the file, which the answers are shown in too."""
    gateway = await start_gateway(profile, frozen=True)
    entry = await add_gateway(gateway, note="Villa Hügel", number=5551234567)
    seed = random.randrange(2**32)
    print("seed", seed)
    drawn = random.Random(seed)
    known = entry.runtime_data.client.statistics.endpoints
    for _ in range(30):
        secrets = [
            "".join(drawn.choices(_LETTERS, k=10)),
            "".join(drawn.choices("BCDFGHJK123456789", k=12)),
            drawn.randrange(10**9, 10**10),
        ]
        plants = [
            (endpoint, drawn.randrange(10_000), drawn.choice(HOWS), secret)
            for endpoint in ANSWERS[profile]
            for secret in secrets
        ]
        bodies, planted = _with_plants(profile, plants)
        for endpoint, body in bodies.items():
            known[endpoint].body = body
        found = await async_get_config_entry_diagnostics(hass, entry)
        _assert_hidden(found, [*planted, "Hügel", 5551234567, gateway.password])

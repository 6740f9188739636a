"""The profile `document`: to the letter on the wire."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
import re
from typing import Any

import pytest

from simulator.clock import parse_stamp
from simulator.go_format import NEVER
from simulator.profiles.document import DOCUMENTED

from .conftest import MORNING, Connect

# Texts that only a careful printer of numbers and times gets right, as the document has them.
TO_THE_LETTER = {
    "meters": (
        '"serial":"JBL12345Y1F01EsynchrometerY"',
        '"short_id":"1234567-00-E--TG123456789A5M"',
        '"valid":[false,true,false,false]',
        '"real_power_scale_factor":2}',
    ),
    "meters/aggregates": (
        '"last_communication_time":"2023-07-30T04:24:54.355954089-06:00"',
        '"instant_power":701,"instant_reactive_power":-740,',
        '"energy_imported":12345.032329421,',
        '"energy_exported":10196160,"energy_imported":11605680,',
        '"instant_average_voltage":210.18003537146433,',
        '"instant_apparent_power":1019.313984991867,"frequency":0,',
        '"instant_power":682.25,',
        '"timeout":1500000000,"num_meters_aggregated":1,"instant_total_current":0.1795}',
    ),
    "meters/readings": (
        (
            '{"JBL12345Y1F01EsynchrometerX":{"error":"run sitemanager flag enabled, '
            'sitemanager process is running","data":{"firmwareVersion":"","cts":[{"ct":0,'
            '"v_V":0,"p_W":0,"q_VAR":0,"eExp_Ws":0,"eImp_Ws":0,"i_A":0}'
        ),
        '"error":"sitemanager process is running, run sitemanager flag enabled"',
    ),
    "meters/site": (
        '"energy_exported":0.000030957669878262095,',
        '"energy_imported":0.000014389256648428272,',
        '"v_l1n":121.35000000000001,"v_l2n":121.34,',
        '"ct_voltage_references":{"ct1":"Phase1","ct2":"Phase2","ct3":"Phase1"}',
        '"https_conf":{}}',
        '"i_a_current":3.729,"i_b_current":5.2055,"i_c_current":0,',
        '"last_phase_voltage_communication_time":"2023-07-30T04:29:55.900057268-06:00"',
    ),
    "meters/solar": (
        '"energy_exported":25678.800893156236,"energy_imported":27890123.537190706,',
        '"v_l2n":121.38,',
        '"real_power_b":-4,"reactive_power_b":40,',
    ),
}


def squeezed(name: str) -> str:
    """Return a payload's text as it is kept, without the spaces between its tokens."""
    file = files("simulator") / "payloads" / f"{name.replace('/', '_')}.json"
    text = file.read_text("utf-8")
    return re.sub(r'("(?:[^"\\]|\\.)*")|\s+', r"\1", text)


def stamps(value: Any) -> Iterator[str]:
    """Yield all times of a payload."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from stamps(item)
    elif isinstance(value, str) and parse_stamp(value) is not None:
        yield value


@pytest.mark.parametrize("name", DOCUMENTED)
async def test_frozen(connect: Connect, name: str) -> None:
    """Frozen, each payload is the kept text, number by number and key by key."""
    async with connect(profile="document", frozen=True) as client:
        client.gateway.advance(12345)
        text = await (await client.get(name)).text()
        assert text == squeezed(name)
        for part in TO_THE_LETTER[name]:
            assert part in text


@pytest.mark.parametrize("name", DOCUMENTED)
async def test_stamps_move(connect: Connect, name: str) -> None:
    """A living gateway's stamps are fresh, keep their distances, and never leave the year 1."""
    async with (
        connect(profile="document", frozen=True) as gateway,
        connect(profile="document", start=MORNING, speed=1e-9) as client,
    ):
        kept = list(stamps(await gateway.payload(name)))
        first = list(stamps(await client.payload(name)))
        client.gateway.advance(600)
        later = list(stamps(await client.payload(name)))

    def times(texts: list[str]) -> list[datetime]:
        return [datetime.fromisoformat(text) for text in texts if text != NEVER]

    assert [text == NEVER for text in kept] == [text == NEVER for text in first]
    for before, after in zip(times(first), times(later), strict=True):
        assert abs(after - before - timedelta(minutes=10)) < timedelta(milliseconds=1)
    if times(kept):
        shifts = {new - old for old, new in zip(times(kept), times(first), strict=True)}
        assert max(shifts) - min(shifts) <= timedelta(microseconds=1)
        assert timedelta() < MORNING - max(times(first)) < timedelta(seconds=1)


async def test_only_stamps_move(connect: Connect) -> None:
    """With its stamps taken out, the text is the same, frozen or not."""
    async with connect(profile="document") as client:
        for name in DOCUMENTED:
            text = await (await client.get(name)).text()
            stamp = r'"\d{4}-\d\d-\d\dT[^"]*"'
            assert re.sub(stamp, "", text) == re.sub(stamp, "", squeezed(name))


async def test_beside_the_document(connect: Connect) -> None:
    """Endpoints that the document does not cover are served too."""
    async with connect(profile="document") as client:
        assert client.gateway.din == "1234567-00-E--TG123456789A5M"
        assert 0 < (await client.payload("system_status/soe"))["percentage"] < 100
        assert await client.payload("system_status/grid_status") == {
            "grid_status": "SystemGridConnected",
            "grid_services_active": False,
        }
        truth = client.gateway.truth("site")
        assert (truth.power, truth.energy_imported) == (701, 12345.032329421)


async def test_status(connect: Connect) -> None:
    """The status has Go's duration and its own, always Chinese, starting time."""
    async with connect(login=False, start=MORNING, frozen=True) as client:
        status = await client.payload("status")
        assert status["din"] == client.gateway.din
        assert status["version"] == "23.28.2 27626f98"
        assert status["start_time"] == "2026-05-15 18:29:59 +0800"
        assert status["up_time_seconds"] == "893h0m0.99s"
        client.gateway.advance(3.5)
        status = await client.payload("status")
        assert status["start_time"] == "2026-05-15 18:29:59 +0800"
        assert status["up_time_seconds"] == "893h0m4.49s"

"""A gateway whose site manager is stopped."""

import pytest

from simulator import PROFILES

from .conftest import MORNING, Connect
from .served import EVERYTHING, NEED_SITEMANAGER, RAW, served

EMPTY = {
    "ct": 0,
    "v_V": 0,
    "p_W": 0,
    "q_VAR": 0,
    "eExp_Ws": 0,
    "eImp_Ws": 0,
    "i_A": 0,
}


@pytest.mark.parametrize("profile", PROFILES)
async def test_stopped_sitemanager(connect: Connect, profile: str) -> None:
    """The endpoints of the site manager are 502 and empty, absent ones stay 404, and others are served."""
    async with connect(profile=profile, start=MORNING, frozen=True) as client:
        gateway = client.gateway
        before = served(gateway)
        gateway.stop_sitemanager()
        for endpoint in EVERYTHING:
            response = await client.get(endpoint)
            if endpoint not in before:
                assert response.status == 404
            elif endpoint in NEED_SITEMANAGER:
                assert response.status == 502
                assert await response.read() == b""
                assert "Content-Type" not in response.headers
                with pytest.raises(LookupError):
                    gateway.payload(endpoint)
            elif endpoint in RAW:
                assert response.status == 200
            else:
                assert await response.json() == before[endpoint]
        assert (await client.get("meters/aggregates", headers={})).status == 403
        gateway.start_sitemanager()
        assert served(gateway) == before


@pytest.mark.parametrize(
    "profile", ["document", "split-phase", "three-phase", "powerwall-plus"]
)
async def test_raw_readings(connect: Connect, profile: str) -> None:
    """Synchrometers without their prefix, with each CT's live values before the scale factor."""
    async with connect(profile=profile, start=MORNING, frozen=True) as client:
        gateway = client.gateway
        before = served(gateway)
        version = before["status"]["git_hash"][:14]
        gateway.stop_sitemanager()
        meters = await client.payload("meters")
        readings = await client.payload("meters/readings")
        names = {"synchrometerX", "synchrometerY"}
        assert {meter["serial"] for meter in meters} == readings.keys() == names
        assert [meter | {"serial": ""} for meter in meters] == [
            meter | {"serial": ""} for meter in before["meters"]
        ]
        for reading in readings.values():
            assert reading["error"] == ""
            assert reading["data"]["firmwareVersion"] == version
            cts = reading["data"]["cts"]
            assert [ct["ct"] for ct in cts] == [1, 2, 3, 0]
            assert cts[3] == EMPTY
            for ct in cts[:3]:
                assert list(ct) == list(EMPTY)
                assert 100 < ct["v_V"] < 260
                assert [ct["eExp_Ws"], ct["eImp_Ws"], ct["i_A"]] == [0, 0, 0]
        for location in ("site", "solar"):
            for entry in before[f"meters/{location}"] or ():
                cts = readings[entry["type"]]["data"]["cts"]
                own = [
                    ct
                    for ct, assigned in zip(cts, entry["cts"], strict=True)
                    if assigned
                ]
                scale = entry.get("real_power_scale_factor", 1)
                cached = entry["Cached_readings"]
                for raw, whole in (
                    ("p_W", "instant_power"),
                    ("q_VAR", "instant_reactive_power"),
                ):
                    assert scale * sum(ct[raw] for ct in own) == cached[whole]
                volts = [v for key, v in cached.items() if key.startswith("v_l")]
                assert [ct["v_V"] for ct in own] == volts


async def test_says_so(connect: Connect) -> None:
    """The gateway tells whether its site manager runs."""
    async with connect() as client:
        for running in (True, False, True):
            if running:
                client.gateway.start_sitemanager()
            else:
                client.gateway.stop_sitemanager()
            assert client.gateway.sitemanager is running
            assert (await client.payload("sitemaster"))["running"] is running


async def test_neurio_does_not_mind(connect: Connect) -> None:
    """A Neurio answers as ever when the site manager is stopped."""
    async with connect(profile="neurio", start=MORNING, frozen=True) as client:
        before = [await client.payload(name) for name in RAW]
        client.gateway.stop_sitemanager()
        assert [await client.payload(name) for name in RAW] == before


async def test_raw_readings_are_live(connect: Connect) -> None:
    """Raw readings follow the physics."""
    async with connect(profile="split-phase", start=MORNING, frozen=True) as client:
        client.gateway.stop_sitemanager()
        before = await client.payload("meters/readings")
        client.gateway.advance(3600)
        assert await client.payload("meters/readings") != before

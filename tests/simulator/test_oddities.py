"""Tests of harmless variations, and of faults set at a gateway."""

from typing import Any

import pytest

from simulator import FlippedCT, SimulatedGateway, SwappedMeters

from .conftest import MORNING, Connect

X, Y = "synchrometerX", "synchrometerY"


def plain(value: Any) -> Any:
    """Return a payload in an order of its own, without what counts positions."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if key != "id"}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return sorted((plain(one) for one in value), key=str)
    return value


def shown(gateway: SimulatedGateway, endpoint: str) -> str:
    """Return a payload as it came, its keys in their order."""
    return str(gateway.payload(endpoint))


@pytest.mark.parametrize("profile", ["document", "split-phase"])
async def test_reordered(connect: Connect, profile: str) -> None:
    """Each answer has another order and the same content."""
    async with connect(profile=profile, start=MORNING, frozen=True) as client:
        gateway = client.gateway
        gateway.reordered = True
        for endpoint in ("meters", "meters/site", "meters/readings"):
            first, second = gateway.payload(endpoint), gateway.payload(endpoint)
            assert str(first) != str(second)
            assert plain(first) == plain(second)
            assert shown(gateway, endpoint) == str(first)
        site: Any = gateway.payload("meters/site")
        assert [one["id"] for one in site] == [0, 1]
        meters: Any = [gateway.payload("meters") for _ in range(2)]
        roles = {
            tuple(ct["type"] for ct in meter["cts"])
            for one in meters
            for meter in one
            if meter["type"] == Y
        }
        assert len(roles) == 2
        assert gateway.payload("meters/aggregates")
        gateway.reordered = False
        assert shown(gateway, "meters/site") == shown(gateway, "meters/site")


async def test_reordered_null(connect: Connect) -> None:
    """Nothing has no order."""
    async with connect(profile="powerwall-plus") as client:
        client.gateway.reordered = True
        assert await client.payload("meters/solar") is None
        assert len(await client.payload("meters")) == 2


@pytest.mark.parametrize("profile", ["document", "split-phase", "neurio"])
async def test_unprefixed(connect: Connect, profile: str) -> None:
    """A synchrometer's serial is its type, in both places; a Neurio keeps its own."""
    async with connect(profile=profile, start=MORNING, frozen=True) as client:
        gateway = client.gateway
        before: Any = gateway.payload("meters")
        gateway.unprefixed = True
        meters = await client.payload("meters")
        assert [one["serial"] for one in meters] == [
            one["serial"] if profile == "neurio" else one["type"] for one in before
        ]
        readings = await client.payload("meters/readings")
        assert readings.keys() == {one["serial"] for one in meters}
        gateway.unprefixed = False
        assert gateway.payload("meters") == before


async def test_miswire(connect: Connect) -> None:
    """Faults add up, all of a call or none, and are cleared one by one or all."""
    async with connect(profile="three-phase", start=MORNING, frozen=True) as client:
        gateway = client.gateway
        flip, swap = FlippedCT(X, 1), SwappedMeters(X, Y)
        clean = await client.payload("meters/site")
        gateway.miswire(flip)
        gateway.miswire(swap, flip)
        assert gateway.wiring == (flip, swap)
        assert (await client.payload("meters/site"))[0]["type"] == Y
        with pytest.raises(ValueError, match="CT 4"):
            gateway.miswire(FlippedCT(Y, 1), FlippedCT(Y, 4))
        gateway.mend(swap)
        assert gateway.wiring == (flip,)
        with pytest.raises(ValueError, match="not in force"):
            gateway.mend(swap)
        flipped = await client.payload("meters/site")
        readings = flipped[0]["Cached_readings"], clean[0]["Cached_readings"]
        assert readings[0]["real_power_a"] == -readings[1]["real_power_a"]
        gateway.mend()
        assert gateway.wiring == ()
        assert await client.payload("meters/site") == clean


async def test_a_stopped_site_manager_tells_the_same(connect: Connect) -> None:
    """The raw reading of a flipped CT has the wrong sign, too; a reboot mends nothing."""
    async with connect(profile="split-phase", start=MORNING, frozen=True) as client:
        gateway = client.gateway
        gateway.miswire(FlippedCT(Y, 2))
        gateway.reboot()
        await client.payload("status")
        await client.login()
        gateway.stop_sitemanager()
        readings = await client.payload("meters/readings")
        raw = readings[Y]["data"]["cts"][1]
        assert raw["p_W"] == -gateway.truth("solar").phases[1].p < 0

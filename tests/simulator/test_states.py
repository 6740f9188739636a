"""A gateway that reboots, and what a test can read from it: payloads and counts."""

import asyncio
from datetime import datetime, timedelta

import aiohttp
import pytest

from simulator import PROFILES, Fault

from .conftest import MORNING, Connect
from .served import EVERYTHING, served


@pytest.mark.parametrize("profile", PROFILES)
async def test_payload(connect: Connect, profile: str) -> None:
    """The payload for tests equals the answer to a client."""
    async with connect(profile=profile, start=MORNING, frozen=True) as client:
        gateway = client.gateway
        found = served(gateway)
        assert "meters/aggregates" in found
        for endpoint in EVERYTHING:
            response = await client.get(endpoint)
            assert (response.status == 200) == (endpoint in found)
            if endpoint in found:
                assert await response.json() == found[endpoint]
                assert gateway.payload(f"/api/{endpoint}") == found[endpoint]
        with pytest.raises(LookupError):
            gateway.payload("nothing")


@pytest.mark.parametrize("profile", ["document", "split-phase"])
async def test_reboot(connect: Connect, profile: str) -> None:
    """Sessions and connections are gone, and the uptime begins anew."""
    async with connect(profile=profile, start=MORNING, frozen=True) as client:
        gateway = client.gateway
        assert (await client.payload("status"))["up_time_seconds"] == "893h0m0.99s"
        gateway.advance(60)
        gateway.reboot()
        status = await client.payload("status")
        assert gateway.connections == 2
        started = datetime.strptime(status["start_time"], "%Y-%m-%d %H:%M:%S %z")
        assert started == MORNING + timedelta(seconds=60)
        assert status["up_time_seconds"] == "0s"
        gateway.advance(90)
        after = await client.payload("status")
        assert after == status | {"up_time_seconds": "1m30s"}
        assert (await client.get("meters/site")).status == 403
        assert (await client.login()).status == 200
        assert (await client.get("meters/site")).status == 200


async def test_reboot_cuts_what_is_in_hand(connect: Connect) -> None:
    """A request that waits for its answer gets none."""
    async with connect() as client:
        client.gateway.set_fault("meters/site", Fault("slow-body", 60))
        response = await client.session.get(
            f"{client.url}/meters/site", headers=client.headers
        )
        client.gateway.reboot()
        with pytest.raises(aiohttp.ClientError):
            async with asyncio.timeout(10):
                await response.read()


async def test_forget_requests(connect: Connect) -> None:
    """The list is emptied, the counts go on."""
    async with connect() as client:
        gateway = client.gateway
        for _ in range(2):
            await client.get("meters/site")
            await client.get("meters")
            gateway.forget_requests()
            assert gateway.requests == []
        assert gateway.count("meters/site") == 2
        await client.get("meters/site")
        assert [one.path for one in gateway.requests] == ["/api/meters/site"]
        assert (gateway.count("/api/meters/site"), gateway.logins) == (3, 1)

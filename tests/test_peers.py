"""Tests of other clients of the gateway with the simulator.

Nobody of this project wrote them: what they understand of the simulator shows that it speaks
as a gateway does. They live in an environment of their own and run as programs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
import json
from pathlib import Path
import subprocess
from typing import Any

import pytest

from .simulator.client import Client, connected

ROOT = Path(__file__).parents[1]
NOON = datetime.fromisoformat("2026-06-21T12:30:00-06:00")
PROFILES = ("document", "split-phase")

type Peer = Callable[..., Awaitable[dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(scope="session")
def python() -> str:
    """Return the interpreter of the peers' environment, made if it is not there."""
    subprocess.run(  # noqa: S603 - our own script; it is quick when there is nothing to do
        [str(ROOT / "scripts" / "setup"), "peers"], check=True, timeout=600
    )
    return str(ROOT / ".envs" / "peers" / "bin" / "python")


@pytest.fixture
def peer(python: str, tmp_path: Path) -> Peer:
    """Run a peer's program against a gateway; returns what it printed."""

    async def run(program: str, client: Client, *arguments: str) -> dict[str, Any]:
        gateway = client.gateway
        process = await asyncio.create_subprocess_exec(
            python,
            str(ROOT / "tests" / "peers" / program),
            f"{gateway.host}:{gateway.port}",
            gateway.password,
            *arguments,
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            output, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
        result: dict[str, Any] = json.loads(output)
        return result

    return run


async def served(client: Client, *endpoints: str) -> dict[str, Any]:
    """Return what the simulator serves, for one who just reads JSON."""
    return {endpoint: await client.payload(endpoint) for endpoint in endpoints}


@pytest.mark.parametrize("profile", PROFILES)
async def test_tesla_powerwall(peer: Peer, profile: str) -> None:
    """The library of Home Assistant's own integration logs in, reads, and logs out."""
    async with connected(profile=profile, start=NOON, frozen=True) as client:
        gateway = client.gateway
        read = await peer("read_tesla_powerwall.py", client)
        assert read["refused"] == "Login Error"
        assert read["logged_out"]
        assert read["raw"] == await served(client, *read["raw"])

        aggregates = await client.payload("meters/aggregates")
        assert read["aggregates"].keys() == aggregates.keys()
        for location, values in read["aggregates"].items():
            truth = gateway.truth(location)
            assert values.items() <= aggregates[location].items()
            assert values["instant_power"] == truth.power
            assert values["energy_exported"] == truth.energy_exported

        # It knows the first meter of a location only.
        for location, values in read["first_meter"].items():
            readings = (await client.payload(f"meters/{location}"))[0]
            for key, value in values.items():
                assert readings["Cached_readings"].get(key) == value
        solar = gateway.truth("solar").power
        assert read["first_meter"]["solar"]["real_power_b"] == solar

        status = await client.payload("status")
        soe = await client.payload("system_status/soe")
        batteries = (await client.payload("system_status"))["battery_blocks"]
        assert read["din"] == read["vin"] == gateway.din
        assert read["version"] == status["version"].split()[0]
        assert read["device_type"] == "teg"
        assert datetime.fromisoformat(read["started"]).timestamp() == pytest.approx(
            NOON.timestamp() - read["up"], abs=1
        )
        assert read["charge"] == soe["percentage"]
        assert (read["grid"], read["grid_services"]) == ("SystemGridConnected", False)
        assert (read["mode"], read["reserve"]) == ("self_consumption", 24)
        assert read["running"]
        assert read["site_name"] == "Simulated Site"
        assert read["roles"] == ["Home_Owner"]
        assert read["serials"] == [one["PackageSerialNumber"] for one in batteries]
        assert [one[0] for one in read["batteries"]] == read["serials"]
        assert gateway.logins == 3


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("authmode", ["cookie", "token"])
async def test_pypowerwall(
    peer: Peer, profile: str, authmode: str, tmp_path: Path
) -> None:
    """The library of most dashboards logs in, by a form, and reads."""
    async with connected(profile=profile, start=NOON, frozen=True) as client:
        gateway = client.gateway
        cache = tmp_path / "session.json"
        read = await peer("read_pypowerwall.py", client, authmode, str(cache))
        assert read["connected"]
        assert read["mode"] == "local"
        assert read["raw"] == await served(client, *read["raw"])

        status = await client.payload("status")
        soe = await client.payload("system_status/soe")
        aggregates = await client.payload("meters/aggregates")
        assert read["din"] == gateway.din
        assert read["version"] == status["version"]
        assert read["version_number"] == 232802
        assert read["uptime"] == status["up_time_seconds"]
        assert read["charge"] == soe["percentage"]
        assert read["grid"] == "UP"
        assert read["site_name"] == "Simulated Site"
        assert (read["operation"], read["reserve"]) == ("self_consumption", 24)
        assert read["power"] == {
            place: gateway.truth(place).power for place in read["power"]
        }
        assert read["power"].keys() == {"site", "solar", "battery", "load"}
        assert read["site"] == aggregates["site"]
        assert not read["vitals"]
        # Its session is one login, kept in its cache file, and good for the next start.
        assert gateway.logins == 2
        await peer("read_pypowerwall.py", client, authmode, str(cache))
        assert gateway.logins == 2

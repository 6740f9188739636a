"""The control port: faults and clock of a running simulator."""

from datetime import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.control import ACTIONS
from simulator.physics.world import World

from .client import Client
from .conftest import MORNING, Connect

SITE = "meters/site"


async def control(
    client: Client, method: str, path: str, body: Any = None, *, status: int = 200
) -> Any:
    """Send a request to the control port."""
    url = f"http://127.0.0.1:{client.gateway.control_port}{path}"
    data = None if body is None else json.dumps(body)
    async with client.session.request(method, url, data=data) as response:
        assert response.status == status
        return await response.json()


async def test_state(connect: Connect) -> None:
    """The state has the counts of requests and logins so far."""
    async with connect(control_port=0, start=MORNING, frozen=True) as client:
        await client.get(SITE)
        assert await control(client, "GET", "/state") == {
            "din": client.gateway.din,
            "time": "2026-06-21T09:30:00-06:00",
            "requests": 2,
            "logins": 1,
            "connections": 1,
            "sitemanager": True,
            "reordered": False,
            "unprefixed": False,
            "faults": {},
            "wiring": [],
        }


async def test_faults(connect: Connect) -> None:
    """Set, listed and cleared, one or all."""
    async with connect(control_port=0) as client:
        faults = {SITE: "null", "*": "502"}
        state = await control(client, "POST", "/faults", faults)
        listed = {SITE: "null", "*": "status:502"}
        assert state["faults"] == listed
        assert await control(client, "GET", "/faults") == listed
        assert (await client.get(SITE)).status == 502
        assert (await client.get("meters")).status == 502
        left = await control(client, "DELETE", "/faults?endpoint=*")
        assert left == {SITE: "null"}
        assert await client.payload(SITE) is None
        assert (await client.get("meters")).status == 200
        assert await control(client, "DELETE", "/faults") == {}
        assert await client.payload(SITE)


async def test_logins(connect: Connect) -> None:
    """Refused for a time, or until accepted again."""
    async with connect(control_port=0) as client:
        await control(client, "POST", "/logins", {"refuse": 429, "times": 1})
        assert [(await client.login()).status for _ in range(2)] == [429, 200]
        await control(client, "POST", "/logins", {"refuse": 401})
        assert [(await client.login()).status for _ in range(2)] == [401, 401]
        await control(client, "POST", "/logins", {"refuse": None})
        assert (await client.login()).status == 200


async def test_expire_tokens(connect: Connect) -> None:
    """Every session is over."""
    async with connect(control_port=0) as client:
        await control(client, "POST", "/expire-tokens")
        assert (await client.get(SITE)).status == 403


async def test_advance(connect: Connect) -> None:
    """The clock jumps, and the physics with it."""
    async with connect(
        profile="split-phase", control_port=0, start=MORNING, frozen=True
    ) as client:
        before = (await client.payload("meters/aggregates"))["solar"]
        state = await control(client, "POST", "/advance", {"seconds": 3600})
        after = (await client.payload("meters/aggregates"))["solar"]
        assert datetime.fromisoformat(state["time"]).hour == 10
        made = after["energy_exported"] - before["energy_exported"]
        assert 1000 < made < 7600


async def test_advance_leaves_no_steps_to_the_next_request(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first client after a jump does not wait for the physics of a week."""
    steps = 0
    finish = World._finish_step

    def count(world: World) -> None:
        nonlocal steps
        steps += 1
        finish(world)

    monkeypatch.setattr(World, "_finish_step", count)
    async with connect(
        profile="split-phase", control_port=0, start=MORNING, frozen=True
    ) as client:
        await control(client, "POST", "/advance", {"seconds": 7 * 86400})
        assert steps
        steps = 0
        await client.get(SITE)
        assert steps == 0


async def test_sitemanager(connect: Connect) -> None:
    """Stopped and started."""
    async with connect(control_port=0) as client:
        state = await control(client, "POST", "/sitemanager", {"running": False})
        assert not state["sitemanager"]
        assert (await client.get(SITE)).status == 502
        state = await control(client, "POST", "/sitemanager", {"running": True})
        assert state["sitemanager"]
        assert (await client.get(SITE)).status == 200


async def test_reboot(connect: Connect) -> None:
    """The session is over and the uptime begins anew."""
    async with connect(control_port=0, frozen=True) as client:
        await control(client, "POST", "/reboot")
        assert (await client.get(SITE)).status == 403
        assert (await client.payload("status"))["up_time_seconds"] == "0s"


@pytest.mark.parametrize("body", [None, {"silently": True}])
async def test_drop_connections(connect: Connect, body: Any) -> None:
    """The session goes on, on another connection."""
    async with connect(control_port=0) as client:
        await control(client, "POST", "/drop-connections", body)
        assert (await client.get(SITE)).status == 200
        assert client.gateway.connections == 2


async def test_become(connect: Connect) -> None:
    """Another gateway answers."""
    async with connect(control_port=0) as client:
        din = "1232100-00-E--TGSIMULATED099"
        state = await control(client, "POST", "/become", {"din": din})
        assert state["din"] == din
        assert (await client.payload("status"))["din"] == din


async def test_wiring(connect: Connect) -> None:
    """Set, listed and cleared, one or all; all of a request or none."""
    async with connect(control_port=0, profile="split-phase") as client:
        flip, swap = "flip:synchrometerX:1", "swap:synchrometerX:synchrometerY"
        state = await control(client, "POST", "/wiring", {"faults": [flip, swap]})
        assert state["wiring"] == [flip, swap]
        assert await control(client, "GET", "/wiring") == [flip, swap]
        body = {"faults": ["invalidate:synchrometerX:1", "flip:synchrometerX:3"]}
        answer = await control(client, "POST", "/wiring", body, status=400)
        assert "CT 3" in answer["error"]
        assert await control(client, "DELETE", f"/wiring?fault={flip}") == [swap]
        await control(client, "DELETE", f"/wiring?fault={flip}", status=400)
        assert await control(client, "DELETE", "/wiring") == []


async def test_oddities(connect: Connect) -> None:
    """Each is set by itself."""
    async with connect(control_port=0) as client:
        state = await control(client, "POST", "/oddities", {"unprefixed": True})
        assert (state["reordered"], state["unprefixed"]) == (False, True)
        state = await control(client, "POST", "/oddities", {"reordered": True})
        assert (state["reordered"], state["unprefixed"]) == (True, True)


async def test_requests_are_counted_over_all_time(connect: Connect) -> None:
    """Also those that were forgotten."""
    async with connect(control_port=0) as client:
        client.gateway.forget_requests()
        await client.get(SITE)
        state = await control(client, "GET", "/state")
        assert (state["requests"], state["logins"]) == (2, 1)


async def test_examples(connect: Connect, tmp_path: Path) -> None:
    """The examples of the help are valid."""
    async with connect(
        control_port=0, profile="split-phase", charger=tmp_path / "charger"
    ) as client:
        for path, body in ACTIONS.items():
            await control(client, "POST", path, json.loads(body) if body else None)


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("/faults", {SITE: "broken"}, "unknown kind"),
        ("/faults", [1], "send a JSON object"),
        ("/logins", {}, "refuse"),
        ("/logins", {"refuse": "never"}, "a status is"),
        ("/advance", {"seconds": -1}, "moves ahead"),
        ("/advance", {"seconds": "soon"}, "could not convert"),
        ("/advance", {}, "seconds"),
        ("/sitemanager", {}, "running"),
        ("/sitemanager", {"running": "no"}, "true or false"),
        ("/drop-connections", {"silently": 1}, "true or false"),
        ("/wiring", {}, "faults"),
        ("/wiring", {"faults": "flip"}, "a list"),
        ("/wiring", {"faults": ["flip:synchrometerX"]}, "needs METER:CT"),
        ("/wiring", {"faults": ["flip:synchrometerX:1"]}, "no wiring"),
        ("/oddities", {"reordered": 1}, "true or false"),
        ("/become", {}, "din"),
        ("/become", {"din": None}, "DIN"),
    ],
)
async def test_nonsense(connect: Connect, path: str, body: Any, error: str) -> None:
    """A bad request is refused with a reason, and changes nothing."""
    async with connect(control_port=0) as client:
        answer = await control(client, "POST", path, body, status=400)
        assert error in answer["error"]
        assert await control(client, "GET", "/faults") == {}


async def test_all_or_nothing(connect: Connect) -> None:
    """One bad fault spoils the request."""
    async with connect(control_port=0) as client:
        faults = {SITE: "null", "meters": "broken"}
        await control(client, "POST", "/faults", faults, status=400)
        assert client.gateway.faults.listed() == {}


async def test_no_control_port_by_default(connect: Connect) -> None:
    """The control port is off by default."""
    async with connect() as client:
        assert client.gateway.control_port is None

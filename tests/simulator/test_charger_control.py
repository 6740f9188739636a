"""A charger at the control port: the home feels it, and goes on with it after a restart."""

from pathlib import Path
from typing import Any

import pytest

from .conftest import MORNING, Connect
from .test_control import control


async def test_set_over_the_control_port(connect: Connect, tmp_path: Path) -> None:
    """The charger uses the set current, and the home's power rises by as much."""
    async with connect(
        control_port=0,
        profile="split-phase",
        start=MORNING,
        frozen=True,
        charger=tmp_path / "charger",
    ) as client:
        before = client.gateway.truth("load").power
        await control(client, "POST", "/charger", {"current": 10, "on": True})
        await control(client, "POST", "/advance", {"seconds": 60})
        shown = await control(client, "GET", "/charger")
        assert shown["on"] is True
        assert shown["current"] == 10
        assert shown["power"] == pytest.approx(10 * 2 * 121.3, abs=1)
        more = client.gateway.truth("load").power - before
        assert more == pytest.approx(shown["power"], abs=500)


async def test_what_it_refuses(connect: Connect, tmp_path: Path) -> None:
    """A current outside of its limits, and what no charger has."""
    async with connect(
        control_port=0, profile="split-phase", charger=tmp_path / "charger"
    ) as client:
        for wrong in ({"current": 5}, {"current": 99}, {"colour": "red"}):
            await control(client, "POST", "/charger", wrong, status=400)
        assert (await control(client, "GET", "/charger"))["current"] == 6


async def test_no_charger(connect: Connect) -> None:
    """A home without one says so."""
    async with connect(control_port=0) as client:
        await control(client, "GET", "/charger", status=400)
        await control(client, "POST", "/charger", {"on": True}, status=400)


async def test_counters_go_on_after_a_restart(connect: Connect, tmp_path: Path) -> None:
    """The home has taken as much as before, although it begins anew."""
    home: dict[str, Any] = {
        "profile": "three-phase",
        "start": MORNING,
        "frozen": True,
        "control_port": 0,
    }
    async with connect(**home) as client:
        client.gateway.advance(4200)
        without = client.gateway.truth("load").energy_imported
    home["charger"] = tmp_path / "charger"
    async with connect(**home) as client:
        client.gateway.advance(600)
        await control(client, "POST", "/charger", {"current": 10, "on": True})
        client.gateway.advance(3600)
        taken = client.gateway.truth("load").energy_imported
    assert taken - without == pytest.approx(10 * 3 * 235.5, rel=0.02)
    async with connect(**home) as client:
        client.gateway.advance(4200)
        assert client.gateway.truth("load").energy_imported == taken
        # Nobody was there to control it.
        assert (await control(client, "GET", "/charger"))["on"] is False
        client.gateway.advance(60)
        assert (await control(client, "GET", "/charger"))["power"] == 0


async def test_no_house(connect: Connect, tmp_path: Path) -> None:
    """Payloads that never change feel no car."""
    with pytest.raises(ValueError, match="simulated house"):
        async with connect(profile="document", charger=tmp_path / "charger"):
            pass


async def test_house_takes_more(connect: Connect) -> None:
    """A load that is switched on over the control port, and off."""
    async with connect(
        control_port=0, profile="split-phase", start=MORNING, frozen=True
    ) as client:
        powers = []
        for watts in (0, 5000, 0):
            await control(client, "POST", "/house", {"watts": watts})
            await control(client, "POST", "/advance", {"seconds": 5})
            powers.append(client.gateway.truth("load").power)
        assert powers[1] - powers[0] == pytest.approx(5000, abs=500)
        assert powers[2] == pytest.approx(powers[0], abs=500)

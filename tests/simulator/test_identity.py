"""Tests of another gateway at the address of the first."""

import json
from typing import Any

import pytest

from simulator import PROFILES

from .conftest import MORNING, Connect
from .served import served

NEW = "1232100-00-E--TGSIMULATED099"


@pytest.mark.parametrize("profile", PROFILES)
async def test_another_gateway(connect: Connect, profile: str) -> None:
    """Other identities in all payloads, else the same; the certificate too."""
    async with connect(profile=profile, start=MORNING, frozen=True) as client:
        gateway = client.gateway
        old, fingerprint, before = gateway.din, gateway.fingerprint, served(gateway)
        gateway.become(NEW)
        assert gateway.din == NEW
        assert gateway.fingerprint == fingerprint
        assert (await client.get("meters/aggregates")).status == 403
        assert (await client.login()).status == 200
        after = {name: await client.payload(name) for name in before}
        shown = json.dumps(after)
        assert old not in shown
        for serial in serials(before):
            assert serial not in shown
        assert len(serials(after)) == len(serials(before))
        assert after["meters/aggregates"] == before["meters/aggregates"]
        if "status" in before:
            assert after["status"] == before["status"] | {"din": NEW}
        for meter in after.get("meters", ()):
            if meter["type"].startswith("synchrometer"):
                assert meter["short_id"] == NEW
                assert meter["serial"].endswith(meter["type"])
        gateway.become("1232100-00-E--TGSIMULATED098")
        third = served(gateway)
        assert not serials(third) & (serials(before) | serials(after))
        gateway.become(old)
        assert served(gateway) == before


def serials(payloads: dict[str, Any]) -> set[str]:
    """Return the serials and other identities that payloads show, of meters and batteries."""
    found = set()
    for meter in payloads.get("meters", ()):
        found |= {meter["serial"], meter["serial"].removesuffix(meter["type"])}
        found |= {meter[key] for key in ("mac", "ip_address") if key in meter}
    found |= set(payloads.get("meters/readings", ()))
    for pack in payloads.get("powerwalls", {}).get("powerwalls", ()):
        found.add(pack["PackageSerialNumber"])
    return found


async def test_another_gateway_stopped(connect: Connect) -> None:
    """Both states at once."""
    async with connect() as client:
        client.gateway.become(NEW)
        client.gateway.stop_sitemanager()
        await client.login()
        meters = await client.payload("meters")
        assert {meter["short_id"] for meter in meters} == {NEW}
        assert {meter["serial"] for meter in meters} == {
            "synchrometerX",
            "synchrometerY",
        }


@pytest.mark.parametrize("din", ["", "a\r\nb"])
async def test_no_gateway(connect: Connect, din: str) -> None:
    """A DIN is a text in one line."""
    async with connect() as client:
        with pytest.raises(ValueError, match="DIN"):
            client.gateway.become(din)
        assert (await client.get("meters")).status == 200

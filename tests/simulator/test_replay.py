"""A diagnostics download, served again."""

from datetime import datetime, timedelta
import json
from pathlib import Path
from typing import Any

import pytest

from simulator import ReplayError, SimulatedGateway, serve
from simulator.cli import main
from simulator.go_format import NEVER

from .conftest import MORNING, Connect
from .test_cli import ask, running

DIN = "1232100-00-E--TG900000000001"
STAMP = "2023-07-30T04:24:54.355954089-06:00"
PAYLOADS = {
    "/api/status": {
        "din": DIN,
        "start_time": "2023-06-26 06:48:33 +0800",
        "up_time_seconds": "1541h38m20.99s",
    },
    "/api/meters/aggregates": {
        "site": {
            "last_communication_time": STAMP,
            "last_phase_voltage_communication_time": NEVER,
            "instant_power": 701.5,
            "instant_reactive_power": -740,
            "energy_exported": 1,
            "energy_imported": 2,
        },
        "solar": {"last_communication_time": "2023-07-30T04:24:53.355954089-06:00"},
    },
    "/api/meters/solar": None,
}


def written(directory: Path, content: Any) -> Path:
    """Write a file."""
    file = directory / "download.json"
    text = content if isinstance(content, str) else json.dumps(content)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("wrapped", [False, True])
async def test_serves(connect: Connect, tmp_path: Path, wrapped: bool) -> None:
    """Endpoints in the file are served after a login; others are absent."""
    content: dict[str, Any] = {"payloads": PAYLOADS}
    file = written(tmp_path, {"data": content} if wrapped else content)
    async with connect(replay=file, frozen=True, login=False) as client:
        assert client.gateway.din == DIN
        assert (await client.get("meters/aggregates")).status == 403
        assert (await client.login("wrong")).status == 401
        assert (await client.login()).status == 200
        for endpoint, payload in PAYLOADS.items():
            assert await client.payload(endpoint.removeprefix("/api/")) == payload
        for absent in ("meters", "meters/site", "system_status/soe", "powerwalls"):
            assert (await client.get(absent)).status == 404
        assert client.gateway.truth("site").power == 701.5


async def test_stamps_move(connect: Connect, tmp_path: Path) -> None:
    """Stamps go with the clock and keep their distance; never and counters stay."""
    file = written(tmp_path, {"payloads": PAYLOADS})
    async with connect(replay=file, start=MORNING, speed=1e-9) as client:
        first = await client.payload("meters/aggregates")
        client.gateway.advance(600)
        second = await client.payload("meters/aggregates")
        assert await client.payload("status") == PAYLOADS["/api/status"]

    def time(payload: Any, location: str) -> datetime:
        return datetime.fromisoformat(payload[location]["last_communication_time"])

    assert timedelta(0) < MORNING - time(first, "site") < timedelta(seconds=1)
    for location in ("site", "solar"):
        moved = time(second, location) - time(first, location)
        assert abs(moved - timedelta(minutes=10)) < timedelta(milliseconds=1)
    assert time(first, "site") - time(first, "solar") == timedelta(seconds=1)
    for payload in (first, second):
        site = payload["site"]
        assert site.pop("last_phase_voltage_communication_time") == NEVER
        assert site["energy_imported"] == 2


@pytest.mark.parametrize(
    ("payloads", "din"),
    [
        ({"/api/meters": [{"type": "neurio_tcp", "short_id": "90001"}]}, None),
        (
            {
                "/api/status": {"din": ""},
                "/api/meters": [
                    {"type": "neurio_tcp", "short_id": "90001"},
                    {"type": "synchrometerX", "short_id": DIN},
                ],
            },
            DIN,
        ),
        ({"/api/status": [], "/api/meters": None}, None),
    ],
)
async def test_din(
    socket_enabled: None, tmp_path: Path, payloads: Any, din: str | None
) -> None:
    """The gateway's number is found, or is an obvious placeholder if there is none."""
    async with serve(replay=written(tmp_path, {"payloads": payloads})) as gateway:
        assert isinstance(gateway, SimulatedGateway)
        assert gateway.din == din or (din is None and "REPLAYED" in gateway.din)


BAD = [
    ("{", "it is no JSON"),
    ("[]", "it is no diagnostics download"),
    ({"data": None}, "it is no diagnostics download"),
    ({"data": {"entry": {}}}, "it is no diagnostics download"),
    ({"payloads": []}, "it is no diagnostics download"),
    ({"data": {"payloads": {}}}, "the gateway was not set up"),
    ({"payloads": {"/meters": []}}, "'/meters' is no endpoint"),
]


@pytest.mark.parametrize(("content", "complaint"), BAD)
async def test_bad_file(tmp_path: Path, content: Any, complaint: str) -> None:
    """Each says what is wrong with it."""
    with pytest.raises(ReplayError, match=complaint):
        async with serve(replay=written(tmp_path, content)):
            pass


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_command_line_without_a_file(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error for an unreadable file contains its name."""
    with pytest.raises(SystemExit) as stop:
        main(["--replay", str(tmp_path / name)])
    assert stop.value.code == 2
    complaint = capsys.readouterr().err.splitlines()[-1]
    assert f"--replay {tmp_path / name}: it cannot be read: " in complaint


def test_command_line_with_a_profile(capsys: pytest.CaptureFixture[str]) -> None:
    """A replay and a profile exclude each other."""
    with pytest.raises(SystemExit):
        main(["--replay", "any.json", "--profile", "neurio"])
    assert "not allowed with" in capsys.readouterr().err


def test_command_line_with_wiring(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file's wiring is what it was."""
    file = written(tmp_path, {"payloads": PAYLOADS})
    with pytest.raises(SystemExit):
        main(["--replay", str(file), "--wiring", "flip:synchrometerX:1"])
    assert "--wiring: a replay has no wiring" in capsys.readouterr().err


@pytest.mark.usefixtures("socket_enabled")
def test_command_line(tmp_path: Path) -> None:
    """The command serves a file."""
    file = written(tmp_path, {"data": {"payloads": PAYLOADS}})
    with running("--replay", str(file)) as (_, printed):
        assert printed["Simulated"] == f"gateway {DIN}, replay of {file}"
        status, body, _ = ask(printed, "/api/status")
        assert (status, json.loads(body)) == (200, PAYLOADS["/api/status"])

"""Tests of the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
import http.client
import json
from pathlib import Path
import re
import signal
import ssl
import subprocess
import sys

import pytest

from simulator import PROFILES, Certificate
from simulator.cli import main
from simulator.control import ACTIONS
from simulator.fault_kinds import KINDS
from simulator.wiring import KINDS as WIRING

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "simulator")


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run the simulator; yields the process and what it printed, by its first words."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [*COMMAND, "--port", "0", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        printed: dict[str, str] = {}
        try:
            assert process.stdout
            for line in process.stdout:
                if line.startswith("Stop with"):
                    break
                name, _, rest = line.strip().partition(" ")
                printed[name] = rest.strip()
            yield process, printed
        finally:
            process.kill()


def ask(printed: dict[str, str], path: str) -> tuple[int, bytes, str]:
    """Send a request; return status, body and the certificate in PEM."""
    host, port = printed["address"].removeprefix("https://").split(":")
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection(
        host, int(port), context=context, timeout=9
    )
    try:
        connection.request("GET", path)
        assert isinstance(connection.sock, ssl.SSLSocket)
        certificate = connection.sock.getpeercert(binary_form=True)
        response = connection.getresponse()
        assert certificate
        return (
            response.status,
            response.read(),
            ssl.DER_cert_to_PEM_cert(certificate),
        )
    finally:
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("socket_enabled")
def test_runs_and_stops(number: signal.Signals, tmp_path: Path) -> None:
    """The simulator prints its address, serves, and stops with nothing on stderr."""
    file = tmp_path / "kept.pem"
    kept = Certificate.kept_in(file)
    with running(
        "--profile",
        "split-phase",
        "--password",
        "A b c",
        "--certificate",
        str(file),
        "--control-port",
        "0",
        "--fault",
        "meters/solar=null",
        "--fault",
        "meters/site=502,times=3",
    ) as (process, printed):
        assert printed["Simulated"].endswith("profile split-phase")
        assert printed["password"] == "A b c"
        assert printed["fingerprint"] == kept.fingerprint
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", printed["control"])
        assert printed["fault"] == "meters/site=status:502,times=3"
        status, body, certificate = ask(printed, "/api/status")
        assert status == 200
        assert json.loads(body)["device_type"] == "teg"
        assert certificate.encode().strip() == kept.pem_cert.strip()
        assert ask(printed, "/api/meters/site")[0] == 502
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
        assert (process.returncode, errors) == (0, "")


@pytest.mark.usefixtures("socket_enabled")
def test_start_and_frozen() -> None:
    """Simulated time begins at the given time, and stands still."""
    with running("--frozen", "--start", "2026-06-21T10:00:00+02:00") as (_, printed):
        first, second = (ask(printed, "/api/status")[1] for _ in range(2))
        assert first == second
        assert json.loads(first)["start_time"].startswith("2026-05-15")


@pytest.mark.usefixtures("socket_enabled")
def test_wiring() -> None:
    """The site is wired wrong from the start."""
    fault = "move:synchrometerX:1:L3"
    with running("--profile", "three-phase", "--wiring", fault) as (_, printed):
        assert printed["wiring"] == fault


@pytest.mark.usefixtures("socket_enabled")
def test_port_in_use() -> None:
    """A port that is taken is one line, not a traceback."""
    with running() as (_, printed):
        port = printed["address"].rpartition(":")[2]
        second = subprocess.run(  # noqa: S603 - our own program
            [*COMMAND, "--port", port],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert second.returncode == 1
    assert second.stderr.startswith("simulator: cannot listen")
    assert len(second.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--profile", "nonsense"), "invalid choice: 'nonsense'"),
        (("--port", "70000"), "a port is a number from 0 to 65535"),
        (("--control-port", "x"), "a port is a number from 0 to 65535"),
        (("--speed", "0"), "expected a number above 0"),
        (("--speed", "inf"), "expected a number above 0"),
        (("--token-life", "soon"), "expected a number above 0"),
        (("--start", "2026-06-21T10:00:00"), "a time with its offset"),
        (("--start", "noon"), "a time with its offset"),
        (("--seed", "x"), "invalid int value"),
        (("--fault", "meters/site"), "expected ENDPOINT=FAULT"),
        (("--fault", "=502"), "expected ENDPOINT=FAULT"),
        (("--fault", "meters/site=broken"), "unknown kind of fault 'broken'"),
        (("--fault", "meters/site=slow:x"), "seconds must be a number"),
        (("--wiring", "broken:synchrometerX"), "unknown wiring fault 'broken'"),
        (("--wiring", "flip:synchrometerX:one"), "a ct is a number"),
        (("--wiring", "flip:synchrometerX:1"), "the profile document has no wiring"),
        (("--certificate", "/nowhere/at/all.pem"), "No such file or directory"),
    ],
)
def test_bad_arguments(
    arguments: tuple[str, ...], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each says what was expected."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert complaint in capsys.readouterr().err


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    """Profiles and faults are listed."""
    assert main(["--list"]) == 0
    printed = capsys.readouterr().out
    assert all(f"  {name}\n" in printed for name in PROFILES)
    assert all(f"  {name} " in printed for name in KINDS)
    assert all(f"  {name} " in printed for name in WIRING)
    assert all(f"  {path}" in printed for path in ACTIONS)
    assert "retry-after" in printed


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    """The help names every option and shows examples."""
    with pytest.raises(SystemExit):
        main(["--help"])
    printed = capsys.readouterr().out
    for option in (
        "--profile",
        "--control-port",
        "--speed",
        "--frozen",
        "--fault",
        "--wiring",
    ):
        assert option in printed
    assert "examples:" in printed

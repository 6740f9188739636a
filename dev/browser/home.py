"""A home whose gateway is not in Home Assistant yet: `scripts/demo --bare`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
import os
from pathlib import Path
import re
import signal
import subprocess
import sys

from demo.time_zone import afternoon

ROOT = Path(__file__).parents[2]
# Above the ports of a demo that may be running.
LOWEST_PORT = 28123
STOPPED_WITHIN = 120
# What the demo prints.
WORDS = {
    "url": re.compile(r"Home Assistant +(http\S+)"),
    "user": re.compile(r"login +(\w+), password"),
    "login_password": re.compile(r"login +\w+, password (\w+)"),
    "address": re.compile(r"gateway +https://([^,]+),"),
    "password": re.compile(r"gateway .*, password (\w+)"),
    "control_url": re.compile(r"curl (http\S+)/faults -d"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The addresses and logins of Home Assistant and the gateway, as the demo printed them."""

    url: str
    user: str
    login_password: str
    address: str
    password: str
    control_url: str
    time_zone: str


@contextmanager
def bare_home() -> Iterator[Home]:
    """Start a simulated gateway and a Home Assistant without it."""
    zone = afternoon(datetime.now(UTC))
    with subprocess.Popen(
        [ROOT / "scripts/demo", "--bare", "--port", str(LOWEST_PORT)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TZ": zone},
    ) as demo:
        try:
            yield Home(**_printed(demo), time_zone=zone)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=STOPPED_WITHIN)


def _printed(demo: subprocess.Popen[str]) -> dict[str, str]:
    """Read what the demo prints until it is up."""
    printed: dict[str, str] = {}
    assert demo.stdout
    for line in demo.stdout:
        sys.stderr.write(line)
        for name, pattern in WORDS.items():
            if match := pattern.search(line):
                printed[name] = match[1]
        if line.startswith("Up after"):
            return printed
    raise RuntimeError("The demo did not come up.")

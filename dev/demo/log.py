"""Checks of Home Assistant's log."""

import asyncio
from pathlib import Path
import re

from .checks import CheckError
from .session import Session

RECORD = re.compile(
    r"^[\d-]{10} [\d:.+]+ (?P<level>[A-Z]+) \(.*?\) \[(?P<logger>\S+)\] (?P<text>.*)"
)
# Said of every custom integration, of every start with --skip-pip, and on machines that
# are slow or have no network.
EXPECTED = (
    "We found a custom integration",
    "Skipping pip installation",
    "is taking over",
    "Trigger Update Coordinator: Already running",
    "does not have any enabled IPv4 addresses",
)


async def system_log(session: Session) -> str:
    """Raise CheckError for any warning or error."""
    records = await session.socket.command("system_log/list")
    return _result(
        [f"{each['level']} {each['name']} {each['message'][0]}" for each in records]
    )


async def file(path: Path) -> str:
    """Raise CheckError for any warning, error or traceback in the whole log."""
    return _result(await asyncio.to_thread(_complaints, path))


def _complaints(path: Path) -> list[str]:
    """Return the records of warnings and above, each with the lines that belong to it."""
    complaints: list[str] = []
    within = False
    for line in path.read_text(errors="replace").splitlines():
        if match := RECORD.match(line):
            within = match["level"] in {"WARNING", "ERROR", "CRITICAL"}
            if within:
                complaints.append(f"{match['level']} {match['logger']} {match['text']}")
        elif within:
            complaints[-1] += f"\n{line}"
        elif line.strip():
            # Written past the logging, such as a task's exception at the exit.
            complaints.append(line)
    return complaints


def _result(complaints: list[str]) -> str:
    unexpected = [
        each for each in complaints if not any(text in each for text in EXPECTED)
    ]
    if unexpected:
        raise CheckError("\n".join(unexpected))
    return "no warning, no error"

"""Child processes of the benchmark, and the protocol to call them.

A child reads one JSON object per line, `{"ask": NAME, ...arguments}`, and writes
what it found as another. What it says otherwise goes to its log.
"""

import asyncio
import json
import os
from pathlib import Path
import sys
from typing import Any, Final, Self

_LAST_LINES: Final = 15
_LONGEST_LINE: Final = 2**22


class ChildError(Exception):
    """Error for a child process that ended unexpectedly."""


class Child:
    """A module of the benchmark in its own process."""

    def __init__(self, log: Path, module: str, *arguments: str) -> None:
        """Describe the process, which starts with the context."""
        self._command = (sys.executable, "-m", f"bench.{module}", *arguments)
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Start it."""
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                limit=_LONGEST_LINE,
                env=_environment(),
            )
        return self

    async def ask(self, question: str, **arguments: object) -> Any:
        """Return the answer to a question."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise ChildError(f"{self._command} does not run")
        process.stdin.write(json.dumps({"ask": question, **arguments}).encode() + b"\n")
        line = await process.stdout.readline()
        if not line:
            last = self._log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
            raise ChildError("\n".join([f"{question}: no answer", *last]))
        return json.loads(line)

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.kill()
        await process.wait()


def _environment() -> dict[str, str]:
    """Let Python keep what it compiles: no Home Assistant compiles itself at each start."""
    return {
        key: value
        for key, value in os.environ.items()
        if key != "PYTHONDONTWRITEBYTECODE"
    }


async def answer_all(child: object) -> None:
    """Serve calls of the parent process until it closes; each call names a method."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        question: dict[str, Any] = json.loads(line)
        answer = await getattr(child, question.pop("ask"))(**question)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()

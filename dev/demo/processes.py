"""The programs that the demo runs, and their end."""

import asyncio
from collections import deque
from collections.abc import Coroutine
import ctypes
from pathlib import Path
import signal
import sys
from types import TracebackType
from typing import Any, Self

from .terminal import DemoError

PR_SET_PDEATHSIG = 1
LAST_LINES = 15


def _end_with_parent() -> None:
    """Let the kernel end this process if the demo is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Program:
    """A Python module in its own process, with its output in a log file."""

    def __init__(
        self, name: str, module: str, *arguments: str, log: Path, patience: float = 30
    ) -> None:
        """Describe the process; `patience` is how long it may take to stop (s)."""
        self._name = name
        self._command = (sys.executable, "-m", module, *arguments)
        self._log = log
        self._patience = patience
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Start it in a session of its own: Ctrl-C reaches the demo, which stops it in order."""
        with self._log.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Terminate the process; kill it if it does not stop."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(self._patience):
                await process.wait()
        except TimeoutError, asyncio.CancelledError:
            # It takes too long, or Ctrl-C was pressed again.
            process.kill()
            await process.wait()

    async def ended(self) -> None:
        """Wait for an unexpected end, and raise DemoError with its last output."""
        if self._process is None:
            return
        code = await self._process.wait()
        with self._log.open(errors="replace") as output:
            last = "".join(deque(output, LAST_LINES))
        raise DemoError(f"{self._name} ended by itself (exit code {code}):\n{last}")

    async def until(self, ready: Coroutine[Any, Any, None], seconds: float) -> None:
        """Wait for what shows that it is ready; fail at its end, or after too long."""
        tasks = [asyncio.ensure_future(each) for each in (ready, self.ended())]
        try:
            done, _ = await asyncio.wait(
                tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
        if not done:
            raise DemoError(
                f"{self._name} is not ready after {seconds:.0f} s. See {self._log}"
            )

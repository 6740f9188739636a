"""The runner of measurements: gateways, number of repetitions, and progress."""

from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
import sys
import time
from typing import Any, Final

from .child import Child

PROFILE: Final = "split-phase"
ROUND_TRIP: Final = 0.020  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """The number of repetitions of each measurement; `growth` has numbers of gateways.

    `polls` is the number of live polls over which memory is measured; 0 skips that.
    `recorder_seconds` is how long rows of the recorder are counted.
    """

    rounds: int
    reloads: int
    client_pairs: int
    parse_pairs: int
    growth: tuple[int, ...]
    growth_rounds: int
    live_seconds: float
    polls: int
    recorder_seconds: float


FULL: Final = Length(
    rounds=12,
    reloads=10,
    client_pairs=60,
    parse_pairs=40,
    growth=(1, 10, 50),
    growth_rounds=8,
    live_seconds=60,
    polls=10_000,
    recorder_seconds=3600,
)
SHORT: Final = Length(
    rounds=3,
    reloads=2,
    client_pairs=10,
    parse_pairs=10,
    growth=(),
    growth_rounds=0,
    live_seconds=0,
    polls=0,
    recorder_seconds=3600,
)


class Runner:
    """Starter of what a measurement needs; all of it ends with the exit stack."""

    def __init__(self, stack: AsyncExitStack, folder: Path, length: Length) -> None:
        """Keep logs in this folder."""
        self.length: Final = length
        self._stack = stack
        self._folder = folder
        self._gateways: Child | None = None
        self._begun = time.monotonic()

    def report(self, text: str) -> None:
        """Print the progress."""
        sys.stderr.write(f"[{time.monotonic() - self._begun:5.0f} s] {text}\n")

    async def child(self, name: str, module: str, *arguments: str) -> Child:
        """Start a program of the benchmark, with a folder of its own as last argument.

        The folder is deleted by the runner: a child is killed, and has no time to tidy up.
        """
        folder = self._folder / name
        folder.mkdir()
        child = Child(folder.with_suffix(".log"), module, *arguments, str(folder))
        return await self._stack.enter_async_context(child)

    async def home(self, name: str, kind: str, **options: bool) -> Child:
        """Start a Home Assistant that is to read gateways with an integration."""
        home = await self.child(name, "home_child", kind)
        await home.ask("start", **{"recorder": True, "trace": False, **options})
        return home

    async def gateways(
        self, count: int = 1, round_trip: float = ROUND_TRIP
    ) -> list[dict[str, Any]]:
        """Start gateways."""
        process = await self._gateway_process()
        return [
            await process.ask("open", profile=PROFILE, round_trip=round_trip)
            for _ in range(count)
        ]

    async def counted(self, gateway: dict[str, Any]) -> dict[str, Any]:
        """Return the requests and bytes of a gateway so far."""
        process = await self._gateway_process()
        found: dict[str, Any] = await process.ask("count", host=gateway["host"])
        return found

    async def skip(
        self, home: Child, gateway: dict[str, Any], seconds: float
    ) -> tuple[dict[str, Any], Counter[str]]:
        """Let time pass in a Home Assistant; return its work and its requests."""
        before = await self.counted(gateway)
        found = await home.ask("skip", seconds=seconds)
        after = await self.counted(gateway)
        return found, Counter(after["requests"]) - Counter(before["requests"])

    async def _gateway_process(self) -> Child:
        if self._gateways is None:
            self._gateways = await self.child("gateways", "gateways")
        return self._gateways

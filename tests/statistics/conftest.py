"""A home that keeps its database over restarts, and the table of what came out."""

from collections.abc import AsyncGenerator
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from ..conftest import StartGateway
from .home import BEGIN, Home, StartRecorder

TABLE = "statistics"


@pytest.fixture
def persistent_database() -> bool:
    """Store the recorder's database on disk."""
    return True


@pytest.fixture
def enable_statistics() -> bool:
    """Let the recorder compile statistics by itself."""
    return True


@pytest.fixture
def enable_missing_statistics() -> bool:
    """Let the recorder compile what it has missed while it was not running."""
    return True


@pytest.fixture
async def home(
    quiet_log: None,
    async_test_recorder: StartRecorder,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    start_gateway: StartGateway,
) -> AsyncGenerator[Home]:
    """Set up a gateway and a home, which a test starts."""
    gateway = await start_gateway("document", frozen=True)
    freezer.move_to(BEGIN)
    home = Home(gateway, freezer, async_test_recorder, hass_storage)
    yield home
    if home.is_running:
        await home.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what both sensors made of each scenario."""
    rows = [
        value
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, value in getattr(report, "user_properties", ())
        if name == TABLE and report.when == "call"
    ]
    if not rows:
        return
    terminalreporter.section("energy of the day (kWh)")
    head = ("scenario", "restart", "truth", "ours", "plain")
    for name, restart, *energies in (head, *rows):
        numbers = "".join(f"{each:>15}" for each in energies)
        terminalreporter.line(f"{name:32}{restart:8}{numbers}")

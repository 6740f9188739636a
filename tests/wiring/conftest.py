"""A gateway that is watched for hours, and the table of the issues of each fault."""

from collections.abc import Awaitable, Callable

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.tesla_gateway_meters.const import CONF_LIVE_INTERVAL
from simulator import SimulatedGateway
from tests.conftest import NewEntry

from .present import KINDS

type Watch = Callable[[SimulatedGateway], Awaitable[None]]
type Poll = Callable[[SimulatedGateway], Awaitable[None]]

# Every half minute, so that hours do not take minutes; the checks count time, not polls.
INTERVAL = 30
# What a test records; it reaches the summary from another process too.
TABLE = "wiring fault"


@pytest.fixture
def watch(hass: HomeAssistant, new_entry: NewEntry) -> Watch:
    """Set a gateway up that is polled every half minute."""

    async def start(gateway: SimulatedGateway) -> None:
        # In debug mode a poll takes three times as long.
        hass.loop.set_debug(False)
        entry = new_entry(gateway)
        hass.config_entries.async_update_entry(
            entry, options={CONF_LIVE_INTERVAL: INTERVAL}
        )
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()

    return start


@pytest.fixture
def poll(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Poll:
    """Let the time of one poll pass on both sides."""

    async def once(gateway: SimulatedGateway) -> None:
        freezer.tick(INTERVAL)
        gateway.advance(INTERVAL)
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
        gateway.forget_requests()

    return once


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show after how many minutes each check found which fault."""
    rows = sorted(
        value
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, value in getattr(report, "user_properties", ())
        if name == TABLE and report.when == "call"
    )
    if not rows:
        return
    terminalreporter.section(
        "wiring faults: minutes until the issue appears, disappears"
    )
    head = "".join(f"{kind:>21}" for kind in KINDS)
    terminalreporter.line(f"{'fault':45}{head}")
    for fault, issue, found, corrected in rows:
        cells = (
            f"{found:g}, {corrected:g}" if kind == issue else "-" for kind in KINDS
        )
        line = "".join(f"{cell:>21}" for cell in cells)
        terminalreporter.line(f"{fault:45}{line}")

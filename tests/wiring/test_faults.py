"""Tests that each wiring fault is found by its check and by no other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from homeassistant.core import HomeAssistant
import pytest

from simulator import (
    FlippedCT,
    InvalidCT,
    MovedCT,
    SwappedMeters,
    UnpluggedMeter,
    WiringFault,
    WrongScale,
)
from tests.conftest import StartGateway

from .conftest import INTERVAL, TABLE, Poll, Watch
from .present import present_issues

# A summer's morning at the simulated site.
DAWN = datetime(2026, 6, 21, 12, tzinfo=UTC)
MORNING = datetime(2026, 6, 21, 13, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A fault of a profile, and its expected issue within some hours."""

    profile: str
    fault: WiringFault
    kind: str
    says: tuple[str, ...]
    hours: float = 30
    start: datetime = MORNING


ROWS = (
    Row(
        "split-phase",
        FlippedCT("synchrometerX", 1),
        "import_follows_solar",
        ("L1", "Meter X", "CT1"),
        30,
    ),
    Row(
        "split-phase",
        FlippedCT("synchrometerY", 2),
        "negative_solar",
        ("L2", "Meter Y", "CT2"),
        0.3,
    ),
    Row(
        "split-phase",
        MovedCT("synchrometerX", 1, 2),
        "import_follows_solar",
        ("L1", "Meter X", "CT1"),
        30,
    ),
    Row(
        "split-phase",
        InvalidCT("synchrometerX", 2),
        "ct_changed",
        ("Meter X: Grid CT2: In use → Not in use",),
        0.3,
    ),
    Row(
        "split-phase",
        WrongScale("synchrometerY", "solar"),
        "ct_changed",
        ("Meter Y: Solar scale factor: 2 → 1",),
        0.3,
    ),
    Row(
        "split-phase",
        SwappedMeters("synchrometerX", "synchrometerY"),
        "ct_changed",
        ("Meter X: Solar CT2: Not in use → In use",),
        0.3,
    ),
    Row(
        "three-phase",
        FlippedCT("synchrometerX", 2),
        "import_follows_solar",
        ("L2", "Meter X", "CT2"),
    ),
    Row(
        "three-phase",
        FlippedCT("synchrometerY", 3),
        "negative_solar",
        ("L3", "Meter Y", "CT3"),
        0.3,
    ),
    Row(
        "three-phase",
        MovedCT("synchrometerX", 2, 3),
        "low_power_factor",
        ("Grid", "L2", "Meter X", "CT2"),
    ),
    Row(
        "three-phase",
        MovedCT("synchrometerY", 1, 2),
        "low_power_factor_solar",
        ("L1", "Meter Y", "CT1"),
    ),
    Row(
        "neurio",
        UnpluggedMeter("PWRview-12346"),
        "reading_fault",
        ("Remote meter",),
        0.3,
    ),
    Row(
        "neurio",
        FlippedCT("PWRview-12345", 1),
        "import_follows_solar",
        ("L1", "Remote meter", "CT1"),
        30,
        # A small system changes by enough only while the sun rises.
        DAWN,
    ),
    Row(
        "powerwall-plus",
        FlippedCT("synchrometerX", 2),
        "import_follows_solar",
        ("L2", "Meter X", "CT2"),
        30,
    ),
    Row(
        "neurio",
        FlippedCT("PWRview-12346", 1),
        "negative_solar",
        ("L1", "Remote meter", "CT1"),
        0.3,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.profile} {row.fault}")
async def test_fault_is_found_alone_and_goes_when_mended(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    watch: Watch,
    poll: Poll,
    record_property: Callable[[str, object], None],
    row: Row,
) -> None:
    """One issue with meter, CT and phase appears in time, and disappears after the correction."""
    gateway = await start_gateway(row.profile, frozen=True, start=row.start)
    await watch(gateway)

    async def minutes_until(kinds: set[str], hours: float) -> float:
        """Let time pass until issues of these kinds alone exist."""
        for polls in range(round(hours * 3600 / INTERVAL)):
            present = {kind for kind, _ in present_issues(hass)}
            assert present <= {row.kind}
            if present == kinds:
                return polls * INTERVAL / 60
            await poll(gateway)
        raise AssertionError(f"not {kinds} within {hours} h")

    async def wait(hours: float, kinds: set[str]) -> None:
        for _ in range(round(hours * 3600 / INTERVAL)):
            await poll(gateway)
            assert {kind for kind, _ in present_issues(hass)} == kinds

    await wait(0.4, set())
    gateway.miswire(row.fault)
    found = await minutes_until({row.kind}, row.hours)
    (text,) = {text for _, text in present_issues(hass)}
    assert all(each in text for each in row.says)
    await wait(0.5, {row.kind})
    gateway.mend()
    corrected = await minutes_until(set(), row.hours + 3)
    record_property(TABLE, (f"{row.profile} {row.fault}", row.kind, found, corrected))

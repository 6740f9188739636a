"""Every wiring fault against every check: found where it is, and nowhere else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_gateway_meters.const import CONF_LIVE_INTERVAL, DOMAIN
from simulator import (
    FlippedCT,
    InvalidCT,
    MovedCT,
    SwappedMeters,
    UnpluggedMeter,
    WiringFault,
    WrongScale,
)

from .conftest import NewEntry, PassTime, StartGateway

# Late morning at the simulated site, in summer: it produces, and clouds pass.
MORNING = datetime(2026, 6, 21, 13, 30, tzinfo=UTC)
# Every half minute, so that hours do not take minutes; the checks count time, not polls.
INTERVAL = 30
KINDS = (
    "ct_changed",
    "ct_disagreement",
    "reading_fault",
    "low_power_factor",
    "negative_solar",
    "import_follows_solar",
    "negative_load",
    "voltages_apart",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A fault of a profile, and what has to be said of it within some hours."""

    profile: str
    fault: WiringFault
    kind: str
    says: tuple[str, ...]
    hours: float = 6


ROWS = (
    Row(
        "split-phase",
        FlippedCT("synchrometerX", 1),
        "import_follows_solar",
        ("L1", "Meter X", "CT1"),
        8,
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
        8,
    ),
    Row(
        "split-phase",
        InvalidCT("synchrometerX", 2),
        "ct_changed",
        ("Meter X: site CT2: assigned → none",),
        0.3,
    ),
    Row(
        "split-phase",
        WrongScale("synchrometerY", "solar"),
        "ct_changed",
        ("Meter Y: solar scale factor: 2 → none",),
        0.3,
    ),
    Row(
        "split-phase",
        SwappedMeters("synchrometerX", "synchrometerY"),
        "ct_changed",
        ("Meter X: solar CT2: none → assigned",),
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
        ("Site", "L2", "Meter X", "CT2"),
    ),
    Row(
        "three-phase",
        MovedCT("synchrometerY", 1, 2),
        "low_power_factor",
        ("Solar", "L1", "Meter Y", "CT1"),
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
        FlippedCT("PWRview-12346", 1),
        "negative_solar",
        ("L1", "Remote meter", "CT1"),
        0.3,
    ),
)


def told(hass: HomeAssistant) -> Iterator[tuple[str, str]]:
    """Return what is said: kinds and texts."""
    for (domain, _), issue in ir.async_get(hass).issues.items():
        if domain == DOMAIN and issue.active and issue.translation_key in KINDS:
            yield issue.translation_key, str(issue.translation_placeholders)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.profile} {row.fault}")
async def test_a_fault(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    new_entry: NewEntry,
    pass_time: PassTime,
    row: Row,
) -> None:
    """It is said in time, with meter, CT and phase; nothing else is; mended, it goes."""
    # In debug mode a poll takes three times as long.
    hass.loop.set_debug(False)
    gateway = await start_gateway(row.profile, frozen=True, start=MORNING)
    entry = new_entry(gateway)
    hass.config_entries.async_update_entry(
        entry, options={CONF_LIVE_INTERVAL: INTERVAL}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    async def minutes_until(kinds: set[str], hours: float) -> float:
        """Let time pass until these kinds are said and no others."""
        for poll in range(round(hours * 3600 / INTERVAL)):
            said = {kind for kind, _ in told(hass)}
            assert said <= {row.kind}
            if said == kinds:
                return poll * INTERVAL / 60
            gateway.advance(INTERVAL + 1)
            await pass_time(INTERVAL)
        raise AssertionError(f"not {kinds} within {hours} h")

    async def wait(hours: float, kinds: set[str]) -> None:
        for _ in range(round(hours * 3600 / INTERVAL)):
            gateway.advance(INTERVAL + 1)
            await pass_time(INTERVAL)
            assert {kind for kind, _ in told(hass)} == kinds

    await wait(0.4, set())
    gateway.miswire(row.fault)
    found = await minutes_until({row.kind}, row.hours)
    (text,) = {text for _, text in told(hass)}
    assert all(each in text for each in row.says)
    await wait(0.5, {row.kind})
    gateway.mend()
    mended = await minutes_until(set(), row.hours + 3)
    print(f"{row.profile} | {row.fault} | {row.kind} | {found:g} | {mended:g}")

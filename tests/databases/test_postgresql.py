"""A day of polls in PostgreSQL has the statistics that it has in SQLite."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import pi, sin
from pathlib import Path
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant import loader
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.db_schema import (
    States,
    Statistics,
    StatisticsShortTerm,
)
from homeassistant.components.recorder.statistics import (
    list_statistic_ids,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from homeassistant.helpers.recorder import session_scope
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_test_home_assistant,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_recorder_block_till_done,
    async_wait_recording_done,
)
from sqlalchemy import create_engine, func, select, text

from custom_components.tesla_gateway_meters.const import (
    CONF_LIVE_INTERVAL,
    DOMAIN,
)
from simulator import SimulatedGateway

from ..conftest import StartGateway, entry_data, payload_of, serve_instead
from .postgresql import serve_database

type StartRecorder = Callable[..., AbstractAsyncContextManager[Recorder]]

# A little past what the recorder compiles at: ten seconds past each five minutes.
BEGIN = datetime(2026, 6, 1, 6, 0, 15, tzinfo=UTC)
INTERVAL = 60
HOURS = 2
PAGE = Path(__file__).parents[2] / "docs" / "databases.md"
TABLES = (States, Statistics, StatisticsShortTerm)


@pytest.fixture
def enable_statistics() -> bool:
    """Let the recorder compile statistics by itself."""
    return True


@pytest.fixture
def enable_schema_validation() -> bool:
    """Let the recorder check the tables, as it does in a home."""
    return True


@pytest.fixture
def persistent_database() -> bool:
    """Let the database outlive one Home Assistant."""
    return True


@dataclass(frozen=True, slots=True)
class Recorded:
    """The contents of a database: its kind, rows by table, and statistics."""

    dialect: str
    rows: dict[str, int]
    statistics: dict[str, dict[str, list[Any]]]


def serve_power_at(gateway: SimulatedGateway, seconds: float) -> None:
    """Let sun and load vary over the day, and the counters with them."""
    totals = payload_of(gateway, "meters/aggregates")
    hours = seconds / 3600
    solar, load = 4000 * sin(pi * hours / 24) ** 2, 900 + 600 * sin(hours * 5)
    for name, power in (("solar", solar), ("load", load), ("site", load - solar)):
        totals[name]["instant_power"] = power
        key = "energy_exported" if name == "solar" else "energy_imported"
        totals[name][key] += abs(power) * hours
    serve_instead(gateway, "meters/aggregates", totals)


async def record(
    url: str,
    hours: int,
    gateway: SimulatedGateway,
    start_recorder: StartRecorder,
    freezer: FrozenDateTimeFactory,
) -> Recorded:
    """Poll a gateway for some hours, into a database, and return what is in it."""
    freezer.move_to(BEGIN)
    serve_power_at(gateway, 0)
    async with async_test_home_assistant() as hass:
        frame.async_setup(hass)
        hass.loop.set_debug(False)
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
        async with start_recorder(hass, {"db_url": url, "commit_interval": 30}):
            entry = MockConfigEntry(
                domain=DOMAIN,
                title="Tesla Energy Gateway",
                unique_id=gateway.din,
                data=entry_data(gateway),
                options={CONF_LIVE_INTERVAL: INTERVAL},
            )
            entry.add_to_hass(hass)
            assert await hass.config_entries.async_setup(entry.entry_id)
            await hass.async_block_till_done(wait_background_tasks=True)
            for at in range(INTERVAL, hours * 3600 + INTERVAL + 1, INTERVAL):
                # Polls are scheduled up to a second late, to spread them.
                freezer.move_to(BEGIN + timedelta(seconds=at + 1))
                serve_power_at(gateway, at)
                async_fire_time_changed(hass)
                await hass.async_block_till_done(wait_background_tasks=True)
                await async_recorder_block_till_done(hass)
            await async_wait_recording_done(hass)
            recorded = await get_instance(hass).async_add_executor_job(_read, hass)
            await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_stop(force=True)
    return recorded


def copy_energy(url: str) -> int:
    """Copy the energy as docs/databases.md says, twice, and return the rows of the copy."""
    sql = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    # Needs TimescaleDB, which Debian does not have.
    kept = [line for line in sql[0].splitlines() if "create_hypertable" not in line]
    create, insert = "\n".join(kept).split(";")[:2]
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text(create))
            for _ in range(2):
                connection.execute(text(insert))
            rows = connection.execute(text("SELECT count(*) FROM energy"))
            return int(rows.scalar_one())
    finally:
        engine.dispose()


def numbers(recorded: Recorded) -> dict[tuple[object, ...], float | None]:
    """Return each figure of the statistics by period, entity, time and kind."""
    return {
        (period, entity_id, row["start"], kind): value
        for period, entities in recorded.statistics.items()
        for entity_id, rows in entities.items()
        for row in rows
        for kind, value in row.items()
    }


def _read(hass: HomeAssistant) -> Recorded:
    instance = get_instance(hass)
    ids = {each["statistic_id"] for each in list_statistic_ids(hass)}
    with session_scope(hass=hass, read_only=True) as session:
        rows = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table))
            for table in TABLES
        }
    kinds = {"last_reset", "max", "mean", "min", "state", "sum"}
    return Recorded(
        dialect=str(instance.dialect_name),
        rows=rows,
        statistics={
            period: statistics_during_period(
                hass, BEGIN - timedelta(hours=1), None, ids, period, None, kinds
            )
            for period in ("5minute", "hour")
        },
    )


@pytest.mark.parametrize("hours", [HOURS, pytest.param(24, marks=pytest.mark.long)])
async def test_statistics_are_those_of_sqlite(
    hours: int,
    tmp_path: Path,
    start_gateway: StartGateway,
    async_test_recorder: StartRecorder,
    enable_custom_integrations: None,
    quiet_log: None,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Rows and statistics are the same, for each entity and each hour."""
    with serve_database() as postgresql:
        sqlite, other = [
            await record(
                url,
                hours,
                await start_gateway("document", frozen=True),
                async_test_recorder,
                freezer,
            )
            for url in (f"sqlite:///{tmp_path / 'home.db'}", postgresql)
        ]
        copied = copy_energy(postgresql)
    assert (sqlite.dialect, other.dialect) == ("sqlite", "postgresql")
    assert other.rows == sqlite.rows
    # A mean's last digit depends on the order in which a database adds.
    assert numbers(other) == pytest.approx(numbers(sqlite), rel=1e-9)

    counted = [
        key
        for key, value in numbers(sqlite).items()
        if key[0] == "hour" and key[3] == "sum" and value is not None
        if str(key[1]).startswith("sensor.tesla_energy_gateway_")
    ]
    assert copied == len(counted) > 0

    energy = sqlite.statistics["hour"][
        "sensor.tesla_energy_gateway_solar_energy_produced"
    ]
    assert len(energy) == hours
    assert energy[-1]["sum"] > energy[0]["sum"]
    compiled = len(sqlite.statistics["hour"])
    assert compiled > 20
    assert sqlite.rows["statistics"] == hours * compiled
    # A row for each poll at least: power changes with every one.
    assert sqlite.rows["states"] > hours * 3600 / INTERVAL

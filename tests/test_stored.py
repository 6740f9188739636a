"""Tests of stored files that are damaged, old or cannot be written."""

from collections.abc import Generator
import errno
import json
import math
import os
from pathlib import Path
import time
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.tesla_gateway_meters.const import DOMAIN
from custom_components.tesla_gateway_meters.storage.checked_store import read_records
from simulator import SimulatedGateway

from .conftest import NewEntry, PassTime, payload_of, serve_instead

IMPORTED = "sensor.tesla_energy_gateway_grid_energy_imported"
EXPORTED = "sensor.tesla_energy_gateway_grid_energy_exported"
KEY = "site_energy_imported"
MONTH = 30 * 24 * 3600

# What a file may hold that is of no use, as text.
_HEAD = '{"version": 1, "minor_version": 1, "key": "k", "data": '
INVALID = {
    "empty": "",
    "cut": _HEAD + '{"site_energy_imp',
    "zeros": "\0" * 512,
    "no-utf-8": "\udcff\udcfe",
    "list": "[]",
    "list-of-lists": "[[1]]",
    "text": '"version"',
    "number": "17",
    "true": "true",
    "null": "null",
    "no-version": '{"data": {}}',
    "no-data": '{"version": 1}',
    "text-as-version": '{"version": "1", "data": {}}',
    "older": '{"version": 0, "minor_version": 1, "key": "k", "data": {"a": {}}}',
    "newer": '{"version": 2, "minor_version": 1, "key": "k", "data": {"a": {}}}',
    "much-newer": '{"version": 99, "minor_version": 1, "key": "k", "data": {"a": {}}}',
    "data-is-a-list": _HEAD + "[1]}",
    "data-is-a-text": _HEAD + '"a"}',
    "data-is-a-number": _HEAD + "1e308}",
    "data-is-true": _HEAD + "true}",
    "too-large-a-number": _HEAD + '{"a": 1e400}}',
    "deep": _HEAD + "[" * 5000 + "]" * 5000 + "}",
}


# As they are before the plugin replaces the disk by a dict.
_REAL = {
    name: getattr(Store, name)
    for name in ("_async_load", "_async_write_data", "async_remove")
}


@pytest.fixture
def storage(hass: HomeAssistant, tmp_path: Path) -> Generator[Path]:
    """Let Home Assistant store files, where the test sees them."""
    hass.config.config_dir = str(tmp_path)
    folder = tmp_path / ".storage"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name, real in _REAL.items():
            patch.setattr(Store, name, real)
        yield folder


def files(storage: Path, part: str) -> list[Path]:
    """Return the stored files with this in their name."""
    return sorted(each for each in storage.iterdir() if part in each.name)


def state_of(hass: HomeAssistant, entity_id: str) -> float:
    """Return a counter's state (kWh)."""
    found = hass.states.get(entity_id)
    assert found is not None
    return float(found.state)


def our_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged about stored files, by us or by Home Assistant."""
    return [
        record.getMessage()
        for record in caplog.records
        if "invalid stored" in record.getMessage()
        or "Unrecoverable error decoding" in record.getMessage()
    ]


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set an entry up, which has to succeed."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("store", ["", ".configuration", ".wiring"])
@pytest.mark.parametrize("content", INVALID.values(), ids=INVALID)
async def test_set_aside_when_file_is_invalid(
    hass: HomeAssistant,
    storage: Path,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
    store: str,
    content: str,
) -> None:
    """The invalid file is kept and logged once; all values are shown, and stored anew."""
    entry = new_entry(gateway)
    name = f"{DOMAIN}.{entry.entry_id}{store}"
    raw = content.encode(errors="surrogateescape")
    (storage / name).write_bytes(raw)
    await set_up(hass, entry)
    for _ in range(3):
        await pass_time(300)
    assert entry.runtime_data.slow.last_update_success
    assert state_of(hass, IMPORTED) > 0
    kept, *more = files(storage, f"{name}.invalid") + files(storage, f"{name}.corrupt")
    assert not more
    assert kept.read_bytes() == raw
    assert len(our_warnings(caplog)) == 1

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert len(our_warnings(caplog)) == 1
    stored = json.loads((storage / name).read_text())
    assert stored["data"]
    assert not [
        key for key, issue in ir.async_get(hass).issues.items() if key[0] == DOMAIN
    ]
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    left = files(storage, entry.entry_id)
    assert not [each for each in left if ".corrupt." not in each.name]


async def test_no_repair_of_a_configuration_that_is_no_text(
    hass: HomeAssistant,
    storage: Path,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    pass_time: PassTime,
) -> None:
    """Facts that are none are no configuration of before that could have changed."""
    entry = new_entry(gateway)
    path = storage / f"{DOMAIN}.{entry.entry_id}.configuration"
    path.write_text(_HEAD + '{"Meter X: site CT1": 7}}')
    await set_up(hass, entry)
    await pass_time(300, times=3)
    assert not [each for each in ir.async_get(hass).issues if each[0] == DOMAIN]
    assert files(storage, f"{path.name}.invalid")


async def test_logged_once_when_the_file_cannot_be_set_aside(
    hass: HomeAssistant,
    storage: Path,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A folder that is read-only costs what would be stored, and nothing else."""
    entry = new_entry(gateway)
    content = '{"version": 2, "data": {}}'
    path = storage / f"{DOMAIN}.{entry.entry_id}"
    path.write_text(content)
    _let_writes_fail(monkeypatch, errno.EROFS)
    for _ in range(3):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
        assert state_of(hass, IMPORTED) > 0
    assert len(our_warnings(caplog)) == 1
    assert path.read_text() == content


def _let_writes_fail(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Make writes fail, as on a full disk."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    for name in ("replace", "rename", "link", "fsync"):
        monkeypatch.setattr(os, name, fail)


async def test_stored_again_when_the_disk_was_full(
    hass: HomeAssistant,
    storage: Path,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A write that fails leaves the file of before and no poll fails; a later one does."""
    entry = new_entry(gateway)
    path = storage / f"{DOMAIN}.{entry.entry_id}"
    await set_up(hass, entry)
    await pass_time(60, times=20)
    before = path.read_text()
    with pytest.MonkeyPatch.context() as patch:
        _let_writes_fail(patch, errno.ENOSPC)
        for _ in range(30):
            await pass_time(60)
            assert entry.runtime_data.live.last_update_success
            assert entry.runtime_data.slow.last_update_success
    assert path.read_text() == before
    assert "No space left" in caplog.text
    await pass_time(60, times=20)
    assert path.read_text() != before
    assert json.loads(path.read_text())["data"][KEY]
    # Neither a write that failed nor one that was cut off leaves a part of a file.
    assert files(storage, entry.entry_id) == [
        path,
        path.with_name(f"{path.name}.configuration"),
        path.with_name(f"{path.name}.wiring"),
    ]


async def test_last_whole_file_is_used_when_killed_while_writing(
    hass: HomeAssistant,
    storage: Path,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The incomplete file has another name."""
    entry = new_entry(gateway)
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    path = storage / f"{DOMAIN}.{entry.entry_id}"
    stored = json.loads(path.read_text())
    stored["data"][KEY]["offset"] = 5000
    path.write_text(json.dumps(stored))
    (storage / "tmpk3xw1").write_text(json.dumps(stored)[:100])
    await set_up(hass, entry)
    reading = payload_of(gateway, "meters/aggregates")["site"]["energy_imported"]
    assert state_of(hass, IMPORTED) == pytest.approx((reading + 5000) / 1000, abs=0.02)
    assert not our_warnings(caplog)


BAD = (math.nan, math.inf, -math.inf, 1e308, -1e308, 2**70, "1", None, [], {}, [[]])


async def stored_counters(
    hass: HomeAssistant, entry: MockConfigEntry, storage: dict[str, Any]
) -> dict[str, Any]:
    """Return what is stored of the counters, to alter it, after an unload."""
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    data: dict[str, Any] = storage[f"{DOMAIN}.{entry.entry_id}"]["data"]
    return data


def fields_of(record: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Return where the values of a record are, at any depth."""
    return [
        place
        for key, value in record.items()
        for place in (
            [(record, key), *fields_of(value)]
            if isinstance(value, dict)
            else [(record, key)]
        )
    ]


async def test_one_bad_counter_costs_that_counter(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    hass_storage: dict[str, Any],
    pass_time: PassTime,
) -> None:
    """With any value in its fields, it is finite, and the other counters are kept."""
    entry = new_entry(gateway)
    data = await stored_counters(hass, entry, hass_storage)
    usual = json.dumps(data)
    reading = payload_of(gateway, "meters/aggregates")["site"]
    for index in range(len(fields_of(data[KEY]))):
        for bad in (*BAD, "whole"):
            data = json.loads(usual)
            data["site_energy_exported"]["offset"] = 7000
            container, key = fields_of(data[KEY])[index]
            if bad == "whole":
                data[KEY] = key
            else:
                container[key] = bad
            hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"] = data
            await set_up(hass, entry)
            imported = state_of(hass, IMPORTED)
            assert imported == pytest.approx(
                reading["energy_imported"] / 1000, rel=0.01
            ), (key, bad)
            assert state_of(hass, EXPORTED) == pytest.approx(
                (reading["energy_exported"] + 7000) / 1000, rel=0.01
            )
            await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_block_till_done()


def test_records_are_read_one_by_one() -> None:
    """An invalid record is named, whatever it is made of, and the others are read."""
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    stored = {
        "good": {"value": 1},
        "missing": {},
        "list": [],
        "text": "x",
        "infinite": {"value": 1, "more": [{"deep": math.inf}]},
        "deep": {"value": 1, "more": deep},
    }
    records, invalid = read_records(stored, lambda data: data["value"])
    assert records == {"good": 1}
    assert invalid == ["missing", "list", "text", "infinite", "deep"]


@pytest.mark.parametrize("behind", [1e3, 300e3, 3000e3])
async def test_backup_of_a_month_ago_is_caught_up_with(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    hass_storage: dict[str, Any],
    pass_time: PassTime,
    behind: float,
) -> None:
    """Counters that are far behind show what the gateway says, at once and later."""
    totals = payload_of(gateway, "meters/aggregates")
    totals["site"] |= {"energy_imported": 9e6, "energy_exported": 8e6}
    totals["site"]["instant_power"] = 6000
    serve_instead(gateway, "meters/aggregates", totals)
    entry = new_entry(gateway)
    data = await stored_counters(hass, entry, hass_storage)
    shift = {"value": -behind, "at": -MONTH, "grown_at": -MONTH}
    for key in (KEY, "site_energy_exported"):
        for container, field in fields_of(data[key]):
            if isinstance(container[field], int | float) and container[field]:
                container[field] += shift.get(field, 0)
    await set_up(hass, entry)
    for minute in range(40):
        assert state_of(hass, IMPORTED) == 9000 + minute / 10
        assert state_of(hass, EXPORTED) == 8000
        totals["site"]["energy_imported"] += 100
        serve_instead(gateway, "meters/aggregates", totals)
        await pass_time(60)
    assert not [each for each in ir.async_get(hass).issues if each[0] == DOMAIN]


async def test_counters_go_on_when_the_clock_is_behind_the_file(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    hass_storage: dict[str, Any],
    pass_time: PassTime,
) -> None:
    """Times that lie ahead, as a wrong clock left them, hold nothing for long."""
    totals = payload_of(gateway, "meters/aggregates")
    totals["site"] |= {"energy_imported": 9e6, "energy_exported": 8e6}
    totals["site"]["instant_power"] = 3000
    serve_instead(gateway, "meters/aggregates", totals)
    entry = new_entry(gateway)
    data = await stored_counters(hass, entry, hass_storage)
    ahead = time.time() + 365 * 24 * 3600
    for container, field in fields_of(data[KEY]):
        if field in ("at", "grown_at"):
            container[field] = ahead
    # What was used while the clock was wrong.
    totals["site"] |= {"energy_imported": 9.02e6}
    serve_instead(gateway, "meters/aggregates", totals)
    await set_up(hass, entry)
    shown = []
    for _ in range(70):
        totals["site"]["energy_imported"] += 50
        serve_instead(gateway, "meters/aggregates", totals)
        await pass_time(60)
        shown.append(state_of(hass, IMPORTED))
    assert shown == sorted(shown)
    assert shown[-1] - shown[-21] == pytest.approx(20 * 0.05)

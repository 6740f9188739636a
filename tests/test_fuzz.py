"""Tests of thousands of mutated full polls of one gateway.

The seed is printed; `FUZZ_SEED=<seed>` takes it again. `FUZZ_POLLS=200000 scripts/test
tests/test_fuzz.py -s` runs as many; the suite runs 500, and 2,000 with `--long`.
"""

from collections.abc import Iterator, Mapping
import gc
import logging
import math
import os
from random import randrange
import time
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PASSWORD, EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.helpers.storage import Store
from homeassistant.helpers.update_coordinator import UpdateFailed
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.tesla_gateway_meters.const import CONF_FINGERPRINT, DOMAIN
from custom_components.tesla_gateway_meters.gateway import Endpoint, Transport
from custom_components.tesla_gateway_meters.gateway.transport import Answer
from custom_components.tesla_gateway_meters.sensor_descriptions import _version

from .fuzz import DIN, START, Fuzzer, encoded

POLLS = int(os.environ.get("FUZZ_POLLS", "500"))
# A poll of the meters is as rare in life; here each third is one.
_SLOW = 3
_CHECKPOINT = min(POLLS // 8, 2500)
_RELOADS = 4

# What one gateway can be, whatever it answers, between two restarts: itself, locations,
# meters, and meters that a location lists more than once.
DEVICES = 1 + 6 + 16 + 32 + 2 * 32
_ENTITIES_PER_DEVICE = 50
# One more or less of all that Python keeps is no growth; a leak is one with each poll.
_OBJECTS_PER_ENTITY = 100
# Windows of time that fill up, and what comes and goes.
_OBJECTS_ANYWAY = 10_000


class Answers(Transport):
    """A transport that answers with the bodies of the present poll."""

    bodies: Mapping[Endpoint, bytes]

    def __init__(self) -> None:
        """Start with no body."""
        self.bodies = {}

    @override
    async def get(self, path: str, headers: dict[str, str]) -> Answer:
        body = self.bodies.get(Endpoint(path))
        return Answer(404, b"", None) if body is None else Answer(200, body, None)

    @override
    async def post(self, path: str, payload: bytes) -> Answer:
        return Answer(200, b'{"token": "t"}', None)


@pytest.fixture
def seed() -> int:
    """Return a seed, and print it."""
    seed = int(os.environ.get("FUZZ_SEED") or randrange(10**6))
    print(f"FUZZ_SEED={seed}")
    return seed


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Replace the transport by prepared answers."""
    answers = Answers()
    monkeypatch.setattr(Transport, "get", lambda _, *args: answers.get(*args))
    monkeypatch.setattr(Transport, "post", lambda _, *args: answers.post(*args))
    return answers


def _is_sound(value: object) -> bool:
    match value:
        case float():
            return math.isfinite(value)
        case dict():
            return all(map(_is_sound, value.values()))
        case list() | tuple() | set() | frozenset():
            return all(map(_is_sound, value))
    return True


def _check_state(state: Any) -> None:
    """Assert that a state and its attributes contain no invalid number."""
    assert _is_sound(dict(state.attributes)), state
    assert state.state.lower() not in ("nan", "inf", "-inf", "infinity"), state


def _records(caplog: pytest.LogCaptureFixture) -> Iterator[logging.LogRecord]:
    """Return what was logged of something that went wrong by mistake, and forget all."""
    yield from (
        record
        for record in caplog.records
        if record.exc_info
        or (
            record.levelno >= logging.ERROR
            and "Error fetching" not in record.getMessage()
        )
    )
    caplog.clear()


def _bounded(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, int]:
    """Count what may grow with what a gateway answers."""
    data: Any = entry.runtime_data
    pipeline = data.live._pipeline
    return {
        "entities": len(er.async_get(hass).entities),
        "devices": len(
            dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        )
        + len(
            dr.async_child_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        ),
        "states": len(hass.states.async_entity_ids()),
        "counters": len(data.counters.known),
        "stamps": len(pipeline._staleness._known),
        "issues": len(ir.async_get(hass).issues),
        "failed": len(data.live.failed) + len(data.slow.failed),
    }


def _forget() -> None:
    """Clear what pytest and the mocked disk keep, which is not a leak."""
    for handler in logging.getLogger().handlers:
        if (clear := getattr(handler, "clear", None)) is not None:
            clear()
    for name in ("_async_load", "_async_write_data", "async_remove"):
        getattr(Store, name).reset_mock()


def _objects() -> int:
    gc.collect()
    return len(gc.get_objects())


@pytest.mark.parametrize("version", ["NaN", "-Infinity", "1e400", "23.28.2", "7", "é"])
def test_version_that_is_no_finite_number_is_not_shown(version: str) -> None:
    """States that can be read as numbers are finite."""
    shown = _version(version)
    assert shown == (None if version in ("NaN", "-Infinity", "1e400") else version)


def test_seed_brings_the_same_polls_again(freezer: FrozenDateTimeFactory) -> None:
    """A run that failed can be taken again, at another time of day too."""
    first = Fuzzer(7)
    polls = [first.poll() for _ in range(20)]
    freezer.tick(8 * 3600)
    again = Fuzzer(7)
    assert [again.poll() for _ in range(20)] == polls


def _assert_no_leak(counts: list[dict[str, int]]) -> None:
    """Assert that between two restarts only the number of entities grows."""
    per_load = POLLS // _RELOADS // _CHECKPOINT
    for begin in range(0, len(counts), per_load):
        first, last = counts[begin], counts[min(begin + per_load, len(counts)) - 1]
        grown = last["objects"] - first["objects"]
        entities = last["entities"] - first["entities"]
        allowed = _OBJECTS_PER_ENTITY * entities + _OBJECTS_ANYWAY
        assert grown < allowed, counts


@pytest.mark.timeout(0 if POLLS > 2000 else 600)
async def test_mutated_polls_leave_nothing_unsound_and_nothing_unbounded(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    enable_custom_integrations: None,
    all_entities_enabled: None,
    caplog: pytest.LogCaptureFixture,
    answers: Answers,
    seed: int,
) -> None:
    """No exception is not ours, no state is not finite, and nothing grows for ever."""
    hass.loop.set_debug(False)
    caplog.set_level(logging.WARNING)
    began = time.clock_gettime(time.CLOCK_MONOTONIC)
    freezer.move_to(START)
    fuzzer = Fuzzer(seed)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Tesla Energy Gateway",
        unique_id=DIN,
        data={CONF_HOST: "127.0.0.1", CONF_PASSWORD: "p", CONF_FINGERPRINT: "00" * 32},
    )
    entry.add_to_hass(hass)
    usual = {key: encoded(each) for key, each in fuzzer.usual().items()}

    async def set_up() -> Any:
        """Set the entry up with a gateway that is well; polls come as we say."""
        answers.bodies = usual
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
        data = entry.runtime_data
        data.live.update_interval = data.slow.update_interval = None
        return data

    @callback
    def check(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            states.append(state)

    states: list[Any] = []
    hass.bus.async_listen(EVENT_STATE_CHANGED, check)
    data = await set_up()
    counts: list[dict[str, int]] = []
    asked = good = 0
    for poll in range(1, POLLS + 1):
        answers.bodies = fuzzer.poll()
        freezer.tick(10)
        coordinators = [data.live] if poll % _SLOW else [data.slow, data.live]
        for coordinator in coordinators:
            await coordinator.async_refresh()
            error = coordinator.last_exception
            assert error is None or isinstance(
                error, UpdateFailed | ConfigEntryAuthFailed
            ), f"poll {poll}: {error!r}"
            # Home Assistant keeps the last error, also when all is well again.
            good += coordinator.last_update_success
            asked += 1
        await hass.async_block_till_done()
        for state in states:
            _check_state(state)
        states.clear()
        assert not [each.getMessage() for each in _records(caplog)], poll
        if poll % _CHECKPOINT == 0:
            _forget()
            counts.append(_bounded(hass, entry) | {"objects": _objects()})
            print(f"{poll}: {counts[-1]}", flush=True)
        if poll % (POLLS // _RELOADS) == 0:
            data = await set_up()

    await data.live.async_refresh()
    await data.slow.async_refresh()
    await hass.async_block_till_done()
    power = hass.states.get("sensor.tesla_energy_gateway_grid_power")
    assert power is not None
    assert math.isfinite(float(power.state))
    print(
        f"{POLLS} polls, {good} of {asked} refreshes of use, "
        f"{time.clock_gettime(time.CLOCK_MONOTONIC) - began:.0f} s"
    )
    # Each endpoint is mutated on its own: hardly ever does none of them say anything.
    assert good > 0.9 * asked
    loads = 1
    for poll, count in enumerate(counts, 1):
        assert count["devices"] <= loads * DEVICES, counts
        assert count["entities"] <= _ENTITIES_PER_DEVICE * count["devices"], counts
        assert count["stamps"] <= 3 * DEVICES, counts
        assert count["counters"] <= 20 * count["devices"], counts
        assert count["issues"] <= DEVICES, counts
        loads = 1 + poll * _CHECKPOINT // (POLLS // _RELOADS)
    _assert_no_leak(counts)

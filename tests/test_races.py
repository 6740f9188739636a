"""Tests that a poll ends with its entry, without log messages."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from random import Random, randrange
import time

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.update_coordinator import UpdateFailed
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.tesla_gateway_meters.const import CONF_LIVE_INTERVAL
from custom_components.tesla_gateway_meters.diagnostics import (
    async_get_config_entry_diagnostics,
)
from simulator import Fault, SimulatedGateway

from .conftest import AddGateway, NewEntry, StartGateway, in_sections

SITE_POWER = "sensor.tesla_energy_gateway_grid_power"
# Seconds; nothing may take this long, whatever the machine is busy with. The faults
# last for longer.
SOON = 5
# Answers that never end.
HANGING = {
    "body of a byte a second": Fault("slow-body", 3600),
    "endless chunks": Fault("hostile", "chunks-without-end"),
    "endless headers": Fault("hostile", "informational-without-end"),
    "never answered": Fault("hostile", "silence"),
    "late": Fault("slow", 3600),
}

type Operation = Callable[[HomeAssistant, MockConfigEntry], Awaitable[object]]


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Reload the entry."""
    await hass.config_entries.async_reload(entry.entry_id)


async def unload_and_load(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload the entry, and set it up again."""
    await hass.config_entries.async_unload(entry.entry_id)
    if entry.state is ConfigEntryState.NOT_LOADED:
        await hass.config_entries.async_setup(entry.entry_id)


async def change_options(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Change an option, as the form does: the entry reloads by itself."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    flow_id = flow["flow_id"]
    while flow["type"] == "menu":
        flow = await hass.config_entries.options.async_configure(
            flow_id, {"next_step_id": flow["menu_options"][0]}
        )
    await hass.config_entries.options.async_configure(
        flow_id, in_sections({CONF_LIVE_INTERVAL: randrange(5, 300)})
    )


async def update_entity(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Request an update by Home Assistant's action."""
    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": SITE_POWER}, blocking=True
    )


async def refresh(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Poll at once."""
    if entry.state is ConfigEntryState.LOADED:
        await asyncio.gather(
            entry.runtime_data.live.async_refresh(),
            entry.runtime_data.slow.async_refresh(),
        )


async def diagnostics(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Download diagnostics."""
    if entry.state is ConfigEntryState.LOADED:
        await async_get_config_entry_diagnostics(hass, entry)


async def remove(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Remove the entry."""
    await hass.config_entries.async_remove(entry.entry_id)


OPERATIONS: dict[str, Operation] = {
    each.__name__: each
    for each in (
        *(reload, unload_and_load, change_options, update_entity, refresh),
        *(diagnostics, remove),
    )
}


@pytest.fixture(autouse=True)
async def actions(hass: HomeAssistant) -> None:
    """Set up Home Assistant's own actions."""
    assert await async_setup_component(hass, "homeassistant", {})


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged that should not be."""
    return [
        f"{record.name}: {record.getMessage()}"
        for record in caplog.records
        if record.levelno >= logging.WARNING
        and "has not been tested by Home Assistant" not in record.getMessage()
        # Home Assistant's own word for an entity that is not there just now.
        and not record.getMessage().startswith("Forced update failed")
        # The loop in debug mode, on a busy machine.
        and not (record.name == "asyncio" and record.getMessage().startswith("Exec"))
    ]


async def assert_nothing_is_left(gateway: SimulatedGateway, tasks: int) -> None:
    """Wait for connections and tasks to end."""
    async with asyncio.timeout(SOON):
        while gateway.monitor._open or len(asyncio.all_tasks()) > tasks:  # noqa: ASYNC110 - nothing sets an event
            await asyncio.sleep(0.01)


async def test_nothing_logged_when_an_update_meets_a_reload(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A refresh during the reload gets the new values or the old ones."""
    entry = await add_gateway(gateway)
    gateway.set_fault("meters/site", Fault("slow", 0.2))
    for _ in range(3):
        update = asyncio.create_task(update_entity(hass, entry))
        count = gateway.count("meters/site")
        while gateway.count("meters/site") == count:  # noqa: ASYNC110 - nothing sets an event
            await asyncio.sleep(0.01)
        await reload(hass, entry)
        await update
    assert entry.state is ConfigEntryState.LOADED
    assert complaints(caplog) == []


async def test_operations_at_random_leave_nothing_behind(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    new_entry: NewEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """120 operations, several at a time, and nothing but what they are for."""
    seed = randrange(10**6)
    print(f"seed {seed}")
    random = Random(seed)
    gateway = await start_gateway("document")
    tasks = len(asyncio.all_tasks())
    running: list[asyncio.Task[object]] = []
    changes: list[asyncio.Task[object]] = []
    removal: asyncio.Task[object] | None = None
    entry: MockConfigEntry | None = None
    names = list(OPERATIONS)
    number = 0
    while number < 120:
        if entry is None or hass.config_entries.async_get_entry(entry.entry_id) is None:
            entry, removal = new_entry(gateway), None
            running.append(
                asyncio.create_task(hass.config_entries.async_setup(entry.entry_id))
            )
        # Each of them, and removal now and then.
        weights = [1 if name == "remove" else 4 for name in names]
        name = names[number] if number < 6 else random.choices(names, weights)[0]
        # Home Assistant itself fails to reload for options what is removed by then.
        if name == "change_options" and removal is not None:
            await asyncio.wait([removal])
            continue
        if name == "remove":
            await asyncio.gather(*changes, return_exceptions=True)
            await hass.async_block_till_done()
        running.append(asyncio.create_task(OPERATIONS[name](hass, entry)))
        number += 1
        if name == "change_options":
            changes.append(running[-1])
        if name == "remove":
            removal = running[-1]
        if random.random() < 0.3:
            await asyncio.wait(running, timeout=random.random() / 10)
    results = await asyncio.gather(*running, return_exceptions=True)
    # Home Assistant refuses some, such as the reload of what was removed meanwhile.
    refused = [each for each in results if isinstance(each, BaseException)]
    assert not [
        each
        for each in refused
        if type(each).__module__.partition(".")[0] != "homeassistant"
        or isinstance(each, UpdateFailed)
    ]
    await hass.async_block_till_done(wait_background_tasks=True)
    for each in hass.config_entries.async_entries(entry.domain):
        await hass.config_entries.async_remove(each.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await assert_nothing_is_left(gateway, tasks)
    assert complaints(caplog) == []


@pytest.mark.parametrize("fault", HANGING.values(), ids=HANGING)
@pytest.mark.parametrize("operation", ["reload", "unload_and_load", "remove", "stop"])
async def test_unload_and_stop_do_not_wait_for_a_hanging_poll(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
    operation: str,
) -> None:
    """The entry ends at once, and nothing is logged."""
    entry = await add_gateway(gateway)
    gateway.set_fault("meters/site", fault)
    polls = [
        asyncio.create_task(update_entity(hass, entry)),
        asyncio.create_task(entry.runtime_data.slow.async_refresh()),
    ]
    count = gateway.count("meters/site")
    while gateway.count("meters/site") == count:  # noqa: ASYNC110 - nothing sets an event
        await asyncio.sleep(0.01)
    started = time.monotonic()
    # What comes after is another poll, and not the one in hand.
    gateway.clear_faults()
    if operation == "stop":
        await hass.async_stop(force=True)
    else:
        await OPERATIONS[operation](hass, entry)
    await asyncio.gather(*polls)
    assert time.monotonic() - started < SOON
    assert complaints(caplog) == []
    if operation in ("remove", "stop"):
        await assert_nothing_is_left(gateway, len(asyncio.all_tasks()))


async def test_stop_does_not_wait_for_a_hanging_setup(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    new_entry: NewEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A gateway that accepts a login and never answers does not delay the stop."""
    entry = new_entry(gateway)
    gateway.set_fault("login/Basic", Fault("hostile", "silence"))
    set_up = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    while not gateway.logins:  # noqa: ASYNC110 - nothing sets an event
        await asyncio.sleep(0.01)
    started = time.monotonic()
    await hass.async_stop(force=True)
    assert time.monotonic() - started < SOON
    assert not await set_up
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]
    await assert_nothing_is_left(gateway, len(asyncio.all_tasks()))


async def test_loaded_after_two_reloads_at_once(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """There is one connection and no further login."""
    entry = await add_gateway(gateway)
    await asyncio.gather(*(reload(hass, entry) for _ in range(2)))
    assert entry.state is ConfigEntryState.LOADED
    assert gateway.logins == 1
    assert len(gateway.monitor._open) == 1
    assert complaints(caplog) == []

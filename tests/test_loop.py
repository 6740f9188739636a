"""The event loop is never held up for long, and no gateway holds up another.

CPU time is measured, not time: a machine that is busy with something else changes
nothing. One that is slower is allowed as much more as a fixed piece of work takes it.
"""

import asyncio
from collections import Counter
from collections.abc import Generator
import contextlib
from dataclasses import dataclass, field
import gc
from random import Random, randrange
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PASSWORD, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.tesla_gateway_meters.const import CONF_FINGERPRINT, DOMAIN
from custom_components.tesla_gateway_meters.coordinator import LiveCoordinator
from custom_components.tesla_gateway_meters.gateway import (
    AnswerTimeoutError,
    BrokenAnswerError,
    ConnectError,
    Endpoint,
    GatewayClient,
    Transport,
)
from custom_components.tesla_gateway_meters.gateway.transport import Answer
from custom_components.tesla_gateway_meters.processing.pipeline import (
    Pipeline,
    PollData,
)
from custom_components.tesla_gateway_meters.processing.snapshot import LiveSnapshot
from simulator import SimulatedGateway

from .conftest import AddGateway, StartGateway, payload_of, serve_instead
from .fuzz import DIN, Fuzzer, encoded
from .soak import HOUR, Soak

LONGEST_STEP = 0.05  # s
# Seconds that the work below takes on the machine that the limits are meant for.
_USUAL = 0.0016
# Home Assistant's own, and the simulated gateway's, which is another computer.
_NOT_OURS = ("simulator", "web_protocol.py", "storage.py", "recorder", "test_loop.py")


def _work() -> float:
    """Return the CPU seconds of a fixed piece of work."""
    began = time.thread_time()
    sum({str(number): number for number in range(20_000)}.values())
    return time.thread_time() - began


def slowness() -> float:
    """Return how many times slower than usual this machine is; 1 if it is faster."""
    return max(1, min(_work() for _ in range(5)) / _USUAL)


@dataclass(slots=True)
class Steps:
    """The CPU seconds of the loop's longest steps, by what ran in them."""

    longest: dict[str, float] = field(default_factory=dict)
    count: int = 0

    def add(self, name: str, seconds: float) -> None:
        """Record a step."""
        self.count += 1
        self.longest[name] = max(self.longest.get(name, 0), seconds)


def _name(callback: Any) -> str:
    """Return what a handle runs, with its file."""
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        coroutine: Any = task.get_coro()
        code = getattr(coroutine, "cr_code", None)
        return f"{getattr(code, 'co_filename', '')}:{task.get_name()}"
    code = getattr(callback, "__code__", None)
    return f"{getattr(code, 'co_filename', '')}:{callback!r}"


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Generator[Steps]:
    """Measure each step of the loop. Garbage is collected by the test: it is no step."""
    found = Steps()
    run = asyncio.Handle._run

    def measured(handle: Any) -> None:
        name = _name(handle._callback)
        began = time.thread_time()
        run(handle)
        if not any(each in name for each in _NOT_OURS):
            found.add(name, time.thread_time() - began)

    monkeypatch.setattr(asyncio.Handle, "_run", measured)
    gc.collect()
    gc.disable()
    yield found
    gc.enable()


@pytest.mark.parametrize(
    "hours", [1, pytest.param(24, marks=[pytest.mark.week, pytest.mark.timeout(0)])]
)
async def test_no_step_is_long_while_one_gateway_is_in_trouble(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    all_entities_enabled: None,
    quiet_log: None,
    steps: Steps,
    hours: int,
) -> None:
    """With any fault, no step of a poll takes long."""
    seed = randrange(10**6)
    print(f"seed {seed}")
    gateway = await start_gateway("split-phase", frozen=True)
    await add_gateway(gateway)
    soak = Soak(hass, freezer, gateway, Random(seed))
    # As developers run Home Assistant; each step takes up to three times as long.
    hass.loop.set_debug(True)
    steps.longest.clear()
    for _ in range(4 * hours):
        await soak.be_troubled(HOUR // 4)
        gc.collect()
    longest = sorted(steps.longest.items(), key=lambda each: -each[1])[:3]
    print(f"{steps.count} steps; {soak.counted()}; the longest: {longest}", flush=True)
    assert steps.count > 1000 * hours
    assert longest[0][1] < LONGEST_STEP * slowness(), longest


async def test_poll_yields_to_the_loop_before_and_after_the_pipeline(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    add_gateway: AddGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last answer, the pipeline and the entities never block the loop in one."""
    await add_gateway(gateway)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    live: LiveCoordinator = entry.runtime_data.live
    step = 0
    steps: dict[str, int] = {}
    run, get, update = asyncio.Handle._run, GatewayClient._get, Pipeline.update

    def counted(handle: asyncio.Handle) -> None:
        nonlocal step
        step += 1
        run(handle)

    async def answered(*arguments: Any) -> Any:
        answer = await get(*arguments)
        steps["answer"] = step
        return answer

    def processed(pipeline: Pipeline, poll: PollData) -> LiveSnapshot:
        steps["pipeline"] = step
        return update(pipeline, poll)

    monkeypatch.setattr(asyncio.Handle, "_run", counted)
    monkeypatch.setattr(GatewayClient, "_get", answered)
    monkeypatch.setattr(Pipeline, "update", processed)
    live.async_add_listener(lambda: steps.update(entities=step))
    for power in (1000, 1100):
        steps.clear()
        totals = payload_of(gateway, "meters/aggregates")
        totals["site"]["instant_power"] = power
        serve_instead(gateway, "meters/aggregates", totals)
        await live.async_refresh()
        assert 0 < steps["answer"] < steps["pipeline"] < steps["entities"]


@dataclass(slots=True)
class Fleet:
    """Gateways by host: their answers and numbers of polls."""

    bodies: dict[str, dict[Endpoint, bytes]] = field(default_factory=dict)
    errors: dict[str, Exception | int] = field(default_factory=dict)
    polls: Counter[str] = field(default_factory=Counter)

    async def get(self, host: str, path: str) -> Answer:
        """Return this gateway's present answer."""
        self.polls[host] += path == Endpoint.AGGREGATES
        match self.errors.get(host):
            case Exception() as error:
                raise error
            case int() as status:
                return Answer(status, b"", None)
        body = self.bodies[host].get(Endpoint(path))
        return Answer(404, b"", None) if body is None else Answer(200, body, None)


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """Let a fleet answer in the place of the network."""
    fleet = Fleet()
    hosts: dict[Transport, str] = {}
    init = Transport.__init__

    def note(self: Transport, session: Any, address: Any, *rest: Any) -> None:
        init(self, session, address, *rest)
        hosts[self] = str(address.url.host)

    async def post(*_: Any) -> Answer:
        return Answer(200, b'{"token": "t"}', None)

    monkeypatch.setattr(Transport, "__init__", note)
    monkeypatch.setattr(
        Transport, "get", lambda self, path, _: fleet.get(hosts[self], path)
    )
    monkeypatch.setattr(Transport, "post", post)
    return fleet


GATEWAYS = 50
MINUTES = 10
_ERRORS = (
    *(ConnectError, AnswerTimeoutError, BrokenAnswerError),
    *(400, 401, 403, 404, 429, 500, 502, 503),
)


async def test_gateways_that_fail_leave_the_others_on_time(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    enable_custom_integrations: None,
    quiet_log: None,
    fleet: Fleet,
) -> None:
    """Of fifty gateways half fail in a new way each minute; no other poll is left out.

    All are due at once here, which is the worst: the last one waits for as long as
    the work of all the others takes, and that is less than a second.
    """
    hass.loop.set_debug(False)
    seed = randrange(10**6)
    print(f"seed {seed}")
    random, fuzzer = Random(seed), Fuzzer(seed)
    usual = fuzzer.usual()
    hosts = [f"127.0.0.{number}" for number in range(1, GATEWAYS + 1)]
    entries = []
    for number, host in enumerate(hosts):
        din = DIN.replace("TG", f"TG{number:02}")
        fleet.bodies[host] = {
            key: encoded(each).replace(DIN.encode(), din.encode())
            for key, each in usual.items()
        }
        entry = MockConfigEntry(
            domain=DOMAIN,
            title=f"Gateway {number}",
            unique_id=din,
            data={CONF_HOST: host, CONF_PASSWORD: "p", CONF_FINGERPRINT: "00" * 32},
        )
        entry.add_to_hass(hass)
        entries.append(entry)
    # With the first one the integration is set up, and with it all others.
    await hass.config_entries.async_setup(entries[0].entry_id)
    await hass.async_block_till_done()
    assert all(each.state is ConfigEntryState.LOADED for each in entries)
    good, failing = hosts[::2], hosts[1::2]
    usual_bodies = dict(fleet.bodies)
    fleet.polls.clear()
    longest = 0.0
    gc.collect()
    gc.disable()
    with contextlib.ExitStack() as leave:
        leave.callback(gc.enable)
        for second in range(0, MINUTES * 60, 10):
            if second % 60 == 0:
                for host in failing:
                    fleet.errors.pop(host, None)
                    fleet.bodies[host] = usual_bodies[host]
                    if random.random() < 0.5:
                        kind = random.choice(_ERRORS)
                        fleet.errors[host] = (
                            kind if isinstance(kind, int) else kind("failed")
                        )
                    else:
                        fleet.bodies[host] = fuzzer.poll()
            freezer.tick(10)
            began = time.thread_time()
            async_fire_time_changed(hass)
            await hass.async_block_till_done(wait_background_tasks=True)
            longest = max(longest, time.thread_time() - began)
    print(f"all polls that were due at once took {longest:.3f} s of CPU at most")
    assert {host: fleet.polls[host] for host in good} == dict.fromkeys(
        good, MINUTES * 6
    )
    assert longest < slowness()
    registry = er.async_get(hass)
    shown = [
        state.state
        for entry in entries[::2]
        for each in er.async_entries_for_config_entry(registry, entry.entry_id)
        if (state := hass.states.get(each.entity_id)) is not None
    ]
    assert len(shown) > 40 * len(good)
    assert STATE_UNAVAILABLE not in shown

"""Tests that arbitrary answers raise only our own errors, and give no absurd state.

hypothesis prints the example that fails, and a blob with which to take it again.
"""

from collections.abc import Mapping
import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
import itertools
import logging
import math
import random
from typing import Any, override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import UpdateFailed
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
import pytest

from custom_components.tesla_gateway_meters.gateway import (
    ClientState,
    Endpoint,
    GatewayClient,
    GatewayError,
    find_reading,
    sum_phases,
)
from custom_components.tesla_gateway_meters.gateway.transport import Answer, Transport
from simulator import PROFILES, Fault, SimulatedGateway
from simulator.answers import Answer as SimulatedAnswer
from simulator.clock import Clock
from simulator.profiles import create

from .arbitrary import bodies
from .conftest import NewEntry, StartGateway

_CHECKS = settings(
    database=None,
    phases=set(Phase) - {Phase.explain},
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)

_ENDPOINTS = {each: each.value.removeprefix("/api/") for each in Endpoint}
_PAYLOADS = {
    endpoint: [
        made.endpoints[name]()
        for profile in PROFILES
        if name in (made := create(profile, Clock(frozen=True), 1)).endpoints
    ]
    for endpoint, name in _ENDPOINTS.items()
}


def answers_of(endpoint: Endpoint) -> st.SearchStrategy[bytes]:
    """Draw a body for an endpoint, starting from any profile's."""
    return st.sampled_from(_PAYLOADS[endpoint]).flatmap(bodies)


class OneAnswer(Transport):
    """A transport that answers each request with one body."""

    def __init__(self, body: bytes) -> None:
        """Answer with this body."""
        self._body = body

    @override
    async def get(self, path: str, headers: dict[str, str]) -> Answer:
        return Answer(200, self._body, None)

    @override
    async def post(self, path: str, payload: bytes) -> Answer:
        return Answer(200, self._body, None)


def sound(value: object) -> bool:
    """Return whether all numbers and times in a model, state or attribute are valid."""
    match value:
        case datetime():
            # It raises if there is no such time in UTC.
            return value.tzinfo is not None and bool(value.astimezone(UTC))
        case float():
            return math.isfinite(value)
        case Mapping():
            return all(sound(item) for item in value.values())
        case list() | tuple() | set() | frozenset():
            return all(sound(item) for item in value)
        case object(__slots__=names):
            return all(sound(getattr(value, name, None)) for name in names)
    return True


async def read(endpoint: Endpoint, body: bytes) -> object:
    """Let a client read an answer as one of this endpoint."""
    client = GatewayClient(OneAnswer(body), "secret", state=ClientState(token="t"))
    calls = {
        Endpoint.AGGREGATES: client.aggregates,
        Endpoint.SITE: client.site_meters,
        Endpoint.SOLAR: client.solar_meters,
        Endpoint.STATE_OF_CHARGE: client.state_of_charge,
        Endpoint.GRID_STATUS: client.grid_status,
        Endpoint.METERS: client.meters,
        Endpoint.READINGS: client.readings,
        Endpoint.STATUS: client.status,
    }
    return await calls[endpoint]()


def now(hass: HomeAssistant, work: Any) -> Any:
    """Wait for something; the examples of hypothesis are no coroutines."""
    return hass.loop.run_until_complete(work)


@pytest.mark.parametrize("endpoint", Endpoint, ids=str)
def test_parsers(hass: HomeAssistant, endpoint: Endpoint) -> None:
    """A client gives finite values or raises a GatewayError, whatever it reads."""
    hass.loop.set_debug(False)

    @settings(_CHECKS, max_examples=300)
    @given(answers_of(endpoint))
    def check(body: bytes) -> None:
        with contextlib.suppress(GatewayError):
            found: Any = now(hass, read(endpoint, body))
            assert sound(found)
            if endpoint in (Endpoint.SITE, Endpoint.SOLAR):
                assert sound(sum_phases(found))
            if endpoint is Endpoint.METERS:
                assert all(find_reading({}, meter) is None for meter in found)

    check()


def test_login(hass: HomeAssistant) -> None:
    """A login takes a token or raises a GatewayError."""
    payload = {"email": "", "token": "abc", "roles": ["Home_Owner"]}

    @settings(_CHECKS, max_examples=300)
    @given(bodies(payload))
    def check(body: bytes) -> None:
        client = GatewayClient(OneAnswer(body), "secret")
        with contextlib.suppress(GatewayError):
            now(hass, client.login())
            assert client.state.token

    check()


@dataclass(frozen=True, slots=True)
class Raw(Fault):
    """A fault that answers with arbitrary bytes."""

    raw: bytes = field(default=b"", kw_only=True)

    @override
    def altered(self, answer: SimulatedAnswer, *, login: bool) -> SimulatedAnswer:
        return SimulatedAnswer(body=self.raw)


def set_answers(gateway: SimulatedGateway, answers: Mapping[Endpoint, bytes]) -> None:
    """Set these answers at some endpoints."""
    gateway.clear_faults()
    for endpoint, body in answers.items():
        gateway.set_fault(_ENDPOINTS[endpoint], Raw("null", raw=body))


def check_states(hass: HomeAssistant) -> None:
    """Assert that no state or attribute contains an invalid number."""
    for state in hass.states.async_all():
        if state.entity_id.startswith(("sensor.", "binary_sensor.")):
            assert sound(dict(state.attributes)), state
            with contextlib.suppress(ValueError):
                assert math.isfinite(float(state.state)), state


def check_log(caplog: pytest.LogCaptureFixture) -> None:
    """Assert that no unexpected error was logged."""
    for record in caplog.records:
        assert not record.exc_info, record.exc_text or record.getMessage()
        assert record.levelno < logging.ERROR or "Error fetching" in record.getMessage()
    caplog.clear()


# Several endpoints at a time, some of them as they should be.
_SEVERAL = st.fixed_dictionaries(
    {}, optional={endpoint: answers_of(endpoint) for endpoint in Endpoint}
)


def test_polls(
    hass: HomeAssistant,
    request: pytest.FixtureRequest,
    new_entry: NewEntry,
    all_entities_enabled: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A set-up and polls with arbitrary answers leave nothing that is not finite.

    Each example sets a gateway up anew, so that it stands for itself.
    """
    start: StartGateway = request.getfixturevalue("start_gateway")
    gateway = now(hass, start("document", frozen=True))
    hass.loop.set_debug(False)
    caplog.set_level(logging.WARNING)
    examples = itertools.count()

    async def poll(answers: Mapping[Endpoint, bytes], data: Any) -> None:
        set_answers(gateway, answers)
        for coordinator in (data.slow, *[data.live] * 3):
            await coordinator.async_refresh()
            error = coordinator.last_exception
            assert error is None or isinstance(
                error, UpdateFailed | ConfigEntryAuthFailed
            ), repr(error)
        await hass.async_block_till_done()
        check_states(hass)

    async def example(
        first: Mapping[Endpoint, bytes], later: Mapping[Endpoint, bytes]
    ) -> None:
        # hypothesis seeds anew for each example; Home Assistant draws unique ids.
        random.seed(next(examples))
        entry = new_entry(gateway)
        set_answers(gateway, first)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert entry.state in (ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY)
        check_states(hass)
        if entry.state is not ConfigEntryState.LOADED:
            gateway.clear_faults()
            await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done()
        await poll(later, entry.runtime_data)
        await poll({}, entry.runtime_data)
        power = hass.states.get("sensor.tesla_energy_gateway_grid_power")
        assert power is not None
        assert power.state != STATE_UNAVAILABLE
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
        gateway.expire_tokens()
        gateway._sessions._attempts.clear()
        check_log(caplog)

    @settings(_CHECKS, max_examples=60)
    @given(_SEVERAL, _SEVERAL)
    def check(first: Mapping[Endpoint, bytes], later: Mapping[Endpoint, bytes]) -> None:
        now(hass, example(first, later))

    check()

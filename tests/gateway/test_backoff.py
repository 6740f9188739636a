"""The client waits after a refusal, by a clock that is never set."""

import pytest

from custom_components.tesla_gateway_meters.gateway import (
    AbsentError,
    BusyError,
    ClientState,
    ForbiddenError,
    LoginError,
    RateLimitedError,
    TryLaterError,
)
from custom_components.tesla_gateway_meters.gateway.client_state import CoolDown
from simulator import Fault, LoginLimit, SimulatedGateway

from ..conftest import StartGateway
from .conftest import Connect

YEAR = 365 * 24 * 3600


class Clock:
    """A clock that the test moves, in seconds."""

    def __init__(self) -> None:
        """Start at some time."""
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


async def test_absent_endpoint_is_asked_again_after_ten_minutes(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """An absent endpoint is requested again after ten minutes, and causes no login."""
    clock = Clock()
    client = connect(gateway, clock=clock)
    gateway.set_fault("meters/site", Fault("status", 404))
    for _ in range(60):
        with pytest.raises(AbsentError):
            await client.site_meters()
        clock.now += 10
    assert gateway.count("meters/site") == 1
    assert gateway.logins == 1
    gateway.clear_faults()
    assert await client.site_meters()


async def test_forbidden_endpoint_costs_one_login(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """A forbidden endpoint causes one login in all, as long as the token is valid for others."""
    clock = Clock()
    client = connect(gateway, clock=clock)
    gateway.set_fault("meters/site", Fault("status", 403))
    for _ in range(24 * 60):
        await client.aggregates()
        with pytest.raises(ForbiddenError):
            await client.site_meters()
        clock.now += 60
    assert gateway.logins == 2
    assert gateway.count("meters/site") <= 24 * 6 + 2
    gateway.clear_faults()
    clock.now += 600
    assert await client.site_meters()


async def test_token_is_not_proven_by_the_open_endpoint(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """A token that only the open endpoint was asked with may have expired."""
    clock = Clock()
    client = connect(gateway, clock=clock)
    gateway.set_fault("meters/site", Fault("status", 403))
    with pytest.raises(ForbiddenError):
        await client.site_meters()
    gateway.clear_faults()
    gateway.expire_tokens()
    for _ in range(40):
        clock.now += 60
        await client.status()
    assert await client.site_meters()


async def test_token_that_expires_twice_at_once_is_renewed_twice(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """A renewed token that was accepted since is none that the gateway refuses."""
    client = connect(gateway, clock=Clock())
    await client.aggregates()
    for _ in range(2):
        gateway.expire_tokens()
        assert await client.aggregates()
    assert gateway.logins == 3


async def test_endpoint_that_is_served_again_is_as_any_other(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """A token that expires then is renewed for it too."""
    clock = Clock()
    client = connect(gateway, clock=clock)
    gateway.set_fault("meters/site", Fault("status", 404, times=1))
    with pytest.raises(AbsentError):
        await client.site_meters()
    clock.now += 600
    assert await client.site_meters()
    gateway.expire_tokens()
    assert await client.site_meters()


async def test_refused_token_is_renewed_once_for_all_endpoints(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """While a renewed token is accepted for none, another endpoint costs no login."""
    client = connect(gateway, clock=Clock())
    for endpoint in ("meters/aggregates", "meters/site", "meters/solar"):
        gateway.set_fault(endpoint, Fault("status", 403))
    for ask in (client.aggregates, client.site_meters, client.solar_meters):
        with pytest.raises(ForbiddenError):
            await ask()
    assert gateway.logins == 2


async def test_logins_are_rare_when_everything_is_forbidden(
    start_gateway: StartGateway, connect: Connect
) -> None:
    """A gateway that refuses all it is asked is not stormed with logins."""
    clock = Clock()
    gateway = await start_gateway("document", login_limit=LoginLimit(1000))
    client = connect(gateway, clock=clock)
    gateway.set_fault("meters/aggregates", Fault("status", 403))
    for _ in range(24 * 60):
        with pytest.raises(ForbiddenError):
            await client.aggregates()
        clock.now += 60
    assert gateway.logins <= 49


@pytest.mark.parametrize(
    ("status", "error"), [(429, RateLimitedError), (503, BusyError)]
)
async def test_no_request_is_sent_in_a_cool_down(
    gateway: SimulatedGateway,
    connect: Connect,
    status: int,
    error: type[TryLaterError],
) -> None:
    """No request leaves in a cool-down, whose length doubles up to half an hour."""
    clock = Clock()
    client = connect(gateway, clock=clock)
    await client.aggregates()
    gateway.set_fault("*", Fault("status", status))
    for minutes in (5, 10, 20, 30, 30):
        with pytest.raises(error) as caught:
            await client.aggregates()
        assert caught.value.retry_after == minutes * 60
        before = len(gateway.requests)
        # A restart does not cut it short, nor does a clock that is set back.
        client = connect(gateway, clock=clock, state=client.state)
        for _ in range(3):
            for ask in (client.aggregates, client.status, client.login):
                with pytest.raises(TryLaterError) as caught:
                    await ask()
                assert caught.value.retry_after is not None
            clock.now += minutes * 60 / 3 - 0.001
        assert len(gateway.requests) == before
        clock.now += 1
    gateway.clear_faults()
    await client.aggregates()
    clock.now += 60 * 60
    gateway.set_fault("*", Fault("status", status))
    with pytest.raises(error) as caught:
        await client.aggregates()
    assert caught.value.retry_after == 5 * 60


async def test_cool_down_is_as_long_as_the_gateway_asks(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """A gateway that names a time gets it."""
    clock = Clock()
    client = connect(gateway, clock=clock)
    gateway.set_fault("login/Basic", Fault("status", 429, retry_after=90))
    with pytest.raises(RateLimitedError) as caught:
        await client.aggregates()
    assert caught.value.retry_after == 90
    gateway.clear_faults()
    clock.now += 89
    with pytest.raises(TryLaterError):
        await client.aggregates()
    clock.now += 2
    await client.aggregates()
    assert gateway.logins == 2


# Seconds by which a clock is set: to 1970 and from there, a year, summer time.
JUMPS = (-1_799_000_000, 1_799_000_000, -YEAR, YEAR, -36_000, 36_000, -3600, 3600)


@pytest.mark.parametrize("jump", JUMPS)
async def test_cool_down_is_as_long_when_the_clock_is_set(
    gateway: SimulatedGateway, connect: Connect, jump: float
) -> None:
    """A clock that is set neither lengthens a cool-down nor ends it."""
    wall, monotonic = Clock(), Clock()
    client = connect(gateway, clock=wall, monotonic=monotonic)
    gateway.set_fault("meters/aggregates", Fault("status", 429, times=1))
    with pytest.raises(RateLimitedError):
        await client.aggregates()
    wall.now += jump
    monotonic.now += 299
    with pytest.raises(TryLaterError) as caught:
        await client.aggregates()
    assert caught.value.retry_after == 1
    monotonic.now += 1
    await client.aggregates()


@pytest.mark.parametrize("jump", JUMPS)
async def test_cool_down_after_a_restart_is_bounded_when_the_clock_is_set(
    gateway: SimulatedGateway, connect: Connect, jump: float
) -> None:
    """A restart with a clock that is set waits no longer than the whole cool-down.

    The next one is of five minutes, or of ten, as if the clock had not been set.
    """
    wall, monotonic = Clock(), Clock()
    client = connect(gateway, clock=wall, monotonic=monotonic)
    gateway.set_fault("meters/aggregates", Fault("status", 429, times=2))
    with pytest.raises(RateLimitedError):
        await client.aggregates()
    wall.now += jump
    client = connect(gateway, clock=wall, monotonic=monotonic, state=client.state)
    monotonic.now += 300
    wall.now += 300
    with pytest.raises(RateLimitedError) as caught:
        await client.aggregates()
    assert caught.value.retry_after is not None
    assert 300 <= caught.value.retry_after <= 600


def test_stored_cool_down_is_bounded() -> None:
    """No stored cool-down, whatever it says, is of more than a day."""
    state = ClientState.from_dict({"cool_down_until": 9e14, "cool_down_length": 9e14})
    assert state.cool_down.remaining(1_800_000_000) == 24 * 3600


@pytest.mark.parametrize("jump", JUMPS)
async def test_absent_endpoint_is_asked_again_when_the_clock_is_set(
    gateway: SimulatedGateway, connect: Connect, jump: float
) -> None:
    """The back-off lasts ten minutes by the monotonic clock."""
    wall, monotonic = Clock(), Clock()
    client = connect(gateway, clock=wall, monotonic=monotonic)
    gateway.set_fault("meters/site", Fault("status", 404, times=1))
    with pytest.raises(AbsentError):
        await client.site_meters()
    wall.now += jump
    monotonic.now += 599
    with pytest.raises(AbsentError):
        await client.site_meters()
    monotonic.now += 1
    assert await client.site_meters()


@pytest.mark.parametrize("jump", JUMPS)
async def test_login_is_tried_again_when_the_clock_is_set(
    gateway: SimulatedGateway, connect: Connect, jump: float
) -> None:
    """A login that failed is tried again after five minutes, whatever the clock says."""
    wall, monotonic = Clock(), Clock()
    client = connect(gateway, clock=wall, monotonic=monotonic)
    gateway.set_fault("login/Basic", Fault("status", 500, times=1))
    with pytest.raises(LoginError):
        await client.aggregates()
    wall.now += jump
    monotonic.now += 299
    with pytest.raises(LoginError):
        await client.aggregates()
    assert gateway.logins == 1
    monotonic.now += 1
    await client.aggregates()


@pytest.mark.parametrize("jump", JUMPS)
async def test_token_is_renewed_when_the_clock_is_set(
    gateway: SimulatedGateway, connect: Connect, jump: float
) -> None:
    """A token that expires costs one login, whatever the clock was set to since the last."""
    wall, monotonic = Clock(), Clock()
    client = connect(gateway, clock=wall, monotonic=monotonic)
    await client.aggregates()
    gateway.expire_tokens()
    await client.aggregates()
    wall.now += jump
    monotonic.now += 31 * 60
    # A refusal that nothing explains, and a token that has expired later.
    gateway.set_fault("meters/aggregates", Fault("status", 403, times=2))
    with pytest.raises(ForbiddenError):
        await client.aggregates()
    monotonic.now += 31 * 60
    gateway.expire_tokens()
    assert await client.aggregates()


def test_client_state_is_stored_under_names_that_stay() -> None:
    """Data that an earlier version stored can still be read: the names must not change."""
    stored = {
        "token": "t0ken",
        "password_refused": True,
        "cool_down_until": 1_800_000_300.0,
        "cool_down_length": 300.0,
    }
    state = ClientState.from_dict(stored)
    assert state == ClientState("t0ken", True, CoolDown(1_800_000_300.0, 300.0))
    assert state.as_dict() == stored


@pytest.mark.parametrize("token", [None, "", 1, ["t0ken"], {"t0ken": 1}])
def test_stored_token_is_a_text(token: object) -> None:
    """Anything else is no token, and costs a login."""
    assert ClientState.from_dict({"token": token}).token is None


@pytest.mark.parametrize("refused", [None, 1, "true", False])
def test_password_is_refused_only_where_that_was_stored(refused: object) -> None:
    """Nothing else keeps a client from logging in."""
    assert not ClientState.from_dict({"password_refused": refused}).password_refused


@pytest.mark.parametrize(
    ("asked", "length"), [(0, 10), (9, 10), (11, 11), (86_400, 86_400), (1e9, 86_400)]
)
def test_cool_down_that_is_asked_for_is_within_reason(
    asked: float, length: float
) -> None:
    """From ten seconds to a day."""
    assert CoolDown().next_state(1000, asked) == CoolDown(1000 + length, length)


@pytest.mark.parametrize(
    ("wait", "length"), [(0, 600), (300, 600), (300.1, 300), (-300, 600), (-301, 300)]
)
def test_cool_down_is_doubled_within_its_own_length(wait: float, length: float) -> None:
    """A gateway that was well for as long as the last one took starts anew."""
    last = CoolDown(1000, 300)
    assert last.next_state(1000 + wait, None).length == length


async def test_absent_status_is_not_asked_again_at_once(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """As every other endpoint."""
    gateway.set_fault("status", Fault("status", 404))
    client = connect(gateway, clock=Clock())
    for _ in range(3):
        with pytest.raises(AbsentError):
            await client.status()
    assert gateway.count("status") == 1


async def test_each_cool_down_is_counted(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """Requests that are not sent meanwhile begin none."""
    clock = Clock()
    client = connect(gateway, clock=clock)
    gateway.set_fault("status", Fault("status", 503))
    for _ in range(3):
        for _ in range(2):
            with pytest.raises(TryLaterError):
                await client.status()
        clock.now += 3600
    assert client.statistics.cool_downs == 3

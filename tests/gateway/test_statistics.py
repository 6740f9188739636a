"""Tests of the statistics of requests."""

from dataclasses import dataclass

import pytest

from custom_components.tesla_gateway_meters.gateway import (
    LOGIN,
    AbsentError,
    Address,
    BadCredentialsError,
    BrokenAnswerError,
    ConnectError,
    Endpoint,
    EndpointStatistics,
    ForbiddenError,
    GatewayClient,
    GatewayError,
    LoginError,
    PayloadError,
    RateLimitedError,
    Statistics,
    StatusError,
    Transport,
)
from custom_components.tesla_gateway_meters.session import create_session
from simulator import Fault, SimulatedGateway, serve

from ..conftest import StartGateway, address_of

ENDPOINT = Endpoint.SITE


@dataclass
class Clock:
    """A time that is set."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


async def ask(
    gateway: SimulatedGateway, clock: Clock | None = None, password: str | None = None
) -> tuple[Statistics, GatewayError | None]:
    """Ask a gateway's site meters with a new client; return what was counted."""
    async with create_session() as session:
        client = GatewayClient(
            Transport(session, Address.parse(address_of(gateway)), gateway.fingerprint),
            gateway.password if password is None else password,
            clock=clock or Clock(),
        )
        try:
            await client.site_meters()
        except GatewayError as err:
            return client.statistics, err
        return client.statistics, None


async def test_good_answer_is_counted_timed_and_kept(
    gateway: SimulatedGateway,
) -> None:
    """A good answer is counted, timed and kept as it came; so is the login."""
    clock = Clock()
    statistics, _ = await ask(gateway, clock)
    assert set(statistics.endpoints) == {LOGIN, ENDPOINT}
    for each in statistics.endpoints.values():
        assert each.requests == 1
        assert each.failures == {}
        assert each.outcome is None
        assert each.last_success == clock.now
        duration = each.duration(0.5)
        assert duration is not None
        assert 0 < duration < 10
    site = statistics.endpoints[ENDPOINT]
    assert site.body is not None
    assert site.body.startswith(b'[{"id":0,"location":"site"')
    assert site.body_at == clock.now
    # A token is in it.
    assert statistics.endpoints[LOGIN].body is None
    assert statistics.requests(LOGIN) == 1
    assert statistics.cool_downs == 0


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", 404), AbsentError),
        (Fault("status", 500), StatusError),
        (Fault("status", 429), RateLimitedError),
        (Fault("html"), PayloadError),
        (Fault("cut"), BrokenAnswerError),
        # JSON, but not what this endpoint gives: our parser finds that out.
        (Fault("body", '{"site": 1}'), PayloadError),
    ],
)
async def test_failure_is_counted_once_by_its_error(
    gateway: SimulatedGateway, fault: Fault, error: type[GatewayError]
) -> None:
    """Each failure is counted once, by its kind, at its endpoint."""
    gateway.set_fault(ENDPOINT, fault)
    statistics, err = await ask(gateway)
    assert isinstance(err, error)
    site = statistics.endpoints[ENDPOINT]
    assert site.requests == gateway.count(ENDPOINT) == 1
    assert site.failures == {error.__name__: 1}
    assert site.outcome == error.__name__
    assert site.last_success is None
    assert site.duration(0.5) is not None
    assert statistics.last_success == statistics.endpoints[LOGIN].last_success
    assert statistics.cool_downs == (error is RateLimitedError)


async def test_refused_endpoint_counts_two_requests_and_one_failure(
    gateway: SimulatedGateway,
) -> None:
    """A refused endpoint counts two requests, two logins and one failure."""
    gateway.set_fault(ENDPOINT, Fault("status", 403))
    statistics, err = await ask(gateway)
    assert isinstance(err, ForbiddenError)
    assert statistics.endpoints[ENDPOINT].requests == gateway.count(ENDPOINT) == 2
    assert statistics.endpoints[ENDPOINT].failures == {"ForbiddenError": 1}
    assert statistics.requests(LOGIN) == gateway.logins == 2


async def test_failed_login_is_counted_at_the_login(gateway: SimulatedGateway) -> None:
    """A login that fails is counted at the login."""
    statistics, err = await ask(gateway, password="wrong")
    assert isinstance(err, BadCredentialsError)
    assert set(statistics.endpoints) == {LOGIN}
    assert statistics.endpoints[LOGIN].failures == {"BadCredentialsError": 1}
    gateway.set_fault("login/Basic", Fault("html"))
    statistics, err = await ask(gateway)
    assert isinstance(err, LoginError)
    assert statistics.endpoints[LOGIN].failures == {"PayloadError": 1}


async def test_request_without_a_connection_is_counted(
    start_gateway: StartGateway,
) -> None:
    """A request that does not get there was one all the same."""
    async with serve() as gateway:
        pass
    statistics, err = await ask(gateway)
    assert isinstance(err, ConnectError)
    assert statistics.endpoints[LOGIN].requests == 1
    assert statistics.endpoints[LOGIN].failures == {"ConnectError": 1}
    assert statistics.last_success is None


async def test_request_that_is_not_sent_is_not_counted(
    gateway: SimulatedGateway,
) -> None:
    """Nothing is counted if nothing is sent: a refused password, a back-off, a cool-down."""
    clock = Clock()
    gateway.set_fault(ENDPOINT, Fault("status", 404))
    gateway.set_fault("meters", Fault("status", 503))
    async with create_session() as session:
        client = GatewayClient(
            Transport(session, Address.parse(address_of(gateway)), gateway.fingerprint),
            gateway.password,
            clock=clock,
        )
        for call in (client.site_meters, client.meters):
            for _ in range(3):
                with pytest.raises(GatewayError):
                    await call()
    counted = {
        endpoint: (each.requests, dict(each.failures))
        for endpoint, each in client.statistics.endpoints.items()
    }
    assert counted == {
        LOGIN: (1, {}),
        ENDPOINT: (1, {"AbsentError": 1}),
        Endpoint.METERS: (1, {"BusyError": 1}),
    }
    assert client.statistics.cool_downs == 1
    assert sum(count for count, _ in counted.values()) == gateway.record.total


def test_durations_are_of_the_last_256_requests() -> None:
    """The median and the 95th percentile are of the last 256, in whatever order they came."""
    each = Statistics(0).begin("/api/any", 0)
    assert each.duration(0.5) is None
    each.note_duration(7)
    assert each.duration(0.5) == each.duration(0.95) == 7
    for n in range(1000, 0, -1):
        each.note_duration(n)
    assert each.requests == 1001
    assert each.duration(0.5) == 128
    assert each.duration(0.95) == 244
    assert each.duration(1) == 256


def test_requests_per_minute_are_of_the_last_five_minutes() -> None:
    """The rate is that of the last five minutes, also when requests come fast or stop."""
    statistics = Statistics(0)
    assert statistics.per_minute(0) == 0
    for _ in range(8):
        statistics.begin("/api/any", 0)
    assert statistics.per_minute(1) == 8
    for now in range(0, 3600, 10):
        statistics.begin("/api/any", now)
    assert statistics.per_minute(3599) == pytest.approx(6)
    assert statistics.per_minute(3600 + 300) == 0
    for now in range(10_000, 10_600):
        statistics.begin("/api/any", now)
    assert statistics.per_minute(10_600) == pytest.approx(60, rel=0.01)
    # A clock that is set back knows nothing of a future.
    assert statistics.per_minute(5_000) == 0


def test_endpoint_without_requests_has_none() -> None:
    """An unknown endpoint has zero requests, and raises no error."""
    statistics = Statistics(0)
    assert statistics.requests("/api/any") == 0
    statistics.begin("/api/any", 0)
    assert statistics.requests("/api/any") == 0


def test_request_of_this_second_counts_in_the_rate() -> None:
    """The window ends now."""
    statistics = Statistics(0)
    statistics.begin("/api/any", 60)
    assert statistics.per_minute(60) == 1


def test_rate_begins_with_the_first_request_that_is_known() -> None:
    """Of 256 requests the first was long before the others."""
    statistics = Statistics(0)
    for now in (0, 100, *[200] * 255):
        statistics.begin("/api/any", now)
    assert statistics.per_minute(260) == 256 * 60 / (260 - 100)


def test_each_failure_is_counted() -> None:
    """By its kind; one that succeeds between them takes none away."""
    statistics = EndpointStatistics()
    statistics.note_failure(ConnectError())
    statistics.note_success(1)
    statistics.note_failure(ConnectError())
    statistics.note_failure(PayloadError())
    assert statistics.failures == {"ConnectError": 2, "PayloadError": 1}

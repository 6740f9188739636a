"""Tests of the number of requests to a gateway that refuses them."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from simulator import Fault

from .conftest import AddGateway, LivePolls, NewEntry, StartGateway

DAY = 8640  # live polls


async def test_one_login_per_token_in_a_day(
    start_gateway: StartGateway, add_gateway: AddGateway, live_polls: LivePolls
) -> None:
    """Over a day with a token that lives an hour: a login for each, at the full rate."""
    gateway = await start_gateway("document", frozen=True, token_life=3600)
    await add_gateway(gateway)
    await live_polls(DAY, gateway)
    assert 24 <= gateway.logins <= 25
    # Each token that ended was noticed by a refused request, which was repeated.
    assert gateway.count("meters/aggregates") <= 1 + DAY + gateway.logins
    assert gateway.count("meters/aggregates") >= 1 + DAY
    assert gateway.connections == 1


async def test_one_login_in_a_day_with_wrong_password(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    new_entry: NewEntry,
    live_polls: LivePolls,
) -> None:
    """Over a day with a wrong password from the start: one login, one question."""
    gateway = await start_gateway("document", frozen=True)
    entry = new_entry(gateway)
    gateway.password = "another"
    assert not await hass.config_entries.async_setup(entry.entry_id)
    await live_polls(DAY, gateway)
    assert gateway.logins == 1
    assert len(hass.config_entries.flow.async_progress()) == 1


async def test_one_more_login_in_a_day_after_password_changed(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    live_polls: LivePolls,
) -> None:
    """Over a day with a password that was changed: one more login, one question."""
    gateway = await start_gateway("document", frozen=True)
    await add_gateway(gateway)
    gateway.password = "another"
    gateway.expire_tokens()
    await live_polls(DAY, gateway)
    assert gateway.logins == 2
    assert len(hass.config_entries.flow.async_progress()) == 1


@pytest.mark.parametrize(
    "endpoint",
    ["meters/aggregates", "system_status/grid_status", "meters/readings", "status"],
)
@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (Fault("status", 429, times=1), 300),
        (Fault("status", 503, times=1), 300),
        (Fault("status", 429, times=1, retry_after=1200), 1200),
    ],
    ids=str,
)
async def test_no_request_during_cool_down(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    live_polls: LivePolls,
    endpoint: str,
    fault: Fault,
    seconds: int,
) -> None:
    """From the answer that begins it until its end, whatever is reloaded: nothing."""
    gateway = await start_gateway("document", frozen=True)
    entry = await add_gateway(gateway)
    gateway.set_fault(endpoint, fault)
    for _ in range(31):
        await live_polls(1, gateway)
        if not gateway.faults.listed():
            break
    assert not gateway.faults.listed()
    before = gateway.record.total
    await live_polls(seconds // 20, gateway)
    assert not await hass.config_entries.async_reload(entry.entry_id)
    await live_polls(seconds // 20 - 1, gateway)
    assert gateway.record.total == before
    # A set-up that failed is tried again at growing intervals, of ten minutes at most.
    await live_polls(66, gateway)
    assert gateway.record.total > before
    assert entry.state is ConfigEntryState.LOADED


async def test_cool_downs_grow_to_half_an_hour(
    start_gateway: StartGateway, add_gateway: AddGateway, live_polls: LivePolls
) -> None:
    """A gateway that says 429 for a day is asked every half hour in the end."""
    gateway = await start_gateway("document", frozen=True)
    await add_gateway(gateway)
    gateway.set_fault("*", Fault("status", 429))
    before = gateway.record.total
    await live_polls(DAY, gateway)
    # After 0, 5, 15, 35 minutes, and every 30 from then on.
    assert gateway.record.total - before <= 4 + 24 * 2
    assert gateway.logins == 1


async def test_no_request_during_cool_down_of_login(
    start_gateway: StartGateway, add_gateway: AddGateway, live_polls: LivePolls
) -> None:
    """429 at login: no request in the cool-down, and no second login before its end."""
    gateway = await start_gateway("document", frozen=True)
    await add_gateway(gateway)
    gateway.expire_tokens()
    gateway.refuse_logins(429, times=1)
    await live_polls(1, gateway)
    assert gateway.logins == 2
    before = gateway.record.total
    await live_polls(29, gateway)
    assert gateway.record.total == before
    await live_polls(2, gateway)
    assert gateway.logins == 3

"""Tests of stale meters, whose last values the gateway repeats."""

from datetime import UTC, datetime, timedelta

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_gateway_meters.processing.staleness import (
    Staleness,
    Timestamp,
)

from .conftest import AddGateway, LivePolls, StartGateway, payload_of, serve_instead

GATEWAY = "sensor.tesla_energy_gateway"
START = datetime(2026, 6, 21, 19, tzinfo=UTC)


def stale_after(
    polls: int,
    *,
    interval: float = 10,
    moving: bool = True,
    jump: timedelta = timedelta(),
) -> bool:
    """Return whether a part is stale whose time does not advance over these polls."""
    staleness, now = Staleness(interval), START
    silent: frozenset[str] = frozenset()
    for poll in range(polls + 1):
        if poll == 1:
            now += jump
        stamps = {"site": Timestamp(START, 1.5), "load": Timestamp(now, None)}
        silent = staleness.update(stamps, clock_keys=stamps)
        if moving:
            now += timedelta(seconds=interval)
    assert "load" not in silent
    return "site" in silent


def test_stale_meter_stays_stale_without_a_clock() -> None:
    """Aggregates, whose timestamps are the clock, give no answer."""
    staleness = Staleness(10)
    meter = {"meter": Timestamp(START, None)}
    for seconds in (0, 10, 20):
        now = Timestamp(START + timedelta(seconds=seconds), None)
        silent = staleness.update({"site": now, **meter}, clock_keys={"site"})
    assert silent == {"meter"}
    assert staleness.update(meter, clock_keys={"site"}) == {"meter"}
    spoken = {"meter": Timestamp(START + timedelta(seconds=30), None)}
    assert staleness.update(spoken, clock_keys={"site"}) == frozenset()


def test_not_stale_while_there_was_never_a_clock() -> None:
    """Nothing says that time has passed."""
    staleness = Staleness(10)
    for _ in range(5):
        assert staleness.update({"meter": Timestamp(START, 1.5)}, ()) == frozenset()


@pytest.mark.parametrize("interval", [5, 10, 60, 300])
def test_stale_within_three_polls(interval: float) -> None:
    """One poll without a new timestamp may be chance."""
    assert not stale_after(1, interval=interval)
    assert stale_after(3, interval=interval)


def test_not_stale_when_all_timestamps_stand_still() -> None:
    """A recording looks like that."""
    assert not stale_after(1000, moving=False)


def test_stale_as_soon_as_usual_when_the_clock_is_set_back() -> None:
    """The change itself makes nothing stale."""
    assert not stale_after(1, jump=timedelta(hours=-5))
    assert stale_after(4, jump=timedelta(hours=-5))


def test_not_stale_within_a_long_timeout() -> None:
    """A meter may be silent for the timeout that the gateway grants it."""
    staleness = Staleness(10)
    for seconds in range(0, 60, 10):
        now = Timestamp(START + timedelta(seconds=seconds), None)
        stamps = {"busway": Timestamp(START, 60), "site": now}
        assert not staleness.update(stamps, clock_keys=stamps)


# What the devices of locations are called in entity ids.
NAMES = {"site": "grid", "load": "home", "solar": "solar", "battery": "battery"}


def unavailable(hass: HomeAssistant) -> set[str]:
    """Return the entities that are unavailable."""
    return {
        state.entity_id
        for state in hass.states.async_all()
        if state.state == STATE_UNAVAILABLE
    }


@pytest.mark.usefixtures("all_entities_enabled")
@pytest.mark.parametrize("location", ["site", "solar", "battery", "load"])
async def test_entities_of_a_stale_location_are_unavailable(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    live_polls: LivePolls,
    location: str,
) -> None:
    """No others are, from the third poll on, and until its next reading."""
    gateway = await start_gateway("split-phase", frozen=True, start=START)
    await add_gateway(gateway)
    await live_polls(3, gateway)
    assert unavailable(hass) == set()
    before = payload_of(gateway, "meters/aggregates")
    for _ in range(3):
        gateway.clear_faults()
        now = payload_of(gateway, "meters/aggregates")
        now[location] = before[location]
        serve_instead(gateway, "meters/aggregates", now)
        await live_polls(1, gateway)
    silent = unavailable(hass)
    assert f"{GATEWAY}_{NAMES[location]}_power" in silent
    parts = {each.partition("tesla_energy_gateway_")[2] for each in silent}
    assert {part.split("_")[0] for part in parts} == {NAMES[location]}
    # It shows since when the meter is stale.
    assert f"{GATEWAY}_{NAMES[location]}_last_communication" not in silent
    gateway.clear_faults()
    await live_polls(1, gateway)
    assert unavailable(hass) == set()


@pytest.mark.usefixtures("all_entities_enabled")
@pytest.mark.parametrize("polls", [3, 4, 5])
async def test_phases_of_stale_solar_are_unavailable_with_its_power(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    live_polls: LivePolls,
    polls: int,
) -> None:
    """The phases do not wait for the next request of their meters."""
    gateway = await start_gateway("split-phase", frozen=True, start=START)
    await add_gateway(gateway)
    await live_polls(polls, gateway)
    before = payload_of(gateway, "meters/aggregates")["solar"]
    serve_instead(gateway, "meters/solar", payload_of(gateway, "meters/solar"))
    for _ in range(3):
        gateway.clear_faults("meters/aggregates")
        now = payload_of(gateway, "meters/aggregates") | {"solar": before}
        serve_instead(gateway, "meters/aggregates", now)
        await live_polls(1, gateway)
    shown = {f"{GATEWAY}_solar_{each}" for each in ("power", "power_l2", "current")}
    assert shown <= unavailable(hass)
    gateway.clear_faults()
    await live_polls(1, gateway)
    assert unavailable(hass) == set()


@pytest.mark.usefixtures("all_entities_enabled")
@pytest.mark.parametrize(("location", "phase"), [("site", "l1"), ("solar", "l2")])
async def test_entities_of_a_stale_meter_and_its_phases_are_unavailable(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    add_gateway: AddGateway,
    live_polls: LivePolls,
    location: str,
    phase: str,
) -> None:
    """With a meter go its own entities in that role and the phases that it measures."""
    gateway = await start_gateway("split-phase", frozen=True, start=START)
    await add_gateway(gateway)
    await live_polls(3, gateway)
    endpoint = f"meters/{location}"
    serve_instead(gateway, endpoint, payload_of(gateway, endpoint))
    await live_polls(3, gateway)
    silent = unavailable(hass)
    assert f"{GATEWAY}_{NAMES[location]}_power_{phase}" in silent
    assert f"{GATEWAY}_{NAMES[location]}_current" in silent
    assert all(f"_{NAMES[location]}_" in each for each in silent)
    assert not any(each.endswith("last_communication") for each in silent)
    for other in ("site", "solar", "battery", "load"):
        assert f"{GATEWAY}_{NAMES[other]}_power" not in silent
    gateway.clear_faults()
    # Solar meters are asked every third time.
    await live_polls(1 if location == "site" else 3, gateway)
    assert unavailable(hass) == set()

"""Tests of issues of wiring faults, and of issues that hide them."""

from datetime import UTC, datetime

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import Fault, FlippedCT, InvalidCT, MovedCT
from tests.conftest import StartGateway, payload_of, serve_instead

from .conftest import Poll, Watch
from .present import present_issues

NOON = datetime(2026, 6, 21, 18, tzinfo=UTC)
MORNING = datetime(2026, 6, 21, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize("endpoint", ["meters/solar", "meters/site"])
async def test_issue_stays_when_a_request_fails(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    watch: Watch,
    poll: Poll,
    endpoint: str,
) -> None:
    """A request that fails says nothing of the wiring: issues stay."""
    gateway = await start_gateway("three-phase", frozen=True, start=NOON)
    await watch(gateway)
    gateway.miswire(FlippedCT("synchrometerY", 3))
    for _ in range(40):
        await poll(gateway)
    assert {kind for kind, _ in present_issues(hass)} == {"negative_solar"}
    before = [*ir.async_get(hass).issues.items()]
    gateway.set_fault(endpoint, Fault("status", 500))
    await poll(gateway)
    assert [*ir.async_get(hass).issues.items()] == before
    gateway.clear_faults()
    gateway.mend()
    for _ in range(5):
        await poll(gateway)
    assert not [*present_issues(hass)]


async def test_ignored_issue_hides_no_other(
    hass: HomeAssistant, start_gateway: StartGateway, watch: Watch, poll: Poll
) -> None:
    """Other faults are reported while a change of the CTs is ignored."""
    gateway = await start_gateway("three-phase", frozen=True, start=NOON)
    await watch(gateway)
    for _ in range(25):
        await poll(gateway)
    gateway.miswire(InvalidCT("synchrometerX", 2))
    for _ in range(30):
        await poll(gateway)
    assert {kind for kind, _ in present_issues(hass)} == {"ct_changed"}
    (issue_id,) = (known for domain, known in ir.async_get(hass).issues)
    ir.async_ignore_issue(hass, DOMAIN, issue_id, ignore=True)
    for ct in (1, 2, 3):
        gateway.miswire(FlippedCT("synchrometerY", ct))
    for _ in range(240):
        await poll(gateway)
    assert "negative_solar" in {kind for kind, _ in present_issues(hass)}


async def test_reading_fault_of_grid_meter_hides_no_solar_phase(
    hass: HomeAssistant, start_gateway: StartGateway, watch: Watch, poll: Poll
) -> None:
    """Solar has a meter of its own, whose fault does hide it."""
    gateway = await start_gateway("three-phase", frozen=True, start=NOON)
    await watch(gateway)
    serials = {each["type"]: each["serial"] for each in payload_of(gateway, "meters")}
    for meter, kinds in (
        ("synchrometerX", {"reading_fault", "negative_solar"}),
        ("synchrometerY", {"reading_fault"}),
    ):
        readings = payload_of(gateway, "meters/readings")
        readings[serials[meter]]["error"] = "dial tcp: no route to host"
        serve_instead(gateway, "meters/readings", readings)
        gateway.miswire(FlippedCT("synchrometerY", 3))
        for _ in range(60):
            await poll(gateway)
        assert {kind for kind, _ in present_issues(hass)} == kinds, meter
        gateway.clear_faults()
        gateway.mend()
        for _ in range(60):
            await poll(gateway)
        assert not [*present_issues(hass)]


async def test_ignored_grid_phase_hides_no_solar_phase(
    hass: HomeAssistant, start_gateway: StartGateway, watch: Watch, poll: Poll
) -> None:
    """Neither before nor after the issue of the grid's phase is ignored."""
    gateway = await start_gateway("three-phase", frozen=True, start=MORNING)
    await watch(gateway)
    gateway.miswire(MovedCT("synchrometerX", 1, 2))

    async def until(kind: str) -> None:
        for _ in range(30 * 120):
            if kind in {each for each, _ in present_issues(hass)}:
                return
            await poll(gateway)
        raise AssertionError(f"no {kind} within 30 h")

    await until("low_power_factor")
    for domain, known_id in [*ir.async_get(hass).issues]:
        ir.async_ignore_issue(hass, domain, known_id, ignore=True)
    gateway.miswire(FlippedCT("synchrometerY", 2))
    await until("negative_solar")
    assert any("L2" in text for _, text in present_issues(hass))


async def test_large_power_has_no_exponent(
    hass: HomeAssistant, start_gateway: StartGateway, watch: Watch, poll: Poll
) -> None:
    """Numbers have no exponent and few digits."""
    gateway = await start_gateway("document")
    totals = payload_of(gateway, "meters/aggregates")
    totals["load"]["instant_power"] = -12345.6
    serve_instead(gateway, "meters/aggregates", totals)
    # No CT of the site is there to explain it.
    gateway.set_fault("meters/site", Fault("null"))
    await watch(gateway)
    for _ in range(25):
        await poll(gateway)
    ((kind, text),) = present_issues(hass)
    assert kind == "negative_load"
    assert "-12346" in text


async def test_no_entity_of_total_solar_while_its_meters_fail(
    hass: HomeAssistant, start_gateway: StartGateway, watch: Watch, poll: Poll
) -> None:
    """Solar that has meters is judged by them, also while they give no answer."""
    gateway = await start_gateway("split-phase", frozen=True, start=NOON)
    await watch(gateway)
    before = hass.states.async_entity_ids()
    gateway.set_fault("meters/solar", Fault("status", 500))
    for _ in range(3):
        await poll(gateway)
    assert hass.states.async_entity_ids() == before


async def test_total_solar_issue_without_a_meter(
    hass: HomeAssistant, start_gateway: StartGateway, watch: Watch, poll: Poll
) -> None:
    """Unknown phases, meters and CTs are not mentioned."""
    gateway = await start_gateway("document")
    totals = payload_of(gateway, "meters/aggregates")
    totals["solar"]["instant_power"] = -3000
    totals["load"]["instant_power"] = 701 - 3000
    serve_instead(gateway, "meters/aggregates", totals)
    gateway.set_fault("meters/solar", Fault("null"))
    await watch(gateway)
    for minute in range(40):
        # The sun is on its way up.
        totals["solar"]["instant_power"] = -2000 - 40 * minute
        totals["load"]["instant_power"] = 701 - 2000 - 80 * minute
        serve_instead(gateway, "meters/aggregates", totals)
        await poll(gateway)
    assert {kind for kind, _ in present_issues(hass)} == {"negative_solar_total"}

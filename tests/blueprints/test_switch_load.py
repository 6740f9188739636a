"""A load that is switched by surplus: how often, and what it does when things go wrong."""

from itertools import pairwise
import json
from math import ceil
import random
from typing import Any

from homeassistant.config_entries import ConfigEntryState
import pytest

from simulator import Fault

from .conftest import EXPORT, LOAD, NAIVE, STATE_OF_CHARGE, House

THRESHOLD = 2000
PLENTY, LITTLE = 3000, 50

INPUTS: dict[str, Any] = {
    "surplus": EXPORT,
    "load": LOAD,
    "on_above": THRESHOLD,
    "on_for": 3,
    "off_below": 200,
    "off_for": 2,
    "minimum_run": 10,
    "minimum_rest": 5,
}
# Evidence counts from the poll that brings it, and is looked at a minute later at most.
LATE = 2
# The state of charge is asked for with each third poll.
POLLS_OF_CHARGE = 3


async def begin(house: House, **inputs: Any) -> None:
    """Start the automation without enough surplus, after the load's minimum pause."""
    house.automate("switch_load", **INPUTS | inputs)
    await house.start()
    await house.pass_minutes(10, export=LITTLE)
    assert not house.is_on


async def begin_running(house: House, **inputs: Any) -> None:
    """Switch the load on for longer than its minimum run."""
    await begin(house, **inputs)
    await house.pass_minutes(20, export=PLENTY)
    assert house.is_on


def cloudy_day(crossings: int) -> list[float]:
    """Return the export of each minute of a day with so many crossings of the threshold."""
    chance = random.Random(200)
    return [
        export
        for spell in range(crossings + 1)
        for export in [PLENTY if spell % 2 else LITTLE]
        * chance.choice([1, 1, 2, 2, 3, 7])
    ]


async def test_a_cloudy_day(house: House) -> None:
    """200 crossings are a few switches, each run and rest having its minimum."""
    naive = {
        "alias": "naive",
        "triggers": [
            {
                "trigger": "numeric_state",
                "entity_id": EXPORT,
                "above": THRESHOLD,
                "id": "turn_on",
            },
            {
                "trigger": "numeric_state",
                "entity_id": EXPORT,
                "below": THRESHOLD,
                "id": "turn_off",
            },
        ],
        "actions": [
            {
                "action": "input_boolean.{{ trigger.id }}",
                "target": {"entity_id": NAIVE},
            }
        ],
    }
    house.automate_by_hand(naive)
    await begin(house)
    day = cloudy_day(crossings=200)
    for export in day:
        await house.pass_minutes(1, export=export)

    assert len(house.switched[NAIVE]) >= 190
    run, rest = INPUTS["minimum_run"], INPUTS["minimum_rest"]
    switched = house.switched[LOAD]
    assert 10 <= len(switched) <= 2 * ceil(len(day) / (run + rest))
    lengths = [after - before for before, after in pairwise(switched)]
    assert min(lengths[::2]) >= run
    assert min(lengths[1::2]) >= rest


async def test_evidence_for_switching_on(house: House) -> None:
    """The load turns on after the set time without a break."""
    await begin(house)
    await house.pass_minutes(2, export=PLENTY)
    await house.pass_minutes(1, export=LITTLE)
    await house.pass_minutes(3, export=PLENTY)
    assert not house.is_on
    await house.pass_minutes(LATE, export=PLENTY)
    assert house.is_on


async def test_evidence_for_switching_off(house: House) -> None:
    """A cloud that passes sooner than asked for ends nothing."""
    await begin_running(house, off_for=5)
    for _ in range(3):
        await house.pass_minutes(4, export=LITTLE)
        assert house.is_on
        await house.pass_minutes(1, export=PLENTY)
    await house.pass_minutes(5 + LATE, export=LITTLE)
    assert not house.is_on


async def test_between_the_thresholds(house: House) -> None:
    """Neither switches the load on nor off."""
    await begin(house)
    await house.pass_minutes(20, export=THRESHOLD / 2)
    assert not house.is_on
    await house.pass_minutes(10, export=PLENTY)
    await house.pass_minutes(20, export=THRESHOLD / 2)
    assert house.is_on


async def test_a_load_that_takes_the_surplus(house: House) -> None:
    """The load's own power does not switch it off."""
    await begin(house)
    for _ in range(60):
        await house.pass_minutes(1, export=2500 - 2000 * house.is_on)
    assert len(house.switched[LOAD]) == 1


async def test_kilowatts(house: House) -> None:
    """A power that is shown in kW is compared in W."""
    surplus = "sensor.surplus"
    kilowatts = {"device_class": "power", "unit_of_measurement": "kW"}
    house.hass.states.async_set(surplus, "0.05", kilowatts)
    await begin(house, surplus=surplus)
    house.hass.states.async_set(surplus, "3", kilowatts)
    await house.pass_minutes(INPUTS["on_for"] + LATE)
    assert house.is_on


async def test_switched_by_hand(house: House) -> None:
    """A load that the user switches has its minimum run, then follows the power."""
    await begin(house)
    await house.hass.services.async_call(
        "input_boolean", "turn_on", {"entity_id": LOAD}, blocking=True
    )
    await house.pass_minutes(INPUTS["minimum_run"] - 1, export=LITTLE)
    assert house.is_on
    await house.pass_minutes(LATE, export=LITTLE)
    assert not house.is_on


async def test_restart_under_plenty(house: House) -> None:
    """A restart with all the evidence there loses nothing but time."""
    await begin(house)
    await house.pass_minutes(2, export=PLENTY)
    await house.restart()
    assert not house.is_on
    # The rest begins anew.
    await house.pass_minutes(INPUTS["minimum_rest"] + LATE, export=PLENTY)
    assert house.is_on


async def test_restart_of_a_running_load(house: House) -> None:
    """The load stays on; the minimum run from before the restart still counts."""
    await begin_running(house)
    await house.pass_minutes(1, export=LITTLE)
    await house.restart()
    await house.pass_minutes(INPUTS["minimum_run"] - 1, export=LITTLE)
    assert house.is_on
    await house.pass_minutes(LATE, export=LITTLE)
    assert not house.is_on


async def test_an_outage_of_the_gateway(house: House) -> None:
    """Not knowing switches nothing, and what was before does not count after it."""
    await begin(house)
    await house.pass_minutes(2, export=PLENTY)
    house.fall_silent()
    await house.pass_minutes(30)
    assert house.state(EXPORT) == "unavailable"
    assert not house.is_on
    house.answer_again()
    await house.pass_minutes(2, export=PLENTY)
    assert not house.is_on
    await house.pass_minutes(3, export=PLENTY)
    assert house.is_on

    await house.pass_minutes(20, export=PLENTY)
    house.fall_silent()
    await house.pass_minutes(60)
    assert house.is_on
    house.answer_again()
    await house.pass_minutes(INPUTS["off_for"] + LATE, export=LITTLE)
    assert not house.is_on


async def outlast_minimum_run(house: House) -> None:
    """Simulate an outage in which the minimum run ends, after a lack of surplus."""
    await begin(house, minimum_run=20)
    await house.pass_minutes(INPUTS["on_for"] + LATE, export=PLENTY)
    assert house.is_on
    await house.pass_minutes(10, export=LITTLE)
    house.fall_silent()
    await house.pass_minutes(30)
    assert house.is_on
    house.answer_again()


async def test_an_outage_over_the_minimum_run(house: House) -> None:
    """The end of the run is waited out: it takes new evidence of too little to switch off."""
    await outlast_minimum_run(house)
    await house.pass_minutes(INPUTS["off_for"], export=LITTLE)
    assert house.is_on
    await house.pass_minutes(LATE, export=LITTLE)
    assert not house.is_on


async def test_an_outage_that_ends_under_plenty(house: House) -> None:
    """Too little before it does not switch off after it."""
    await outlast_minimum_run(house)
    await house.pass_minutes(30, export=PLENTY)
    assert len(house.switched[LOAD]) == 1


async def test_a_restart_without_the_gateway(house: House) -> None:
    """A load that is on stays so until there is evidence, however long that takes."""
    await begin_running(house)
    await house.pass_minutes(INPUTS["off_for"] - 1, export=LITTLE)
    house.fall_silent()
    await house.restart()
    await house.pass_minutes(60)
    assert house.entry.state is ConfigEntryState.SETUP_RETRY
    assert house.state(EXPORT) == "unavailable"
    assert house.is_on
    house.answer_again()
    # Set-up is tried again every ten minutes by now.
    await house.pass_minutes(10 + INPUTS["off_for"] + LATE, export=LITTLE)
    assert not house.is_on


async def test_a_reload(house: House) -> None:
    """A reload restarts both delays and switches nothing."""
    await begin(house)
    await house.pass_minutes(INPUTS["on_for"] - 1, export=PLENTY)
    await house.reload()
    await house.pass_minutes(INPUTS["on_for"] - 1, export=PLENTY)
    assert not house.is_on
    await house.pass_minutes(LATE, export=PLENTY)
    assert house.is_on

    await house.pass_minutes(INPUTS["minimum_run"] + 1, export=PLENTY)
    await house.pass_minutes(INPUTS["off_for"] - 1, export=LITTLE)
    await house.reload()
    await house.pass_minutes(INPUTS["off_for"] - 1, export=LITTLE)
    assert house.is_on
    await house.pass_minutes(LATE, export=LITTLE)
    assert not house.is_on


async def test_power_unknown(house: House) -> None:
    """A power that the gateway does not give switches nothing."""
    await begin_running(house)
    await house.pass_minutes(30, unknown=True)
    assert house.state(EXPORT) == "unknown"
    assert house.is_on


async def test_off_after_power_is_unavailable_too_long(house: House) -> None:
    """The load turns off after the set minutes without an answer, and not before."""
    await begin_running(house, silence=30)
    house.fall_silent()
    await house.pass_minutes(29)
    assert house.state(EXPORT) == "unavailable"
    assert house.is_on
    await house.pass_minutes(1 + LATE)
    assert not house.is_on


async def test_off_after_power_is_unknown_too_long(house: House) -> None:
    """The load turns off after the set minutes without a value, and not before."""
    await begin_running(house, silence=30)
    await house.pass_minutes(29, unknown=True)
    assert house.state(EXPORT) == "unknown"
    assert house.is_on
    await house.pass_minutes(1 + LATE, unknown=True)
    assert not house.is_on


@pytest.mark.parametrize(
    "fault",
    [Fault("body", json.dumps({"percentage": None})), Fault("status", 500)],
    ids=["null", "500"],
)
async def test_unknown_state_of_charge(house: House, fault: Fault) -> None:
    """An unknown state of charge neither turns the load on nor off."""
    await begin(house, battery=STATE_OF_CHARGE, battery_minimum=0)
    house.gateway.set_fault("system_status/soe", fault)
    await house.pass_minutes(20, export=PLENTY)
    assert house.state(STATE_OF_CHARGE) == "unavailable"
    assert not house.is_on
    house.gateway.clear_faults("system_status/soe")
    await house.pass_minutes(POLLS_OF_CHARGE + LATE, export=PLENTY)
    assert house.is_on
    house.gateway.set_fault("system_status/soe", fault)
    await house.pass_minutes(20, export=PLENTY)
    assert house.state(STATE_OF_CHARGE) == "unavailable"
    assert house.is_on


async def test_a_load_that_is_away(house: House) -> None:
    """A load that is unavailable is not switched."""
    await begin(house)
    house.hass.states.async_set(LOAD, "unavailable")
    await house.pass_minutes(20, export=PLENTY)
    assert house.state(LOAD) == "unavailable"

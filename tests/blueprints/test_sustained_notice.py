"""Tests of the notice about sustained export."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from simulator import Fault

from .conftest import EXPORT, NOTICE, SUSTAINED, House

# The options of the integration as they are by default, and a minute.
ON_AFTER, OFF_AFTER = 5 + 1, 2 + 1
REST = 60
PLENTY = 3210


@pytest.fixture(autouse=True)
def morning(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Start in the morning."""
    freezer.move_to(dt_util.start_of_local_day() + timedelta(days=1, hours=8))


async def begin(house: House) -> None:
    """Start the notice without export."""
    house.automate(
        "notify_sustained_export",
        sustained=SUSTAINED,
        power=EXPORT,
        rest=REST / 60,
        notify=NOTICE,
    )
    await house.start()
    await house.pass_minutes(OFF_AFTER, export=0)
    assert house.state(SUSTAINED) == "off"


async def begin_notified(house: House) -> None:
    """Start with export whose notice is longer ago than the pause."""
    await begin(house)
    await house.pass_minutes(REST + ON_AFTER, export=PLENTY)
    assert len(house.notices) == 1


async def interrupt(house: House, how: str) -> None:
    """Make the export unknown for some time."""
    if how == "restart":
        await house.restart()
    elif how == "reload":
        await house.reload()
    else:
        house.fall_silent()
        # Shorter than what makes it unknown, and longer.
        await house.pass_minutes({"failed poll": 1, "outage": 10}[how])
        assert house.state(SUSTAINED) == "unavailable"
        house.answer_again()


async def test_export_that_lasts(house: House) -> None:
    """One notice, with the power, is sent once the export has lasted."""
    await begin(house)
    await house.pass_minutes(ON_AFTER - 2, export=PLENTY)
    assert house.notices == []
    await house.pass_minutes(2, export=PLENTY)
    (notice,) = house.notices
    assert "3210 W" in notice or "3,210 W" in notice
    await house.pass_minutes(2 * REST, export=PLENTY)
    assert len(house.notices) == 1


async def test_export_that_comes_and_goes(house: House) -> None:
    """After the pause, each new export sends a notice."""
    await begin(house)
    for _ in range(8):
        await house.pass_minutes(ON_AFTER, export=PLENTY)
        assert house.state(SUSTAINED) == "on"
        await house.pass_minutes(10 - ON_AFTER, export=0)
        assert house.state(SUSTAINED) == "off"
    assert len(house.notices) == 2


@pytest.mark.parametrize("how", ["failed poll", "outage", "reload", "restart"])
async def test_export_with_an_earlier_notice(house: House, how: str) -> None:
    """An interruption does not make it new, though the rest is over; the next day does."""
    await begin_notified(house)
    for _ in range(2):
        await interrupt(house, how)
        await house.pass_minutes(ON_AFTER, export=PLENTY)
        assert house.state(SUSTAINED) == "on"
    assert len(house.notices) == 1
    await house.pass_minutes(OFF_AFTER, export=0)
    await house.pass_minutes(ON_AFTER, export=PLENTY)
    assert len(house.notices) == 2


@pytest.mark.parametrize("how", ["outage", "reload", "restart"])
async def test_export_without_an_earlier_notice(house: House, how: str) -> None:
    """Export that had not lasted long enough before an interruption sends a notice after it."""
    await begin(house)
    await house.pass_minutes(ON_AFTER - 2, export=PLENTY)
    await interrupt(house, how)
    await house.pass_minutes(ON_AFTER, export=PLENTY)
    assert house.state(SUSTAINED) == "on"
    assert len(house.notices) == 1


async def test_the_next_day(house: House) -> None:
    """A notice of yesterday does not prevent one after an outage."""
    await begin_notified(house)
    house.fall_silent()
    await house.pass_minutes(24 * 60)
    house.answer_again()
    # Cool-downs have grown by then.
    await house.pass_minutes(10 + ON_AFTER, export=PLENTY)
    assert house.state(SUSTAINED) == "on"
    assert len(house.notices) == 2


@pytest.mark.parametrize(
    "fault", [Fault("reset"), Fault("status", 500), Fault("null")], ids=str
)
async def test_unknown_export(house: House, fault: Fault) -> None:
    """A gateway that falls silent is nothing to tell of, nor one that is back without a value."""
    await begin(house)
    await house.pass_minutes(ON_AFTER - 2, export=PLENTY)
    house.gateway.clear_faults()
    house.gateway.set_fault("*", fault)
    await house.pass_minutes(30)
    assert house.state(SUSTAINED) == "unavailable"
    house.answer_again()
    await house.pass_minutes(30, unknown=True)
    assert house.state(SUSTAINED) == "unknown"
    await house.pass_minutes(30, export=0)
    assert house.state(SUSTAINED) == "off"
    assert house.notices == []


async def test_unknown_power(house: House) -> None:
    """The notice is sent without the power."""
    house.automate(
        "notify_sustained_export",
        sustained=SUSTAINED,
        power="sensor.not_there",
        notify=NOTICE,
    )
    await house.start()
    await house.pass_minutes(ON_AFTER, export=PLENTY)
    assert house.notices == ["You have had power to spare for some time."]

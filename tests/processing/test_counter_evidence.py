"""Tests of the energy estimated for gaps, and of learning from a counter's readings."""

import pytest

from custom_components.tesla_gateway_meters.processing.counter_evidence import (
    Block,
    Evidence,
    Flow,
    Strength,
)
from custom_components.tesla_gateway_meters.processing.counter_guard import (
    Counter,
    Reading,
)

IDLE = Flow(0, 0)


@pytest.mark.parametrize(
    ("passed", "zeros", "guessed"),
    [
        # Less than before and after, while zeros replaced the values.
        (20, 3580, 500),
        (20, 7180, 1000),
        # The mean while nothing was requested.
        (3600, 0, 750),
        # For hours, nobody knows.
        (20, 3 * 3600, 0),
        (4 * 3600, 0, 0),
    ],
)
def test_guess_of_what_flowed_in_a_gap(
    passed: float, zeros: float, guessed: float
) -> None:
    """Between 1,000 W and 500 W."""
    before, after = Flow(1000, 1000), Flow(500, 500)
    step = Strength().step(before, after, passed, zeros)
    assert step.guessed == pytest.approx(guessed)
    assert step.net == step.most == 0
    assert step.seconds == min(passed, 360)


def test_evidence_of_successive_periods_is_added_up() -> None:
    """Each part of it."""
    first = Evidence(net=1, most=2, seconds=3, blind=4, guessed=5, unmeasured=6)
    second = Evidence(net=10, most=20, seconds=30, blind=40, guessed=50, unmeasured=60)
    assert first.plus(second) == Evidence(
        net=11, most=22, seconds=33, blind=44, guessed=55, unmeasured=66
    )


def test_readings_across_the_ends_of_a_run_teach_nothing() -> None:
    """A jump is no energy that flowed; a block begins after it."""
    counter, blocks = Counter(), []
    for poll, value in enumerate((1e6, 1e6, 2e6, 2e6, 1e6, 1e6)):
        reading = Reading(value, 1_700_000_000.0 + poll, IDLE, passed=10)
        counter, _ = counter.next_state(reading)
        blocks.append(counter.block)
    assert blocks[2] == Block.at(2e6)
    assert blocks[4] == Block.at(1e6)

"""The energy of a sunny day in a real recorder's statistics, at its worst."""

from itertools import pairwise

import pytest

from .home import OURS, Home
from .scenarios import HOUR
from .worst import STRONGEST, TRUTH, WORST, Worst, true


@pytest.mark.parametrize("worst", WORST, ids=lambda each: each.name)
async def test_energy_of_the_day(home: Home, worst: Worst) -> None:
    """Ours is within 0.2 kWh of the truth, or what could have flowed unseen."""
    home.set_counters(worst.reported(0))
    await home.start()
    home.check_what_was_read()
    reported, is_off_due = [], worst.off is not None
    for at in worst.times():
        home.go_to(at)
        if worst.off is not None and is_off_due and at > worst.off[1]:
            await home.stop()
            if worst.loses:
                home.lose_file()
            home.set_counters(worst.reported(at))
            await home.start()
            is_off_due = False
        else:
            home.set_counters(worst.reported(at))
            await home.poll()
        home.check_what_was_read()
        if worst.reported(at) != true(at):
            reported.append(worst.reported(at))
    assert reported
    assert not is_off_due
    assert (None in reported) is ("silent" in worst.name)

    sums = (await home.statistics("5minute", 1))[OURS]
    assert all(later >= earlier - 0.001 for earlier, later in pairwise(sums))
    allowed = 200 + STRONGEST * worst.unmeasured / HOUR
    assert sums[-1] == pytest.approx(TRUTH, abs=allowed)
    assert len(home.resets()) == worst.resets

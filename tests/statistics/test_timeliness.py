"""Five-minute statistics have a counter's energy in time, although few states are written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, callback
import pytest

from .home import OURS, Home
from .scenarios import Counters

_START = 5_000_000.0  # Wh
_PERIOD = 300  # s
_FIRST = 15  # s, from the beginning of a period to the first poll
_LATE = 10 + 1  # Wh, as states are whole Wh
_LONGEST = 60  # s

type Shape = Callable[[float], float]


def _bursts(at: float) -> float:
    """Return the energy (Wh) of random minutes of up to 9 kW."""
    random = Random(1)
    minutes = [random.choice((0, 2, 150)) for _ in range(int(at // 60) + 1)]
    return sum(minutes[:-1]) + minutes[-1] * (at % 60) / 60


SHAPES: dict[str, Shape] = {
    "7 kW": lambda at: at * 7000 / 3600,
    "0.3 Wh in 10 s": lambda at: at * 0.03,
    "3 Wh and no more": lambda at: 3.0 if at >= 250 else 0.0,
    "9 Wh in each period": lambda at: 9.0 * (at // 290),
    "bursts": _bursts,
}


@dataclass
class Day:
    """What a home read, and how often a state was written."""

    home: Home
    shape: Shape
    read: list[tuple[float, float]] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    async def start(self) -> None:
        """Read the counter for the first time."""
        self._say(0)
        await self.home.start()
        self._listen()

    async def poll(self, at: float) -> None:
        """Read the counter, so many seconds after the first time."""
        self.home.go_to(at)
        self._say(at)
        await self.home.poll()

    def _say(self, at: float) -> None:
        energy = self.shape(at)
        self.read.append((at, energy))
        # As much power as explains any of it.
        self.home.let_gateway_say(Counters(_START + energy, power=9000))

    def _listen(self) -> None:
        @callback
        def note(event: Event) -> None:
            if event.data["entity_id"] == OURS:
                self.states.append(event.data["new_state"].state)

        @callback
        def anything(_: object) -> bool:
            return True

        bus = self.home.hass.bus
        bus.async_listen(EVENT_STATE_CHANGED, note)
        bus.async_listen(EVENT_STATE_REPORTED, note, event_filter=anything)

    async def check_statistics(self) -> None:
        """Check each period: what was read in it is there, but for 10 Wh and a minute."""
        sums = (await self.home.statistics("5minute", 1))[OURS]
        assert len(sums) >= 6
        for period, counted in enumerate(sums, 1):
            end = period * _PERIOD - _FIRST
            read = max(energy for at, energy in self.read if at < end)
            earlier = [energy for at, energy in self.read if at < end - _LONGEST]
            assert counted <= read + 1
            assert counted >= read - _LATE, (period, counted, read)
            assert counted >= max(earlier, default=0) - 1, (period, counted)
        assert all(earlier != later for earlier, later in pairwise(self.states))


@pytest.mark.parametrize("interval", [10, 60, 300])
@pytest.mark.parametrize("shape", SHAPES)
async def test_each_period_has_its_energy(
    home: Home, interval: int, shape: str
) -> None:
    """At any interval no energy is late by more than 10 Wh, nor by more than a minute."""
    day = Day(home, SHAPES[shape])
    home.interval = interval
    await day.start()
    length = 2400 if interval == 10 else 4500
    for at in range(interval, length, interval):
        await day.poll(at)
    await day.check_statistics()
    # At most one a minute, and one for each 10 Wh.
    assert len(day.states) <= length / _LONGEST + day.read[-1][1] / 10 + 1

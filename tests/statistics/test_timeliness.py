"""Tests that five-minute statistics are timely, although few states are written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, callback
import pytest

from .home import OURS, Home
from .scenarios import Counters, Restart

_START = 5_000_000.0  # Wh
_PERIOD = 300  # s
_FIRST = 15  # s, from the beginning of a period to the first poll
_COMPILED = 10  # s, from the end of a period to its statistics
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


def _steady(at: float) -> float:
    """Return the energy (Wh) of 216 W: some waits at any time."""
    return at * 0.06


@dataclass
class Day:
    """The readings of a home, and the number of written states.

    The gateway says 0 at the times of `zeros`, and nothing at those of `silence`.
    """

    home: Home
    shape: Shape
    interval: int = 10
    zeros: range = range(0)
    silence: range = range(0)
    read: list[tuple[float, float]] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    _last: int = 0

    async def start(self) -> None:
        """Read the counter for the first time."""
        self.home.interval = self.interval
        self._say(0)
        await self.home.start()
        self._listen()

    async def poll(self, at: float) -> None:
        """Read the counter, so many seconds after the first time."""
        self.home.go_to(at)
        self._say(at)
        await self.home.poll()

    async def poll_until(self, at: int) -> None:
        """Read the counter at each interval, from the last time to this one."""
        for each in range(self._last + self.interval, at + 1, self.interval):
            await self.poll(each)

    async def restart(self, how: Restart, at: float) -> None:
        """Stop in this way after the last poll, and read the counter next at this time."""
        await self.home.shut_down(how)
        self.home.go_to(at)
        self._say(at)
        await self.home.start_up(how)

    @property
    def energy(self) -> float:
        """The energy (Wh) that was read last."""
        return self.read[-1][1]

    def _say(self, at: float) -> None:
        self._last = int(at)
        if at in self.silence:
            self.home.set_counters(None)
            return
        if at in self.zeros:
            self.home.set_counters(Counters(0, 0))
            return
        energy = self.shape(at)
        self.read.append((at, energy))
        # As much power as explains any of it.
        self.home.set_counters(Counters(_START + energy, power=9000))

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

    async def sums(self) -> list[float]:
        """Return the sum (Wh) of each period."""
        return (await self.home.statistics("5minute", 1))[OURS]

    async def check_statistics(self) -> None:
        """Check each period: what was read in it is there, but for 10 Wh and a minute."""
        sums = await self.sums()
        assert len(sums) == (self._last + _FIRST - _COMPILED) // _PERIOD >= 6
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
    day = Day(home, SHAPES[shape], interval)
    await day.start()
    length = 2400 if interval == 10 else 4500
    await day.poll_until(length - 1)
    await day.check_statistics()
    # At most one a minute, and one for each 10 Wh.
    assert len(day.states) <= length / _LONGEST + day.read[-1][1] / 10 + 1


@pytest.mark.parametrize("stop", [250, 270, 280])
async def test_energy_before_a_stop_is_in_its_period(home: Home, stop: int) -> None:
    """All of it, as what waits is written at the stop; the next period has the rest."""
    day = Day(home, _steady)
    await day.start()
    await day.poll_until(stop)
    read = day.energy
    await day.restart(Restart.STOP, 310)
    await day.poll_until(1900)
    assert (await day.sums())[0] == pytest.approx(read, abs=1)
    await day.check_statistics()


async def test_energy_before_a_glitch_at_the_stop_is_in_its_period(home: Home) -> None:
    """The glitch itself is no energy, neither at the stop nor at the start."""
    day = Day(home, _steady, zeros=range(260, 321))
    await day.start()
    await day.poll_until(280)
    read = day.energy
    await day.restart(Restart.STOP, 310)
    await day.poll_until(1900)
    assert (await day.sums())[0] == pytest.approx(read, abs=1)
    await day.check_statistics()


async def test_energy_before_an_outage_is_in_its_period(home: Home) -> None:
    """Pending energy is written before the sensor becomes unavailable."""
    day = Day(home, _steady, silence=range(280, 341))
    await day.start()
    await day.poll_until(270)
    read = day.energy
    await day.poll_until(1900)
    assert "unavailable" in day.states
    assert (await day.sums())[0] == pytest.approx(read, abs=1)
    await day.check_statistics()


@pytest.mark.parametrize("how", [Restart.RELOAD, Restart.STOP, Restart.CRASH])
async def test_restarts_within_a_minute_lose_no_energy(
    home: Home, how: Restart
) -> None:
    """The first state after a restart contains the pending energy."""
    day = Day(home, _steady)
    await day.start()
    for at in (30, 110, 270, 590, 610, 1190):
        await day.poll_until(at)
        await day.restart(how, at + 10)
    await day.poll_until(1900)
    await day.check_statistics()

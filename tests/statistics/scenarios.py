"""Scenarios of a gateway's counters over a day, and the expected statistics."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

POLL: Final = 60  # s
HOUR: Final = 3600
DAY: Final = 24 * HOUR
NOON: Final = 12 * HOUR

_START: Final = 5_000_000  # Wh
_EXPORTED: Final = 12_345  # Wh, all day long: nothing is exported
_GWH: Final = 1_000_000_000  # Wh
_AT_NOON: Final = _START + 14_400  # Wh
_BEFORE_NOON: Final = _AT_NOON - 20  # Wh, one poll


@dataclass(frozen=True, slots=True)
class Counters:
    """The site's energies (Wh) and power (W), as reported."""

    imported: float
    exported: float = _EXPORTED
    power: float = 0


type Disturbance = Callable[[Counters], Counters | None]


class Plain(Enum):
    """The effect on a `total_increasing` sensor of the unfiltered values."""

    WRONG = auto()
    # Right at the end of the day, with negative energy on the way.
    FALLS = auto()
    RIGHT = auto()


class Restart(Enum):
    """The kind of restart of Home Assistant during a scenario."""

    NONE = auto()
    RELOAD = auto()  # of the entry alone
    STOP = auto()
    CRASH = auto()  # nothing is written any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A day of a counter that counts on steadily, and what happens to it.

    `disturb` makes what the gateway says of what is true, from `begins` on. Times
    are in seconds since the first poll. `reset` is the counter before and after,
    if the user has to be informed. Quiet hours are polled once each.
    """

    name: str
    plain: Plain
    disturb: Disturbance = lambda counters: counters
    begins: float = NOON
    lasts: float = 300
    restart_after: float = 150
    days: int = 1
    start: float = _START
    watts: float = 1200
    reset: tuple[float, float] | None = None
    # The first reading that can be meant.
    counts_from: float = 0

    def reported(self, at: float) -> Counters | None:
        """Return what the gateway says at this time, None if it is silent."""
        true = self.true(at)
        if self.begins <= at < self.begins + self.lasts:
            reported = self.disturb(true)
            return None if reported is None else replace(reported, power=self.watts)
        return true

    def true(self, at: float) -> Counters:
        """Return what the meter has counted at this time."""
        return Counters(self.start + self.watts * at / HOUR, power=self.watts)

    @property
    def is_disturbed(self) -> bool:
        """Return whether the scenario alters the gateway's values."""
        return self.reported(self.begins) != self.true(self.begins)

    def polls(self) -> Iterator[float]:
        """Return when the gateway is asked, after the first time."""
        at: float = 0
        minutes_from, minutes_to = self.begins - 300, self.begins + 0.75 * HOUR
        end = self.days * DAY
        while at < end:
            if minutes_from <= at < minutes_to:
                at += POLL
            else:
                hour = at - at % HOUR + HOUR
                stops = (minutes_from, end - POLL, hour)
                at = min(each for each in stops if each > at)
            yield at

    @property
    def truth(self) -> float:
        """The true energy (Wh) at the last poll of the last day."""
        return self.watts * (self.days * DAY - POLL - self.counts_from) / HOUR

    @property
    def tolerance(self) -> float:
        """The energy of one poll (Wh), and that states are whole Wh."""
        return self.watts * POLL / HOUR + 1


def _zero(_: Counters) -> Counters:
    return Counters(0, 0)


SCENARIOS: Final = (
    Scenario(
        name="nothing happens",
        plain=Plain.RIGHT,
    ),
    Scenario(
        name="transient 0",
        plain=Plain.WRONG,
        disturb=_zero,
    ),
    Scenario(
        name="0 at start-up",
        plain=Plain.WRONG,
        disturb=_zero,
        begins=0,
        counts_from=300,
    ),
    Scenario(
        # By night, so that there is less to count than to step back.
        name="back-step of 10 Wh",
        plain=Plain.FALLS,
        disturb=lambda true: Counters(true.imported - 10),
        watts=12,
    ),
    Scenario(
        name="jump of 1 GWh and back",
        plain=Plain.WRONG,
        disturb=lambda true: Counters(true.imported + _GWH),
    ),
    Scenario(
        name="reset to 0",
        plain=Plain.RIGHT,
        disturb=lambda true: Counters(true.imported - _AT_NOON, 0),
        lasts=DAY,
        reset=(_BEFORE_NOON, 0),
    ),
    Scenario(
        name="reset to 0, later",
        plain=Plain.RIGHT,
        disturb=lambda true: Counters(true.imported - _AT_NOON, 0),
        lasts=DAY,
        restart_after=2400,
        reset=(_BEFORE_NOON, 0),
    ),
    Scenario(
        name="swap to a larger meter",
        plain=Plain.WRONG,
        disturb=lambda true: Counters(true.imported + 4_000_000, 20_000_000),
        lasts=DAY,
        reset=(_BEFORE_NOON, _AT_NOON + 4_000_000),
    ),
    Scenario(
        name="outage of 3 days",
        plain=Plain.RIGHT,
        disturb=lambda _: None,
        lasts=3 * DAY,
        restart_after=1.5 * DAY,
        days=4,
    ),
    Scenario(
        name="negative counters",
        plain=Plain.WRONG,
        start=-9_800_000,
    ),
    Scenario(
        name="negative counters, transient 0",
        plain=Plain.WRONG,
        disturb=_zero,
        start=-9_800_000,
    ),
)

"""Runs of the checks on one home, without and with each of its faults."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from custom_components.tesla_gateway_meters.checks.wiring import Wiring
from simulator.homes.faults import Fault
from simulator.homes.home import DAY, Home
from simulator.homes.meters import Polls, measure
from simulator.homes.physics import Flows, days
from simulator.homes.sun import Sky

from .checks import NAMED_BY, Repair, repairs, restarted
from .measured import PHASES, feed

_START: Final = 1_750_032_000  # a midnight
_SUN: Final = 300  # W
# A fault that is found is watched for as long, to see whether it keeps its name.
_AFTER: Final = 6 * 3600  # s


@dataclass(frozen=True, slots=True)
class RaisedRepair:
    """A repair and the time in s at which it appeared, counted from the start."""

    repair: Repair
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The time at which a fault was found: s since the start, s of sun, sunny days begun."""

    at: float
    sun: float
    sunny_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The results of the checks for a home with a fault, or without.

    `raised` has each repair as it appeared, `last` those that remained at the end. `sun` is
    the time in s with more than 300 W on the phases of wrong solar CTs; like `sunny_days`,
    it is of the whole run. `withdrawn` is the time in s from the correction of the fault
    until the last repair was gone; None if it was not corrected, or if a repair remained at
    the end of the run, `mended` days later.
    """

    home: str
    home_kind: str
    fault: Fault | None
    days: int
    raised: tuple[RaisedRepair, ...]
    last: frozenset[Repair]
    found: Found | None
    sun: float
    sunny_days: int
    mended: int = 0
    withdrawn: float | None = None

    @property
    def first(self) -> str:
        """The check that was first to raise an issue."""
        return " ".join(self.raised[0].repair.name) if self.raised else "nothing"

    @property
    def named_right(self) -> bool:
        """Return whether the fault's own check was first, and the only one at the end."""
        if self.fault is None:
            return not self.raised
        own = NAMED_BY[self.fault.kind]
        return self.first == " ".join(own) and {each.name for each in self.last} <= {
            own
        }

    @property
    def phases_right(self) -> bool:
        """Return whether only faulty phases were named."""
        if self.fault is None:
            return not self.raised
        faulty = {str(PHASES[at]) for at in self.fault.phases}
        return all(each.phase in faulty for each in self.last if each.phase)


class Run:
    """The checks of one home with one fault, or none, as its days pass.

    The fault comes after `late` sound days, at this `hour`, and all times count from that
    midnight; without sound days, the checks start at that hour. With `mend`, it is mended
    at the midnight after it was found.
    """

    def __init__(
        self,
        home: Home,
        fault: Fault | None,
        *,
        late: int = 0,
        hour: float = 0,
        mend: bool = False,
    ) -> None:
        """Start before the first day."""
        self._home, self._fault, self._mend = home, fault, mend
        self._late = late if fault else 0
        self._hour = hour if fault else 0.0
        self._wiring = Wiring(home.interval)
        self._raised: list[RaisedRepair] = []
        self._shown: frozenset[Repair] = frozenset()
        self._last: frozenset[Repair] | None = None
        self._found: Found | None = None
        self._days, self._sunny_days, self._sun = 0, 0, 0.0
        self._mended = 0
        self._withdrawn: float | None = None

    def live(self, flows: Flows) -> None:
        """Update the checks with a day, up to some hours after they found the fault."""
        if flows.day < self._late:
            for _ in self._updates(flows, measure(self._home, flows, None)):
                pass
        elif self._last is None:
            self._live_with_fault(flows)
        elif self._mend and self._withdrawn is None:
            self._live_mended(flows)

    def _live_with_fault(self, flows: Flows) -> None:
        polls = measure(self._home, flows, self._fault)
        self._days += 1
        self._sunny_days += is_sunny(self._home, flows)
        sun = (polls.sun[self._sunlit()].sum(axis=0) > _SUN).tolist()
        start = self._hour * 3600 if self._days == 1 else 0
        if start and self._late:
            for _ in self._updates(flows, measure(self._home, flows, None), end=start):
                pass
        for index, at, shown in self._updates(flows, polls, start=start):
            self._sun += sun[index] * self._home.interval
            if shown != self._shown:
                self._show(shown, at)
            if self._found and at > self._found.at + _AFTER:
                self._last = shown
                return

    def _sunlit(self) -> list[int]:
        """Return the phases whose sun counts: those of wrong CTs, the only evidence."""
        if self._home.legs > 2 and self._fault is not None and self._fault.solar:
            return sorted(self._fault.phases)
        # A CT of a split-phase inverter may stand for both legs.
        return list(range(self._home.legs))

    def _live_mended(self, flows: Flows) -> None:
        self._mended += 1
        polls = measure(self._home, flows, None)
        for _, at, shown in self._updates(flows, polls):
            if not shown:
                midnight = flows.day - self._late - self._mended + 1
                self._withdrawn = at - midnight * DAY
                return

    def _updates(
        self, flows: Flows, polls: Polls, *, start: float = 0, end: float = DAY
    ) -> Iterator[tuple[int, float, frozenset[Repair]]]:
        """Yield each poll's number, its time in s, and the repairs after it.

        Polls before `start` and after `end`, in s of the day, are left out.
        """
        epoch = _START + self._home.seed % 24 * 3600
        restart = len(polls.seconds) // 2 if flows.day % 3 == 1 else None
        for index, second, measured in feed(self._home, polls):
            if not start <= second < end:
                continue
            at = flows.day * DAY + second
            if index == restart:
                self._wiring = restarted(self._wiring, self._home.interval)
            shown = repairs(self._wiring.update(epoch + at, measured))
            yield index, at - self._late * DAY, shown

    def _show(self, shown: frozenset[Repair], at: float) -> None:
        for repair in sorted(shown - self._shown):
            self._raised.append(RaisedRepair(repair, at))
        self._shown = shown
        if self._found is None and self._fault is not None:
            own = NAMED_BY[self._fault.kind]
            if any(repair.name == own for repair in shown):
                self._found = Found(at=at, sun=self._sun, sunny_days=self._sunny_days)

    def outcome(self) -> Outcome:
        """Return the outcome so far."""
        return Outcome(
            home=self._home.name,
            home_kind=self._home.kind,
            fault=self._fault,
            days=self._days,
            raised=tuple(self._raised),
            last=self._shown if self._last is None else self._last,
            found=self._found,
            sun=self._sun,
            sunny_days=self._sunny_days,
            mended=self._mended,
            withdrawn=self._withdrawn,
        )


def is_sunny(home: Home, flows: Flows) -> bool:
    """Return whether a day has enough sun: an hour above a fifth of the rated power."""
    if not home.inverters or flows.sky is Sky.OVERCAST:
        return False
    watts = sum(each.watts for each in home.inverters)
    return bool((flows.solar.p.sum(axis=0) > 0.2 * watts).sum() >= 3600)


def try_home(
    home: Home,
    count: int,
    faults: Sequence[Fault],
    *,
    fault_days: int | None = None,
    late: int = 0,
    hour: float = 0,
    mend: bool = False,
) -> list[Outcome]:
    """Run a home for days: sound, and with each of these faults until it is found."""
    sound = Run(home, None)
    faulty = [Run(home, fault, late=late, hour=hour, mend=mend) for fault in faults]
    for flows in days(home, count):
        sound.live(flows)
        if fault_days is None or flows.day < fault_days:
            for run in faulty:
                run.live(flows)
    return [run.outcome() for run in (sound, *faulty)]

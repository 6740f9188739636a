"""A site through time, step by step, so that its counters are the exact sums of its powers."""

from collections.abc import Callable
from datetime import timezone
from typing import Final

from simulator.go_format import SECOND

from . import day
from .charger import Charger
from .installation import (
    LOCATIONS,
    Flow,
    Installation,
    Phases,
    Snapshot,
    moved,
    shared,
    total,
)

_RESERVE: Final = 0.24  # of the capacity, never discharged
_REACTIVE: Final = 325  # var that each battery gives at all times
_ONE_WAY: Final = 0.95  # efficiency of charging, and of discharging


class World:
    """The physics of one site.

    It walks in steps of 5 s on a fixed grid, in each of which all powers are constant: the
    counters are exact (rectangles), and the outcome depends on installation, seed, zone,
    starting step and what is plugged in when, however often and at whatever times it is
    looked at.
    """

    def __init__(
        self, site: Installation, seed: int, zone: timezone, start: int
    ) -> None:
        """Start at a time in nanoseconds since 1970 UTC with a half full battery."""
        self.site: Final = site
        self.seed: Final = seed
        # Told the flows and voltages of each step that ends, so that meters can count.
        self.watch: Callable[[dict[str, Phases], tuple[float, ...]], None] | None = None
        offset = zone.utcoffset(None)
        self._offset = int(offset.total_seconds()) // day.STEP
        self._step = start // (day.STEP * SECOND)
        self._stored = site.battery_hours / 2
        self._plugged = 0
        self._charger: Charger | None = None
        self._moved = {location: [0, 0] for location in LOCATIONS}
        self._flows = self._flows_now()

    def at(self, nanoseconds: int) -> Snapshot:
        """Return the state of the site at a time, simulating up to it."""
        target = nanoseconds // (day.STEP * SECOND)
        while self._step < target:
            self._finish_step()
            self._step += 1
            self._flows = self._flows_now()
        return self._snapshot()

    def plug_in(self, watts: int) -> None:
        """Let the house take so much more (W) from the next step on, in place of before."""
        self._plugged = watts

    def install(self, charger: Charger) -> None:
        """Let a car charge there from the next step on; its clock is in s since 1970."""
        self._charger = charger

    def _flows_now(self) -> dict[str, Phases]:
        local = (self._step + self._offset) % day.DAY
        load = day.house(self.site, self.seed, self._step, local)
        plugged = self._plugged
        if self._charger is not None:
            plugged += round(self._charger.power(self._step * day.STEP))
        if plugged:
            more = shared(plugged, self.site.phases)
            load = tuple(one + other for one, other in zip(load, more, strict=True))
        solar = day.solar(self.site, self.seed, self._step, local)
        battery = self._battery(total(load).p - total(solar).p)
        site = tuple(
            used - made - given
            for used, made, given in zip(load, solar, battery, strict=True)
        )
        return {"site": site, "battery": battery, "load": load, "solar": solar}

    def _battery(self, wanted: int) -> Phases:
        """Return what the battery gives (or takes, negative) for a demand of `wanted` W.

        In multiples of 10 W, as real ones report; the rest is the grid's.
        """
        site = self.site
        if not site.battery_watts:
            return (Flow(),) * site.phases
        watts = max(-site.battery_watts, min(site.battery_watts, wanted))
        full = self._stored >= site.battery_hours * 0.999
        empty = self._stored <= site.battery_hours * _RESERVE
        if (watts < 0 and full) or (watts > 0 and empty):
            watts = 0
        share = len(site.battery_phases)
        reactive = _REACTIVE * site.batteries // share // 5 * 5
        flow = Flow(round(watts / 10) * 10 // share, reactive)
        return tuple(
            flow if n in site.battery_phases else Flow() for n in range(site.phases)
        )

    def _finish_step(self) -> None:
        for location, flows in self._flows.items():
            exported, imported = moved(location, total(flows).p, day.STEP)
            self._moved[location][0] += exported
            self._moved[location][1] += imported
        if self.watch is not None:
            self.watch(self._flows, self._volts())
        watts = total(self._flows["battery"]).p
        efficiency = _ONE_WAY if watts < 0 else 1 / _ONE_WAY
        self._stored -= watts * efficiency * day.STEP / 3600

    def _volts(self) -> tuple[float, ...]:
        return tuple(
            day.volts(self.site, self.seed, self._step, phase, flow.p)
            for phase, flow in enumerate(self._flows["site"])
        )

    def _snapshot(self) -> Snapshot:
        capacity = self.site.battery_hours
        return Snapshot(
            step=self._step,
            nanoseconds=self._step * day.STEP * SECOND,
            flows=self._flows,
            volts=self._volts(),
            hertz=day.hertz(self.site, self.seed, self._step),
            stored=self._stored,
            charge=self._stored / capacity * 100 if capacity else 0,
            moved={
                location: (out, into) for location, (out, into) in self._moved.items()
            },
        )

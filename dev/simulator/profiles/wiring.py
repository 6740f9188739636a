"""The meters of a live profile as they are wired and configured, faults included."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from simulator.physics.installation import Flow, Phases, total
from simulator.physics.wiring import Clamp
from simulator.wiring import (
    FlippedCT,
    InvalidCT,
    MovedCT,
    SwappedMeters,
    UnpluggedMeter,
    WiringFault,
    WrongScale,
)

from .spec import NEURIO, Equipment, Meter, Role

type Flows = Mapping[str, Phases]
type Slot = tuple[str, int]  # a meter's serial, and the index of one of its CTs
type Counter = tuple[str, str]  # a meter's serial, and a location that it measures


@dataclass(frozen=True, slots=True)
class Wiring:
    """The conductor of each CT, and the configured roles of the meters.

    `counters` has the role whose counters each role continues: the planned one.
    """

    meters: tuple[Meter, ...]
    clamps: Mapping[Slot, Clamp]
    unplugged: frozenset[str]  # serials
    counters: Mapping[Counter, Counter]

    @classmethod
    def of(cls, equipment: Equipment, faults: Iterable[WiringFault] = ()) -> Self:
        """Return the equipment's wiring with these faults. Raises ValueError if one does not fit.

        Their order makes no difference: each refers to the profile without faults.
        """
        work = _Work(equipment)
        for fault in faults:
            work.spoil(fault)
        work.swap()
        return cls(
            tuple(work.meters.values()),
            work.clamps,
            frozenset(work.unplugged),
            work.counters,
        )

    def raw(
        self, slot: Slot, reference: int, flows: Flows, volts: Sequence[float]
    ) -> Flow:
        """Return what a CT sees before any scale factor; nothing if it holds no conductor."""
        clamp = self.clamps.get(slot)
        if clamp is None or reference >= len(volts):
            return Flow()
        return clamp.power(flows, volts, reference)

    def errors(
        self, flows: Flows, volts: Sequence[float]
    ) -> Iterator[tuple[Counter, int, int]]:
        """Yield the watts that each role measures and those that it should."""
        for meter in self.meters:
            for role in meter.roles:
                watts = sum(
                    self.raw((meter.serial, slot), phase, flows, volts).p
                    for slot, phase in enumerate(role.phases)
                    if phase is not None
                )
                seen = watts * (role.scale or 1)
                yield (
                    self.counters[meter.serial, role.location],
                    0 if meter.serial in self.unplugged else seen,
                    total(flows[role.location]).p if role.conductor else 0,
                )


class _Work:
    """An electrician with bad days."""

    def __init__(self, equipment: Equipment) -> None:
        self._phases = equipment.installation.phases
        self._plan = {meter.serial: meter for meter in equipment.meters}
        self.meters = dict(self._plan)
        self.unplugged: set[str] = set()
        self._swapped: set[frozenset[str]] = set()
        roles = [(meter, role) for meter in equipment.meters for role in meter.roles]
        self._right = {
            (meter.serial, slot): Clamp(role.location, phase)
            for meter, role in roles
            for slot, phase in enumerate(role.phases)
            if role.conductor and phase is not None and phase < self._phases
        }
        self.clamps = dict(self._right)
        self.counters = {
            (key := (meter.serial, role.location)): key for meter, role in roles
        }

    def spoil(self, fault: WiringFault) -> None:
        match fault:
            case FlippedCT():
                slot = self._clamped(fault.meter, fault.ct)
                self.clamps[slot] = replace(self.clamps[slot], flipped=True)
            case MovedCT():
                self._move(fault)
            case InvalidCT():
                self._invalidate(fault)
            case UnpluggedMeter():
                self._unplug(fault)
            case WrongScale():
                self._rescale(fault)
            case SwappedMeters():
                self._exchange(fault)
            case _:
                raise ValueError(f"unknown wiring fault {fault!r}")

    def swap(self) -> None:
        """Swap roles; last, so that the other faults refer to the meters as planned."""
        for one, other in map(sorted, self._swapped):
            first, second = self.meters[one], self.meters[other]
            theirs = {one: other, other: one}
            self.counters = {
                (theirs.get(serial, serial), location): counter
                for (serial, location), counter in self.counters.items()
            }
            self.meters[one] = replace(first, roles=second.roles)
            self.meters[other] = replace(second, roles=first.roles)

    def _meter(self, name: str) -> str:
        """Return the serial of the one meter that is meant."""
        plan = self._plan.values()
        found = [one for one in plan if name in {one.type, one.serial, one.host} - {""}]
        if len(found) == 1:
            return found[0].serial
        known = ", ".join(
            one.serial if one.type == NEURIO else one.type for one in plan
        )
        raise ValueError(
            f"{'more than one' if found else 'no'} meter {name!r} here: know {known}"
        )

    def _clamped(self, name: str, ct: int) -> Slot:
        serial = self._meter(name)
        if (serial, ct - 1) in self._right:
            return serial, ct - 1
        known = sorted(slot + 1 for one, slot in self._right if one == serial)
        raise ValueError(
            f"{name} has no CT {ct} around a conductor: know {known or 'none'}"
        )

    def _move(self, fault: MovedCT) -> None:
        slot = self._clamped(fault.meter, fault.ct)
        if not 1 <= fault.phase <= self._phases:
            raise ValueError(f"{fault}: the service has no L{fault.phase}")
        if self._right[slot].phase == fault.phase - 1:
            raise ValueError(f"{fault}: the CT is on L{fault.phase} anyway")
        self.clamps[slot] = replace(self.clamps[slot], phase=fault.phase - 1)

    def _unplug(self, fault: UnpluggedMeter) -> None:
        serial = self._meter(fault.meter)
        if self._plan[serial].type != NEURIO:
            raise ValueError(f"{fault}: only a Neurio can be unplugged")
        self.unplugged.add(serial)

    def _exchange(self, fault: SwappedMeters) -> None:
        pair = frozenset(map(self._meter, (fault.meter, fault.other)))
        if len(pair) < 2:
            raise ValueError(f"{fault}: swap two meters")
        self._swapped.add(pair)

    def _invalidate(self, fault: InvalidCT) -> None:
        serial = self._meter(fault.meter)
        assigned = [
            slot + 1
            for slot in range(4)
            if any(role.assigned[slot] for role in self._plan[serial].roles)
        ]
        if fault.ct not in assigned:
            raise ValueError(f"{fault}: CTs in use there are {assigned or 'none'}")
        meter = self.meters[serial]
        roles = tuple(_without(role, fault.ct - 1) for role in meter.roles)
        self.meters[serial] = replace(meter, roles=roles)

    def _rescale(self, fault: WrongScale) -> None:
        serial = self._meter(fault.meter)
        plan = self._plan[serial].roles
        wrong = [
            role
            for role in plan
            if (role.location == fault.location if fault.location else role.conductor)
        ]
        if len(wrong) != 1:
            known = ", ".join(role.location for role in plan)
            raise ValueError(
                f"{fault}: name a location of that meter: know {known or 'none'}"
            )
        scale = 1 if wrong[0].scale == 2 else 2
        meter = self.meters[serial]
        roles = tuple(
            replace(role, scale=scale) if role.location == wrong[0].location else role
            for role in meter.roles
        )
        self.meters[serial] = replace(meter, roles=roles)


def _without(role: Role, lost: int) -> Role:
    first, second, third, fourth = (
        None if slot == lost else phase for slot, phase in enumerate(role.phases)
    )
    return replace(role, phases=(first, second, third, fourth))

"""Wiring faults of a site, from its installation or later.

They are in the physics, so that all endpoints agree: each tells the same wrong story, as those
of a real gateway do. Which meters and CTs there are is the profile's to say.
"""

from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, ClassVar, Final


class WiringFault:
    """A wiring fault. Its meter is given by type, serial or host name; CTs count from 1."""

    __slots__ = ()
    kind: ClassVar[str]
    help: ClassVar[str]

    def __str__(self) -> str:
        """Print the form that `parse` reads."""
        values = {one.name: getattr(self, one.name) for one in _fields(type(self))}
        texts = [
            f"L{value}" if name == "phase" else str(value)
            for name, value in values.items()
            if value is not None
        ]
        return ":".join([self.kind, *texts])


@dataclass(frozen=True, slots=True)
class FlippedCT(WiringFault):
    """A CT that points the wrong way: P and Q with the wrong sign, currents as ever."""

    kind = "flip"
    help = "METER:CT  The CT points the wrong way."
    meter: str
    ct: int


@dataclass(frozen=True, slots=True)
class MovedCT(WiringFault):
    """A CT around the conductor of another phase (1 is L1) than its voltage reference.

    It stays at its location: a site CT goes from one wire of the service to another.
    """

    kind = "move"
    help = "METER:CT:L1|L2|L3  The CT is around the conductor of that phase."
    meter: str
    ct: int
    phase: int


@dataclass(frozen=True, slots=True)
class InvalidCT(WiringFault):
    """A CT that its role has lost: `valid` is false and its power is not counted."""

    kind = "invalidate"
    help = "METER:CT  The CT is no longer assigned to its role."
    meter: str
    ct: int


@dataclass(frozen=True, slots=True)
class UnpluggedMeter(WiringFault):
    """A Neurio meter that does not answer: its last values stand still."""

    kind = "unplug"
    help = "METER  A Neurio no longer answers."
    meter: str


@dataclass(frozen=True, slots=True)
class WrongScale(WiringFault):
    """A role with scale factor 2 in place of 1, or 1 in place of 2: powers, not currents.

    The location may be omitted if the meter measures only one location.
    """

    kind = "scale"
    help = "METER[:site|solar]  The scale factor is 2 instead of 1, or 1 instead of 2."
    meter: str
    location: str | None = None


@dataclass(frozen=True, slots=True)
class SwappedMeters(WiringFault):
    """Two meters with swapped roles, and their CTs where they were.

    The configuration shows them exchanged, and what is called site is what the CTs of the other
    meter carry. All CTs count what flows into the house's panel: production that is read as site
    looks like import, and export that is read as solar is negative. The load, a sum, is right
    if both roles have the same CTs and the same scale factor.
    """

    kind = "swap"
    help = "METER:METER  Each has the other's roles."
    meter: str
    other: str


KINDS: Final[dict[str, type[WiringFault]]] = {
    one.kind: one
    for one in (
        FlippedCT,
        MovedCT,
        InvalidCT,
        UnpluggedMeter,
        WrongScale,
        SwappedMeters,
    )
}


def parse(text: str) -> WiringFault:
    """Read `KIND:METER` with what else that kind needs, as `move:synchrometerX:1:L2`."""
    kind, *values = text.split(":")
    if kind not in KINDS:
        raise ValueError(f"unknown wiring fault {kind!r}: know {', '.join(KINDS)}")
    wanted = _fields(KINDS[kind])
    least = sum(one.default is MISSING for one in wanted)
    if not least <= len(values) <= len(wanted):
        raise ValueError(f"the wiring fault {kind} needs {KINDS[kind].help}")
    known = zip(wanted, values, strict=False)
    return KINDS[kind](**{one.name: _read(one.name, value) for one, value in known})


def _fields(kind: type[WiringFault]) -> tuple[Field[Any], ...]:
    return fields(kind)  # type: ignore[arg-type]


def _read(name: str, text: str) -> str | int:
    if name not in {"ct", "phase"}:
        return text
    digits = text.removeprefix("L") if name == "phase" else text
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError(f"a {name} is a number, not {text!r}")
    return int(digits)

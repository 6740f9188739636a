"""Wiring faults of a home, applied to what its meters measure.

The flows stay as they are. A CT is clamped around a conductor and measured against a
voltage: on the wrong conductor of three phases its power is turned by 120 degrees, on the
other leg of a split-phase service by 180, so that it looks as if it were flipped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from .home import Home


class FaultKind(StrEnum):
    """The kind of a wiring fault."""

    FLIPPED_SITE = "flipped_site"
    FLIPPED_SOLAR = "flipped_solar"
    OTHER_LEG_SITE = "other_leg_site"
    OTHER_LEG_SOLAR = "other_leg_solar"
    WRONG_PHASE_SITE = "wrong_phase_site"
    WRONG_PHASE_SOLAR = "wrong_phase_solar"
    SILENT_SITE = "silent_site"
    SILENT_SITE_UNFED = "silent_site_unfed"
    LOOSE_NEUTRAL = "loose_neutral"
    DEAD_PHASE = "dead_phase"


@dataclass(frozen=True, slots=True)
class Clamps:
    """CTs of a location, by phase: the conductor that each is around, and its sign.

    A sign of -1 is a CT that points the wrong way, 0 one that is around nothing.
    """

    conductors: tuple[int, ...]
    signs: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault of a home. `phases` are those with wrong readings (0 is L1)."""

    kind: FaultKind
    name: str
    phases: frozenset[int]
    site: Clamps | None = None
    solar: Clamps | None = None
    neutral_ohms: float = 0
    dead: int | None = None


def sound(phases: tuple[int, ...]) -> Clamps:
    """Return CTs that are where they belong."""
    return Clamps(phases, (1,) * len(phases))


def faults_of(home: Home) -> Iterator[Fault]:
    """Return the faults that a home can have."""
    every = tuple(range(home.legs))
    yield from _flips(FaultKind.FLIPPED_SITE, every)
    yield from _flips(FaultKind.FLIPPED_SOLAR, home.solar_cts)
    if home.legs == 3:
        yield from _turns(FaultKind.WRONG_PHASE_SITE, every)
        yield from _turns(FaultKind.WRONG_PHASE_SOLAR, home.solar_cts)
    else:
        yield from _turns(FaultKind.OTHER_LEG_SITE, every)
        yield from _turns(FaultKind.OTHER_LEG_SOLAR, home.solar_cts)
        yield Fault(
            kind=FaultKind.LOOSE_NEUTRAL,
            name="loose_neutral",
            phases=frozenset(every),
            neutral_ohms=1.0 + home.seed % 4,
        )
    for phase in every:
        signs = tuple(int(at != phase) for at in every)
        yield Fault(
            # Without solar on the phase, it may as well be an unused one.
            kind=FaultKind.SILENT_SITE
            if phase in home.solar_phases
            else FaultKind.SILENT_SITE_UNFED,
            name=f"silent_site_L{phase + 1}",
            phases=frozenset({phase}),
            site=Clamps(every, signs),
        )
    phase = home.seed % home.legs
    yield Fault(
        kind=FaultKind.DEAD_PHASE,
        name=f"dead_phase_L{phase + 1}",
        phases=frozenset({phase}),
        dead=phase,
    )


def _flips(kind: FaultKind, phases: tuple[int, ...]) -> Iterator[Fault]:
    """Return the reversals of each CT alone, two of three, and all."""
    chosen: list[tuple[int, ...]] = [(at,) for at in phases]
    if len(phases) == 3:
        chosen.append(phases[:2])
    if len(phases) > 1:
        chosen.append(phases)
    for turned in chosen:
        signs = tuple(-1 if at in turned else 1 for at in phases)
        yield _at(kind, Clamps(phases, signs), turned)


def _turns(kind: FaultKind, phases: tuple[int, ...]) -> Iterator[Fault]:
    """Return the swaps of two CTs, and rotations of three in both directions."""
    if len(phases) < 2:
        return
    swapped = (phases[1], phases[0], *phases[2:])
    yield _at(kind, Clamps(swapped, (1,) * len(phases)), phases[:2])
    if len(phases) == 3:
        for rotated in ((*phases[1:], phases[0]), (phases[2], *phases[:2])):
            yield _at(kind, Clamps(rotated, (1,) * 3), phases)
        # Both CTs are around the same conductor.
        yield _at(kind, Clamps((phases[1], *phases[1:]), (1,) * 3), phases[:1])


def _at(kind: FaultKind, clamps: Clamps, phases: tuple[int, ...]) -> Fault:
    where = "".join(f"L{at + 1}" for at in phases)
    name = f"{kind}_{where}"
    if set(clamps.signs) == {1}:
        name += "_on_" + "".join(f"L{at + 1}" for at in clamps.conductors)
    solar = kind.value.endswith("solar")
    return Fault(
        kind=kind,
        name=name,
        phases=frozenset(phases),
        site=None if solar else clamps,
        solar=clamps if solar else None,
    )

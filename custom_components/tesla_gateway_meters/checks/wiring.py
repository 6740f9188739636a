"""Wiring faults that show in what is measured, by Tesla's own rules.

Each check has its defence against a false alarm (users and rivals, B.3):

- Low power factor: a phase that carries more than 1 kW has 0.8 or more, or its
  CT is measured against another phase. Below 1 kW nothing is said, and one
  good value clears all before it: a motor runs for a while, wiring for ever.
- Negative solar: never below -100 W. A few watts at night are normal.
- Import that follows solar: when solar rises, a phase of the site has to import
  less. Only changes of solar by 300 W within ten minutes count, and only where
  the phase changed by its part of that, one way or the other; eight the wrong way
  for each two the right way are no chance, and four the right way in a row clear
  it. On a clear day that takes some hours.
- Negative load: a house does not produce. The gateway computes the load from
  readings of different moments, so only what lasts counts.
- Voltages apart: the phases of one service are within 10 V. Dead legs have been
  taken out before.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from operator import itemgetter
from typing import Final

from .gateway import LocationMeter, Phase, PhaseReading

_LOADED: Final = 1000  # W
_GOOD_FACTOR: Final = 0.8
_NEGATIVE: Final = -100  # W
_APART: Final = 10  # V
_STEP: Final = 300  # W
_LONGEST_STEP: Final = 600  # s
_STEPS: Final = 12
_STEPS_WRONG: Final = 8
_STEPS_RIGHT: Final = 4
_BAND: Final = 0.5

# How long a fault has to show before it is one, and before a person is told.
_PROBLEM: Final = 60  # s
_LASTING: Final = 600  # s


class Check(StrEnum):
    """What is looked for."""

    LOW_POWER_FACTOR = "low_power_factor"
    NEGATIVE_SOLAR = "negative_solar"
    IMPORT_FOLLOWS_SOLAR = "import_follows_solar"
    NEGATIVE_LOAD = "negative_load"
    VOLTAGES_APART = "voltages_apart"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """What a check is about: a location, and one of its phases or all."""

    check: Check
    location: str
    phase: Phase | None = None

    @property
    def key(self) -> str:
        """What an entity of it is known by."""
        suffix = "" if self.phase is None else f"_{self.phase}"
        return f"{self.location}_{self.check}{suffix}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says: None before there was anything to go by.

    `lasting` is a problem that a person should be told of. `evidence` is what
    was seen last; `meter` is the key of the meter concerned, `cts` are its CTs.
    """

    problem: bool | None = None
    lasting: bool = False
    evidence: Mapping[str, float] = field(default_factory=dict)
    meter: str | None = None
    cts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sight:
    """One look at a place. `bad` is None where there was nothing to see."""

    bad: bool | None
    evidence: Mapping[str, float]
    meter: LocationMeter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the checks look at: powers by location, as measured, and fresh meters.

    `has_solar_meters` is None as long as the gateway does not tell.
    """

    power: Mapping[str, float | None]
    meters: Mapping[str, tuple[LocationMeter, ...]]
    phases: Mapping[str, Mapping[Phase, PhaseReading]]
    has_solar_meters: bool | None


@dataclass(slots=True)
class _History:
    """For how long a place has been bad, as far as it was seen."""

    problem: bool | None = None
    bad_for: float = 0
    bad_at: float | None = None


class Wiring:
    """Looks at each poll, and remembers what it saw before."""

    def __init__(self, interval: float) -> None:
        """Look at polls that are this many seconds apart."""
        # A poll that was missed does not break a row.
        self._longest_gap = 3 * interval
        self._histories: dict[Place, _History] = {}
        self._steps = _Steps()
        self._looks_at_whole = False

    def look(self, now: float, measured: Measured) -> dict[Place, Finding]:
        """Return what each check says after a poll at this Unix time."""
        sights = {
            **_power_factors(measured),
            **_negative_phases(measured),
            **self._negative_whole(measured),
            **_negative_load(measured),
            **_voltages(measured),
            **self._steps.look(now, measured),
        }
        return {
            place: self._judge(place, now, sight) for place, sight in sights.items()
        }

    def _negative_whole(self, measured: Measured) -> dict[Place, _Sight]:
        """Look at solar as a whole, for a gateway that lists no meters of it.

        One that gave none for a moment is still looked at, and its phases say more.
        """
        self._looks_at_whole |= measured.has_solar_meters is False
        power = measured.power.get("solar")
        if power is None or not self._looks_at_whole:
            return {}
        bad = None if measured.has_solar_meters else _is_negative(power)
        return {Place(Check.NEGATIVE_SOLAR, "solar"): _Sight(bad, {"power": power})}

    def _judge(self, place: Place, now: float, sight: _Sight) -> Finding:
        history = self._histories.setdefault(place, _History())
        if sight.bad is None:
            history.bad_at = None
        elif not sight.bad:
            self._histories[place] = history = _History(problem=False)
        else:
            if (
                history.bad_at is not None
                and 0 <= now - history.bad_at <= self._longest_gap
            ):
                history.bad_for += now - history.bad_at
            history.bad_at = now
            if history.bad_for >= _PROBLEM:
                history.problem = True
        meter = sight.meter
        return Finding(
            problem=history.problem,
            lasting=history.bad_for >= _LASTING,
            evidence=sight.evidence,
            meter=None if meter is None else meter.key,
            cts=_cts_at(meter, place.phase),
        )


def _cts_at(meter: LocationMeter | None, phase: Phase | None) -> tuple[int, ...]:
    if meter is None:
        return ()
    return tuple(ct for ct, at in meter.ct_phases.items() if phase in (None, at))


def _by_phase(
    measured: Measured, location: str
) -> Iterator[tuple[Phase, LocationMeter, PhaseReading]]:
    for meter in measured.meters.get(location, ()):
        for phase, reading in meter.phases.items():
            yield phase, meter, reading


def _power_factors(measured: Measured) -> dict[Place, _Sight]:
    sights: dict[Place, _Sight] = {}
    for location in ("site", "solar"):
        for phase, meter, reading in _by_phase(measured, location):
            bad, factor = None, reading.power_factor
            if factor is not None and abs(reading.power or 0) > _LOADED:
                bad = factor < _GOOD_FACTOR
            sight = _Sight(
                bad,
                _known(
                    power=reading.power,
                    reactive_power=reading.reactive_power,
                    power_factor=factor,
                ),
                meter,
            )
            _add(sights, Place(Check.LOW_POWER_FACTOR, location, phase), sight)
    return sights


def _negative_phases(measured: Measured) -> dict[Place, _Sight]:
    sights: dict[Place, _Sight] = {}
    for phase, meter, reading in _by_phase(measured, "solar"):
        bad = _is_negative(reading.power)
        factor = reading.power_factor
        if bad and factor is not None and factor < _GOOD_FACTOR:
            # Measured against another phase, which is the other check's matter.
            bad = None
        sight = _Sight(bad, _known(power=reading.power), meter)
        _add(sights, Place(Check.NEGATIVE_SOLAR, "solar", phase), sight)
    return sights


def _negative_load(measured: Measured) -> dict[Place, _Sight]:
    power = measured.power.get("load")
    if power is None:
        return {}
    sight = _Sight(_is_negative(power), _known(**measured.power))
    return {Place(Check.NEGATIVE_LOAD, "load"): sight}


def _voltages(measured: Measured) -> dict[Place, _Sight]:
    volts = {
        str(phase): reading.voltage
        for phase, reading in measured.phases.get("site", {}).items()
        if reading.voltage is not None
    }
    if len(volts) < 2:
        return {}
    apart = max(volts.values()) - min(volts.values())
    return {Place(Check.VOLTAGES_APART, "site"): _Sight(apart > _APART, volts)}


def _is_negative(power: float | None) -> bool | None:
    """Judge what flows; around 0 there is nothing to see, as at night."""
    if power is None or abs(power) <= -_NEGATIVE:
        return None
    return power < 0


def _add(sights: dict[Place, _Sight], place: Place, sight: _Sight) -> None:
    """Keep the sight that says most, where several meters have a part in a phase."""
    known = sights.get(place)
    if known is None or (known.bad, sight.bad) in (
        (None, False),
        (None, True),
        (False, True),
    ):
        sights[place] = sight


def _known(**values: float | None) -> dict[str, float]:
    return {key: value for key, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Moment:
    at: float
    solar: float
    site: Mapping[Phase, float]


class _Steps:
    """Pairs the steps of solar with those of the site's phases."""

    def __init__(self) -> None:
        self._since: _Moment | None = None
        self._fed: set[Phase] = set()
        self._shares: dict[Phase, deque[float]] = {}

    def look(self, at: float, measured: Measured) -> dict[Place, _Sight]:
        """Take a step over, where solar has made one, and judge all that are known."""
        # While solar's meters are silent it feeds what it fed before.
        self._fed = fed = _fed_phases(measured) or self._fed
        site = {
            phase: reading.power
            for phase, reading in measured.phases.get("site", {}).items()
            if reading.power is not None and phase in fed
        }
        telling = _telling(site, measured.phases.get("site", {}))
        solar = measured.power.get("solar")
        if solar is None or solar <= 0:
            self._since = None
        else:
            now = _Moment(at, solar, telling)
            if self._since is None or not 0 <= at - self._since.at <= _LONGEST_STEP:
                self._since = now
            elif abs(solar - self._since.solar) >= _STEP:
                self._pair(self._since, now, len(fed))
                self._since = now
        return {
            Place(Check.IMPORT_FOLLOWS_SOLAR, "site", phase): self._judge(
                phase, measured
            )
            for phase in sorted(site)
        }

    def _pair(self, before: _Moment, now: _Moment, phases: int) -> None:
        for phase in before.site.keys() & now.site.keys():
            # -1 where this phase's part of solar went out, +1 where it came in. What is
            # far from both is the house or the battery.
            share = (now.site[phase] - before.site[phase]) * phases
            share /= now.solar - before.solar
            if 1 - _BAND <= abs(share) <= 1 + _BAND:
                self._shares.setdefault(phase, deque(maxlen=_STEPS)).append(share)

    def _judge(self, phase: Phase, measured: Measured) -> _Sight:
        shares = tuple(self._shares.get(phase, ()))
        wrong = sum(share > 0 for share in shares)
        right = len(shares) - wrong
        bad = None
        if len(shares) >= _STEPS_RIGHT and max(shares[-_STEPS_RIGHT:]) < 0:
            bad = False
        elif wrong >= _STEPS_WRONG and wrong >= 4 * right:
            bad = True
        concerned = [
            (abs(reading.power or 0), meter)
            for at, meter, reading in _by_phase(measured, "site")
            if at == phase
        ]
        meter = max(concerned, key=itemgetter(0))[1] if concerned else None
        return _Sight(bad, {"steps_with_solar": wrong, "steps_against": right}, meter)


def _telling(
    site: Mapping[Phase, float], phases: Mapping[Phase, PhaseReading]
) -> Mapping[Phase, float]:
    """Leave out phases whose CT may be on another one: that is the other check's.

    Two legs stand opposite: there it looks as if it were the wrong way round.
    """
    if len(phases) < 3:
        return site
    return {
        phase: power
        for phase, power in site.items()
        if (phases[phase].power_factor or 0) >= _GOOD_FACTOR
    }


def _fed_phases(measured: Measured) -> set[Phase]:
    """Return the phases that solar feeds, as far as its meters tell."""
    meters = measured.meters.get("solar", ())
    site = set(measured.phases.get("site", {}))
    if measured.has_solar_meters is False:
        # An inverter that measures itself feeds both legs of a split-phase service.
        return site if len(site) < 3 else set()
    if any((meter.scale_factor or 1) > 1 for meter in meters):
        # One CT stands for both legs.
        return site
    return {phase for meter in meters for phase in meter.phases}

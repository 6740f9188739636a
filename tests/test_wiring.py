"""The wiring checks one by one: what they see, what they wait for, what clears them."""

from dataclasses import replace

import pytest

from custom_components.tesla_gateway_meters.gateway import (
    LocationMeter,
    Phase,
    PhaseReading,
    Totals,
)
from custom_components.tesla_gateway_meters.gateway.parse import parse_aggregates
from custom_components.tesla_gateway_meters.wiring import (
    Check,
    Finding,
    Measured,
    Place,
    Wiring,
)

NOTHING: Totals = parse_aggregates({"site": {"instant_power": 1}})["site"]
METER = LocationMeter(
    key="synchrometerX",
    id=0,
    location="site",
    type="synchrometerX",
    cts=(True, True, True, False),
    inverted=(False,) * 4,
    scale_factor=None,
    voltage_references={},
    ct_phases={1: Phase.L1, 2: Phase.L2, 3: Phase.L3},
    totals=NOTHING,
    phases={},
    board_serial=None,
    version=None,
)
POLL = 10.0


def reading(
    power: float | None = None, reactive: float | None = 0, volts: float | None = 230
) -> PhaseReading:
    """Return one phase's reading."""
    return PhaseReading(
        voltage=volts, current=None, power=power, reactive_power=reactive
    )


def measured(
    location: str = "site",
    phases: dict[Phase, PhaseReading] | None = None,
    **power: float | None,
) -> Measured:
    """Return a poll in which one meter measures these phases at a location."""
    phases = phases or {}
    meter = replace(METER, location=location, phases=phases)
    return Measured(
        power=power,
        meters={location: (meter,)},
        phases={location: phases},
        has_solar_meters=location == "solar" and bool(phases),
    )


class Watched:
    """Wiring that is looked at every ten seconds."""

    def __init__(self) -> None:
        """Begin without a look."""
        self.wiring, self.now = Wiring(POLL), 1_700_000_000.0

    def look(
        self, place: Place, seen: Measured, minutes: float = 0, gap: float = POLL
    ) -> Finding:
        """Look for this long at the same; once for no time."""
        for _ in range(max(1, round(minutes * 60 / POLL))):
            self.now += gap
            finding = self.wiring.look(self.now, seen)[place]
        return finding


L1, L2 = Phase.L1, Phase.L2
FACTOR = Place(Check.LOW_POWER_FACTOR, "site", L1)
SOLAR = Place(Check.NEGATIVE_SOLAR, "solar", L1)
LOAD = Place(Check.NEGATIVE_LOAD, "load")
APART = Place(Check.VOLTAGES_APART, "site")
FOLLOWS = Place(Check.IMPORT_FOLLOWS_SOLAR, "site", L1)


@pytest.mark.parametrize(
    ("place", "bad", "nothing", "good"),
    [
        (
            FACTOR,
            measured(phases={L1: reading(-1100, 1800)}),
            measured(phases={L1: reading(900, 1800)}),
            measured(phases={L1: reading(1100, 700)}),
        ),
        (
            SOLAR,
            measured("solar", {L1: reading(-101)}),
            measured("solar", {L1: reading(-99)}),
            measured("solar", {L1: reading(101)}),
        ),
        (
            Place(Check.NEGATIVE_SOLAR, "solar"),
            measured(solar=-101.0),
            measured(solar=-4.0),
            measured(solar=3000.0),
        ),
        (LOAD, measured(load=-101.0), measured(load=50.0), measured(load=101.0)),
        (
            APART,
            measured(phases={L1: reading(volts=225), L2: reading(volts=236)}),
            measured(phases={L1: reading(volts=230), L2: reading(volts=238)}),
            measured(phases={L1: reading(volts=230), L2: reading(volts=238)}),
        ),
    ],
    ids=lambda value: value.key if isinstance(value, Place) else "",
)
def test_a_problem(
    place: Place, bad: Measured, nothing: Measured, good: Measured
) -> None:
    """A minute makes a problem, ten make it lasting; a gap counts for nothing."""
    watched = Watched()
    assert watched.look(place, bad).problem is None
    assert watched.look(place, bad, 1).problem
    assert not watched.look(place, bad, 8).lasting
    # A gap is no evidence of what was in it.
    assert not watched.look(place, bad, gap=3600).lasting
    assert watched.look(place, bad, 2).lasting
    if place is not APART:
        finding = watched.look(place, nothing, 60)
        assert finding.problem
        assert finding.lasting
    finding = watched.look(place, good)
    assert finding.problem is False
    assert not finding.lasting
    assert not watched.look(place, bad).problem


def test_evidence() -> None:
    """The finding names meter and CT, and has the figures."""
    finding = Watched().look(FACTOR, measured(phases={L1: reading(-1100, 1800)}))
    assert (finding.meter, finding.cts) == ("synchrometerX", (1,))
    assert finding.evidence["power"] == -1100
    assert finding.evidence["power_factor"] == pytest.approx(0.521, abs=0.001)


def test_a_negative_phase_of_low_factor_is_the_other_checks() -> None:
    """A solar CT on another phase is not taken for one that is the wrong way round."""
    watched = Watched()
    seen = measured("solar", {L1: reading(-1100, 1800)})
    assert watched.look(SOLAR, seen, 20).problem is None
    assert watched.look(replace(FACTOR, location="solar"), seen).problem


def test_unknown_is_no_evidence() -> None:
    """What the gateway does not give says nothing."""
    watched = Watched()
    for seen in (
        measured(phases={L1: reading(None, None, None)}),
        measured(phases={L1: reading(3000, None)}),
    ):
        assert watched.look(FACTOR, seen, 20).problem is None
    assert watched.wiring.look(watched.now, measured(load=None)) == {}


def steps(watched: Watched, ratio: float, times: int, every: float = 60) -> Finding:
    """Let solar rise and fall by 400 W, and the only phase by this share of it."""
    for step in range(times):
        watched.now += every
        solar = 1000 + 400 * (step % 2)
        site = 2000 + ratio * solar
        phases = {L1: reading(site)}
        seen = Measured(
            power={"solar": solar, "site": site},
            meters={"site": (replace(METER, phases=phases),), "solar": ()},
            phases={"site": phases},
            has_solar_meters=False,
        )
        finding = watched.wiring.look(watched.now, seen)[FOLLOWS]
    return finding


def test_import_follows_solar() -> None:
    """Eight steps the wrong way are no chance; four the right way clear them."""
    watched = Watched()
    assert steps(watched, 1, 8).problem is None
    assert steps(watched, 1, 8, every=20).problem
    assert steps(watched, -1, 3).problem
    assert steps(watched, -1, 3).problem is False


@pytest.mark.parametrize("ratio", [-1, 0, 0.3, 2])
def test_import_does_not_follow(ratio: float) -> None:
    """A phase that does as it should, or something else, is left alone."""
    assert not steps(Watched(), ratio, 100).problem


def test_slow_changes_are_the_houses() -> None:
    """What takes longer than ten minutes is not paired."""
    assert steps(Watched(), 1, 50, every=601).problem is None


def test_a_gateway_that_lists_its_meters_late() -> None:
    """Solar as a whole stays looked at, and leaves the word to its phases."""
    watched, whole = Watched(), Place(Check.NEGATIVE_SOLAR, "solar")
    assert watched.look(whole, measured(solar=-4.0)).problem is None
    late = measured("solar", {L1: reading(-3000)}, solar=-3000.0)
    assert watched.look(whole, late, 20).problem is None
    assert watched.wiring.look(watched.now, late)[SOLAR].problem
    assert whole not in Watched().wiring.look(0, late)

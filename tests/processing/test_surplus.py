"""The surplus of a site, and the means and the sustained export that follow it."""

from dataclasses import replace

import pytest

from custom_components.tesla_gateway_meters.processing.surplus import (
    AVERAGED,
    Export,
    SurplusMonitor,
    Watched,
    longest_gap,
)

from .parts import sustained, totals


class Monitor:
    """A site that is polled every 10 s."""

    def __init__(self, watched: Watched = Watched.EXPORT) -> None:
        """Start with nothing known."""
        self.monitor, self.now = SurplusMonitor(sustained(), watched), 100.0

    def poll(
        self,
        *,
        times: int = 1,
        shown: float | None = None,
        stale: frozenset[str] = frozenset(),
        **powers: float | None,
    ) -> Export:
        """Return what is known after polls; the site may be shown as another power."""
        locations = {
            location: totals(power=watts) for location, watts in powers.items()
        }
        if shown is not None:
            locations["site"] = replace(locations["site"], power=shown)
        for _ in range(times):
            self.now += 10
            export = self.monitor.update(self.now, locations, powers, stale)
        return export


@pytest.mark.parametrize(
    ("powers", "surplus"),
    [
        ({"site": -500}, 500),
        ({"site": 500}, 0),
        ({"site": -500, "battery": -1000}, 1500),
        ({"site": -500, "battery": 300}, 200),
        ({"site": -500, "battery": 600}, 0),
        ({"site": -500, "generator": 300}, 200),
        ({"site": 700, "battery": -1000}, 300),
        # Solar and load are not used.
        ({"site": -500, "solar": None, "load": None}, 500),
        ({"site": None}, None),
        ({"site": -500, "battery": None}, None),
        ({"site": -500, "generator": None}, None),
        ({"battery": -500}, None),
    ],
)
def test_surplus_is_what_reaches_the_grid_and_the_battery(
    powers: dict[str, float | None], surplus: float | None
) -> None:
    """Unknown as long as one of its powers is."""
    assert Monitor().poll(**powers).surplus == surplus


@pytest.mark.parametrize("location", ["site", "battery", "generator"])
def test_surplus_is_unknown_while_one_of_its_locations_is_stale(location: str) -> None:
    """The gateway repeats the last power."""
    powers = {"site": -500.0, "battery": -100.0, "generator": 50.0, "load": 450.0}
    assert Monitor().poll(stale=frozenset({location}), **powers).surplus is None
    assert Monitor().poll(stale=frozenset({"load"}), **powers).surplus == 550


@pytest.mark.parametrize(
    ("site", "shown", "battery", "surplus"),
    [(-40, 0, -100, 100), (40, 0, -100, 60), (-40, -40, -100, 140)],
)
def test_hidden_export_is_no_surplus_and_hidden_import_is_bought(
    site: float, shown: float, battery: float, surplus: float
) -> None:
    """The lower of both counts."""
    export = Monitor().poll(site=site, shown=shown, battery=battery)
    assert export.surplus == surplus


def test_means_of_import_export_and_surplus_are_known_after_a_minute() -> None:
    """Each is of its own power, and none is negative."""
    monitor = Monitor()
    assert set(monitor.poll(site=-300, battery=-100).means) == set(AVERAGED)
    for site, expected in ((-300, (0, 300, 400)), (500, (500, 0, 0))):
        export = monitor.poll(times=7, site=site, battery=-100)
        means = tuple(
            export.means[key].at(monitor.now)
            for key in ("import_power", "export_power", "solar_surplus")
        )
        assert means == expected
        assert export.shown[:3] == expected


@pytest.mark.parametrize(
    ("watched", "battery", "state"),
    [
        (Watched.EXPORT, 0, True),
        (Watched.EXPORT, 1000, True),
        (Watched.SURPLUS, 0, True),
        (Watched.SURPLUS, 1000, False),
    ],
)
def test_sustained_export_follows_the_watched_power(
    watched: Watched, battery: float, state: bool
) -> None:
    """A battery that feeds the grid is export, and no surplus."""
    monitor = Monitor(watched)
    export = monitor.poll(times=7, site=-1100, battery=battery)
    assert export.sustained.at(monitor.now) is state
    assert export.shown[3] is state


def test_two_polls_are_equal_while_they_show_the_same() -> None:
    """States are written only if they differ; the periods of the means always do."""
    monitor = Monitor()
    first = monitor.poll(times=9, site=-300)
    assert monitor.poll(site=-300) == first
    assert monitor.poll(site=-310) != first


def test_all_is_unknown_after_a_failed_poll_until_the_next_one() -> None:
    """The means go on from what they were, without the time in which it failed."""
    monitor = Monitor(Watched.SURPLUS)
    export = monitor.poll(times=8, site=-1100)
    assert export.shown == (0, 1100, 1100, True)
    monitor.now += 10
    monitor.monitor.add_failed_poll(monitor.now)
    export = monitor.monitor.update(monitor.now, {}, {}, ())
    assert (export.surplus, *export.shown) == (None,) * 5
    assert monitor.poll(site=-1100).shown == (0, 1100, 1100, True)


def test_all_starts_anew_after_a_gap() -> None:
    """A minute of the old power says nothing of now."""
    monitor = Monitor()
    monitor.poll(times=8, site=-1100)
    monitor.now += 60
    assert monitor.poll(site=-1100).shown == (None,) * 4


@pytest.mark.parametrize(
    ("interval", "gap"), [(5, 60), (20, 60), (21, 63), (60, 180), (300, 900)]
)
def test_three_polls_or_a_minute_may_fail(interval: float, gap: float) -> None:
    """The longer of both."""
    assert longest_gap(interval) == gap

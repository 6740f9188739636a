"""Expected locations and phases of each profile."""

from dataclasses import dataclass, field

_L1 = ("l1",)
_L2 = ("l2",)
_SPLIT = ("l1", "l2")
_THREE = ("l1", "l2", "l3")


@dataclass(frozen=True, slots=True)
class Site:
    """The locations of a site, and the phases and meters of those that have any."""

    locations: tuple[str, ...] = ("site", "battery", "load", "solar")
    phases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    meters: dict[str, tuple[str, ...]] = field(default_factory=dict)


# Solar that is read from its inverter has neither meters nor phases; a Powerwall 3
# tells of none at all.
SITES = {
    "document": Site(
        phases={"site": _SPLIT, "solar": _L2},
        meters={
            "site": ("synchrometerX", "synchrometerY"),
            "solar": ("synchrometerY",),
        },
    ),
    # The one CT of solar is on L2 and its scale factor 2: L2 stands for both phases.
    "split-phase": Site(
        phases={"site": _SPLIT, "solar": _L2},
        meters={
            "site": ("synchrometerX", "synchrometerY"),
            "solar": ("synchrometerY",),
        },
    ),
    "three-phase": Site(
        phases={"site": _THREE, "solar": _THREE},
        meters={"site": ("synchrometerX",), "solar": ("synchrometerY",)},
    ),
    # The second leg of its site meter is dead, and no phase.
    "neurio": Site(
        phases={"site": _L1, "solar": _L1},
        meters={"site": ("neurio_tcp_12345",), "solar": ("neurio_tcp_12346",)},
    ),
    "powerwall-plus": Site(
        phases={"site": _SPLIT}, meters={"site": ("synchrometerX",)}
    ),
    "restricted": Site(),
    "solar-only": Site(
        locations=("site", "load", "solar"),
        phases={"site": _SPLIT},
        meters={"site": ("synchrometerX",)},
    ),
}

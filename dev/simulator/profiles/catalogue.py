"""The live profiles. All serials and identities are invented."""

from typing import Final

from simulator.physics.installation import Installation

from .spec import NEURIO, Equipment, Identity, Meter, Role

_REFERENCES: Final = ("Phase1", "Phase2", "Phase1")
_COUNTERS: Final = {
    "site": (3456789.44263701, 16789012.68004938),
    "battery": (10196160.0, 11605680.0),
    "solar": (27089270.66581665, 25683.40224871719),
}
_SPLIT_PHASE: Final = Installation(
    volts=121.3,
    hertz=60,
    phases=2,
    solar_watts=7600,
    solar_phases=(0, 1),
    battery_watts=10000,
    battery_hours=27000,
    battery_phases=(0, 1),
    batteries=2,
)
_X_SPLIT: Final = Meter(
    "synchrometerX", "JBLSIM00X1F00E", (Role("site", (0, 1, None, None), scale=None),)
)

EQUIPMENT: Final = {
    "split-phase": Equipment(
        Identity("1232100-00-E--TGSIMULATED001"),
        _SPLIT_PHASE,
        (
            Meter(
                "synchrometerY",
                "JBLSIM00X1F00E",
                (
                    Role("site", (0, None, None, None), conductor=False),
                    Role("solar", (None, 1, None, None), scale=2),
                ),
                _REFERENCES,
            ),
            _X_SPLIT,
        ),
        _COUNTERS,
    ),
    "three-phase": Equipment(
        Identity("1232100-00-E--TGSIMULATED003"),
        Installation(
            volts=235.5,
            hertz=50,
            phases=3,
            solar_watts=9900,
            solar_phases=(0, 1, 2),
            battery_watts=5000,
            battery_hours=13500,
            battery_phases=(0,),
            house=1.3,
        ),
        (
            Meter(
                "synchrometerX",
                "JBLSIM00X3F00E",
                (Role("site", (0, 1, 2, None), scale=None),),
            ),
            Meter(
                "synchrometerY",
                "JBLSIM00X3F00E",
                (Role("solar", (0, 1, 2, None)),),
                ("Phase1", "Phase2", "Phase3"),
            ),
        ),
        _COUNTERS,
    ),
    "neurio": Equipment(
        Identity("1118431-00-L--TGSIMULATED005", device_type="hec"),
        Installation(
            volts=241.8,
            hertz=50,
            phases=1,
            solar_watts=4800,
            solar_phases=(0,),
            battery_watts=5000,
            battery_hours=13500,
            battery_phases=(0,),
        ),
        (
            Meter(
                NEURIO,
                "OBB0000000001",
                (Role("site", (0, 1, None, None)),),
                version="Tesla-0.0.7",
                host="PWRview-12345",
                mac="00-00-5E-00-53-01",
            ),
            Meter(
                NEURIO,
                "OBB0000000002",
                (Role("solar", (0, None, None, None)),),
                version="Tesla-0.0.7",
                host="PWRview-12346",
                mac="00-00-5E-00-53-02",
            ),
        ),
        _COUNTERS,
    ),
    "powerwall-plus": Equipment(
        Identity("1232100-00-E--TGSIMULATED007"),
        _SPLIT_PHASE,
        (_X_SPLIT, Meter("synchrometerY", "JBLSIM00X1F00E")),
        _COUNTERS,
        inverter_solar=True,
    ),
    "restricted": Equipment(
        Identity("1707000-11-M--TGSIMULATED009"),
        _SPLIT_PHASE,
        (_X_SPLIT,),
        _COUNTERS,
        inverter_solar=True,
        restricted=True,
    ),
    "solar-only": Equipment(
        Identity("1538100-00-F--TGSIMULATED011", teg_type="pvinverter"),
        Installation(
            volts=121.3,
            hertz=60,
            phases=2,
            solar_watts=7600,
            solar_phases=(0, 1),
            batteries=0,
        ),
        (_X_SPLIT,),
        {"site": _COUNTERS["site"], "solar": _COUNTERS["solar"]},
        inverter_solar=True,
    ),
}

"""A gateway whose payloads come from simulated physics."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from simulator.clock import Clock
from simulator.go_format import Json
from simulator.physics.charger import Charger
from simulator.physics.installation import total
from simulator.physics.world import World
from simulator.wiring import WiringFault

from . import aggregates, meters, readings, system
from .base import Endpoints, Truth
from .counters import Errors
from .gateway_info import GatewayInfo
from .moment import Moment
from .spec import Equipment
from .wiring import Wiring

_RESTRICTED: Final = (
    "meters/aggregates",
    "system_status/soe",
    "system_status/grid_status",
)
_NEED_BATTERY: Final = ("system_status", "system_status/soe", "operation")


class Live:
    """Serves what the equipment's meters see of the simulated site."""

    def __init__(self, equipment: Equipment, clock: Clock, seed: int) -> None:
        """Start the physics at the clock's starting time."""
        self._equipment = equipment
        self._clock = clock
        self._seed = seed
        self._world = World(equipment.installation, seed, clock.zone, clock.started)
        self._wiring = Wiring.of(equipment)
        self._errors = Errors()
        self._held: dict[str, Moment] = {}
        self.din: Final = equipment.identity.din
        info = GatewayInfo(equipment.identity, clock)
        self.reboot: Final = info.reboot
        self.endpoints: Endpoints = self._offered(info)

    def moment(self) -> Moment:
        """Return the present moment."""
        now = self._clock.nanoseconds()
        return Moment(
            self._equipment,
            self._clock,
            self._world.at(now),
            now,
            self._seed,
            self._wiring,
            self._errors,
            self._held,
        )

    def rewire(self, faults: Iterable[WiringFault]) -> None:
        """Put these wiring faults in force, and no others; ValueError if one does not fit."""
        faults = tuple(faults)
        wiring = Wiring.of(self._equipment, faults)
        before = self.moment()  # what was counted until now was counted as it was wired
        self._held = {
            serial: self._held.get(serial, before) for serial in wiring.unplugged
        }
        self._wiring = wiring
        self._world.watch = partial(self._errors.count, wiring) if faults else None

    def plug_in(self, watts: int) -> None:
        """Let the house take so much more (W), in place of what it took more before."""
        self.moment()  # what flowed until now flowed without it
        self._world.plug_in(watts)

    def install(self, charger: Charger) -> None:
        """Let a car charge there from now on."""
        self.moment()  # what flowed until now flowed without it
        self._world.install(charger)

    def truth(self, location: str) -> Truth:
        """Return what flows at a location, at the present simulated time."""
        moment = self.moment()
        flow = total(moment.snapshot.flows[location])
        return Truth(
            flow.p,
            flow.q,
            *moment.energy(location, truly=True),
            phases=moment.snapshot.flows[location],
            volts=moment.snapshot.volts,
        )

    def _offered(self, info: GatewayInfo) -> Endpoints:
        identity = self._equipment.identity
        units = self._equipment.installation.batteries
        offered: dict[str, Callable[[], Json]] = {
            **info.endpoints,
            "meters": lambda: meters.listed(self.moment()),
            "meters/aggregates": lambda: aggregates.build(self.moment()),
            "meters/readings": lambda: readings.build(self.moment()),
            "meters/site": lambda: meters.located(self.moment(), "site"),
            "meters/solar": lambda: meters.located(self.moment(), "solar"),
            "system_status": lambda: system.system_status(self._battery()),
            "system_status/soe": lambda: system.state_of_charge(self._battery()),
            "system_status/grid_status": lambda: system.GRID,
            "powerwalls": lambda: system.powerwalls(identity, units),
            "site_info": lambda: system.site_info(identity, self._battery()),
            "operation": system.operation,
        }
        if self._equipment.restricted:
            return {name: offered[name] for name in _RESTRICTED}
        if not self._equipment.installation.battery_watts:
            return {
                name: make
                for name, make in offered.items()
                if name not in _NEED_BATTERY
            }
        return offered

    def _battery(self) -> system.BatteryState:
        moment = self.moment()
        site = self._equipment.installation
        flow = moment.flow("battery")
        discharged, charged = moment.energy("battery")
        return system.BatteryState(
            units=site.batteries,
            charge=moment.snapshot.charge,
            capacity=round(site.battery_hours),
            rated=site.battery_watts,
            power=flow.p,
            reactive_power=flow.q,
            volts=moment.inverter_volts(),
            hertz=moment.snapshot.hertz,
            discharged=discharged,
            charged=charged,
        )

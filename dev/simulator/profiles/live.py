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
from .site_state import SiteState
from .spec import Equipment
from .wiring import Wiring

_RESTRICTED: Final = (
    "meters/aggregates",
    "system_status/soe",
    "system_status/grid_status",
)
_NEED_BATTERY: Final = ("system_status", "system_status/soe", "operation")


class Live:
    """A profile of a simulated site, as the equipment's meters measure it."""

    def __init__(self, equipment: Equipment, clock: Clock, seed: int) -> None:
        """Start the physics at the clock's starting time."""
        self._equipment = equipment
        self._clock = clock
        self._seed = seed
        self._world = World(equipment.installation, seed, clock.zone, clock.started)
        self._wiring = Wiring.of(equipment)
        self._errors = Errors()
        self._held: dict[str, SiteState] = {}
        self.din: Final = equipment.identity.din
        info = GatewayInfo(equipment.identity, clock)
        self.reboot: Final = info.reboot
        self.endpoints: Endpoints = self._offered(info)

    def site_state(self) -> SiteState:
        """Return the present state of the site."""
        now = self._clock.nanoseconds()
        return SiteState(
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
        """Set these wiring faults, in place of all others. Raises ValueError if one does not fit."""
        faults = tuple(faults)
        wiring = Wiring.of(self._equipment, faults)
        before = (
            self.site_state()
        )  # what was counted until now was counted as it was wired
        self._held = {
            serial: self._held.get(serial, before) for serial in wiring.unplugged
        }
        self._wiring = wiring
        self._world.watch = partial(self._errors.count, wiring) if faults else None

    def plug_in(self, watts: int) -> None:
        """Let the house take so much more (W), in place of what it took more before."""
        self.site_state()  # what flowed until now flowed without it
        self._world.plug_in(watts)

    def install(self, charger: Charger) -> None:
        """Let a car charge there from now on."""
        self.site_state()  # what flowed until now flowed without it
        self._world.install(charger)

    def truth(self, location: str) -> Truth:
        """Return what flows at a location, at the present simulated time."""
        state = self.site_state()
        flow = total(state.snapshot.flows[location])
        return Truth(
            flow.p,
            flow.q,
            *state.energy(location, exact=True),
            phases=state.snapshot.flows[location],
            volts=state.snapshot.volts,
        )

    def _offered(self, info: GatewayInfo) -> Endpoints:
        identity = self._equipment.identity
        units = self._equipment.installation.batteries
        offered: dict[str, Callable[[], Json]] = {
            **info.endpoints,
            "meters": lambda: meters.listed(self.site_state()),
            "meters/aggregates": lambda: aggregates.build(self.site_state()),
            "meters/readings": lambda: readings.build(self.site_state()),
            "meters/site": lambda: meters.located(self.site_state(), "site"),
            "meters/solar": lambda: meters.located(self.site_state(), "solar"),
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
        state = self.site_state()
        site = self._equipment.installation
        flow = state.flow("battery")
        discharged, charged = state.energy("battery")
        return system.BatteryState(
            units=site.batteries,
            charge=state.snapshot.charge,
            capacity=round(site.battery_hours),
            rated=site.battery_watts,
            power=flow.p,
            reactive_power=flow.q,
            volts=state.inverter_volts(),
            hertz=state.snapshot.hertz,
            discharged=discharged,
            charged=charged,
        )

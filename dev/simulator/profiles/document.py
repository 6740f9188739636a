"""The gateway of the API document: its exact payloads, with moving or fixed timestamps."""

from collections.abc import Iterable
from importlib.resources import files
import json
from typing import Any, Final

from simulator.clock import Clock
from simulator.physics.charger import Charger
from simulator.wiring import WiringFault

from . import system
from .base import Endpoints, Truth
from .captured import captured
from .gateway_info import GatewayInfo
from .spec import Identity

DOCUMENTED: Final = (
    "meters",
    "meters/aggregates",
    "meters/readings",
    "meters/site",
    "meters/solar",
)

# The document says nothing of these: constants that fit its battery's counters.
_BATTERY: Final = system.BatteryState(
    units=2,
    charge=69.16757567803285,
    capacity=27412,
    rated=10000,
    reactive_power=650,
    volts=242.8,
    hertz=60,
    discharged=10196160,
    charged=11605680,
)


class Document:
    """A profile of the document's payloads, which do not depend on seed or time."""

    din: Final = "1234567-00-E--TG123456789A5M"

    def __init__(self, clock: Clock) -> None:
        """Read the payloads."""
        identity = Identity(din=self.din)
        info = GatewayInfo(identity, clock)
        self.reboot: Final = info.reboot
        self._aggregates: dict[str, dict[str, float]] = _load("meters/aggregates")
        self.endpoints: Endpoints = {
            **info.endpoints,
            **{name: captured(_load(name), clock) for name in DOCUMENTED},
            "system_status": lambda: system.system_status(_BATTERY),
            "system_status/soe": lambda: system.state_of_charge(_BATTERY),
            "system_status/grid_status": lambda: system.GRID,
            "powerwalls": lambda: system.powerwalls(identity, _BATTERY.units),
            "site_info": lambda: system.site_info(identity, _BATTERY),
            "operation": system.operation,
        }

    def truth(self, location: str) -> Truth:
        """Return the aggregate of a location."""
        values = self._aggregates[location]
        return Truth(
            values["instant_power"],
            values["instant_reactive_power"],
            values["energy_exported"],
            values["energy_imported"],
        )

    def plug_in(self, watts: int) -> None:
        """Refuse any load: nothing flows behind these payloads."""
        if watts:
            raise ValueError(
                "the profile document has no house: its payloads never change"
            )

    def install(self, _charger: Charger) -> None:
        """Refuse any: nothing flows behind these payloads."""
        raise ValueError("the profile document has no house: its payloads never change")

    def rewire(self, faults: Iterable[WiringFault]) -> None:
        """Refuse any: nothing flows behind these payloads."""
        if tuple(faults):
            raise ValueError(
                "the profile document has no wiring: its payloads never change"
            )


def _load(name: str) -> Any:
    file = files("simulator") / "payloads" / f"{name.replace('/', '_')}.json"
    return json.loads(file.read_text("utf-8"))

"""The gateway of the API document: its payloads to the letter, its stamps moving or not."""

from collections.abc import Callable, Iterable
from importlib.resources import files
import json
from typing import Any, Final

from simulator.clock import Clock, parse_stamp
from simulator.go import NEVER, SECOND, Json
from simulator.wiring import WiringFault

from . import system
from .about import About
from .base import Endpoints, Truth
from .spec import Identity

DOCUMENTED: Final = (
    "meters",
    "meters/aggregates",
    "meters/readings",
    "meters/site",
    "meters/solar",
)
_AGE: Final = SECOND // 20  # of the newest stamp of a payload when it is asked for

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
    """Serves the document's payloads. They never change, whatever the seed or the time of day.

    Each payload was captured at another moment. Its newest stamp becomes a moment ago, and the
    others keep their distance from it. The zero time stays; a frozen clock leaves all stamps.
    """

    din: Final = "1234567-00-E--TG123456789A5M"

    def __init__(self, clock: Clock) -> None:
        """Read the payloads."""
        identity = Identity(din=self.din)
        about = About(identity, clock)
        self.reboot: Final = about.reboot
        self._clock = clock
        self._payloads: dict[str, Json] = {name: _load(name) for name in DOCUMENTED}
        self._aggregates: dict[str, dict[str, float]] = _load("meters/aggregates")
        self._newest = {
            name: max(_stamps(p), default=0) for name, p in self._payloads.items()
        }
        self.endpoints: Endpoints = {
            **about.endpoints,
            **{name: self._served(name) for name in DOCUMENTED},
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

    def rewire(self, faults: Iterable[WiringFault]) -> None:
        """Refuse any: nothing flows behind these payloads."""
        if tuple(faults):
            raise ValueError(
                "the profile document has no wiring: its payloads never change"
            )

    def _served(self, name: str) -> Callable[[], Json]:
        def serve() -> Json:
            if self._clock.frozen:
                return self._payloads[name]
            shift = self._clock.nanoseconds() - _AGE - self._newest[name]
            return self._moved(self._payloads[name], shift)

        return serve

    def _moved(self, value: Json, shift: int) -> Json:
        if isinstance(value, dict):
            return {key: self._moved(item, shift) for key, item in value.items()}
        if isinstance(value, list):
            return [self._moved(item, shift) for item in value]
        if (
            isinstance(value, str)
            and value != NEVER
            and (time := parse_stamp(value)) is not None
        ):
            return self._clock.stamp(time + shift)
        return value


def _load(name: str) -> Any:
    file = files("simulator") / "payloads" / f"{name.replace('/', '_')}.json"
    return json.loads(file.read_text("utf-8"))


def _stamps(value: Json) -> list[int]:
    """Return all times in a payload, without the zero time."""
    if isinstance(value, dict):
        return [time for item in value.values() for time in _stamps(item)]
    if isinstance(value, list):
        return [time for item in value for time in _stamps(item)]
    if (
        isinstance(value, str)
        and value != NEVER
        and (time := parse_stamp(value)) is not None
    ):
        return [time]
    return []

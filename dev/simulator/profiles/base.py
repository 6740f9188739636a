"""The interface of a profile."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from simulator.go_format import Json
from simulator.physics.charger import Charger
from simulator.physics.installation import Phases
from simulator.wiring import WiringFault

type Endpoints = Mapping[str, Callable[[], Json]]


@dataclass(frozen=True, slots=True)
class Truth:
    """The true flow at a location now, for tests to compare with.

    W and var with the signs of aggregates; Wh of lifetime in the meaning of aggregates.
    `phases` is empty if a profile does not simulate them.
    """

    power: float
    reactive_power: float
    energy_exported: float
    energy_imported: float
    phases: Phases = ()
    volts: tuple[float, ...] = ()


class Profile(Protocol):
    """A kind of gateway: payloads by endpoint, made at the clock's present time."""

    @property
    def din(self) -> str:
        """The gateway's identity number."""
        ...

    @property
    def endpoints(self) -> Endpoints:
        """The endpoints that this gateway has; all others are 404."""
        ...

    def reboot(self) -> None:
        """Let the uptime begin at the clock's present time."""
        ...

    def rewire(self, faults: Iterable[WiringFault]) -> None:
        """Set these wiring faults, in place of all others. Raises ValueError if one does not fit."""
        ...

    def plug_in(self, watts: int) -> None:
        """Let the house take so much more (W), in place of what it took more before.

        ValueError if nothing flows behind the payloads.
        """
        ...

    def install(self, charger: Charger) -> None:
        """Let a car charge there; ValueError if nothing flows behind the payloads."""
        ...

    def truth(self, location: str) -> Truth:
        """Return what flows at a location."""
        ...

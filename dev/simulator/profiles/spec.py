"""The equipment of a simulated gateway, as data."""

from dataclasses import dataclass, field
from typing import Final

from simulator.physics.installation import Installation

NEURIO: Final = "neurio_tcp"


@dataclass(frozen=True, slots=True)
class Role:
    """The role of a meter at a location.

    `phases` says for each of the meter's four CTs which phase it sits on (0 is L1), None where
    the CT is not assigned to this location. A role without a conductor has its CTs assigned,
    but clamped around nothing.
    """

    location: str
    phases: tuple[int | None, int | None, int | None, int | None]
    scale: int | None = 1  # real_power_scale_factor; None if the gateway omits it
    conductor: bool = True

    @property
    def assigned(self) -> list[bool]:
        """Return for each CT whether it is assigned to this location."""
        return [phase is not None for phase in self.phases]


@dataclass(frozen=True, slots=True)
class Meter:
    """A physical meter. `board` is its serial number without what the gateway adds."""

    type: str
    board: str
    roles: tuple[Role, ...] = ()
    voltage_references: tuple[str, ...] = ()
    version: str | None = None
    host: str = ""  # a Neurio's name on the gateway's network, and its hardware address
    mac: str = ""

    @property
    def serial(self) -> str:
        """The serial in `/api/meters`: a synchrometer's board serial with its type appended."""
        return self.board if self.type == NEURIO else self.board + self.type

    def short_id(self, din: str) -> str:
        """Return the short id in `/api/meters`: a synchrometer has that of the gateway."""
        return self.host.rpartition("-")[2] if self.type == NEURIO else din


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a gateway."""

    din: str
    device_type: str = "teg"
    teg_type: str = "unknown"
    version: str = "23.28.2 27626f98"
    git_hash: str = "27626f98a66cad5c665bbe1d4d788cdb3e94fd33"
    site_name: str = "Simulated Site"


@dataclass(frozen=True, slots=True)
class Equipment:
    """A live profile. `counters` are the Wh exported and imported when the simulation starts."""

    identity: Identity
    installation: Installation
    meters: tuple[Meter, ...]
    counters: dict[str, tuple[float, float]] = field(default_factory=dict)
    inverter_solar: bool = (
        False  # solar is read from the inverter, no meter measures it
    )
    restricted: bool = False  # answers only what a Powerwall 3 does

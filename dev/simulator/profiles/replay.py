"""A gateway from a diagnostics download of the integration."""

from collections.abc import Iterable
import json
from pathlib import Path
from typing import Any, Final

from simulator.clock import Clock
from simulator.go_format import Json
from simulator.physics.charger import Charger
from simulator.wiring import WiringFault

from .base import Endpoints, Truth
from .captured import captured

_API: Final = "/api/"
_UNKNOWN_DIN: Final = "0000000-00-0--REPLAYED00001"


class ReplayError(ValueError):
    """A file that cannot be replayed, and why."""


class Replay:
    """A profile of a download's exact payloads, with timestamps that follow the clock.

    An endpoint that is not in the file is one that this gateway does not have.
    """

    def __init__(self, payloads: dict[str, Json], clock: Clock) -> None:
        """Serve these payloads, by endpoint as in `meters/site`."""
        self._payloads = payloads
        self.din: Final = _din(payloads)
        self.endpoints: Endpoints = {
            name: captured(payload, clock) for name, payload in payloads.items()
        }

    @classmethod
    def read(cls, file: Path, clock: Clock) -> Replay:
        """Read a file as Home Assistant gives it, or the part of it that is the integration's.

        Raises ReplayError.
        """
        try:
            content = json.loads(file.read_text("utf-8"))
        except OSError as error:
            raise ReplayError(f"it cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise ReplayError(f"it is no JSON: {error}") from error
        data = content.get("data", content) if isinstance(content, dict) else None
        payloads = data.get("payloads") if isinstance(data, dict) else None
        if not isinstance(payloads, dict):
            raise ReplayError("it is no diagnostics download: it has no payloads")
        if not payloads:
            raise ReplayError("it has no payload: the gateway was not set up")
        for name in payloads:
            if not name.startswith(_API) or name == _API:
                raise ReplayError(f"{name!r} is no endpoint such as {_API}meters")
        return cls(
            {name.removeprefix(_API): one for name, one in payloads.items()}, clock
        )

    def reboot(self) -> None:
        """Change nothing: the uptime is as it was."""

    def plug_in(self, watts: int) -> None:
        """Refuse any load: nothing flows behind these payloads."""
        if watts:
            raise ValueError("a replay has no house: its payloads never change")

    def install(self, _charger: Charger) -> None:
        """Refuse any: nothing flows behind these payloads."""
        raise ValueError("a replay has no house: its payloads never change")

    def rewire(self, faults: Iterable[WiringFault]) -> None:
        """Refuse any: nothing flows behind these payloads."""
        if tuple(faults):
            raise ValueError("a replay has no wiring: its payloads never change")

    def truth(self, location: str) -> Truth:
        """Return the aggregate of a location; LookupError if the file has none."""
        aggregates: Any = self._payloads["meters/aggregates"]
        values = aggregates[location]
        return Truth(
            values["instant_power"],
            values["instant_reactive_power"],
            values["energy_exported"],
            values["energy_imported"],
        )


def _din(payloads: dict[str, Json]) -> str:
    """Return the gateway's DIN, from its status or one of its meters."""
    status = payloads.get("status")
    meters = payloads.get("meters")
    dins = [status.get("din")] if isinstance(status, dict) else []
    dins += [
        meter.get("short_id")
        for meter in (meters if isinstance(meters, list) else [])
        if isinstance(meter, dict) and str(meter.get("type")).startswith("synchrometer")
    ]
    return next((one for one in dins if isinstance(one, str) and one), _UNKNOWN_DIN)

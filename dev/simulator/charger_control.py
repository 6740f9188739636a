"""The control of a simulated charger, and the file of its commands.

A simulated home begins anew with each start of the simulator, up to the present. Its
counters go on where they stopped only if its car has charged as it did.
"""

from datetime import datetime
import json
from pathlib import Path
from typing import Final

from .gateway import SimulatedGateway
from .physics.charger import Charger
from .physics.installation import Installation

type Fields = dict[str, object]

_SPLIT_PHASE: Final = 2


def charger_at(site: Installation) -> Charger:
    """Return the charger that such a site has; with split-phase it is between the legs."""
    if site.phases == _SPLIT_PHASE:
        return Charger(volts=2 * site.volts, maximum=32)
    return Charger(
        phases=site.phases, volts=site.volts, maximum=16 if site.phases > 1 else 32
    )


class ChargerControl:
    """The control of a charger at a simulated home, in simulated time."""

    def __init__(
        self, gateway: SimulatedGateway, charger: Charger, file: Path | None = None
    ) -> None:
        """Install the charger and repeat the stored commands; ValueError without a house."""
        self._gateway = gateway
        self._charger = charger
        self._file = file
        if file is not None and file.exists():
            for line in file.read_text("utf-8").splitlines():
                command = json.loads(line)
                charger.current, charger.on = command["current"], command["on"]
                charger.await_command(command["time"])
        gateway.install(charger)

    def update(self, fields: Fields) -> None:
        """Set `{"on": true, "current": 10}`, or one of them. Raises ValueError if it is refused."""
        unknown = fields.keys() - {"on", "current"}
        if unknown:
            raise ValueError(f"a charger has no {', '.join(sorted(unknown))}")
        time, charger = self._now(), self._charger
        if "current" in fields:
            charger.set_current(time, float(str(fields["current"])))
        if "on" in fields:
            charger.switch(time, on=bool(fields["on"]))
        self._save(time)

    def stop(self) -> None:
        """End charging, as the simulator stops."""
        if self._charger.on:
            self.update({"on": False})

    def state(self) -> Fields:
        """Return what the charger shows: A, W, and whether it is on."""
        charger = self._charger
        return {
            "on": charger.on,
            "current": charger.current,
            "power": round(charger.power(self._now())),
            "minimum": charger.minimum,
            "maximum": charger.maximum,
            "phases": charger.phases,
            "volts": charger.volts,
        }

    def _now(self) -> float:
        # Until now, energy flows as the previous command set it.
        self._gateway.truth("load")
        now: datetime = self._gateway.clock.now()
        return now.timestamp()

    def _save(self, time: float) -> None:
        if self._file is not None:
            command = {
                "time": time,
                "current": self._charger.current,
                "on": self._charger.on,
            }
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(command)}\n")

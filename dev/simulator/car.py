"""A charger that is set over the control port, and a file that keeps what it was told.

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


class Car:
    """A charger at a simulated home, told in the home's own time."""

    def __init__(
        self, gateway: SimulatedGateway, charger: Charger, file: Path | None = None
    ) -> None:
        """Install it, and let it live through what the file has; ValueError without a house."""
        self._gateway = gateway
        self._charger = charger
        self._file = file
        if file is not None and file.exists():
            for line in file.read_text("utf-8").splitlines():
                told = json.loads(line)
                charger.current, charger.on = told["current"], told["on"]
                charger.await_command(told["time"])
        gateway.install(charger)

    def tell(self, fields: Fields) -> None:
        """Take `{"on": true, "current": 10}`, or one of them; ValueError if it is refused."""
        unknown = fields.keys() - {"on", "current"}
        if unknown:
            raise ValueError(f"a charger has no {', '.join(sorted(unknown))}")
        time, charger = self._now(), self._charger
        if "current" in fields:
            charger.set_current(time, float(str(fields["current"])))
        if "on" in fields:
            charger.switch(time, on=bool(fields["on"]))
        self._keep(time)

    def leave(self) -> None:
        """End charging: nobody is there any more to do it."""
        if self._charger.on:
            self.tell({"on": False})

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
        # What flowed until now flowed as it was told before.
        self._gateway.truth("load")
        now: datetime = self._gateway.clock.now()
        return now.timestamp()

    def _keep(self, time: float) -> None:
        if self._file is not None:
            told = {
                "time": time,
                "current": self._charger.current,
                "on": self._charger.on,
            }
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(told)}\n")

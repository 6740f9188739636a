"""Deviations of the meters' counters from the true energy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from simulator.physics.day import STEP
from simulator.physics.installation import moved

from .wiring import Counter, Flows, Wiring


@dataclass(slots=True)
class Errors:
    """The error of each role's counters, exported and imported, in Ws.

    Only while a fault is in force does a counter part from the truth: a site without any pays
    nothing for this, and a mended one keeps what it has counted wrong.
    """

    _errors: dict[Counter, tuple[int, int]] = field(default_factory=dict)

    def count(self, wiring: Wiring, flows: Flows, volts: Sequence[float]) -> None:
        """Add one step of the physics."""
        for counter, seen, right in wiring.errors(flows, volts):
            if seen == right:
                continue
            exported, imported = self._errors.get(counter, _NONE)
            wrong = moved(counter[1], seen, STEP)
            true = moved(counter[1], right, STEP)
            self._errors[counter] = (
                exported + wrong[0] - true[0],
                imported + wrong[1] - true[1],
            )

    def of(self, counter: Counter) -> tuple[int, int]:
        """Return the error of one role."""
        return self._errors.get(counter, _NONE)

    def at(self, location: str) -> tuple[int, int]:
        """Return the error of all roles of a location together."""
        own = [error for key, error in self._errors.items() if key[1] == location]
        return sum(one[0] for one in own), sum(one[1] for one in own)


_NONE: Final = (0, 0)

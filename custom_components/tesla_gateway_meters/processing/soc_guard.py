"""Keeps a state of charge that is 0 for a moment from automations.

Gateways report 0 now and then, as they do of counters. A battery that was just
half full is not empty: its charge stays until it could be.
"""

# A Powerwall of 13.5 kWh gives 11.5 kW at most, which is 0.85 % in a minute.
_FASTEST = 2 / 60  # % per s


class ChargeGuard:
    """Follows the state of charge; a restart forgets it."""

    def __init__(self) -> None:
        """Know of no charge."""
        self._good: float | None = None
        self._good_at = 0.0

    def look(self, charge: float | None, now: float) -> float | None:
        """Return what to show of a charge (%, None is unknown) read at this time (s, monotonic)."""
        if charge == 0 and self._cannot_be_empty(now):
            return self._good
        if charge is not None:
            self._good, self._good_at = charge, now
        return charge

    def _cannot_be_empty(self, now: float) -> bool:
        used_at_most = _FASTEST * (now - self._good_at)
        return self._good is not None and self._good > used_at_most

"""A filter that keeps false zeros of the state of charge from automations.

Gateways sometimes report 0, as for counters. A battery that was half full a minute ago
is not empty: the last value stays until the battery could be empty.
"""

# A Powerwall of 13.5 kWh gives 11.5 kW at most, which is 0.85 % in a minute.
_FASTEST_DISCHARGE = 2 / 60  # % per s


class SocGuard:
    """The last state of charge that was accepted; it is not stored."""

    def __init__(self) -> None:
        """Start without a state of charge."""
        self._soc: float | None = None
        self._read_at = 0.0

    def filter(self, soc: float | None, now: float) -> float | None:
        """Return the state of charge (%) to show for one read at `now` (s, monotonic)."""
        if soc == 0 and self._cannot_be_empty(now):
            return self._soc
        if soc is not None:
            self._soc, self._read_at = soc, now
        return soc

    def _cannot_be_empty(self, now: float) -> bool:
        discharged = _FASTEST_DISCHARGE * (now - self._read_at)
        return self._soc is not None and self._soc > discharged

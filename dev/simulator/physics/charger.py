"""A charger and its car, which follow commands with a delay."""

from dataclasses import dataclass, field


class RefusedError(ValueError):
    """The charger does not take this current."""


@dataclass(slots=True, kw_only=True)
class Charger:
    """Charger with a car, on `phases` of `volts` (leg to leg for split-phase).

    A command takes `delay` s to reach the car, whose current then moves by `ramp` A/s.
    The charger refuses a current below `minimum` or above `maximum` (A). The car takes
    no more than `car_limit` (A). Times are in s, from any origin, and never go back.
    """

    phases: int = 1
    volts: float = 230
    delay: float = 10
    ramp: float = 2
    minimum: float = 6
    maximum: float = 16
    car_limit: float = 32
    on: bool = False
    current: float = 6
    connected: bool = True
    _wanted: float = 0
    _taken: float = 0
    _time: float | None = None
    _commands: list[tuple[float, float]] = field(default_factory=list)

    def set_current(self, time: float, amperes: float) -> None:
        """Offer another current (A) to the car; RefusedError outside of the limits."""
        if not self.minimum <= amperes <= self.maximum:
            raise RefusedError(f"{amperes} A is outside of the charger's limits")
        self.current = amperes
        self._command(time)

    def switch(self, time: float, *, on: bool) -> None:
        """Start or stop charging."""
        self.on = on
        self._command(time)

    def plug(self, time: float, *, connected: bool) -> None:
        """Plug the car in, or unplug it, which ends what it takes at once."""
        self.power(time)
        self.connected = connected
        if not connected:
            self._taken = 0

    def power(self, time: float) -> float:
        """Return what the car takes (W) at a time."""
        start = time if self._time is None else self._time
        while self._commands and self._commands[0][0] <= time:
            at, wanted = self._commands.pop(0)
            self._move(max(at - start, 0))
            start, self._wanted = max(at, start), wanted
        self._move(time - start)
        self._time = time
        return self._taken * self.volts * self.phases

    def await_command(self, time: float) -> None:
        """Let the car follow, from a time on that may be still to come, what is set now."""
        self._commands.append((time + self.delay, self.current if self.on else 0))

    def _command(self, time: float) -> None:
        self.power(time)
        self.await_command(time)

    def _move(self, seconds: float) -> None:
        wanted = min(self._wanted, self.car_limit) if self.connected else 0
        # A charge begins with the least that a car takes, and ends at once.
        if wanted == 0:
            self._taken = 0
            return
        taken = max(self._taken, min(self.minimum, wanted))
        reach = self.ramp * seconds
        self._taken = min(max(wanted, taken - reach), taken + reach)

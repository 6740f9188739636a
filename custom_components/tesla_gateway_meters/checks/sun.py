"""Detection of solar production at a CT, in contrast to a load on its circuit."""

from .thresholds import (
    DARK,
    DARK_LEVEL,
    DARK_RANGE,
    DAWN_LEVEL,
    DAWN_LONGEST_POLL,
    DAWN_LONGEST_STEP,
    DAWN_SEEN,
    DAWN_STEP,
    NIGHT,
    SOFT_STEP,
    SOLAR_NEGATIVE,
    SUN_LEVEL,
    SUN_LEVEL_EVERY,
    SUN_LEVEL_PART,
    SUN_LEVELS,
    SUN_LEVELS_FEW,
    SUN_LEVELS_KEPT,
    SUN_MEMORY,
    SUN_SEEN,
    SUN_SEEN_RATIO,
    SUN_SEEN_TIME,
)


class Sun:
    """Detector of solar production at a CT, which may be reversed."""

    def __init__(self) -> None:
        """Start without a reading."""
        self._power: float | None = None
        self._dark = 0.0
        # Lowest and highest level of a period that may be a night.
        self._night = (0.0, 0.0)
        self._levels: list[float] = []
        self._level_at = 0.0
        # Lowest and highest level of a period of positive power.
        self._low = self._high = 0.0
        self._is_soft = False
        self.came_from_dark = False
        # The sign of the power that has grown from the dark, 0 while it is dark, and whether
        # that was a night.
        self._sign = 0
        self._was_night = False
        # Whether that went through many levels, so that clouds now cause steps.
        self.has_grown = False
        # Seconds of certain production, and the time of the last.
        self.seen = (0.0, 0.0)

    def add_level(self, power: float, at: float, elapsed: float) -> None:
        """Add a level in W, `elapsed` seconds after the one before."""
        before, self._power = self._power, power
        if at - self._level_at >= SUN_LEVEL_EVERY or not self._levels:
            self._level_at = at
            self._levels = [*self._levels[1 - SUN_LEVELS_KEPT :], power]
        self._add_seen(power, at, elapsed)
        if before is None or not elapsed or elapsed > DAWN_LONGEST_POLL:
            # If it is dark before and after a gap, it was dark in between.
            if not self._is_night(power, 0.0) or not self._dark:
                self._dark, self.came_from_dark, self._is_soft = 0.0, False, False
        elif not self._is_night(power, elapsed):
            self._add_dawn(before, power, elapsed)
            if (
                self.came_from_dark
                and not self.has_grown
                and power <= -DAWN_SEEN
                and self.is_varied
            ):
                self.has_grown = True
            if power > DARK_LEVEL:
                # Negative power in the evening did not grow from the dark.
                self._is_soft = self.has_grown = self._was_night = False
            if power < SOLAR_NEGATIVE and self._sign > 0:
                # It was positive production; what remains in the evening is a load.
                self.came_from_dark = self._is_soft = self.has_grown = False
            elif abs(power) > DARK_LEVEL:
                self._sign = self._sign or (1 if power > 0 else -1)

    def _is_night(self, power: float, elapsed: float) -> bool:
        """Return whether this level may be of the night: low and nearly constant."""
        low, high = min(self._night[0], power), max(self._night[1], power)
        if not self._dark:
            low = high = power
        if abs(power) > DARK_LEVEL or high - low > DARK_RANGE:
            self._dark = 0.0
            return False
        self._night = (low, high)
        self._dark += elapsed
        if self._dark >= DARK:
            self._was_night = self._dark >= NIGHT or (
                self._was_night and self.came_from_dark
            )
            self.came_from_dark = self._is_soft = True
            self.has_grown = False
            self._sign = 0
        return True

    def _add_dawn(self, before: float, power: float, elapsed: float) -> None:
        """Add a level after the dark: production rises slowly and keeps its sign."""
        if before * power < 0 and abs(before) > DARK_LEVEL:
            self.came_from_dark = self._is_soft = self.has_grown = False
        if abs(before) >= DAWN_LEVEL or self.has_grown:
            # At this level clouds cause steps, too.
            return
        step = abs(power - before)
        if before * power < 0:
            # A reversed CT shows the inverter's consumption at night as production. The
            # inverter starts from 0, and returns to 0 if it stops again.
            step = -min(before, power)
        times = min(max(1.0, elapsed / 30), DAWN_LONGEST_STEP)
        if step > DAWN_STEP * times:
            self.came_from_dark = False
        if step > SOFT_STEP * times:
            self._is_soft = False

    @property
    def came_from_night(self) -> bool:
        """True if it grew from the dark of a whole night, and kept its sign since."""
        return self.came_from_dark and self._was_night

    @property
    def is_dark(self) -> bool:
        """True if it has been dark for long."""
        return self._dark >= DARK

    @property
    def is_soft(self) -> bool:
        """True if it grew from the dark more smoothly than any load does."""
        return self._is_soft

    def _add_seen(self, power: float, at: float, elapsed: float) -> None:
        if power < SUN_SEEN:
            self._low = self._high = 0.0
            return
        self._low = min(self._low or power, power)
        self._high = max(self._high, power)
        # A load has one level.
        if self._high >= SUN_SEEN_RATIO * self._low:
            time, last = self.seen
            self.seen = (time + elapsed if at - last <= SUN_MEMORY else elapsed, at)

    def was_seen(self, at: float) -> bool:
        """Return whether the CT measured positive production within SUN_MEMORY."""
        time, last = self.seen
        return time >= SUN_SEEN_TIME and at - last <= SUN_MEMORY

    @property
    def is_varied(self) -> bool:
        """True if the last ten minutes had many levels of the present sign."""
        return self._count_levels() >= SUN_LEVELS

    @property
    def changes(self) -> bool:
        """True if the last ten minutes had several levels of the present sign."""
        return self._count_levels() >= SUN_LEVELS_FEW

    def _count_levels(self) -> int:
        if self._power is None:
            return 0
        levels = [each for each in self._levels if each * self._power > 0]
        width = max(SUN_LEVEL, SUN_LEVEL_PART * max(map(abs, levels), default=0))
        return len({each // width for each in levels})

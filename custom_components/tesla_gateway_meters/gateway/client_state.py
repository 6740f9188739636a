"""The state that a client keeps across restarts, to avoid a lockout."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from .fields import number, text

FIRST_COOL_DOWN = 5 * 60
LONGEST_COOL_DOWN = 30 * 60
# A gateway that asks for a time of its own gets it, within reason.
_SHORTEST_ASKED = 10
_LONGEST_ASKED = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class CoolDown:
    """A time in which no request is sent: its end, and its length in s.

    The end is by the caller's clock: Unix time if it is stored.
    """

    until: float = 0
    length: float = 0

    def remaining(self, now: float) -> float:
        """Return the seconds that are left, 0 when it is over.

        A clock that was set back makes it no longer than its length.
        """
        return min(max(self.until - now, 0), self.length)

    def next_state(self, now: float, asked: float | None) -> Self:
        """Return the next cool-down: as asked for (s), or twice as long as the last.

        It lasts five minutes again once the gateway has answered for as long as the
        last one lasted.
        """
        if asked is not None:
            length = min(max(asked, _SHORTEST_ASKED), _LONGEST_ASKED)
        elif -self.length <= now - self.until <= self.length != 0:
            length = min(max(2 * self.length, FIRST_COOL_DOWN), LONGEST_COOL_DOWN)
        else:
            length = FIRST_COOL_DOWN
        return type(self)(now + length, length)


@dataclass(frozen=True, slots=True)
class ClientState:
    """The token of the last login, a refused password, and a cool-down."""

    token: str | None = None
    password_refused: bool = False
    cool_down: CoolDown = field(default_factory=CoolDown)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Parse what `as_dict` returned, ignoring what is missing or invalid."""
        return cls(
            token=text(data, "token"),
            password_refused=data.get("password_refused") is True,
            cool_down=CoolDown(
                number(data, "cool_down_until") or 0,
                # No longer than a gateway can ask for.
                min(number(data, "cool_down_length") or 0, _LONGEST_ASKED),
            ),
        )

    def as_dict(self) -> dict[str, str | float | bool | None]:
        """Return it as JSON data."""
        return {
            "token": self.token,
            "password_refused": self.password_refused,
            "cool_down_until": self.cool_down.until,
            "cool_down_length": self.cool_down.length,
        }

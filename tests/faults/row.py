"""A row of the matrix: what happens to a gateway, and what is expected of us."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from .world import World

type Action = Callable[[World], Awaitable[None]]

# How long a fault lasts unless stated otherwise, in live polls: six of them have
# two that also ask for what matters less, and one slow poll falls into their time.
SHORT = 6
# As many as an endpoint's rest of ten minutes needs to show its end.
LONG = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The observable outcome of a fault.

    - `requests` that reached a gateway while the fault lasted, by endpoint, without
      the `logins`; `logins_back`: those after its end.
    - `shown`: what differs from before, by part or entity: the states that it had
      while the fault lasted.
    - `log`: lines while the fault lasted; `log_back`: lines after its end; in no order.
    - `repairs`: what Home Assistant asked the person to look at meanwhile.
    - `back`: the seconds that it took at most to show again what was shown before.
    """

    requests: Mapping[str, int]
    logins: int = 0
    logins_back: int = 0
    shown: Mapping[str, str] = field(default_factory=dict)
    log: tuple[str, ...] = ()
    log_back: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    back: int = 0

    def __post_init__(self) -> None:
        """Sort what has no order, and remove empty items."""
        asked = {name: times for name, times in self.requests.items() if times}
        object.__setattr__(self, "requests", asked)
        for name in ("log", "log_back", "repairs"):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A fault, from the action that begins it to the one that ends it.

    `prepare` comes long before, while everything still works.
    """

    name: str
    prepare: Action | None = None
    begin: Action
    end: Action
    expected: Outcome
    polls: int = SHORT

"""Outcomes that several rows share."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from custom_components.tesla_gateway_meters.gateway import NOT_REQUESTED

from . import entity_groups
from .row import LONG, SHORT, Outcome
from .world import ENDPOINTS

_LIVE = ("aggregates", "site")
_SLOW = ("status", "meters", "readings")
_PATHS = {name: f"/api/{path}" for path, name in ENDPOINTS.items()}

EVERYTHING = dict.fromkeys(entity_groups.ALL, "unavailable")


def usual(polls: int = SHORT) -> dict[str, int]:
    """Count the requests in the time of so many live polls, when all is well."""
    # The first slow poll comes with the third live one, and then one every 28.
    slow = 1 + (polls - 3) // 28
    full = polls // 3
    return {
        "aggregates": polls,
        "site": polls,
        "solar": full,
        "charge": full,
        "grid status": full,
        "status": slow,
        "meters": slow,
        "readings": slow,
    }


def unnoticed(**changes: Any) -> Outcome:
    """Return the outcome without effects other than these."""
    return replace(Outcome(requests=usual()), **changes)


# The reasons are logged by endpoint.
NO_USABLE_ANSWER: Final = "The gateway gives no usable answer. See the log for details"


def unreachable(message: str, **changes: Any) -> Outcome:
    """Expect that no poll comes about, and that each kind of poll says so once."""
    expected = Outcome(
        requests={},
        shown=EVERYTHING,
        log=polls_fail(message),
        log_back=POLLS_RECOVER,
        back=300,
    )
    return replace(expected, **changes)


def silent(reason: str, **changes: Any) -> Outcome:
    """Expect that no endpoint answers as it should, each for the same reason."""
    expected = unreachable(
        NO_USABLE_ANSWER,
        # Nothing else is requested if the first two have no answer.
        requests=usual() | {"solar": 0, "charge": 0, "grid status": 0},
    )
    expected = replace(
        expected,
        log=expected.log + falls_silent(dict.fromkeys(_LIVE + _SLOW, reason)),
        log_back=expected.log_back + answers_again(_LIVE + _SLOW),
    )
    return replace(expected, **changes)


def too_late() -> Outcome:
    """Expect that no answer comes within the time that there is for it."""
    late = "no answer in time"
    reasons = dict.fromkeys(("aggregates", "status", "meters"), late)
    return silent(
        late,
        # The first takes all the time that a live poll has. A slow poll has more,
        # but two in a row are enough: the third is not requested.
        requests={"aggregates": 6, "status": 1, "meters": 1},
        log=polls_fail(NO_USABLE_ANSWER)
        + falls_silent(reasons | dict.fromkeys(("site", "readings"), NOT_REQUESTED)),
    )


def without(name: str, *shown: str, **changes: Any) -> Outcome:
    """Return the outcome of an endpoint that is not requested for ten minutes."""
    expected = Outcome(
        # At once, and once more when its rest is over.
        requests=usual(LONG) | {name: 2},
        shown=dict.fromkeys(shown, "unavailable"),
        back=600 if shown else 0,
    )
    return replace(expected, **changes)


def polls_fail(message: str, *kinds: str) -> tuple[str, ...]:
    """Return the lines of polls that fail, both kinds if none is named."""
    return tuple(
        f"ERROR Error fetching {kind} data: {message}"
        for kind in kinds or ("live", "meters")
    )


POLLS_RECOVER = (
    "INFO Fetching live data recovered",
    "INFO Fetching meters data recovered",
)


def falls_silent(reasons: Mapping[str, str]) -> tuple[str, ...]:
    """Return the lines of endpoints that fall silent, each for its reason."""
    return tuple(
        f"WARNING {_poll_of(name)}: {_PATHS[name]} does not answer: {reason}"
        for name, reason in reasons.items()
    )


def answers_again(names: Iterable[str]) -> tuple[str, ...]:
    """Return the lines of endpoints that are back."""
    return tuple(
        f"INFO {_poll_of(name)}: {_PATHS[name]} is answering again" for name in names
    )


def _poll_of(name: str) -> str:
    return "meters" if name in _SLOW else "live"

"""Rows with answers of another status than 200."""

from . import actions
from .actions import everywhere_but_at_login, fault
from .outcomes import (
    answers_again,
    falls_silent,
    silent,
    unnoticed,
    unreachable,
    usual,
    without,
)
from .row import LONG, Row

_COOL_DOWN = (
    "The gateway is busy or refuses requests. Polling continues after a cool-down"
)
_FORBIDDEN = "not for the customer"
# The live polls in which a cool-down of five minutes ends, but for its last seconds.
_FIVE_MINUTES = 27

# What an endpoint shows that is not there.
_SHOWN = {
    "meters/aggregates": ("aggregates", "totals"),
    "meters/site": ("site", "site phases"),
    "meters/solar": ("solar", "solar phases"),
    "system_status/soe": ("charge", "state of charge"),
    "system_status/grid_status": ("grid status", "grid status"),
    "status": ("status",),
    "meters": ("meters", "CTs"),
    "meters/readings": ("readings", "reading status"),
}

ROWS = (
    *(
        Row(
            name=name,
            begin=fault("*", *kind),
            end=actions.mend,
            expected=silent(f"HTTP status {kind[-1]}" if status is None else status),
        )
        for name, kind, status in (
            ("301", ("redirect", "https://127.0.0.1:1/"), "HTTP status 301"),
            ("400", ("status", 400), None),
            ("500", ("status", 500), None),
            ("502", ("status", 502), None),
        )
    ),
    *(
        Row(
            name=f"{status} once",
            begin=fault("meters/aggregates", "status", status, 1),
            end=actions.nothing,
            expected=unnoticed(requests=usual() | {"aggregates": 7}, logins=1),
        )
        for status in (401, 403)
    ),
    Row(
        name="403 for ever at `/api/meters/solar`",
        begin=fault("meters/solar", "status", 403),
        end=actions.mend,
        polls=LONG,
        expected=without(
            "solar",
            "solar phases",
            requests=usual(LONG) | {"solar": 3},
            logins=1,
            log=falls_silent({"solar": _FORBIDDEN}),
            log_back=answers_again(["solar"]),
        ),
    ),
    Row(
        name="403 for ever everywhere, but logins succeed",
        begin=everywhere_but_at_login(403),
        end=actions.mend,
        polls=LONG,
        expected=silent(
            _FORBIDDEN,
            # A fresh token that served nothing is not worth another.
            requests={
                "aggregates": 3,
                "site": 2,
                "status": 2,
                "meters": 2,
                "readings": 2,
            },
            logins=1,
            back=600,
        ),
    ),
    *(
        Row(
            name=f"404 at `/api/{endpoint}`",
            begin=fault(endpoint, "status", 404),
            end=actions.mend,
            polls=LONG,
            expected=without(name, *shown),
        )
        for endpoint, (name, *shown) in _SHOWN.items()
    ),
    Row(
        name="429 at login",
        begin=actions.refuse_logins,
        end=actions.mend,
        polls=_FIVE_MINUTES,
        expected=unreachable(
            _COOL_DOWN, requests={"aggregates": 1}, logins=1, logins_back=1, back=30
        ),
    ),
    *(
        Row(
            name=name,
            begin=fault("meters/site", "status", status, 1),
            end=actions.nothing,
            polls=_FIVE_MINUTES,
            expected=unreachable(
                _COOL_DOWN, requests={"aggregates": 1, "site": 1}, back=30
            ),
        )
        for name, status in (("429 on a GET", 429), ("503", 503))
    ),
    Row(
        name="429 on a GET with `Retry-After: 60`",
        begin=fault("meters/site", "status", 429, 1, 60),
        end=actions.nothing,
        # One poll gets its answer, five more do not request it.
        expected=unreachable(
            _COOL_DOWN, requests={"aggregates": 1, "site": 1}, back=10
        ),
    ),
)

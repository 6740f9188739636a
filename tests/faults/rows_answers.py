"""Rows with invalid answers of status 200."""

from . import actions
from .actions import altered, fault
from .outcomes import (
    EVERYTHING,
    answers_again,
    falls_silent,
    silent,
    unnoticed,
)
from .row import Row

_NO_JSON = "not JSON"
_NO_OBJECT = "not an object"
_NO_LIST = "neither a list nor null"
_DEEP = "[" * 10_000 + "]" * 10_000

# A null stands for an empty list, but is no object.
_NULLS = ("aggregates", "charge", "grid status", "status")
_LISTS = ("site", "solar", "meters")

ROWS = (
    *(
        Row(
            name=name,
            begin=fault("*", *kind),
            end=actions.mend,
            expected=silent(reason),
        )
        for name, kind, reason in (
            ("200 with an empty body", ("empty",), _NO_JSON),
            ("200 with a web page", ("html",), _NO_JSON),
            ("Invalid JSON", ("body", '{"site":'), _NO_JSON),
            ("JSON nested 10,000 deep", ("body", _DEEP), _NO_JSON),
            ("A body of 10 MiB", ("large", 10), "the answer is too large"),
        )
    ),
    Row(
        name="200 with `null`",
        begin=fault("*", "null"),
        end=actions.mend,
        expected=unnoticed(
            shown=EVERYTHING,
            log=falls_silent(dict.fromkeys(_NULLS, _NO_OBJECT)),
            log_back=answers_again(_NULLS),
            back=300,
        ),
    ),
    Row(
        name="Another Content-Type",
        begin=fault("*", "content-type", "text/plain"),
        end=actions.mend,
        expected=unnoticed(),
    ),
    Row(
        name="JSON of the wrong shape: lists",
        begin=fault("*", "body", '[1, "two"]'),
        end=actions.mend,
        expected=unnoticed(
            shown=EVERYTHING,
            log=falls_silent(dict.fromkeys((*_NULLS, "readings"), _NO_OBJECT)),
            log_back=answers_again((*_NULLS, "readings")),
            back=300,
        ),
    ),
    Row(
        name="JSON of the wrong shape: objects",
        begin=fault("*", "body", '{"a": 1}'),
        end=actions.mend,
        expected=unnoticed(
            shown=EVERYTHING | {"grid status": "unknown"},
            log=falls_silent(dict.fromkeys(_LISTS, _NO_LIST)),
            log_back=answers_again(_LISTS),
            back=300,
        ),
    ),
    Row(
        name="A number that is none (`1e400`)",
        begin=altered(
            "meters/aggregates", '"instant_power": 701', '"instant_power": 1e400'
        ),
        end=actions.mend,
        expected=unnoticed(
            shown={"totals": "unavailable"},
            log=falls_silent({"aggregates": _NO_JSON}),
            log_back=answers_again(["aggregates"]),
            back=10,
        ),
    ),
    Row(
        name="Keys that are there twice",
        begin=altered(
            "meters/aggregates",
            '"instant_power": 701',
            '"instant_power": 701, "instant_power": 702',
        ),
        end=actions.mend,
        # The last one counts, as to every other reader of JSON.
        expected=unnoticed(
            shown={"site_power": "702", "site_import_power": "702"}, back=10
        ),
    ),
)

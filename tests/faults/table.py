"""The rows as Markdown tables, each between two markers of `docs/reliability.md`."""

from collections.abc import Iterable, Mapping
from pathlib import Path
import re

from . import entity_groups
from .matrix import HOSTILE, ROWS
from .outcomes import EVERYTHING, usual
from .row import Outcome, Row
from .world import ENDPOINTS, POLL

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
# The tables by the names of their markers.
TABLES = {"matrix": ROWS, "hostile": HOSTILE}

_HEAD = ("What happens", "What we send", "What is shown", "Log, repair", "Back within")
_MINUTE = 60
# If there are more differences than these, all values are printed.
_FEW = 2
# What a line of the log is about: an endpoint, or one of the two kinds of poll.
_ABOUT = re.compile(r"(?:live|meters): /api/(\S+)|(?<=fetching )(live|meters)")


def render(rows: Iterable[Row]) -> str:
    """Return the table of these rows."""
    lines = (_HEAD, ("---",) * len(_HEAD), *map(_cells, rows))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def placed(page: str) -> str:
    """Return the page with all tables in their places."""
    for name, rows in TABLES.items():
        head, begin, rest = page.partition(
            f"<!-- {name}: written by python -m tests.faults -->\n"
        )
        _, end, tail = rest.partition(f"<!-- /{name} -->\n")
        if not (begin and end):
            raise ValueError(f"the page has no place for the table {name}")
        page = f"{head}{begin}\n{render(rows)}\n{end}{tail}"
    return page


def _cells(row: Row) -> tuple[str, ...]:
    expected = row.expected
    return (
        row.name,
        _sent(row),
        _shown(expected.shown),
        _reported(expected),
        _back(expected),
    )


def _sent(row: Row) -> str:
    asked, ever = row.expected.requests, usual(row.polls)
    others = {
        name: asked.get(name, 0) for name in ever if asked.get(name, 0) != ever[name]
    }
    if not asked:
        requests = "nothing"
    elif len(others) <= _FEW:
        requests = f"as ever, but {_counts(others)}" if others else "as ever"
    else:
        requests = _counts(asked)
    return f"{round(row.polls * POLL / _MINUTE)} min: {requests}{_logins(row.expected.logins)}"


def _counts(requests: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {times}" for name, times in requests.items())


def _logins(logins: int) -> str:
    return f"; {logins} login{'s' * (logins > 1)}" if logins else ""


def _shown(shown: Mapping[str, str]) -> str:
    if shown == EVERYTHING:
        return "everything unavailable"
    by_state: dict[str, list[str]] = {}
    for key, state in shown.items():
        by_state.setdefault(state, []).append(
            key if key in entity_groups.ALL else f"`{key}`"
        )
    return (
        "; ".join(f"{', '.join(keys)}: {state}" for state, keys in by_state.items())
        or "as before"
    )


def _reported(expected: Outcome) -> str:
    lines = _condensed(expected.log)
    lines += [f"repair `{repair}`" for repair in expected.repairs]
    return "<br>".join(lines) or "nothing"


def _condensed(lines: tuple[str, ...]) -> list[str]:
    """Return the lines, those as one that differ in what they are about alone."""
    found: dict[str, list[str]] = {}
    for line in lines:
        about = _ABOUT.search(line)
        if about is None:
            found[line] = []
        else:
            name = ENDPOINTS.get(about[1], about[2])
            found.setdefault(_ABOUT.sub("{}", line), []).append(name)
    return [text.format(", ".join(names)) for text, names in found.items()]


def _back(expected: Outcome) -> str:
    if not expected.back:
        back = "at once" if expected.shown else "-"
    elif expected.back < _MINUTE:
        back = f"{expected.back} s"
    else:
        back = f"{expected.back // _MINUTE} min"
    return back + _logins(expected.logins_back)

"""Marks of the cases that only `scripts/test --long` runs."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def short_if[CaseT](
    cases: Iterable[CaseT],
    is_short: Callable[[CaseT], bool],
    name: Callable[[CaseT], str] = str,
) -> list[Any]:
    """Return cases for `parametrize`, those marked as long that are not chosen.

    The chosen ones say the same in less time; `--long` runs them all.
    """
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            id=name(case),
            marks=() if is_short(case) else pytest.mark.long,
        )
        for case in cases
    ]

"""A plugin of pytest that saves time: the quickest tests come first.

Tests that start Home Assistant can be left out: each takes a second, and nearly all of
them go through the packages below it.
"""

import json
from pathlib import Path
from typing import Final

import pytest

_OPTION: Final = "--without-home-assistant"
# In the working directory of a run, once the tool has measured how long tests take.
_DURATIONS: Final = Path("mutmut-stats.json")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that leaves tests out."""
    parser.addoption(_OPTION, action="store_true")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out tests that use the fixture `hass`, and sort the others."""
    if config.getoption(_OPTION):
        left_out = [each for each in items if "hass" in _fixtures(each)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [each for each in items if "hass" not in _fixtures(each)]
    if _DURATIONS.is_file():
        durations = json.loads(_DURATIONS.read_text("utf-8"))["duration_by_test"]
        items.sort(key=lambda each: durations.get(each.nodeid, 0))


def _fixtures(item: pytest.Item) -> tuple[str, ...]:
    return tuple(getattr(item, "fixturenames", ()))

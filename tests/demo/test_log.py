"""Tests of the checks of Home Assistant's log."""

from pathlib import Path

import pytest

from demo.checks import CheckError
from demo.log import file

STAMP = "2026-11-22 15:37:20.335+00:00"


async def _check(tmp_path: Path, *lines: str) -> str:
    path = tmp_path / "home-assistant.log"
    path.write_text("".join(f"{line}\n" for line in lines))
    return await file(path)


async def test_nothing_to_complain_about(tmp_path: Path) -> None:
    """Messages of each start of Home Assistant are ignored."""
    result = await _check(
        tmp_path,
        f"{STAMP} WARNING (MainThread) [homeassistant.bootstrap] Skipping pip installation of required modules.",
        f"{STAMP} WARNING (SyncWorker_0) [homeassistant.loader] We found a custom integration x",
        f"{STAMP} INFO (MainThread) [homeassistant.core] Started",
    )
    assert result == "no warning, no error"


async def test_a_record_is_reported_with_its_traceback(tmp_path: Path) -> None:
    """The lines after a warning or an error belong to it."""
    with pytest.raises(CheckError, match=r"(?s)ERROR a\.b went wrong.*KeyError: 'x'"):
        await _check(
            tmp_path,
            f"{STAMP} ERROR (MainThread) [a.b] went wrong",
            "Traceback (most recent call last):",
            "KeyError: 'x'",
        )


async def test_a_traceback_past_the_logging_is_reported(tmp_path: Path) -> None:
    """A program that dies writes without asking the logging."""
    with pytest.raises(CheckError, match="Traceback"):
        await _check(tmp_path, "Traceback (most recent call last):")

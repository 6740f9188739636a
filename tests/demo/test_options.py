"""The demo's options: where it keeps its state, and the time of day that it starts at."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from demo.options import STATE, parse, state_folder
from demo.time_zone import zone_at


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("wanted", [12, 14])
def test_zone_has_the_wanted_hour(hour: int, wanted: int) -> None:
    """At any time, there is a zone in which it is noon."""
    now = datetime(2026, 11, 27, hour, 30, tzinfo=UTC)
    assert now.astimezone(ZoneInfo(zone_at(wanted, now))).hour == wanted


def test_noon_keeps_a_state_of_its_own() -> None:
    """A start at noon begins anew, and leaves the normal demo's state as it is."""
    assert state_folder(parse(["--noon"])) == STATE / "noon" / "split-phase"
    assert state_folder(parse([])) == STATE / "split-phase"


def test_noon_refused_for_a_real_gateway(capsys: pytest.CaptureFixture[str]) -> None:
    """A real sun cannot be moved."""
    with pytest.raises(SystemExit):
        parse(["--noon", "--host", "192.168.91.1"])
    assert "--noon" in capsys.readouterr().err

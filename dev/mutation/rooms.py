"""The rooms that are mutated, and the tests that belong to each."""

from dataclasses import dataclass
from typing import Final

PACKAGE: Final = "custom_components/tesla_gateway_meters"


@dataclass(frozen=True, slots=True)
class Room:
    """A package of the integration, and the tests that are to notice its mutants.

    `skipped` are files, and `deselected` is an expression for `-k`: tests at random and
    in real time take longer than all others together. With `without_home_assistant`
    only tests count that do not start it.
    """

    name: str
    tests: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    deselected: str = ""
    without_home_assistant: bool = False


ROOMS: Final = {
    room.name: room
    for room in (
        Room(
            "gateway",
            ("tests/gateway",),
            ("tests/gateway/test_hostile.py",),
            "any_ or takes_time",
        ),
        Room(
            "processing",
            (
                "tests/processing",
                "tests/test_counter_flows.py",
                "tests/test_counter_guard.py",
                "tests/test_counter_shapes.py",
                "tests/test_counter_writes.py",
                "tests/test_hysteresis.py",
                "tests/test_rolling_mean.py",
                "tests/test_soc_guard.py",
                "tests/test_staleness.py",
            ),
            # Of days of a counter those that are polled once a minute, or more seldom.
            deselected="any_ or [10- or with_restarts or small_jumps or wrong_power",
            without_home_assistant=True,
        ),
        Room("checks", ("tests/checks", "tests/test_ct_configuration.py")),
        Room(
            "storage",
            (
                "tests/storage",
                "tests/test_counters.py",
                "tests/test_ct_configuration.py",
                "tests/test_stored.py",
                "tests/test_version_before.py",
                "tests/wiring/test_store.py",
            ),
            deselected="alternating or one_bad_counter",
        ),
        Room(
            "redaction",
            ("tests/redaction", "tests/test_redaction.py"),
            deselected="any_ or serials_have_equal",
            without_home_assistant=True,
        ),
    )
}

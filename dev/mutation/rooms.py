"""The rooms that are mutated, and the tests that belong to each."""

from dataclasses import dataclass
from typing import Final

PACKAGE: Final = "custom_components/tesla_gateway_meters"


@dataclass(frozen=True, slots=True)
class Room:
    """A package of the integration, and the tests that are to notice its mutants.

    `skipped` are files, and `deselected` is an expression for `-k`: tests at random and
    in real time take longer than all others together.
    """

    name: str
    tests: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    deselected: str = ""


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
                "tests/test_counter_flows.py",
                "tests/test_counter_guard.py",
                "tests/test_counter_shapes.py",
                "tests/test_counter_writes.py",
                "tests/test_duplicates.py",
                "tests/test_hysteresis.py",
                "tests/test_rolling_mean.py",
                "tests/test_soc_guard.py",
                "tests/test_staleness.py",
                "tests/test_surplus.py",
            ),
            deselected="any_",
        ),
        Room("checks", ("tests/checks", "tests/test_ct_configuration.py")),
        Room("storage", ("tests/test_stored.py", "tests/wiring/test_store.py")),
        Room("redaction", ("tests/test_redaction.py",)),
    )
}

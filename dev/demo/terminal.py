"""Output to the terminal."""

from contextlib import suppress
import sys


class DemoError(Exception):
    """Error with a message for the user of the demo."""


def say(text: str = "") -> None:
    """Print one line at once, also into a pipe."""
    # The terminal may be gone: that is when there is still something to stop.
    with suppress(OSError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

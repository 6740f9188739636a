"""What the demo says to the person at the terminal."""

import sys


class DemoError(Exception):
    """Something the person who started the demo can read and act on."""


def say(text: str = "") -> None:
    """Print one line at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()

"""The command line options of the demo."""

import argparse
from pathlib import Path
import re

from simulator.profiles import PROFILES

STATE = Path(__file__).parents[2] / ".demo"
DEFAULT_PROFILE = "split-phase"

DESCRIPTION = """\
Start a simulated Tesla gateway and a Home Assistant that shows its meters.
Everything is set up: log in as demo with the password demo. Ctrl-C stops both.
"""
EPILOG = """\
examples:
  scripts/demo                                  a split-phase home with solar and a battery
  scripts/demo --profile three-phase --fresh    another home, from the beginning
  scripts/demo --host 192.168.91.1              your own gateway; asks for its password
  scripts/demo --bare                           add the gateway yourself, as on your own
  scripts/demo --noon                           a home in sunshine, also at night
  scripts/demo --check --profile all            check every kind of home, without a browser

The state is kept in .demo, in a folder for each profile and each gateway.
"""


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; `profile` becomes a list."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--profile",
        metavar="NAME",
        nargs="+",
        choices=[*PROFILES, "all"],
        help=f"the simulated home: {', '.join(PROFILES)} (default: {DEFAULT_PROFILE}); "
        "with --check several of them, or all",
    )
    parser.add_argument("--host", help="a real gateway instead: its address or name")
    parser.add_argument(
        "--password",
        help="the real gateway's password; asked for if it is needed and not given",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=8123,
        help="Home Assistant's port, or the next free one above it (default: %(default)s)",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="forget what earlier demos left"
    )
    parser.add_argument(
        "--noon",
        action="store_true",
        help="start afresh in a time zone in which it is noon now: the simulated sun "
        "shines, also when it is night here",
    )
    parser.add_argument(
        "--bare",
        action="store_true",
        help="start afresh without the integration: you add it, and run its action; "
        "the dashboard and the past appear as soon as it is there",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="start afresh on free ports, check what Home Assistant shows, and stop; "
        "the exit status is 0 if all is well",
    )
    options = parser.parse_args(arguments)
    _refuse_nonsense(parser, options)
    options.profile = options.profile or [DEFAULT_PROFILE]
    if "all" in options.profile:
        options.profile = list(PROFILES)
    return options


def _refuse_nonsense(
    parser: argparse.ArgumentParser, options: argparse.Namespace
) -> None:
    if options.host and (options.check or options.profile):
        parser.error(
            "--check and --profile are for the simulated gateway, not for --host"
        )
    if options.bare and (options.check or options.host):
        parser.error("--bare goes with neither --check nor --host")
    if options.noon and options.host:
        parser.error("--noon is for the simulated gateway, not for --host")
    if options.password and not options.host:
        parser.error("--password goes with --host: the simulated gateway has its own")
    several = options.profile and (len(options.profile) > 1 or "all" in options.profile)
    if several and not options.check:
        parser.error("one --profile at a time; several go with --check")


def state_folder(options: argparse.Namespace) -> Path:
    """Return where the demo of this home or this gateway keeps its state."""
    if options.host:
        return STATE / (
            "gateway-" + re.sub(r"[^a-z0-9]+", "-", options.host.lower()).strip("-")
        )
    profile: str = options.profile[0]
    if options.bare or options.noon:
        return STATE / ("bare" if options.bare else "noon") / profile
    return STATE / profile

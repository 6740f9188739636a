"""The command of `scripts/demo`."""

import argparse
import asyncio
from datetime import UTC, datetime
from getpass import getpass
import os
import signal
import sys
import time

from . import check, gateway_setup
from .gateway_setup import is_set_up
from .home_assistant import PASSWORD, USERNAME, ApiError
from .options import STATE, parse, state_folder
from .session import House, Plan, built, forget, furnished, home_assistant_log, opened
from .terminal import DemoError, say
from .time_zone import afternoon, zone_at


def _welcome(house: House, seconds: float) -> None:
    gateway = house.gateway
    say()
    say(f"  Home Assistant   {house.home_assistant.url}")
    say(f"  login            {USERNAME}, password {PASSWORD}")
    if gateway.control_url:
        say(f"  gateway          https://{gateway.host}, password {gateway.password}")
        faults = f"curl {gateway.control_url}/faults"
        say(f'  make it fail     {faults} -d \'{{"meters/aggregates": "500"}}\'')
        say(f"  mend it          {faults} -X DELETE (both show within 10 s)")
    say()
    say(f"Up after {seconds:.0f} s. Ctrl-C stops it.")


async def _show(options: argparse.Namespace) -> None:
    started = time.monotonic()
    state = state_folder(options)
    if options.fresh or options.bare or options.noon:
        forget(state)
    plan = Plan(
        state=state,
        profile=options.profile[0],
        port=options.port,
        host=options.host,
        password=options.password or "",
    )
    async with built(plan) if options.bare else opened(plan) as house:
        _welcome(house, time.monotonic() - started)
        await asyncio.gather(
            house.one_ends(), *([_wait_for_setup(house)] if options.bare else [])
        )


async def _wait_for_setup(house: House) -> None:
    say("Add the gateway under Settings > Devices & services > Add integration.")
    entry = await gateway_setup.added(house.socket)
    say("It is there: writing its past, and making its dashboard ...")
    await furnished(house, entry)
    say("Look at the dashboard Gateway meters.")


async def _check(options: argparse.Namespace) -> bool:
    # A car charges with the sun alone.
    os.environ["TZ"] = afternoon(datetime.now(UTC))
    time.tzset()
    fine = [
        await check.profile(STATE / "check" / name, name) for name in options.profile
    ]
    say(f"{sum(fine)} of {len(fine)} profiles are fine.")
    return all(fine)


async def _run(options: argparse.Namespace) -> int:
    """Run until it is done, or a signal ends it: a closed terminal's too."""
    task = asyncio.ensure_future(_check(options) if options.check else _show(options))

    def stop() -> None:
        say("Stopping ...")
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        return 0 if await task in (None, True) else 1
    except asyncio.CancelledError:
        say("Stopped.")
        return 1 if options.check else 0
    except DemoError as problem:
        say(f"{problem}")
        return 1
    except ApiError as problem:
        log = home_assistant_log(state_folder(options))
        say(f"Home Assistant refuses: {problem}\nIts log is {log}")
        return 1


def _ask_password(options: argparse.Namespace) -> None:
    """Ask for a real gateway's password, unless Home Assistant knows it by now."""
    known = not options.fresh and is_set_up(state_folder(options) / "config")
    if options.host and options.password is None and not known:
        if not sys.stdin.isatty():
            sys.exit("--host needs --password if there is no terminal.")
        options.password = getpass("Password of the gateway (customer login): ")


def main() -> int:
    """Run the demo; returns the exit status."""
    options = parse(sys.argv[1:])
    try:
        _ask_password(options)
        if options.noon:
            # Home Assistant and the simulator take it from here.
            os.environ["TZ"] = zone_at(12, datetime.now(UTC))
        return asyncio.run(_run(options))
    except KeyboardInterrupt:
        return 1


if __name__ == "__main__":
    sys.exit(main())

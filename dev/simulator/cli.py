"""The command line: `python -m simulator`."""

import argparse
import asyncio
from collections.abc import Sequence
import contextlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
import signal
import sys
from typing import Final

from .certificate import Certificate
from .clock import Clock
from .control import ACTIONS
from .fault_kinds import KINDS
from .faults import Fault
from .gateway import SimulatedGateway
from .profiles import PROFILES, Replay, ReplayError, create
from .server import DEFAULT_PASSWORD, LOOPBACK, serve
from .wiring import KINDS as WIRING, WiringFault, parse

_EXAMPLES: Final = """\
examples:
  python -m simulator --profile split-phase --port 8443 --speed 60
  python -m simulator --replay config_entry-tesla_gateway_meters.json
  python -m simulator --fault meters/solar=null --fault 'meters/aggregates=502,times=3'
  python -m simulator --control-port 8444
  curl http://127.0.0.1:8444/faults -d '{"*": "slow:3"}'
  curl http://127.0.0.1:8444/faults -X DELETE
  python -m simulator --profile three-phase --wiring move:synchrometerX:1:L2
  curl http://127.0.0.1:8444/wiring -d '{"faults": ["flip:synchrometerX:1"]}'
  curl http://127.0.0.1:8444/wiring -X DELETE
  curl http://127.0.0.1:8444/sitemanager -d '{"running": false}'
  curl http://127.0.0.1:8444/reboot -X POST
"""


@dataclass(frozen=True, slots=True)
class _Named:
    """A fault and the endpoint it is for."""

    endpoint: str
    fault: Fault


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulator until it is stopped; returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.list:
        _say(_listing())
        return 0
    try:
        certificate = (
            Certificate.kept_in(options.certificate) if options.certificate else None
        )
    except (OSError, ValueError) as error:
        parser.error(f"--certificate {options.certificate}: {error}")
    try:
        if options.replay:
            Replay.read(options.replay, Clock()).rewire(options.wiring)
        else:
            create(options.profile, Clock(), 1).rewire(options.wiring)
    except ReplayError as error:
        parser.error(f"--replay {options.replay}: {error}")
    except ValueError as error:
        parser.error(f"--wiring: {error}")
    if options.charger and (options.replay or options.profile == "document"):
        parser.error("--charger: a car can only charge at a simulated house")
    try:
        asyncio.run(_run(options, certificate))
    except OSError as error:
        sys.stderr.write(f"simulator: cannot listen: {error}\n")
        return 1
    return 0


async def _run(options: argparse.Namespace, certificate: Certificate | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no signal handlers in its loop; Ctrl-C ends the program there all the same.
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serve(
        profile=options.profile,
        password=options.password,
        host=options.host,
        port=options.port,
        control_port=options.control_port,
        seed=options.seed,
        speed=options.speed,
        frozen=options.frozen,
        start=options.start,
        token_life=options.token_life,
        certificate=certificate,
        replay=options.replay,
        charger=options.charger,
    ) as gateway:
        for named in options.fault:
            gateway.set_fault(named.endpoint, named.fault)
        gateway.miswire(*options.wiring)
        what = f"replay of {options.replay}" if options.replay else None
        _say(_greeting(gateway, what or f"profile {options.profile}"))
        await stop.wait()


def _greeting(gateway: SimulatedGateway, what: str) -> str:
    lines = [
        f"Simulated gateway {gateway.din}, {what}",
        f"  address      https://{gateway.host}:{gateway.port}",
        f"  password     {gateway.password}",
        f"  fingerprint  {gateway.fingerprint}",
    ]
    if gateway.control_port is not None:
        lines.append(f"  control      http://{LOOPBACK}:{gateway.control_port}")
    lines += [
        f"  fault        {name}={fault}"
        for name, fault in gateway.faults.listed().items()
    ]
    lines += [f"  wiring       {fault}" for fault in gateway.wiring]
    return "\n".join([*lines, "Stop with Ctrl-C."])


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _listing() -> str:
    return "\n".join(
        [
            "profiles:",
            *(f"  {name}" for name in PROFILES),
            "faults (ENDPOINT=KIND[:VALUE][,times=N][,retry-after=SECONDS or DATE],",
            "        endpoint as in meters/site, or * for all, whatever their own):",
            *(f"  {name:12} {kind.help}" for name, kind in KINDS.items()),
            "  502          Any bare number is a status.",
            "wiring faults (KIND:METER and so on; meters as synchrometerX, or a serial):",
            *(f"  {name:12} {kind.help}" for name, kind in WIRING.items()),
            "control port (GET /state and /charger, GET and DELETE /faults and /wiring, and POST to these):",
            *(f"  {path:17} {body}".rstrip() for path, body in ACTIONS.items()),
            "  POST /faults replaces the faults of the endpoints that it names;",
            "  POST /wiring adds to the faults in force: DELETE /wiring mends all of them.",
        ]
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="A Tesla Energy Gateway that is not there: its HTTPS, login and meters.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--profile",
        choices=PROFILES,
        default="document",
        help="kind of gateway (%(default)s)",
    )
    kind.add_argument(
        "--replay",
        type=Path,
        metavar="FILE",
        help="be the gateway of a diagnostics download from Home Assistant",
    )
    add("--host", default=LOOPBACK, help="address to listen on (%(default)s)")
    add(
        "--port",
        type=_port,
        default=8443,
        help="HTTPS port, 0 for a free one (%(default)s)",
    )
    add(
        "--control-port",
        type=_port,
        help="plain HTTP port for faults and the like at run time, on loopback",
    )
    add(
        "--password",
        default=DEFAULT_PASSWORD,
        help="the customer's password (%(default)s)",
    )
    add(
        "--certificate",
        type=Path,
        metavar="FILE",
        help="keep the certificate in this file",
    )
    add(
        "--charger",
        type=Path,
        metavar="FILE",
        help="let a car charge there; this file keeps the commands of its charger",
    )
    add("--seed", type=int, default=1, help="seed of weather and habits (%(default)s)")
    add(
        "--start",
        type=_start,
        metavar="TIME",
        help="first simulated moment, with offset (now)",
    )
    add(
        "--speed",
        type=_positive,
        default=1.0,
        help="simulated seconds per second (%(default)s)",
    )
    add(
        "--frozen",
        action="store_true",
        help="the clock stands still; stamps to the letter",
    )
    add(
        "--token-life",
        type=_positive,
        metavar="SECONDS",
        help="of a login (until the stop)",
    )
    add(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        metavar="ENDPOINT=FAULT",
        help="start with a fault; may be repeated; --list shows the kinds",
    )
    add(
        "--wiring",
        type=_wiring,
        action="append",
        default=[],
        metavar="FAULT",
        help="start with a wiring fault; may be repeated; --list shows the kinds",
    )
    add(
        "--list",
        action="store_true",
        help="list profiles, faults and control port, and stop",
    )
    return parser


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"a port is a number from 0 to 65535, not {text!r}"
    )


def _positive(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (number := float(text)) < float("inf"):
            return number
    raise argparse.ArgumentTypeError(f"expected a number above 0, not {text!r}")


def _start(text: str) -> datetime:
    with contextlib.suppress(ValueError):
        if (start := datetime.fromisoformat(text)).tzinfo is not None:
            return start
    raise argparse.ArgumentTypeError(
        f"expected a time with its offset, as 2026-06-21T10:00:00+02:00, not {text!r}"
    )


def _fault(text: str) -> _Named:
    endpoint, separator, fault = text.partition("=")
    if not endpoint or not separator:
        raise argparse.ArgumentTypeError(f"expected ENDPOINT=FAULT, not {text!r}")
    try:
        return _Named(endpoint, Fault.parse(fault))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _wiring(text: str) -> WiringFault:
    try:
        return parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error

"""The simulated gateways, in a process of their own: `python -m bench.gateways`.

So their work is nobody else's. Each stands behind a wire of its own, and its clock
moves only when it is told to: by datagrams, which cost the sender next to nothing.
"""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, Final, override

from simulator import Certificate, SimulatedGateway, serve

from .child import answer_all
from .delay import LOOPBACK, Wire

# About noon in June all flows that there are.
_START: Final = datetime.fromisoformat("2026-06-21T12:30:00-06:00")


class _Clock(asyncio.DatagramProtocol):
    """A server that advances a gateway's clock by the seconds in a datagram."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        self._gateway = gateway

    @override
    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._gateway.advance(float(data))


class _Gateways:
    """The gateways by the address of their proxy."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self._certificate = Certificate.generate()
        self._known: dict[str, tuple[SimulatedGateway, Wire]] = {}

    async def open(self, profile: str, round_trip: float) -> dict[str, object]:
        """Start a gateway; return its address, password and the port of its clock."""
        gateway = await self._stack.enter_async_context(
            serve(
                profile=profile,
                start=_START,
                frozen=True,
                certificate=self._certificate,
            )
        )
        if self._known:
            gateway.become(f"1232100-00-E--TGBENCH{len(self._known):03}")
        wire = Wire(gateway.port, round_trip)
        await wire.listen()
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Clock(gateway), (LOOPBACK, 0)
        )
        host = f"{LOOPBACK}:{wire.port}"
        self._known[host] = gateway, wire
        return {
            "host": host,
            "password": gateway.password,
            "fingerprint": gateway.fingerprint,
            "din": gateway.din,
            "clock": transport.get_extra_info("sockname")[1],
        }

    async def count(self, host: str) -> dict[str, object]:
        """Return what it was asked so far, and how."""
        gateway, wire = self._known[host]
        return {
            "requests": Counter(one.path for one in gateway.requests),
            "handshakes": gateway.handshakes,
            "logins": gateway.logins,
            "bytes": wire.sent + wire.received,
        }


async def main() -> None:
    """Serve calls until the parent process closes."""
    async with AsyncExitStack() as stack:
        await answer_all(_Gateways(stack))


if __name__ == "__main__":
    asyncio.run(main())

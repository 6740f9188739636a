"""The simulated gateways, in a process of their own: `python -m bench.gateways`.

So their work is not measured with that of their clients. Each has its own proxy, and
its clock advances only by datagrams, which cost the sender almost nothing.
"""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, Final, override

from simulator import Certificate, SimulatedGateway, serve

from .child import answer_all
from .delay import LOOPBACK, DelayProxy

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
        self._known: dict[str, tuple[SimulatedGateway, DelayProxy]] = {}

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
        proxy = DelayProxy(gateway.port, round_trip)
        await proxy.listen()
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Clock(gateway), (LOOPBACK, 0)
        )
        host = f"{LOOPBACK}:{proxy.port}"
        self._known[host] = gateway, proxy
        return {
            "host": host,
            "password": gateway.password,
            "fingerprint": gateway.fingerprint,
            "din": gateway.din,
            "clock": transport.get_extra_info("sockname")[1],
        }

    async def count(self, host: str) -> dict[str, object]:
        """Return what it was asked so far, and how."""
        gateway, proxy = self._known[host]
        return {
            "requests": Counter(one.path for one in gateway.requests),
            "handshakes": gateway.handshakes,
            "logins": gateway.logins,
            "bytes": proxy.sent + proxy.received,
        }


async def main() -> None:
    """Serve calls until the parent process closes."""
    async with AsyncExitStack() as stack:
        await answer_all(_Gateways(stack))


if __name__ == "__main__":
    asyncio.run(main())

"""A Tesla Energy Gateway that is not there: same HTTPS, login, payloads, physics and faults."""

from .certificate import Certificate
from .faults import Fault
from .gateway import SimulatedGateway
from .profiles import PROFILES, ReplayError, Truth
from .record import Request
from .server import serve
from .sessions import LoginLimit
from .wiring import (
    FlippedCT,
    InvalidCT,
    MovedCT,
    SwappedMeters,
    UnpluggedMeter,
    WiringFault,
    WrongScale,
)

__all__ = [
    "PROFILES",
    "Certificate",
    "Fault",
    "FlippedCT",
    "InvalidCT",
    "LoginLimit",
    "MovedCT",
    "ReplayError",
    "Request",
    "SimulatedGateway",
    "SwappedMeters",
    "Truth",
    "UnpluggedMeter",
    "WiringFault",
    "WrongScale",
    "serve",
]

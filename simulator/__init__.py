"""A Tesla Energy Gateway that is not there: same HTTPS, login, payloads, physics and faults."""

from .certificate import Certificate
from .faults import Fault
from .gateway import SimulatedGateway
from .profiles import PROFILES, Truth
from .record import Request
from .server import serve
from .sessions import LoginLimit

__all__ = [
    "PROFILES",
    "Certificate",
    "Fault",
    "LoginLimit",
    "Request",
    "SimulatedGateway",
    "Truth",
    "serve",
]

"""A client for the meters of a Tesla Energy Gateway on the local network.

Asks the gateway over HTTPS and gives typed values: see `GatewayClient` for
what can be asked, `models` for units and signs, `errors` for what can go
wrong. It knows nothing of Home Assistant.
"""

from .address import Address
from .client import Endpoint, GatewayClient
from .errors import (
    AbsentError,
    AnswerTimeoutError,
    BadCredentialsError,
    BrokenAnswerError,
    BusyError,
    ConnectError,
    ForbiddenError,
    GatewayError,
    InvalidAddressError,
    PayloadError,
    RateLimitedError,
    StatusError,
    TryLaterError,
)
from .models import (
    CtReading,
    CtRole,
    GatewayStatus,
    GridStatus,
    LocationMeter,
    Meter,
    MeterReading,
    Phase,
    PhaseReading,
    ReadingStatus,
    Totals,
)
from .parse import find_reading, is_synchrometer
from .phases import sum_phases, total
from .transport import Transport

__all__ = [
    "AbsentError",
    "Address",
    "AnswerTimeoutError",
    "BadCredentialsError",
    "BrokenAnswerError",
    "BusyError",
    "ConnectError",
    "CtReading",
    "CtRole",
    "Endpoint",
    "ForbiddenError",
    "GatewayClient",
    "GatewayError",
    "GatewayStatus",
    "GridStatus",
    "InvalidAddressError",
    "LocationMeter",
    "Meter",
    "MeterReading",
    "PayloadError",
    "Phase",
    "PhaseReading",
    "RateLimitedError",
    "ReadingStatus",
    "StatusError",
    "Totals",
    "Transport",
    "TryLaterError",
    "find_reading",
    "is_synchrometer",
    "sum_phases",
    "total",
]

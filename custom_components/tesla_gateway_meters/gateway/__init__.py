"""A client for the meters of a Tesla Energy Gateway on the local network.

It requests the gateway's API over HTTPS and returns typed models: see
`GatewayClient` for the endpoints, `models` for units and signs, `errors` for what it
raises. Imports no Home Assistant.

From the bytes of `/api/meters/site` to models there are four decisions: `answers`
(is this an answer), `own_secrets` (nothing of ours in it), `parse` (fields, phases and
limits) and `entries` (several entries of one meter).
"""

from .address import HTTPS_PORT, Address
from .client import GatewayClient
from .client_state import ClientState, CoolDown
from .connection import AbortingResponse
from .deadline import NOT_REQUESTED, poll_timeout
from .endpoints import LOGIN, Endpoint
from .errors import (
    AbsentError,
    AnotherGatewayError,
    AnswerTimeoutError,
    BadCredentialsError,
    BrokenAnswerError,
    BusyError,
    CertificateChangedError,
    ConnectError,
    EmptyAnswerError,
    ForbiddenError,
    GatewayError,
    InvalidAddressError,
    LoginError,
    NotHttpsError,
    PayloadError,
    RateLimitedError,
    SessionClosedError,
    StartingError,
    StatusError,
    TryLaterError,
)
from .fingerprint import fetch_fingerprint, readable
from .limits import LONGEST_TEXT, Limits
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
from .parse import is_din, union
from .phases import (
    current_imbalance,
    current_spread,
    is_neurio,
    is_synchrometer,
    sum_phases,
    total,
)
from .readings import find_reading, match_readings
from .statistics import EndpointStatistics, Statistics
from .transport import Transport
from .vocabulary import KNOWN_LOCATIONS

__all__ = [
    "HTTPS_PORT",
    "KNOWN_LOCATIONS",
    "LOGIN",
    "LONGEST_TEXT",
    "NOT_REQUESTED",
    "AbortingResponse",
    "AbsentError",
    "Address",
    "AnotherGatewayError",
    "AnswerTimeoutError",
    "BadCredentialsError",
    "BrokenAnswerError",
    "BusyError",
    "CertificateChangedError",
    "ClientState",
    "ConnectError",
    "CoolDown",
    "CtReading",
    "CtRole",
    "EmptyAnswerError",
    "Endpoint",
    "EndpointStatistics",
    "ForbiddenError",
    "GatewayClient",
    "GatewayError",
    "GatewayStatus",
    "GridStatus",
    "InvalidAddressError",
    "Limits",
    "LocationMeter",
    "LoginError",
    "Meter",
    "MeterReading",
    "NotHttpsError",
    "PayloadError",
    "Phase",
    "PhaseReading",
    "RateLimitedError",
    "ReadingStatus",
    "SessionClosedError",
    "StartingError",
    "Statistics",
    "StatusError",
    "Totals",
    "Transport",
    "TryLaterError",
    "current_imbalance",
    "current_spread",
    "fetch_fingerprint",
    "find_reading",
    "is_din",
    "is_neurio",
    "is_synchrometer",
    "match_readings",
    "poll_timeout",
    "readable",
    "sum_phases",
    "total",
    "union",
]

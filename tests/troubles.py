"""Random faults of a gateway."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from simulator import Fault, SimulatedGateway

type Act = Callable[[SimulatedGateway], None]

_ENDPOINTS: Final = (
    "meters/aggregates",
    "meters/site",
    "meters/solar",
    "system_status/soe",
    "system_status/grid_status",
    "meters",
    "meters/readings",
    "status",
    "*",
)
_LOGIN: Final = "login/Basic"
_OTHER_DIN: Final = "1234567-00-E--TG00000000000X"

# How long a trouble lasts at most, in minutes.
LONGEST: Final = 15

# The most logins that a trouble may cost. A session that ends costs one, and where
# that login fails it is tried again after 5 minutes, and after 10 more.
_SESSION: Final = 1
_FAILING_LOGIN: Final = 3
# Each endpoint finds out for itself that it is refused with a fresh token too.
_REFUSED_EVERYWHERE: Final = 8


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault: its endpoint, kind, beginning and end.

    One place has one trouble at a time. `logins` is the most it may cost.
    """

    where: str
    what: str
    begin: Act
    end: Act | None = None
    logins: int = 0


def _fault(endpoint: str, fault: Fault, logins: int = 0) -> Trouble:
    if endpoint == "*":
        # A token that ends meanwhile cannot be had anew.
        logins += _FAILING_LOGIN
    return Trouble(
        endpoint,
        str(fault),
        lambda gateway: gateway.set_fault(endpoint, fault),
        lambda gateway: gateway.clear_faults(endpoint),
        logins,
    )


def _login_fault(fault: Fault) -> Trouble:
    def begin(gateway: SimulatedGateway) -> None:
        gateway.set_fault(_LOGIN, fault)
        # Who has a session does not log in.
        gateway.expire_tokens()

    return Trouble(
        _LOGIN,
        str(fault),
        begin,
        lambda gateway: gateway.clear_faults(_LOGIN),
        _FAILING_LOGIN,
    )


def _event(
    what: str, begin: Act, end: Act | None = None, *, logins: int = 0
) -> Trouble:
    return Trouble(what, what, begin, end, logins)


def _another_gateway() -> Trouble:
    own = ""

    def begin(gateway: SimulatedGateway) -> None:
        nonlocal own
        own = gateway.din
        gateway.become(_OTHER_DIN)

    def end(gateway: SimulatedGateway) -> None:
        gateway.become(own)

    # Both it and our own, once back, know nothing of the session before.
    return _event("another gateway", begin, end, logins=2 * _SESSION)


def _new_password(random: Random) -> Trouble:
    def begin(gateway: SimulatedGateway) -> None:
        gateway.password = f"{random.randrange(10**8):08}"
        gateway.expire_tokens()

    return _event("new password", begin, logins=_SESSION)


def _stop(gateway: SimulatedGateway) -> None:
    gateway.stop_sitemanager()


def _drop_silently(gateway: SimulatedGateway) -> None:
    gateway.drop_connections(silently=True)


# Answers that are wrong in themselves. All kinds but the slow ones, which cost real time.
_WRONG: Final = (
    *("301", "400", "404", "418", "500", "502", "504", "redirect:/elsewhere"),
    *("null", "empty", "html", "body:[]", "body:{}", 'body:{"error":"no"}'),
    *("body:[[", "body:[1,null]", "content-type:text/html", "large:2"),
    *("cut", "reset", "half-headers", "cut,times=1", "reset,times=1"),
)
_REFUSED: Final = ("401", "403", "401,times=1", "403,times=1")
_LEAVE_ALONE: Final = (
    "429,times=1",
    "503,times=1",
    "429,times=1,retry-after=60",
    "503",
)
_AT_LOGIN: Final = ("401", "403", "429", "500", "503", "html", "null", "reset", "cut")


def _wrong(random: Random) -> Trouble:
    return _fault(random.choice(_ENDPOINTS), Fault.parse(random.choice(_WRONG)))


def _refused(random: Random) -> Trouble:
    endpoint = random.choice(_ENDPOINTS)
    logins = _REFUSED_EVERYWHERE if endpoint == "*" else _SESSION
    return _fault(endpoint, Fault.parse(random.choice(_REFUSED)), logins)


def _leave_alone(random: Random) -> Trouble:
    return _fault(random.choice(_ENDPOINTS), Fault.parse(random.choice(_LEAVE_ALONE)))


def _at_login(random: Random) -> Trouble:
    return _login_fault(Fault.parse(random.choice(_AT_LOGIN)))


def _other(random: Random) -> Trouble:
    return random.choice(
        (
            _event("tokens expire", SimulatedGateway.expire_tokens, logins=_SESSION),
            _event("connections close", SimulatedGateway.drop_connections),
            _event("connections die", _drop_silently),
            _event("site manager stops", _stop, SimulatedGateway.start_sitemanager),
            _event("reboot", SimulatedGateway.reboot, logins=_SESSION),
            _another_gateway(),
            _new_password(random),
        )
    )


def any_trouble(random: Random) -> Trouble:
    """Draw a trouble: half of them wrong answers, the rest of all other sorts."""
    draw = random.choices(
        (_wrong, _refused, _leave_alone, _at_login, _other), (6, 1, 1, 1, 3)
    )[0]
    return draw(random)

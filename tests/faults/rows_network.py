"""Rows in which no answer arrives, or not all of it."""

from . import acts
from .acts import fault, late
from .outcomes import (
    silent,
    too_late,
    unnoticed,
    unreachable,
    usual,
)
from .row import Row

_DOES_NOT_ANSWER = "The gateway does not answer"
_CUT = "the connection ended in mid-answer"

# Each request that meets a reset on the connection that was kept is sent once more.
_TWICE = {name: 2 * times for name, times in silent(_CUT).requests.items()}

ROWS = (
    Row(
        name="Connection refused",
        begin=acts.switch_off,
        end=acts.switch_on,
        # What was switched off has forgotten the session.
        expected=unreachable(_DOES_NOT_ANSWER, logins_back=1),
    ),
    Row(
        name="Host name unknown (DNS)",
        prepare=acts.use_a_name,
        begin=acts.forget_the_name,
        end=acts.know_the_name,
        expected=unreachable(_DOES_NOT_ANSWER),
    ),
    Row(
        name="Connection not completed in time",
        begin=acts.listen_only,
        end=acts.stop_listening,
        expected=unreachable(_DOES_NOT_ANSWER, logins_back=1),
    ),
    *(
        Row(
            name=name,
            begin=late(kind),
            end=acts.mend,
            expected=too_late(),
        )
        for name, kind in (("Headers too late", "slow"), ("Body too late", "slow-body"))
    ),
    Row(
        name="Body cut off",
        begin=fault("*", "cut"),
        end=acts.mend,
        expected=silent(_CUT),
    ),
    Row(
        name="Connection reset in mid-request",
        begin=fault("*", "reset"),
        end=acts.mend,
        expected=silent(_CUT, requests=_TWICE),
    ),
    Row(
        name="Connection reset in mid-request, once",
        begin=fault("meters/site", "reset", times=1),
        end=acts.nothing,
        expected=unnoticed(requests=usual() | {"site": 7}),
    ),
    Row(
        name="Kept-alive connection dropped",
        begin=acts.drop_silently,
        end=acts.has_reconnected,
        expected=unnoticed(),
    ),
)

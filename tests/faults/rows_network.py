"""Rows with missing or partial answers."""

from . import actions
from .actions import fault, late
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
        begin=actions.switch_off,
        end=actions.switch_on,
        # What was switched off has forgotten the session.
        expected=unreachable(_DOES_NOT_ANSWER, logins_back=1),
    ),
    Row(
        name="Host name unknown (DNS)",
        prepare=actions.use_a_name,
        begin=actions.forget_the_name,
        end=actions.know_the_name,
        expected=unreachable(_DOES_NOT_ANSWER),
    ),
    Row(
        name="Connection not completed in time",
        begin=actions.listen_only,
        end=actions.stop_listening,
        expected=unreachable(_DOES_NOT_ANSWER, logins_back=1),
    ),
    *(
        Row(
            name=name,
            begin=late(kind),
            end=actions.mend,
            expected=too_late(),
        )
        for name, kind in (("Headers too late", "slow"), ("Body too late", "slow-body"))
    ),
    Row(
        name="Body cut off",
        begin=fault("*", "cut"),
        end=actions.mend,
        expected=silent(_CUT),
    ),
    Row(
        name="Connection reset in mid-request",
        begin=fault("*", "reset"),
        end=actions.mend,
        expected=silent(_CUT, requests=_TWICE),
    ),
    Row(
        name="Connection reset in mid-request, once",
        begin=fault("meters/site", "reset", times=1),
        end=actions.nothing,
        expected=unnoticed(requests=usual() | {"site": 7}),
    ),
    Row(
        name="Kept-alive connection dropped",
        begin=actions.drop_silently,
        end=actions.has_reconnected,
        expected=unnoticed(),
    ),
)

"""Rows with events of the gateway or Home Assistant."""

from . import actions
from .outcomes import (
    EVERYTHING,
    NO_USABLE_ANSWER,
    answers_again,
    falls_silent,
    polls_fail,
    unnoticed,
    unreachable,
    usual,
)
from .row import Row

_COOL_DOWN = (
    "The gateway is busy or refuses requests. Polling continues after a cool-down"
)
_STOPPED = "HTTP status 502"
# The live polls in which there are two slow ones.
_TWO_SLOW = 35

ROWS = (
    Row(
        name="Token expired in the middle of a poll",
        begin=actions.expire_in_mid_poll,
        end=actions.nothing,
        expected=unnoticed(requests=usual() | {"site": 7}, logins=1),
    ),
    Row(
        name="Password changed",
        begin=actions.change_password,
        end=actions.enter_password,
        polls=_TWO_SLOW,
        expected=unreachable(
            "",
            requests={"aggregates": 1, "status": 1},
            logins=1,
            logins_back=1,
            log=tuple(
                f"ERROR Authentication failed while fetching {kind} data: "
                "The gateway refuses the password"
                for kind in ("live", "meters")
            ),
            log_back=(),
            repairs=("config_entry_reauth",),
            back=0,
        ),
    ),
    Row(
        name="Certificate changed",
        begin=actions.swap_certificate,
        end=actions.swap_back,
        expected=unreachable(
            "The gateway's certificate has changed, so nothing was sent to it. "
            "Reconfigure the entry to compare the certificates",
            repairs=("certificate_changed",),
            logins_back=1,
        ),
    ),
    Row(
        name="Another gateway at the address, with the same certificate",
        begin=actions.become_another,
        end=actions.become_ours,
        polls=_TWO_SLOW,
        expected=unreachable(
            "Another gateway answers at this address",
            requests={
                # Until the slow poll asks who it is, half a minute later.
                "aggregates": 4,
                "site": 2,
                "solar": 1,
                "charge": 1,
                "grid status": 1,
                "status": 2,
            },
            logins=1,
            logins_back=1,
            repairs=("another_gateway",),
        ),
    ),
    Row(
        name="Address moved",
        begin=actions.move,
        end=actions.announce,
        expected=unreachable(
            "The gateway does not answer", log_back=(), logins_back=1, back=0
        ),
    ),
    Row(
        name="Site manager stopped, and started",
        begin=actions.stop_sitemanager,
        end=actions.start_sitemanager,
        expected=unnoticed(
            requests=usual() | {"solar": 0, "charge": 0, "grid status": 0},
            shown={
                part: state
                for part, state in EVERYTHING.items()
                if part not in ("CTs", "reading status")
            }
            # Its meters can be read now.
            | dict.fromkeys(
                ("synchrometerX_reading_status", "synchrometerY_reading_status"), "ok"
            ),
            log=falls_silent(dict.fromkeys(("aggregates", "site"), _STOPPED))
            + polls_fail(NO_USABLE_ANSWER, "live"),
            log_back=(
                *answers_again(("aggregates", "site")),
                "INFO Fetching live data recovered",
            ),
            back=300,
        ),
    ),
    Row(
        name="Gateway rebooted",
        begin=actions.reboot,
        end=actions.nothing,
        expected=unnoticed(requests=usual() | {"aggregates": 7}, logins=1),
    ),
    Row(
        name="Home Assistant restarted during a cool-down",
        begin=actions.restart_in_a_cool_down,
        end=actions.nothing,
        polls=20,
        # Nothing was asked for meters before, and Home Assistant itself says that it waits.
        expected=unreachable(
            _COOL_DOWN,
            requests={"aggregates": 1},
            log=polls_fail(_COOL_DOWN, "live"),
            log_back=(),
        ),
    ),
)

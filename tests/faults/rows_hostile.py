"""Rows with hostile or foreign servers."""

from . import actions
from .actions import fault, late
from .outcomes import silent, too_late, unreachable
from .row import Row

_NO_HTTP = "not valid HTTP"
_CUT = "the connection ended in mid-answer"
_LARGE = "the answer is too large"
_COOL_DOWN = (
    "The gateway is busy or refuses requests. Polling continues after a cool-down"
)
# The live polls in which a cool-down of five minutes ends, but for its last seconds.
_FIVE_MINUTES = 27

ROWS = (
    Row(
        name="A TLS handshake without end",
        begin=actions.drip_handshake,
        end=actions.stop_listening,
        expected=unreachable("The gateway does not answer", logins_back=1),
    ),
    *(
        Row(
            name=name,
            begin=fault("*", "hostile", kind),
            end=actions.mend,
            expected=silent(reason),
        )
        for name, kind, reason in (
            ("Status 101", "status-101", "HTTP status 101"),
            ("Upgrade to a WebSocket", "websocket", "HTTP status 101"),
            ("Two Content-Lengths", "two-lengths", _NO_HTTP),
            ("Content-Length and chunked", "length-and-chunked", _NO_HTTP),
            ("A negative Content-Length", "negative-length", _NO_HTTP),
            ("HTTP/0.9", "http-0.9", _NO_HTTP),
            ("HTTP/2", "http-2", _NO_HTTP),
            ("NUL in a header", "nul-in-header", _NO_HTTP),
            ("A header without end", "header-without-end", _NO_HTTP),
            ("Headers without end", "headers-without-end", _NO_HTTP),
            ("Trailers without end", "trailers-without-end", _CUT),
            ("A Content-Length of 1 GB", "length-of-a-gigabyte", _LARGE),
            ("A chunk without a length", "broken-chunk", _NO_HTTP),
            ("A gzip bomb", "gzip-bomb", _LARGE),
            ("A deflate bomb", "deflate-bomb", _LARGE),
            ("gzip that is none", "broken-gzip", _CUT),
            ("204 with a body", "body-with-204", _NO_HTTP),
            ("304", "status-304", "HTTP status 304"),
        )
    ),
    *(
        Row(
            name=name,
            begin=late("hostile", kind),
            end=actions.mend,
            expected=too_late(),
        )
        for name, kind in (
            ("Chunks without end", "chunks-without-end"),
            ("A chunk's extension without end", "extension-without-end"),
            ("103 again and again", "informational-without-end"),
            ("Nothing at all", "silence"),
        )
    ),
    *(
        Row(
            name=name,
            begin=fault("meters/site", "hostile", kind, 1),
            end=actions.nothing,
            polls=_FIVE_MINUTES,
            expected=unreachable(
                _COOL_DOWN, requests={"aggregates": 1, "site": 1}, back=30
            ),
        )
        for name, kind in (
            ("503 with a body without end", "503-without-end"),
            ("503 with a body that is cut off", "503-cut-off"),
            ("429 with a body of 1.5 MB", "429-of-1.5-mb"),
        )
    ),
    *(
        Row(
            name=f"503 with `Retry-After` of {name}",
            begin=fault("meters/site", "status", 503, 1, value),
            end=actions.nothing,
            polls=_FIVE_MINUTES,
            expected=unreachable(
                _COOL_DOWN, requests={"aggregates": 1, "site": 1}, back=30
            ),
        )
        for name, value in (
            ("300 digits", "9" * 300),
            ("the year 9999", "Fri, 31 Dec 9999 23:59:59 GMT"),
            ("-1", "-1"),
        )
    ),
)

"""All rows of the matrix."""

from . import acts
from .acts import fault, late
from .row import LONG, Outcome, Row
from .world import ENDPOINTS

_N = Outcome(requests={})

def _r(name, begin, end=acts.mend, **k):
    return Row(name=name, begin=begin, end=end, expected=_N, **k)

DEEP = "[" * 10_000 + "]" * 10_000
ROWS = (
    _r("Refused connection", acts.switch_off, acts.switch_on),
    _r("DNS failure", acts.forget_the_name, acts.know_the_name, prepare=acts.use_a_name),
    _r("Connect timeout", acts.listen_only, acts.stop_listening),
    _r("Slow headers", late("slow")),
    _r("Slow body", late("slow-body")),
    _r("Cut-off body", fault("*", "cut")),
    _r("Reset in the middle", fault("*", "reset")),
    _r("Half headers", fault("*", "half-headers")),
    _r("Dropped keep-alive", acts.drop_silently, acts.nothing),
    _r("empty", fault("*", "empty")),
    _r("null", fault("*", "null")),
    _r("html", fault("*", "html")),
    _r("ctype", fault("*", "content-type", "text/plain")),
    _r("invalid json", fault("*", "body", '{"site":')),
    _r("wrong shape", fault("*", "body", '[1, "two"]')),
    _r("wrong shape obj", fault("*", "body", '{"a": 1}')),
    _r("nesting", fault("*", "body", DEEP)),
    _r("10 MiB", fault("*", "large", 10)),
    _r("1e400", fault("meters/aggregates", "body", '{"site": {"instant_power": 1e400}}')),
    _r("duplicate", fault("meters/aggregates", "body", '{"site": {"instant_power": 1, "instant_power": 2}}')),
    _r("301", fault("*", "redirect", "https://127.0.0.1:1/")),
    _r("400", fault("*", "status", 400)),
    _r("401 once", fault("meters/aggregates", "status", 401, 1)),
    _r("403 once", fault("meters/aggregates", "status", 403, 1)),
    _r("403 for ever", fault("meters/solar", "status", 403), polls=LONG),
    _r("403 for ever everywhere", fault("*", "status", 403), polls=LONG),
    *(_r(f"404 {e}", fault(p, "status", 404), polls=LONG) for p, e in ENDPOINTS.items()),
    _r("429 login", acts.reboot),
    _r("429 get", fault("meters/site", "status", 429, 1), acts.nothing, polls=25),
    _r("500", fault("*", "status", 500)),
    _r("502", fault("*", "status", 502)),
    _r("503", fault("meters/site", "status", 503, 1), acts.nothing, polls=25),
    _r("token expired", acts.expire_in_mid_poll),
    _r("password changed", acts.change_password, acts.enter_password),
    _r("cert changed", acts.swap_certificate, acts.swap_back),
    _r("another", acts.become_another, acts.become_ours, polls=35),
    _r("sitemanager", acts.stop_sitemanager, acts.start_sitemanager),
    _r("reboot", acts.reboot, acts.nothing),
)

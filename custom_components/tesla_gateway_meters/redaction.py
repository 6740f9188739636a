"""Takes out of a gateway's answers what tells one home from all others.

Two rules, since either alone leaks:

- An identifier that is known (by the key it stands under, or because we use it
  ourselves) is replaced wherever it occurs, in texts and keys too.
- A text stays only if its key is known to hold nothing personal and it looks as
  such a value does. A firmware that we have not seen may add any field: so what is
  under an unknown key is replaced, a number by 0. Its key stays if it is a plain
  word, as that is how we learn of it.

The same value gets the same placeholder everywhere, which keeps the value's form
(a DIN its part number, a serial what the gateway adds to it): so the file can be
served and parsed again. Words of an error text stay: they say what is wrong.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from ipaddress import ip_address
import re
from typing import Final

type Json = dict[str, Json] | list[Json] | str | float | int | bool | None

# Deeper ones are no answer of a gateway.
_DEEPEST: Final = 32
# Shorter ones occur by chance in what has nothing to do with them, and those that
# are not long within other words.
_SHORTEST: Final = 4
_LONG: Final = 8
# What begins a serial says who made it; of a password it would say too much.
_LETTERS_STAY: Final = 10

# They name a device, a network or a person: what is under them is looked for elsewhere.
_IDENTIFYING: Final = frozenset(
    {
        *("serial", "short_id", "device_serial", "serial_number", "sensorId"),
        *("din", "gateway_din", "vin", "leader", "followers", "PackageSerialNumber"),
        *("ip_address", "IP", "mac", "site_name", "email", "hostname"),
    }
)
_WORDS: Final = frozenset(
    {
        *("type", "location", "device_type", "teg_type", "sync_type", "grid_status"),
        *("ct1", "ct2", "ct3", "ct4"),
    }
)
_VERSIONS: Final = frozenset({"version", "firmwareVersion", "git_hash"})
_TEXTS: Final = frozenset({"error", "Err", "message"})
_PLAIN: Final = frozenset(
    {
        *("id", "cts", "valid", "inverted", "real_power_scale_factor", "connected"),
        *("connection", "port", "neurio_connected", "https_conf", "Cached_readings"),
        *("ct_voltage_references", "data", "ct", "v_V", "p_W", "q_VAR", "i_A", "f_Hz"),
        *("eExp_Ws", "eImp_Ws", "instant_power", "instant_reactive_power"),
        *("instant_apparent_power", "frequency", "energy_exported", "energy_imported"),
        *("instant_average_voltage", "instant_average_current", "timeout"),
        *("instant_total_current", "num_meters_aggregated", "last_communication_time"),
        *("i_a_current", "i_b_current", "i_c_current", "v_l1n", "v_l2n", "v_l3n"),
        *("last_phase_voltage_communication_time", "start_time", "up_time_seconds"),
        *("last_phase_power_communication_time", "is_new", "commission_count"),
        *("last_phase_energy_communication_time", "cellular_disabled", "percentage"),
        *("grid_services_active", "code", "site", "solar", "battery", "load"),
        *(
            f"{quantity}_{phase}"
            for quantity in (
                *("real_power", "reactive_power"),
                *("energy_exported", "energy_imported"),
            )
            for phase in "abc"
        ),
    }
)
_KNOWN: Final = _IDENTIFYING | _WORDS | _VERSIONS | _TEXTS | _PLAIN

_STAMP = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?( ?[+-]\d\d:?\d\d|Z)"
)
_DURATION = re.compile(r"(\d+h)?(\d+m)?[\d.]+s")
_WORD = re.compile(r"[A-Za-z]+\d{0,2}(?:_[A-Za-z]+\d{0,2})*|v\d+(?:\.\d+)?")
_VERSION = re.compile(r"[\w.+-]{1,40}( [0-9a-f]{4,40})?")
_FORM_OF_KEY: Final = {
    **dict.fromkeys(_WORDS, _WORD),
    **dict.fromkeys(_VERSIONS, _VERSION),
    "up_time_seconds": _DURATION,
}
# What stays of an error text: words as one writes them, and small numbers.
_PROSE = re.compile(
    r"[A-Za-z]?[a-z]{0,20}|[A-Z]{2,5}|\d{1,3}|Client\.Timeout|synchrometer[XY]?|x509"
)

# A gateway's serial follows its part number; it puts a prefix or the type around others.
_PARTS = re.compile(
    r"(\d+-\w+-\w+--|0x|PWRview-|Neurio-)?(.*?)(synchrometer\w?)?",
    re.DOTALL | re.IGNORECASE,
)
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}")
_SERIAL = re.compile(r"([A-Za-z]{0,3})[A-Za-z0-9]*\d[A-Za-z0-9]*")

# What is an identifier by its form or its place in a text. The last are all other words.
_FORMS: Final = (
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    r"\d+-\w+-\w+--\w+",
    _MAC.pattern.replace(r"([:-])", "(?P<separator>[:-])").replace(
        r"\1", "(?P=separator)"
    ),
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])",
    r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])",
    r"(?<=://)[^\s/:]+",
    r"(?<=lookup )[^\s:]+",
)
_OTHER_WORDS: Final = r"(?P<word>\w(?:[\w.+~-]*\w)?)"


class Redactor:
    """Replaces identifiers in everything that it is given, the same ones alike."""

    def __init__(self, payloads: Iterable[Json], secrets: Iterable[str]) -> None:
        """Learn the identifiers that stand in these payloads, and others."""
        self._placeholders: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()
        self._known: set[str] = set()
        for payload in payloads:
            self._learn(payload, "", 0)
        for secret in secrets:
            # The words that all gateways use tell nobody anything.
            if secret not in _KNOWN:
                self._learn_text(secret)
        self._taken = {_bare(known) for known in self._known}
        names = [_findable(name) for name in sorted(self._known, key=len, reverse=True)]
        self._names = _pattern(names or ["(?!)"])
        self._identifiers = _pattern([*names, *_FORMS])
        self._all_words = _pattern([*names, *_FORMS, _OTHER_WORDS])

    def payload(self, payload: Json) -> Json:
        """Return a payload that can be shown to anyone."""
        return self._value(payload, "", 0)

    def key(self, key: str) -> str:
        """Return a key that can be shown to anyone."""
        if key in _KNOWN or (_is_plain(key) and not self._is_known(key)):
            return key
        return self.identifier(key)

    def identifier(self, text: str) -> str:
        """Return the placeholder of an identifier."""
        prefix, atom, suffix = _parts(text)
        return f"{prefix}{self._placeholder(atom)}{suffix}" if atom else text

    def scrubbed(self, text: str) -> str:
        """Return one of our own texts without the identifiers in it."""
        return self._identifiers.sub(lambda match: self.identifier(match[0]), text)

    def _learn(self, value: Json, key: str, depth: int) -> None:
        match value:
            case _ if depth > _DEEPEST:
                pass
            case dict():
                for name, item in value.items():
                    if not _is_plain(name):
                        self._learn_text(name)
                    self._learn(item, name, depth + 1)
            case list():
                for item in value:
                    self._learn(item, key, depth + 1)
            case str() if key in _IDENTIFYING or not _fits(value, key):
                self._learn_text(value)

    def _learn_text(self, text: str) -> None:
        _, atom, _ = _parts(text)
        if len(atom) >= _SHORTEST:
            self._known.add(atom)

    def _value(self, value: Json, key: str, depth: int) -> Json:
        match value:
            case _ if depth > _DEEPEST:
                return None
            case dict():
                return {
                    self.key(name): self._value(item, name, depth + 1)
                    for name, item in value.items()
                }
            case list():
                return [self._value(item, key, depth + 1) for item in value]
            case str():
                return self._string(value, key)
            case bool() | None:
                return value
        return value if key in _KNOWN - _IDENTIFYING else 0

    def _string(self, text: str, key: str) -> str:
        if _STAMP.fullmatch(text):
            return text
        if key in _TEXTS:
            return self._all_words.sub(self._word, text)
        if key in _FORM_OF_KEY and _fits(text, key) and not self._is_known(text):
            return text
        return self.identifier(text)

    def _word(self, match: re.Match[str]) -> str:
        word = match[0]
        if match.lastgroup == "word" and _PROSE.fullmatch(word):
            return word
        return self.identifier(word)

    def _is_known(self, text: str) -> bool:
        return bool(self._names.search(text))

    def _placeholder(self, atom: str) -> str:
        same = _bare(atom)
        if same not in self._placeholders:
            self._placeholders[same] = self._new(atom)
        placeholder = self._placeholders[same]
        if mac := _MAC.fullmatch(atom):
            return placeholder.replace("-", mac[1])
        return placeholder

    def _new(self, atom: str) -> str:
        """Return a placeholder that nothing else has, as a value or as a placeholder."""
        form = _form(atom)
        while True:
            self._numbers[form(0)] += 1
            placeholder = form(self._numbers[form(0)])
            if _bare(placeholder) not in self._taken:
                self._taken.add(_bare(placeholder))
                return placeholder


def _is_plain(key: str) -> bool:
    """Whether a key is one that firmwares have, or might have."""
    return key in _KNOWN or bool(_WORD.fullmatch(key))


def _fits(text: str, key: str) -> bool:
    """Whether a text looks as those under its key do, where that is known."""
    form = _FORM_OF_KEY.get(key)
    return form is None or not text or bool(form.fullmatch(text))


def _findable(name: str) -> str:
    """Return the pattern by which a name is found in a text, also in the gateway's own."""
    if len(name) >= _LONG and any(map(str.isdecimal, name)):
        return re.escape(name)
    before, behind = r"(?:(?<![^\W_])|(?<=0x))", r"(?:(?![^\W_])|(?=synchrometer))"
    return f"{before}{re.escape(name)}{behind}"


def _pattern(alternatives: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


def _bare(atom: str) -> str:
    """Return what is the same for all ways to write an identifier."""
    return (
        atom.replace(":", "-").casefold() if _MAC.fullmatch(atom) else atom.casefold()
    )


def _parts(text: str) -> tuple[str, str, str]:
    """Return an identifier with what the gateway puts before and behind it."""
    match = _PARTS.fullmatch(text)
    return (match[1] or "", match[2], match[3] or "") if match else ("", text, "")


def _form(atom: str) -> Callable[[int], str]:
    """Return how to write a number so that it looks like this identifier."""
    if _MAC.fullmatch(atom):
        return lambda n: f"02-00-00-00-{n >> 8:02X}-{n & 255:02X}"
    try:
        version = ip_address(atom).version
    except ValueError:
        pass
    else:
        # Addresses that are for documentation.
        if version == 4:
            return lambda n: f"198.51.{100 + n // 254}.{1 + n % 254}"
        return lambda n: f"2001:db8::{n:x}"
    if match := _SERIAL.fullmatch(atom):
        letters = match[1] if len(atom) >= _LETTERS_STAY else ""
        digits = len(atom) - len(letters) - 1
        # A 9 and zeros: serials begin to count at 1, so that one may well be real.
        return lambda n: f"{letters}9{n:0{digits}}"
    if "@" in atom:
        return lambda n: f"person{n}@example.com"
    return lambda n: f"redacted-{n}"

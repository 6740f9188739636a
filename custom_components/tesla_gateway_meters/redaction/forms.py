"""The forms of harmless values in a gateway's answers, by their key."""

from datetime import UTC, datetime
import re
from typing import Final

from ..gateway.vocabulary import (
    DEVICE_TYPE,
    GRID_STATUS,
    LOCATIONS,
    METER_TYPE,
    PHASE,
    SYNC_TYPE,
    is_error_word,
)
from .placeholders import Placeholders, form_of_address

# Longer texts have none of the forms below.
_LONGEST: Final = 64
_LONGEST_ERROR: Final = 1000

# They name a device, a network or a person.
IDENTIFYING: Final = frozenset(
    {
        *("serial", "short_id", "device_serial", "serial_number", "sensorId"),
        *("din", "gateway_din", "vin", "leader", "followers", "PackageSerialNumber"),
        *("ip_address", "IP", "mac", "site_name", "email", "hostname", "Addr", "Zone"),
    }
)

_VERSION = re.compile(
    r"(?:Tesla-|v)?[0-9]{1,2}(?:\.[0-9]{1,2}){2}"
    r"(?:-(?:[a-z]|rc[0-9]?|Tesla))?(?:-[0-9]{1,2})?"
)
# Digits alone may be a phone number. Twelve digits are a MAC.
_HASH = re.compile(r"(?=[0-9]*[a-f])(?:[0-9a-f]{8}|[0-9a-f]{14}|[0-9a-f]{40})")
_DURATION = re.compile(
    r"(?:[0-9]{1,6}h)?(?:[0-9]{1,2}m)?[0-9]{1,3}(?:\.[0-9]{1,9})?(?:m|µ|n)?s"
)
_LOCATION = re.compile("|".join(LOCATIONS))
_ROLE_OR_TYPE = re.compile(f"{_LOCATION.pattern}|{METER_TYPE.pattern}")
_OPERATION = re.compile(
    r"dial|read|write|accept|close|connect|Get|Post|lookup|remote error"
)
_NETWORK = re.compile(r"tcp[46]?|udp[46]?|ip[46]?|unix")

_FORMS: Final = {
    "type": _ROLE_OR_TYPE,
    "location": _LOCATION,
    "device_type": DEVICE_TYPE,
    "teg_type": DEVICE_TYPE,
    "sync_type": SYNC_TYPE,
    "grid_status": GRID_STATUS,
    "up_time_seconds": _DURATION,
    "git_hash": _HASH,
    "Op": _OPERATION,
    "Net": _NETWORK,
    **dict.fromkeys(("ct1", "ct2", "ct3", "ct4"), PHASE),
}
_VERSIONS: Final = frozenset({"version", "firmwareVersion"})
_ERRORS: Final = frozenset({"error", "Err", "message"})
_STAMPS: Final = frozenset(
    {
        *("last_communication_time", "start_time"),
        *(
            "last_phase_voltage_communication_time",
            "last_phase_power_communication_time",
        ),
        "last_phase_energy_communication_time",
    }
)

_POWER = (-1e6, 1e6)  # W, var, VA
_ENERGY = (-1e9, 1e9)  # Wh
_VOLTAGE = (-1000, 1000)  # V
_CURRENT = (-5000, 5000)  # A
_FREQUENCY = (0, 100)  # Hz
_COUNT = (0, 100)
# The range of each field, at the largest site.
_RANGES: Final = {
    **dict.fromkeys(
        (
            *("instant_power", "instant_reactive_power", "instant_apparent_power"),
            *("real_power_a", "real_power_b", "real_power_c", "p_W", "q_VAR"),
            *("reactive_power_a", "reactive_power_b", "reactive_power_c"),
        ),
        _POWER,
    ),
    **dict.fromkeys(
        (
            *("energy_exported", "energy_exported_a", "energy_exported_b"),
            *("energy_imported", "energy_imported_a", "energy_imported_b"),
            *("energy_exported_c", "energy_imported_c"),
        ),
        _ENERGY,
    ),
    **dict.fromkeys(("eExp_Ws", "eImp_Ws"), (-3.6e12, 3.6e12)),
    **dict.fromkeys(
        ("instant_average_voltage", "v_l1n", "v_l2n", "v_l3n", "v_V"), _VOLTAGE
    ),
    **dict.fromkeys(
        (
            *("instant_average_current", "instant_total_current", "i_A"),
            *("i_a_current", "i_b_current", "i_c_current"),
        ),
        _CURRENT,
    ),
    **dict.fromkeys(("frequency", "f_Hz"), _FREQUENCY),
    **dict.fromkeys(
        (
            *("id", "ct", "num_meters_aggregated", "commission_count"),
            "max_idle_conns_per_host",
        ),
        _COUNT,
    ),
    "percentage": (0, 110),
    "real_power_scale_factor": (-10, 10),
    "timeout": (0, 6e10),  # ns
    **dict.fromkeys(("code", "error", "Err"), (0, 599)),
}
_WHOLE_NUMBERS: Final = frozenset(
    {
        *("id", "ct", "num_meters_aggregated", "commission_count", "code", "error"),
        *("Err", "max_idle_conns_per_host"),
    }
)
_PORTS: Final = frozenset({0, 22, 53, 67, 80, 123, 443, 502, 8080, 8443})

_STAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ])([0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(\.[0-9]{1,9})?( ?)(Z|[+-][0-9]{2}:?[0-9]{2})"
)
_NEVER: Final = "0001-01-01T00:00:00Z"
# A clock that has not been set yet, and any that has.
_YEARS: Final = frozenset({1970, *range(2015, 2100)})


def is_measured(value: float, key: str) -> bool | None:
    """Return whether a number is in its field's range; None for a key without numbers."""
    if key in ("Port", "port"):
        return True if value in _PORTS else None
    if (measured := _RANGES.get(key)) is None:
        return None
    lowest, highest = measured
    # Counts are integers: 48.1372 may be a latitude. A time-out is a round number.
    step = 1e6 if key == "timeout" else 1 if key in _WHOLE_NUMBERS else 0
    return lowest <= value <= highest and (not step or value % step == 0)


def redacted_text(text: str, key: str, placeholders: Placeholders) -> str:
    """Return a text, redacted unless it has the form of its key."""
    if key in _ERRORS:
        return redacted_error(text, placeholders)
    if not text or _is_harmless(text, key, placeholders):
        return text
    if key in _STAMPS and len(text) <= _LONGEST:
        return _in_utc(text) or placeholders.of(text)
    if key in _VERSIONS and len(text) <= _LONGEST:
        return _redacted_version(text, placeholders)
    return placeholders.of(text)


def _redacted_version(text: str, placeholders: Placeholders) -> str:
    """Return a text in which one version and one hash are kept."""
    forms = [_VERSION, _HASH]
    found = []
    for word in text.split(" "):
        form = next((each for each in forms if each.fullmatch(word)), None)
        if form is None or placeholders.is_known(word):
            found.append(placeholders.of(word))
        else:
            forms.remove(form)
            found.append(word)
    return " ".join(found)


def _is_harmless(text: str, key: str, placeholders: Placeholders) -> bool:
    form = _FORMS.get(key)
    if form is None or len(text) > _LONGEST or not form.fullmatch(text):
        return False
    # Only these hold more than a few known words.
    return key != "git_hash" or not placeholders.is_known(text)


def _in_utc(text: str) -> str | None:
    """Return a timestamp in UTC, in its own format; None if it is invalid."""
    if text == _NEVER:
        return text
    if (stamp := _STAMP.fullmatch(text)) is None:
        return None
    date, between, time, fraction, space, offset = stamp.groups()
    try:
        at = datetime.fromisoformat(f"{date}T{time}{offset}").astimezone(UTC)
    except ValueError, OverflowError:
        return None
    if at.year not in _YEARS:
        return None
    zone = "Z" if offset == "Z" or ":" in offset else "+0000"
    return f"{at:%Y-%m-%d}{between}{at:%H:%M:%S}{fraction or ''}{space}{zone}"


# An error text is of words with what stands between them; `/` and others never join.
_CHUNK = re.compile(r"[\w.+~@%:-]+")
_WORD = re.compile(r"[^\W_]+")
# Symbols may spell a name or a country, and are neither words nor punctuation.
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_LONGEST_STATUS: Final = 3
_AROUND: Final = ".:-+~%@"
_NUMBERED: Final = frozenset({"status", "code", "errno", "error", "err"})


def redacted_error(text: str, placeholders: Placeholders) -> str:
    """Return an error text, reduced to the words that all gateways use."""
    redaction = _ErrorRedaction(placeholders)
    rest = " ..." if len(text) > _LONGEST_ERROR else ""
    found = _CHUNK.sub(redaction.chunk, text[:_LONGEST_ERROR])
    return _NOT_ASCII.sub("?", found) + rest


class _ErrorRedaction:
    """The redaction of one error text, from its start to its end."""

    def __init__(self, placeholders: Placeholders) -> None:
        self._placeholders = placeholders
        self._last = ""

    def chunk(self, match: re.Match[str]) -> str:
        """Return the redacted text between two spaces, with its punctuation."""
        text = match[0]
        core = text.strip(_AROUND)
        if not core:
            return text
        before, _, behind = text.partition(core)
        return f"{before}{self._core(core)}{behind}"

    def _core(self, core: str) -> str:
        if form_of_address(core) or self._placeholders.is_known(core):
            return self._placeholders.of(core)
        return ":".join(map(self._piece, core.split(":")))

    def _piece(self, piece: str) -> str:
        words = _WORD.findall(piece)
        if (
            form_of_address(piece)
            or self._placeholders.is_known(piece)
            or ("." in piece and not all(map(is_error_word, words)))
        ):
            return self._placeholders.of(piece)
        return _WORD.sub(self._word, piece)

    def _word(self, match: re.Match[str]) -> str:
        word, last = match[0], self._last
        self._last = word.casefold()
        if is_error_word(word) and not self._placeholders.is_known(word):
            return word
        if (
            len(word) <= _LONGEST_STATUS
            and word.isascii()
            and word.isdecimal()
            and (last in _NUMBERED or int(word) in _PORTS)
        ):
            return word
        return self._placeholders.of(word)

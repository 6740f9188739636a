"""Placeholders for redacted values: equal values have equal placeholders.

A placeholder has the form of its value: an address is one for documentation, a
serial is of digits, and what a gateway puts around a name stays.
"""

from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address
import re
from typing import Final

from ..gateway import is_din

# Shorter ones occur by chance in what has nothing to do with them.
_SHORTEST: Final = 4
# Longer ones are no name of any kind, and need no form of their own.
_LONGEST: Final = 80
_SHORTEST_NUMBER: Final = 5
_LONGEST_NUMBER: Final = 20
_ANY_NUMBER: Final = 900_000_000

_PART_NUMBER = re.compile(r"[0-9]{7}-[0-9]{2}-[A-Za-z]--")
_ANY_PART_NUMBER: Final = "0000000-00-X--"
_PREFIXES: Final = ("0x", "PWRview-", "Neurio-")
_TYPE_BEHIND = re.compile(r"synchrometer[A-Za-z]?\Z", re.IGNORECASE)
_LONGEST_TYPE: Final = len("synchrometerX")
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}")
_SERIAL = re.compile(r"(JBL|OBB|TG)?[A-Za-z0-9]*[0-9][A-Za-z0-9]*")


class Placeholders:
    """The placeholders of one download, none of which is a real name."""

    def __init__(self) -> None:
        """Start without placeholders."""
        self._of: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._taken: set[str] = set()
        self._known: set[str] = set()
        self._secrets: set[str] = set()

    def reserve(self, text: str) -> None:
        """Exclude this text from the placeholders."""
        self._taken.add(_same(_parts(text)[1]))

    def learn(self, name: str) -> None:
        """Add a name, to be redacted anywhere."""
        atom = _same(_parts(name)[1])
        self._taken.add(atom)
        if len(atom) >= _SHORTEST:
            self._known.add(atom)

    def learn_secret(self, secret: str) -> None:
        """Add a secret, to be redacted also within other texts."""
        self.learn(secret)
        if len(secret) >= _SHORTEST:
            self._secrets.add(secret.casefold())

    def is_name(self, text: str) -> bool:
        """Return whether this is a name that was added."""
        return _same(_parts(text)[1]) in self._known

    def is_known(self, text: str) -> bool:
        """Return whether this is a name that was added, or contains a secret."""
        folded = text.casefold()
        return self.is_name(text) or any(each in folded for each in self._secrets)

    def of(self, text: str) -> str:
        """Return the placeholder of a text, with what a gateway puts around it."""
        before, atom, behind = _parts(text)
        return f"{before}{self._of_atom(atom)}{behind}" if atom else text

    def of_number(self, value: float) -> int:
        """Return the placeholder of a number, a number itself."""
        return int(self._new(f"number {value!r}", lambda n: str(_ANY_NUMBER + n)))

    def _of_atom(self, atom: str) -> str:
        placeholder = self._new(_same(atom), _form(atom))
        if len(atom) <= _LONGEST and (mac := _MAC.fullmatch(atom)):
            return placeholder.replace("-", mac[1])
        return placeholder

    def _new(self, same: str, form: Callable[[int], str]) -> str:
        if (known := self._of.get(same)) is not None:
            return known
        while True:
            self._counts[form(0)] += 1
            placeholder = form(self._counts[form(0)])
            if _same(placeholder) not in self._taken:
                self._taken.add(_same(placeholder))
                self._of[same] = placeholder
                return placeholder


def form_of_address(text: str) -> Callable[[int], str] | None:
    """Return a function from n to the nth MAC, IP or e-mail address, if the text is one."""
    if _MAC.fullmatch(text):
        return lambda n: f"02-00-00-00-{n >> 8:02X}-{n & 255:02X}"
    if "@" in text:
        return lambda n: f"person{n}@example.com"
    if text.count(".") != 3 and text.count(":") < 2:
        return None
    try:
        version = ip_address(text).version
    except ValueError:
        return None
    # Addresses that are for documentation.
    if version == 4:
        return lambda n: f"198.51.{100 + n // 254}.{1 + n % 254}"
    return lambda n: f"2001:db8::{n:x}"


def _form(atom: str) -> Callable[[int], str]:
    """Return a function from n to the nth placeholder in the form of this name."""
    if len(atom) > _LONGEST:
        return lambda n: f"redacted_{n}"
    if (address := form_of_address(atom)) is not None:
        return address
    length = len(atom)
    if length >= _SHORTEST_NUMBER and (serial := _SERIAL.fullmatch(atom)):
        letters = serial[1] or ""
        digits = min(length, _LONGEST_NUMBER) - len(letters) - 1
        # A 9 and zeros: serials begin to count at 1, so that one may well be real.
        return lambda n: f"{letters}9{n:0{digits}}"
    return lambda n: f"redacted_{n}"


def _same(atom: str) -> str:
    """Return a name in normal form, the same for all its spellings."""
    if len(atom) <= _LONGEST and _MAC.fullmatch(atom):
        atom = atom.replace(":", "-")
    return atom.casefold()


def _parts(text: str) -> tuple[str, str, str]:
    """Return a name with what the gateway puts before and behind it."""
    if len(text) > _LONGEST:
        return "", text, ""
    before = behind = ""
    for prefix in _PREFIXES:
        if text[: len(prefix)].casefold() == prefix.casefold():
            before, text = text[: len(prefix)], text[len(prefix) :]
            break
    if part_number := _PART_NUMBER.match(text):
        before, text = before + part_number[0], text[part_number.end() :]
    elif is_din(text):
        before += _ANY_PART_NUMBER
    if kind := _TYPE_BEHIND.search(text, max(len(text) - _LONGEST_TYPE, 0)):
        text, behind = text[: kind.start()], kind[0]
    return before, text, behind
